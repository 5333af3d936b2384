//! Compiles datamodels, and a database without rows.

pub mod tables;

use datamodel::{Datamodel, Limits, Rules};
use migrate::Renames;

/// The datamodel of a text, and its renames.
pub fn compile(text: &str, previous: Option<&Datamodel>) -> Result<(Datamodel, Renames), String> {
    let limits = Limits { types: 100, fields_per_type: 100, fields: 1000, enums: 100 };
    let rules = Rules { uuid_ids: true, limits };
    let mut ids = 0;
    let mut new_id = || {
        ids += 1;
        format!("id{ids}")
    };
    if text.trim().is_empty() {
        return Ok(Default::default());
    }
    let compiled = datamodel::compile(text, previous, &rules, &mut new_id).map_err(|e| format!("{e}: {e:?}"))?;
    Ok((compiled.datamodel, renames(compiled.renames)))
}

fn renames(said: datamodel::Renames) -> Renames {
    let of = |renames: Vec<datamodel::Rename>| {
        renames.into_iter().filter(|r| r.next != r.previous).map(|r| (r.next, r.previous)).collect()
    };
    Renames {
        models: of(said.types),
        fields: said.fields.into_iter().map(|r| ((r.next_type, r.next), r.previous)).collect(),
        enums: of(said.enums),
        relations: of(said.relations),
    }
}
