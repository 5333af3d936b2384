//! The schema of a datamodel against the one that Prisma's own npm generator (`prisma-generate-schema`) derives from it:
//! every type, field, argument, default and enum value, for every datamodel of the corpus and of the project's own
//! cases, v1 and 1.1. Ours is read by introspection. The generator makes mistakes that the server of Prisma 1 does not make: each
//! kind is a row of [`MISTAKES`] and set right in the generator before the schemas are compared, so that nothing may
//! differ then.

use crate::{clients::Clients, corpus};
use query::{Api, ApiOptions, Document, RootField};
use serde_json::{Map, Value, json};
use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    sync::Arc,
};

/// A kind of mistake that the generator makes, by its name in `tests/clients/schemas.js`; what the generator does; and
/// where Prisma 1.34's server (below `server/`) shows what is right.
const MISTAKES: [(&str, &str, &str); 11] = [
    (
        "names keep their underscores",
        "makes `scheduleDay` of the type `Schedule_Day`",
        "servers/api/src/main/scala/com/prisma/api/schema/SchemaBuilder.scala:326, camelCase lowers the first letter only",
    ),
    (
        "plurals are capitalised",
        "makes `deleteManytimeframes` of the type `timeframe`",
        "servers/api/src/main/scala/com/prisma/api/schema/SchemaBuilder.scala:356, plural.capitalize",
    ),
    (
        "names of times mean nothing",
        "takes fields called `createdAt` and `updatedAt` of a datamodel 1.1 for kept by the server without a directive",
        "servers/api/src/main/scala/com/prisma/api/schema/InputTypesBuilder.scala:289, asks for the behaviour only",
    ),
    (
        "names of ids mean nothing",
        "takes a field called `id` of a datamodel 1.1 for the id without a directive",
        "shared-models/src/main/scala/com/prisma/shared/models/Field.scala:245, asks for the behaviour only",
    ),
    (
        "hidden columns order",
        "leaves the id and the times that a datamodel v1 does not write down out of the orders",
        "servers/api/src/main/scala/com/prisma/api/schema/SangriaQueryArguments.scala:15, scalarNonListFields has hidden ones",
    ),
    (
        "ids of v1 are given",
        "has no id in the create input of a type of a datamodel v1",
        "servers/api/src/main/scala/com/prisma/api/schema/InputTypesBuilder.scala:281, no behaviour is like AUTO",
    ),
    (
        "Int ids are not given",
        "has the id in the create input of a type with an `Int` id",
        "servers/api/src/main/scala/com/prisma/api/schema/InputTypesBuilder.scala:280, filterID is false",
    ),
    (
        "UUIDs are compared as a whole",
        "has `_lt`, `_contains` and the like for fields of the type UUID",
        "servers/api/src/main/scala/com/prisma/api/schema/FilterArguments.scala:93, base and inclusion filters only",
    ),
    (
        "models are nodes",
        "leaves out `implements Node`",
        "servers/api/src/main/scala/com/prisma/api/schema/ObjectTypeBuilder.scala:93, nodeInterface",
    ),
    (
        "no field is its own opposite",
        "takes a field that leads to its own type for its own opposite when its relation has a name",
        "servers/deploy/src/main/scala/com/prisma/deploy/migration/validation/PrismaSdl.scala:111, filter(_.name != name)",
    ),
    (
        "fields of different relations are no opposites",
        "joins the only fields between two types even if they name two relations",
        "servers/deploy/src/main/scala/com/prisma/deploy/migration/validation/PrismaSdl.scala:116, find(relationName)",
    ),
];

/// Asks for everything that is compared.
const INTROSPECTION: &str = "{ __schema {
  queryType { name } mutationType { name } subscriptionType { name }
  types {
    kind name
    fields(includeDeprecated: true) { name args { ...Input } type { ...Type } isDeprecated }
    inputFields { ...Input } interfaces { ...Type } enumValues(includeDeprecated: true) { name isDeprecated }
    possibleTypes { ...Type }
  }
  directives { name locations args { ...Input } }
} }
fragment Input on __InputValue { name type { ...Type } defaultValue }
fragment Type on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }";

#[test]
fn the_schema_is_the_one_that_prismas_generator_makes() {
    let Some(clients) = Clients::installed() else { return };
    let corpus = corpus::folder().join("datamodels");
    if !corpus.exists() {
        return corpus::left_out("all schemas: the corpus is needed", 1);
    }
    let (compared, refused) = cases(&corpus);
    let folder = tempfile::tempdir().unwrap();
    let (input, output) = (folder.path().join("cases.json"), folder.path().join("report.json"));
    let count = compared.len();
    fs::write(&input, Value::from(compared).to_string()).unwrap();
    let kinds = MISTAKES.map(|(kind, ..)| kind);
    clients.script("schemas.js", &json!({ "cases": input, "kinds": kinds, "report": output }));
    let report: Value = serde_json::from_slice(&fs::read(&output).unwrap()).unwrap();
    let differences = report["differences"].as_array().unwrap();
    let told: Vec<String> = differences.iter().take(5).map(|difference| format!("{difference:.2000}")).collect();
    assert!(differences.is_empty(), "{} schemas differ: {}", differences.len(), told.join("\n"));
    assert_eq!(report["idle"], json!([]), "kinds that make no difference any more");
    assert_eq!(report["unlisted"], json!([]), "kinds without a row");
    let _ = writeln!(std::io::stderr(), "{count} datamodels compared in {} facts, {refused} refused", report["facts"]);
}

/// What the script compares, and how many datamodels are refused when they are deployed.
fn cases(corpus: &Path) -> (Vec<Value>, usize) {
    let (mut cases, mut refused) = (Vec::new(), 0);
    for (name, text) in datamodels(corpus) {
        match datamodel::compile(&text, None, &datamodel::Rules::default(), &mut || "stable".to_owned()) {
            Ok(compiled) => {
                let version = compiled.datamodel.version.number();
                let api = Api::new(Arc::new(compiled.datamodel), ApiOptions::default());
                let introspection = introspection(&api);
                cases.push(
                    json!({ "name": name, "version": version, "datamodel": text, "introspection": introspection }),
                );
            }
            Err(_) => refused += 1,
        }
    }
    (cases, refused)
}

/// Names and texts of all datamodels.
fn datamodels(corpus: &Path) -> Vec<(String, String)> {
    let mut found: Vec<_> =
        files(corpus).into_iter().map(|file| (shown(&file), fs::read_to_string(&file).unwrap())).collect();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let deploys = |line: &str| matches!(line.split_whitespace().next(), Some("@model" | "@deploy"));
    for file in files(&root.join("tests/behaviour/cases")) {
        found.extend(blocks(&file, deploys, &["@", "=== ", "| "]));
    }
    for file in files(&root.join("../engine/query/tests/cases")) {
        found.extend(blocks(&file, |line| line == "=== datamodel", &["=== "]));
    }
    found
}

/// The blocks of a file of cases that hold a datamodel: below a head, up to a line with one of these beginnings.
fn blocks(file: &Path, is_head: impl Fn(&str) -> bool, ends: &[&str]) -> Vec<(String, String)> {
    let text = fs::read_to_string(file).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let heads = lines.iter().enumerate().filter(|(_, line)| is_head(line));
    let blocks = heads.map(|(number, _)| {
        let body = lines[number + 1..].iter().take_while(|line| !ends.iter().any(|end| line.starts_with(end)));
        let body: Vec<&str> = body.filter(|line| !line.starts_with("$ ")).copied().collect();
        (format!("{}:{}", shown(file), number + 1), body.join("\n"))
    });
    blocks.collect()
}

fn shown(file: &Path) -> String {
    file.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// All files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display())) {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

fn introspection(api: &Api) -> Value {
    let document = Document::parse(api, INTROSPECTION).unwrap();
    match &document.plan(api, None, &Map::new()).unwrap().roots[0].field {
        RootField::Static(json) => json!({ "__schema": serde_json::from_str::<Value>(json).unwrap() }),
        other => panic!("{other:?}"),
    }
}
