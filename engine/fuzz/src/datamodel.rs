//! A deploy of one text over another: `PREVIOUS` and, behind a line `--- then`, `NEXT`.

use crate::compile;
use ::datamodel::{Compiled, Datamodel, stored};
use migrate::{Renames, assess, infer_steps, schema_changes, steps_from_json, steps_to_json};
use region_config::{document_scan, limits::DATAMODEL};

/// Takes one input.
pub fn take(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let mut previous = Datamodel::default();
    for text in text.split("--- then\n") {
        if document_scan::scan(text, &DATAMODEL).is_err() {
            return;
        }
        let Some(Compiled { datamodel: next, renames, .. }) = compile(text, Some(&previous)) else { return };
        assert_eq!(stored::from_json(&stored::to_json(&next)).as_ref(), Ok(&next), "kept and read again");
        let again = compile(text, Some(&next)).map(|compiled| compiled.datamodel);
        assert_eq!(again.as_ref(), Some(&next), "deployed again");
        let Ok(steps) = infer_steps(&previous, &next, &said(renames)) else { return };
        assert_eq!(steps_from_json(&steps_to_json(&steps)).ok().as_ref(), Some(&steps), "kept and read again");
        let changes = schema_changes(&previous, &next, &steps);
        assert!(previous != Datamodel::default() || changes.len() >= next.models.len(), "a table a model");
        let assessment = assess(&previous, &next, &steps);
        for answer in [false, true] {
            assessment.judge(&vec![answer; assessment.questions.len()]);
        }
        previous = next;
    }
}

/// Renames as the engine hands them on.
fn said(said: ::datamodel::Renames) -> Renames {
    let of = |renames: Vec<::datamodel::Rename>| {
        renames.into_iter().filter(|r| r.next != r.previous).map(|r| (r.next, r.previous)).collect()
    };
    Renames {
        models: of(said.types),
        fields: said.fields.into_iter().map(|r| ((r.next_type, r.next), r.previous)).collect(),
        enums: of(said.enums),
        relations: of(said.relations),
    }
}
