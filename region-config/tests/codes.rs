//! Every error code of our own has one meaning, lies in our range and is documented with that meaning.

#[test]
fn each_code_is_ours_once_and_documented() {
    let documented = include_str!("../../docs/error-codes.md");
    let mut rows = Vec::new();
    let mut meaning = "";
    for line in include_str!("../src/codes.rs").lines() {
        if let Some(text) = line.strip_prefix("/// ") {
            meaning = text;
        } else if let Some((_, code)) = line.strip_prefix("pub const ").and_then(|line| line.split_once(": i32 = ")) {
            let code: i32 = code.trim_end_matches(';').parse().expect("a number");
            assert!((6000..7000).contains(&code), "{code} is not ours");
            rows.push((code, format!("| {code} | {meaning} |")));
        }
    }
    assert!(rows.len() > 10, "the table was read");
    for (index, (code, row)) in rows.iter().enumerate() {
        assert!(rows[..index].iter().all(|(other, _)| other != code), "{code} has two meanings");
        assert!(documented.lines().any(|line| line == row), "not in docs/error-codes.md: {row}");
    }
}
