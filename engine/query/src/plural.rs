//! English plurals exactly as Prisma 1 made them (anglicised rules of evo-inflector 1.2), because they name root fields.
//!
//! The rules stand in [`RULES`] in the order in which they are tried; the first that matches decides, and no rule after
//! it is looked at (`prisma1-server.md` §4.1). Odd results (`Todo` → `todoes`, `Series` → `serieses`) are what clients
//! have in their documents.

/// The plural of a model's name, first letter in upper case: what follows `updateMany` and `deleteMany`.
pub fn plural(name: &str) -> String {
    let plural = match inflect(name) {
        Some(plural) if plural != name => plural,
        _ if name.ends_with('s') => format!("{name}es"),
        _ => format!("{name}s"),
    };
    crate::names::capitalised(&plural)
}

/// How a group of words or endings forms its plural. Words stand in one text, with spaces between them.
enum Rule {
    /// These endings stay as they are.
    Same(&'static str),
    /// The ending is replaced, but its first letter keeps its case.
    Irregular(&'static [(&'static str, &'static str)]),
    /// Words with an ending of this list lose `cut` letters and get the ending.
    Suffix { words: &'static str, cut: usize, add: &'static str },
    /// An ending out of letters, which is replaced in lower case.
    Ending { ending: &'static [Letters], cut: usize, add: &'static str },
}

/// One letter of an ending.
#[derive(Clone, Copy)]
enum Letters {
    /// This one.
    Is(u8),
    /// One of these.
    In(&'static [u8]),
    /// Any but this one.
    Not(u8),
}

use Letters::{In, Is, Not};
use Rule::{Ending, Irregular, Same, Suffix};

const VOWELS: Letters = In(b"aeiou");

const RULES: &[Rule] = &[
    Same(
        "fish ois sheep deer pox itis bison flounder pliers bream gallows proceedings breeches graffiti \
         rabies britches headquarters salmon carp herpes scissors chassis high-jinks sea-bass clippers \
         homework series cod innings shears contretemps jackanapes species corps mackerel swine debris \
         measles trout diabetes mews tuna djinn mumps whiting eland news wildebeest elk pincers sugar",
    ),
    Irregular(&[
        ("child", "children"),
        ("ephemeris", "ephemerides"),
        ("mongoose", "mongoose"),
        ("mythos", "mythoi"),
        ("soliloquy", "soliloquies"),
        ("trilby", "trilbys"),
        ("genus", "genera"),
        ("quiz", "quizzes"),
        ("beef", "beefs"),
        ("brother", "brothers"),
        ("cow", "cows"),
        ("genie", "genies"),
        ("money", "moneys"),
        ("octopus", "octopuses"),
        ("opus", "opuses"),
    ]),
    Suffix { words: "human", cut: 0, add: "s" },
    Ending { ending: &[Is(b'm'), Is(b'a'), Is(b'n')], cut: 3, add: "men" },
    Ending { ending: &[In(b"lm"), Is(b'o'), Is(b'u'), Is(b's'), Is(b'e')], cut: 4, add: "ice" },
    Ending { ending: &[Is(b't'), Is(b'o'), Is(b'o'), Is(b't'), Is(b'h')], cut: 5, add: "teeth" },
    Ending { ending: &[Is(b'g'), Is(b'o'), Is(b'o'), Is(b's'), Is(b'e')], cut: 5, add: "geese" },
    Ending { ending: &[Is(b'f'), Is(b'o'), Is(b'o'), Is(b't')], cut: 4, add: "feet" },
    Ending { ending: &[Is(b'z'), Is(b'o'), Is(b'o'), Is(b'n')], cut: 4, add: "zoa" },
    Ending { ending: &[In(b"csx"), Is(b'i'), Is(b's')], cut: 2, add: "es" },
    Suffix { words: "codex murex silex", cut: 2, add: "ices" },
    Suffix { words: "radix helix", cut: 2, add: "ices" },
    Suffix { words: "bacterium agendum desideratum erratum stratum datum ovum extremum candelabrum", cut: 2, add: "a" },
    Suffix {
        words: "criterion perihelion aphelion phenomenon prolegomenon noumenon organon asyndeton hyperbaton",
        cut: 2,
        add: "a",
    },
    Suffix { words: "alumna alga vertebra persona", cut: 1, add: "ae" },
    Suffix { words: "alumnus alveolus bacillus bronchus locus nucleus stimulus meniscus thesaurus", cut: 2, add: "i" },
    Ending { ending: &[In(b"cs"), Is(b'h')], cut: 0, add: "es" },
    Ending { ending: &[In(b"zx")], cut: 0, add: "es" },
    Suffix {
        words: "acropolis chaos lens aegis cosmos mantis alias dais marquis asbestos digitalis metropolis atlas \
         epidermis pathos bathos ethos pelvis bias gas polis caddis glottis rhinoceros cannabis sassafras \
         canvas ibis trellis iris clitoris apparatus impetus prospectus cantus nexus sinus coitus plexus \
         status hiatus",
        cut: 0,
        add: "es",
    },
    Ending { ending: &[Is(b'u'), Is(b's')], cut: 0, add: "es" },
    Suffix {
        words: "anathema enema oedema bema enigma sarcoma carcinoma gumma schema charisma lemma soma diploma \
         lymphoma stigma dogma magma stoma drama melisma trauma edema miasma",
        cut: 0,
        add: "s",
    },
    Ending { ending: &[Is(b's'), Is(b's')], cut: 2, add: "sses" },
    Ending { ending: &[In(b"aeo"), Is(b'l'), Is(b'f')], cut: 1, add: "ves" },
    Ending { ending: &[Not(b'd'), Is(b'e'), Is(b'a'), Is(b'f')], cut: 1, add: "ves" },
    Ending { ending: &[Is(b'a'), Is(b'r'), Is(b'f')], cut: 1, add: "ves" },
    Ending { ending: &[In(b"nlw"), Is(b'i'), Is(b'f'), Is(b'e')], cut: 2, add: "ves" },
    Ending { ending: &[VOWELS, Is(b'y')], cut: 1, add: "ys" },
    Ending { ending: &[Is(b'y')], cut: 1, add: "ies" },
    Suffix {
        words: "solo soprano basso alto contralto tempo piano virtuoso albino archipelago armadillo commando \
         crescendo fiasco ditto dynamo embryo ghetto guano inferno jumbo lumbago magneto manifesto medico \
         octavo photo pro quarto canto lingo generalissimo stylo rhino casino auto macro zero",
        cut: 1,
        add: "os",
    },
    Ending { ending: &[VOWELS, Is(b'o')], cut: 1, add: "os" },
    Ending { ending: &[Is(b'o')], cut: 1, add: "oes" },
];

fn inflect(name: &str) -> Option<String> {
    let lower = name.to_ascii_lowercase();
    let ends_with_any = |words: &str| words.split(' ').any(|word| lower.ends_with(word));
    for rule in RULES {
        let (cut, add) = match rule {
            Same(words) if ends_with_any(words) => return None,
            Same(_) => continue,
            Irregular(words) => match words.iter().find(|(word, _)| lower.ends_with(word)) {
                // The first letter of the ending is kept as it is written.
                Some((word, plural)) => (word.len() - 1, &plural[1..]),
                None => continue,
            },
            Suffix { words, cut, add } if ends_with_any(words) => (*cut, *add),
            Suffix { .. } => continue,
            Ending { ending, cut, add } if ends_with(lower.as_bytes(), ending) => (*cut, *add),
            Ending { .. } => continue,
        };
        return Some(format!("{}{add}", name.get(..name.len() - cut)?));
    }
    // `ulum` becomes `ula` wherever it stands first.
    if let Some(at) = lower.find("ulum") {
        return Some(format!("{}ula{}", name.get(..at)?, name.get(at + 4..)?));
    }
    Some(if lower.ends_with('s') { format!("{}ses", name.get(..name.len() - 1)?) } else { format!("{name}s") })
}

fn ends_with(word: &[u8], ending: &[Letters]) -> bool {
    word.len() >= ending.len()
        && word[word.len() - ending.len()..].iter().zip(ending).all(|(letter, expected)| match expected {
            Is(one) => letter == one,
            In(several) => several.contains(letter),
            Not(one) => letter != one,
        })
}

#[cfg(test)]
mod tests {
    use super::plural;

    #[test]
    fn names_the_original_made() {
        for (name, expected) in [
            ("Todo", "Todoes"),
            ("Series", "Serieses"),
            ("Data", "Datas"),
            ("Status", "Statuses"),
            ("Child", "Children"),
            ("Person", "Persons"),
            ("Human", "Humans"),
            ("Man", "Men"),
            ("Sheep", "Sheeps"),
            ("Photo", "Photos"),
            ("PHOTO", "PHOTos"),
            ("News", "Newses"),
            ("Category", "Categories"),
            ("Box", "Boxes"),
            ("Bus", "Buses"),
            ("Datum", "Data"),
            ("Index", "Indexes"),
            ("Woman", "Women"),
            ("WOMAN", "WOmen"),
            ("MyPro", "MyPros"),
            ("Logo", "Logoes"),
            ("Video", "Videos"),
            ("Mongoose", "Mongooses"),
            ("Brotherhood", "Brotherhoods"),
            ("StepBrother", "StepBrothers"),
            ("Leaf", "Leaves"),
            ("Deaf", "Deafs"),
            ("Half", "Halves"),
            ("Wife", "Wives"),
            ("Day", "Days"),
            ("Mouse", "Mice"),
            ("Analysis", "Analyses"),
            ("Axis", "Axes"),
            ("Church", "Churches"),
            ("Class", "Classes"),
            ("Ovulum", "Ovula"),
            ("Schema", "Schemas"),
            ("user", "Users"),
            ("X", "Xes"),
            ("Address", "Addresses"),
        ] {
            assert_eq!(plural(name), expected, "plural of {name}");
        }
    }
}
