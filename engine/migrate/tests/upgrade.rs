//! The datamodel 1.1 that a v1 is upgraded to keeps every row and every link: whatever the v1, deploying it changes nothing
//! in the tables but the ids of link tables, and the only thing to confirm is that it is 1.1.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod support;

use connector_interface::SchemaChange;
use datamodel::{Datamodel, Rules, UpgradeError, Version, upgrade};
use migrate::{Renames, assess, infer_steps, schema_changes};
use std::path::{Path, PathBuf};
use support::tables::Tables;

#[test]
fn an_upgrade_keeps_rows_and_links() {
    let mut count = 0;
    for (name, text) in texts() {
        let Ok(upgraded) = upgrade(&text, &Rules::default()) else { continue };
        count += 1;
        let compile = |text: &str, previous: Option<&Datamodel>| {
            support::compile(text, previous).unwrap_or_else(|error| panic!("{name}: {error}\n{text}"))
        };
        let (previous, _) = compile(&text, None);
        let (next, _) = compile(&upgraded, Some(&previous));
        assert_eq!(next.version, Version::V11, "{name}");
        let steps = infer_steps(&previous, &next, &Renames::default()).unwrap();
        let (warnings, errors) = assess(&previous, &next, &steps).judge(&vec![true; 1000]);
        assert_eq!(errors, [], "{name}:\n{upgraded}");
        assert!(warnings.len() == 1 && warnings[0].type_name == "Global", "{name}: {warnings:?}");
        let changes = schema_changes(&previous, &next, &steps);
        let lost = changes.iter().find(|change| !matches!(change, SchemaChange::DropLinkId { .. }));
        assert_eq!(lost, None, "{name}:\n{upgraded}");
        let mut tables = Tables::of(&previous);
        tables.apply_all(&changes).unwrap();
        assert_eq!(tables, Tables::of(&next), "{name}");
        for (was, is) in defaults(&previous).zip(defaults(&next)) {
            assert_eq!(was, is, "{name}");
        }
        assert_eq!(upgrade(&upgraded, &Rules::default()), Err(UpgradeError::IsNew));
    }
    println!("{count} datamodels v1 upgraded");
    assert!(count >= 8, "{count} datamodels v1 were found");
}

/// Defaults by the names of model and field; ids have none in 1.1.
fn defaults(datamodel: &Datamodel) -> impl Iterator<Item = (String, String, Option<datamodel::DefaultValue>)> {
    let fields = datamodel.models.iter().flat_map(|model| model.fields.iter().map(move |field| (model, field)));
    let has_one = |kind| kind != datamodel::FieldKind::Scalar(datamodel::ScalarType::Id);
    let mut all: Vec<_> = fields
        .filter(|(_, field)| field.default.is_some() && has_one(field.kind))
        .map(|(model, field)| (model.name.clone(), field.name.clone(), field.default.clone()))
        .collect();
    all.sort_by(|a, b| (&a.0, &a.1).cmp(&(&b.0, &b.1)));
    all.into_iter()
}

/// The project's own cases and, where it is there, the corpus.
fn texts() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let own = std::fs::read_to_string(folder.join("../datamodel/tests/cases/v1.txt")).unwrap();
    let own = own.split("=== ").skip(1).map(|case| {
        let (title, rest) = case.split_once('\n').unwrap();
        (title.to_owned(), rest.split("--- ").next().unwrap().to_owned())
    });
    let corpus =
        std::env::var_os("REFRACT_CORPUS").map_or_else(|| folder.join("../../../shared/corpus"), PathBuf::from);
    let files = std::fs::read_dir(corpus.join("datamodels")).into_iter().flatten().map(|entry| entry.unwrap().path());
    own.chain(files.map(|path| (path.display().to_string(), std::fs::read_to_string(&path).unwrap()))).collect()
}
