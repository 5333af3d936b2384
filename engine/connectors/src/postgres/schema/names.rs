//! Names that we derive: the schema of a service, indexes. Postgres keeps 63 bytes of a name, so longer ones are cut, to
//! the same bytes as it would cut them, or with a hash where that name is taken.

/// Bytes of a name that Postgres keeps.
pub const NAME_BYTES_MAX: usize = 63;

/// Schemas that never belong to a service: the server's own, ours, and that of a Prisma 1 server.
const RESERVED: &[&str] = &["information_schema", "public", "refract", "management"];

/// The schema of a new service: its project id, as Prisma 1 has it, unless that is too long or reserved; and a name that
/// ends in a part of `fresh`, which no other service has.
pub fn place(project_id: &str, fresh: &str) -> [String; 2] {
    let is_reserved = project_id.starts_with("pg_") || RESERVED.contains(&project_id);
    // A name of the server's own stays one however it ends.
    let begin = if is_reserved { "service$" } else { "" };
    let end = &fresh[..fresh.len().min(16)];
    let free = format!("{begin}{}${end}", cut(project_id, NAME_BYTES_MAX - begin.len() - 1 - end.len()));
    if project_id.len() <= NAME_BYTES_MAX && !is_reserved {
        return [project_id.to_owned(), free];
    }
    [free.clone(), free]
}

/// A derived name as Postgres would cut it.
pub fn derived(name: &str) -> &str {
    cut(name, NAME_BYTES_MAX)
}

/// The same, where that is taken: it ends in a hash of the whole name.
pub fn derived_with_hash(name: &str) -> String {
    // FNV-1a: the same on every machine and in every version.
    let hash = name
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    format!("{}${hash:016x}", cut(name, NAME_BYTES_MAX - 17))
}

/// The first bytes of a text, at the end of a character.
fn cut(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_live_under_their_project_id() {
        let fresh = "0123456789abcdef0123456789abcdef";
        let long = "w".repeat(40) + "~" + &"s".repeat(40) + "$dev";
        let cases = [
            ("default$default", "default$default".to_owned()),
            ("ws~shop$dev", "ws~shop$dev".to_owned()),
            ("pg_shop$dev", "service$pg_shop$dev$0123456789abcdef".to_owned()),
            ("public", "service$public$0123456789abcdef".to_owned()),
            (&long, "w".repeat(40) + "~" + "sssss" + "$0123456789abcdef"),
        ];
        for (project_id, expected) in cases {
            let [schema, free] = place(project_id, fresh);
            assert_eq!(schema, expected);
            assert!(schema.len() <= NAME_BYTES_MAX && free.len() <= NAME_BYTES_MAX);
            assert!(free.ends_with("$0123456789abcdef"));
        }
    }

    #[test]
    fn long_names_are_cut_and_stay_apart() {
        let (a, b) = ("x".repeat(70) + "a", "x".repeat(70) + "b");
        assert_eq!(derived(&a), derived(&b));
        assert_ne!(derived_with_hash(&a), derived_with_hash(&b));
        assert_eq!(derived_with_hash(&a).len(), NAME_BYTES_MAX);
        assert!(derived(&"ä".repeat(40)).len() <= NAME_BYTES_MAX);
        assert!(derived_with_hash(&"ä".repeat(40)).len() <= NAME_BYTES_MAX);
    }
}
