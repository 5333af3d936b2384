//! The parser accepts a text exactly when the grammar behind the error messages does.

use super::{grammar, parse, tracing};

#[path = "../../tests/mutation/mod.rs"]
mod mutation;

use mutation::{Numbers, base_seed, case_texts, mutated};

#[test]
fn parser_and_grammar_agree() {
    let cases = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let (base, texts) = (base_seed(), case_texts(&cases));
    let mut accepted = 0;
    for round in 0..4_000 {
        let seed = base.wrapping_add(round);
        let mut numbers = Numbers::new(seed);
        let original = &texts[numbers.below(texts.len())];
        let text = mutated(original, &mut numbers);
        let units: Vec<u16> = text.encode_utf16().collect();
        let parsed = parse(&text);
        accepted += usize::from(parsed.is_ok());
        assert_eq!(parsed.is_ok(), tracing::fits(&units, &grammar::DOCUMENT), "seed {seed}: {parsed:?}\n{text}");
        if let Err(error) = parsed {
            assert!(error.message.contains(", expected "), "seed {seed}: {}\n{text}", error.message);
        }
    }
    assert!(accepted > 400 && accepted < 3_600, "seed {base}: {accepted} of 4000 accepted");
}
