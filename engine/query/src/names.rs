//! The names that the API derives from model and field names (`prisma1-server.md` §4.1).

/// The name with its first letter in upper case, the rest as it is.
pub fn capitalised(name: &str) -> String {
    let mut letters = name.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}

/// The name with its first letter in lower case, the rest as it is: `URLThing` → `uRLThing`.
pub fn uncapitalised(name: &str) -> String {
    let mut letters = name.chars();
    match letters.next() {
        Some(first) => first.to_lowercase().chain(letters).collect(),
        None => String::new(),
    }
}
