//! Hostile names and values, deployed to the real engine (BI-1, SA-09 to SA-11): each name is refused with a clear
//! error, or works like any other name; each value comes back as it went.

use crate::{
    cloud::{Management, Process, Service, management_token, post},
    surfaces::{NOTE, SECRET, engine, on_each_database},
};
use serde_json::{Value, json};

/// What a name may try. Some are too long by a byte, some look like others, some would end a quoted name.
fn hostile() -> Vec<String> {
    let mut names: Vec<String> = [
        "\"",
        "\"\"",
        "'",
        "`",
        "\\",
        "%",
        "%s",
        "%2F",
        "~",
        "@",
        "$",
        "$1",
        "?",
        ";",
        "--",
        "/*",
        "*/",
        "#",
        "{",
        "}",
        "(",
        ")",
        "[",
        "]",
        " ",
        "",
        "a b",
        "a\tb",
        "a\nb",
        "a\u{0}b",
        "\u{0}",
        "é",
        "Ünï",
        "ü",
        "а",
        "Аpple",
        "名前",
        "𝒳",
        "\u{202e}abc",
        "a\u{200b}b",
        "\u{feff}a",
        "x\"; DROP TABLE \"Note\"; --",
        "x'; DROP TABLE Note; --",
        "Note\" (id) VALUES (1); --",
        "main",
        "temp",
        "sqlite_master",
        "sqlite_sequence",
        "sqlite_",
        "SQLITE_x",
        "SELECT",
        "Select",
        "select",
        "table",
        "Table",
        "Order",
        "Group",
        "Index",
        "Null",
        "True",
        "NULL",
        "rowid",
        "_rowid_",
        "oid",
        "id",
        "ID",
        "Id",
        "_",
        "__",
        "__typename",
        "__Type",
        "_Note",
        "_A",
        "A",
        "B",
        "value",
        "nodeId",
        "position",
        "Query",
        "Mutation",
        "Subscription",
        "Node",
        "PageInfo",
        "String",
        "Int",
        "Float",
        "Boolean",
        "DateTime",
        "Json",
        "UUID",
        "BatchPayload",
        "Long",
        "type",
        "enum",
        "input",
        "interface",
        "1a",
        "-a",
        "a-b",
        "a.b",
        "a:b",
        "a$b",
        "../a",
        "/etc/passwd",
        "CON",
        "createNote",
        "notes",
        "AND",
        "OR",
        "NOT",
        "where",
        "data",
        "connect",
        "set",
        "NoteWhereInput",
        "NoteConnection",
        "AggregateNote",
    ]
    .map(str::to_owned)
    .to_vec();
    for bytes in [30, 31, 62, 63, 64, 65, 200, 5_000] {
        names.push("N".repeat(bytes));
        names.push(format!("{}é", "n".repeat(bytes.saturating_sub(2))));
    }
    names
}

/// Places of a name in a datamodel: as it stands, in a text, and in a text with its escapes.
fn datamodels(name: &str) -> Vec<String> {
    let text = json!(name).to_string();
    vec![
        format!("type {name} {{ id: ID! @id x: String }}"),
        format!("type Note {{ id: ID! @id {name}: String }}"),
        format!("type Note {{ id: ID! @id x: {name} }}"),
        format!("enum {name} {{ A B }} type Note {{ id: ID! @id x: {name} }}"),
        format!("enum E {{ A {name} }} type Note {{ id: ID! @id x: E @default(value: {name}) }}"),
        format!("type Note @db(name: {text}) {{ id: ID! @id x: String }}"),
        format!("type Note {{ id: ID! @id x: String @unique @db(name: {text}) }}"),
        format!("type Note {{ id: ID! @id x: String! @default(value: {text}) }}"),
        format!(
            "type Note {{ id: ID! @id x: [String] @scalarList(strategy: RELATION) {name}: [Int] @scalarList(strategy: RELATION) }}"
        ),
        format!(
            "type Note {{ id: ID! @id x: Other @relation(name: {text}, link: TABLE) }} type Other {{ id: ID! @id }}"
        ),
        format!(
            "type Note {{ id: ID! @id {name}: [Other] @relation(link: TABLE) }} type Other {{ id: ID! @id {name}: [Note] }}"
        ),
        format!(
            "type Note {{ id: ID! @id {name}: Other @relation(link: INLINE) @db(name: {text}) }} type Other {{ id: ID! @id }}"
        ),
        format!("type Note {{ id: ID! @id x: String @{name} }}"),
        format!("type Note @{name}(name: {text}) {{ id: ID! @id }}"),
    ]
}

/// A service of an engine that is given one datamodel after the other.
pub struct Trial {
    pub management: Management,
    pub service: Service,
}

impl Trial {
    /// A service on the engine at `origin`.
    pub fn new(origin: &str, name: &str) -> Trial {
        let management = Management { url: format!("{origin}/management"), secret: SECRET.to_owned() };
        management.add(name, "dev");
        Trial { management, service: Service { url: format!("{origin}/{name}/dev") } }
    }

    /// Deploys; whether it was accepted. A refusal is clear, a success leads to a service that answers.
    pub fn deploy(&self, name: &str, datamodel: &str, what: &str) -> bool {
        let query =
            "mutation($n: String!, $t: String!) { deploy(input: { name: $n, stage: \"dev\", types: $t, force: true }) {
            errors { type field description } migration { status errors } steps { type } } }";
        let body = json!({ "query": query, "variables": { "n": name, "t": datamodel } });
        let answer = post(&self.management.url, &body, Some(&management_token(SECRET)));
        assert_eq!(answer.status, 200, "{what}: {answer:?}");
        let json = answer.json();
        let refused = |errors: &Value| {
            let errors = errors.as_array().expect("a list");
            let clear =
                |e: &Value| e["description"].as_str().or(e["message"].as_str()).is_some_and(|text| !text.is_empty());
            assert!(errors.iter().all(clear), "{what}: {json}");
            let text = json.to_string();
            assert!(!text.contains("internal") && !text.contains("server error"), "{what}: {text}");
            !errors.is_empty()
        };
        if json["errors"].is_array() {
            assert!(refused(&json["errors"]) && answer.body.len() <= 4_096, "{what}: {answer:?}");
            return false;
        }
        let payload = &json["data"]["deploy"];
        if refused(&payload["errors"]) {
            return false;
        }
        let migration = &payload["migration"];
        // What only the database knows is told by the migration, in words.
        let told = migration["errors"][0].as_str().is_some_and(|text| text.ends_with("; nothing was applied"));
        if migration["status"] == "ROLLBACK_SUCCESS" && told {
            return false;
        }
        assert!(migration.is_null() || migration["status"] == "PENDING", "{what}: {json}");
        self.assert_answers(what);
        true
    }

    /// The service answers introspection, and a query and a mutation of each of its types.
    pub fn assert_answers(&self, what: &str) {
        let schema = self.service.query("{ __schema { queryType { fields { name args { name } } } mutationType { fields { name args { type { kind ofType { kind } } } } } } }");
        let fields = schema["data"]["__schema"]["queryType"]["fields"].as_array();
        let fields = fields.unwrap_or_else(|| panic!("{what}: {schema}"));
        let lists = fields.iter().filter(|field| {
            let name = field["name"].as_str().unwrap();
            !name.ends_with("Connection") && field["args"].as_array().unwrap().iter().any(|a| a["name"] == "skip")
        });
        let lists: Vec<String> =
            lists.map(|field| format!("{}(first: 2) {{ __typename }}", field["name"].as_str().unwrap())).collect();
        let found = self.service.query(&format!("{{ __typename {} }}", lists.join(" ")));
        assert!(found["errors"].is_null(), "{what}: {found}");
        // A datamodel of enums alone has nothing to write.
        let mutations = schema["data"]["__schema"]["mutationType"]["fields"].as_array();
        for field in mutations.into_iter().flatten() {
            let name = field["name"].as_str().unwrap();
            let required = field["args"].as_array().unwrap().iter().any(|a| a["type"]["kind"] == "NON_NULL");
            if name.starts_with("create") {
                let arguments = if required { "(data: {})" } else { "" };
                let made = self.service.query(&format!("mutation {{ {name}{arguments} {{ __typename }} }}"));
                let text = made.to_string();
                assert!(
                    !text.contains("server error") && !text.contains("\"message\":\"internal"),
                    "{what}: {name}: {text}"
                );
            }
        }
    }
}

#[test]
fn hostile_names_are_refused_or_work() {
    on_each_database(|database, process, origin, folder| {
        deploy_hostile_names(process, origin, if database == "sqlite" { 1 } else { 4 });
        // On Postgres its catalogue is looked at by the tests of the connector.
        if database == "sqlite" {
            crate::datamodels::assert_only_services(folder, 2);
        }
    });
}

/// Deploys every `step`-th of the names in every place.
fn deploy_hostile_names(process: &mut Process, origin: &str, step: usize) {
    let kept = Trial::new(origin, "kept");
    kept.management.deploy("kept", "dev", NOTE);
    let trial = Trial::new(origin, "trial");
    let (mut accepted, mut tried) = (0, 0);
    for name in hostile().into_iter().step_by(step) {
        for (place, datamodel) in datamodels(&name).into_iter().enumerate() {
            let what = format!("place {place}: {datamodel:.300}");
            tried += 1;
            accepted += usize::from(trial.deploy("trial", &datamodel, &what));
        }
        assert!(process.is_running(), "{name}");
    }
    println!("{accepted} of {tried} accepted");
    assert!(accepted > 100 / step && accepted < tried, "{accepted} of {tried}");
    kept.service.query(r#"mutation { createNote(data: { text: "kept" }) { id } }"#);
    assert_eq!(kept.service.query("{ notes { text } }"), json!({ "data": { "notes": [{ "text": "kept" }] } }));
}

/// SA-10: names that are equal in their first 63 bytes are two names or none.
#[test]
fn long_names_are_not_cut_into_one() {
    on_each_database(|_, _, origin, _| deploy_long_names(origin));
}

fn deploy_long_names(origin: &str) {
    let trial = Trial::new(origin, "trial");
    let long = "N".repeat(63);
    for datamodel in [
        format!("type {long}a {{ id: ID! @id }} type {long}b {{ id: ID! @id }}"),
        format!("type A {{ id: ID! @id {long}a: String {long}b: String }}"),
        format!("type A @db(name: \"{long}a\") {{ id: ID! @id }} type B @db(name: \"{long}b\") {{ id: ID! @id }}"),
        format!("type A {{ id: ID! @id x: String @db(name: \"{long}a\") y: String @db(name: \"{long}b\") }}"),
    ] {
        assert!(!trial.deploy("trial", &datamodel, &datamodel), "{datamodel}");
    }
    // Names that are derived from long ones are cut by us, and stay apart.
    let long = &long[..60];
    assert!(trial.deploy(
        "trial",
        &format!("type {long}a {{ id: ID! @id x: String @unique y: [{long}b] @relation(link: TABLE) }} type {long}b {{ id: ID! @id x: String @unique y: [{long}a] }}"),
        "derived names",
    ));
}

/// Names of services and stages follow the grammar, whatever their bytes.
#[test]
fn services_have_names_of_the_grammar() {
    let (mut process, origin, folder) = engine(|_| {});
    let management = Management { url: format!("{origin}/management"), secret: SECRET.to_owned() };
    let grammatical = |name: &str| {
        let mut chars = name.chars();
        chars.next().is_some_and(|c| c.is_ascii_alphabetic())
            && name.len() <= 140
            && chars.all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
    };
    let reserved = ["management", "import", "export", "private", "_admin", "_datamodel", "status"];
    let mut added = 0;
    let names: Vec<String> = hostile().into_iter().chain(reserved.map(str::to_owned)).collect();
    for name in &names {
        for (service, stage) in [(name.as_str(), "dev"), ("shop", name.as_str())] {
            let query = "mutation($n: String!, $s: String!) { addProject(input: { name: $n, stage: $s }) { project { name } } }";
            let answer = management.call(query, json!({ "n": service, "s": stage }));
            let is_added = answer["data"]["addProject"]["project"]["name"] == *service;
            let is_refused = answer["errors"][0]["code"].as_i64().is_some_and(|code| (4001..=4007).contains(&code));
            assert!(is_added != is_refused, "{service:?}@{stage:?}: {answer}");
            assert!(!is_added || grammatical(name), "{service:?}@{stage:?}: {answer}");
            added += usize::from(is_added);
        }
    }
    assert!(process.is_running());
    crate::datamodels::assert_only_services(folder.path(), added);
    let list = management.call("{ listProjects { name stage } }", json!({}));
    assert_eq!(list["data"]["listProjects"].as_array().map(Vec::len), Some(added), "{list}");
}

/// Every value comes back as it went, and `%` and `_` in a filter mean themselves (SA-11).
#[test]
fn values_come_back_as_they_went() {
    on_each_database(|_, _, origin, _| store_hostile_values(origin));
}

fn store_hostile_values(origin: &str) {
    let trial = Trial::new(origin, "trial");
    assert!(trial.deploy("trial", NOTE, "notes"));
    let url = &trial.service.url;
    let ask = |query: &str, text: &str| {
        let answer = post(url, &json!({ "query": query, "variables": { "t": text } }), None);
        assert_eq!(answer.status, 200, "{text:.50}: {answer:?}");
        answer.json()
    };
    let values: Vec<String> =
        hostile().into_iter().chain(["%".to_owned(), "100%".to_owned(), "a_c".to_owned(), "abc".to_owned()]).collect();
    for text in &values {
        let made = ask("mutation($t: String) { createNote(data: { text: $t }) { text } }", text);
        if text.contains('\u{0}') {
            assert!(made.to_string().contains("must not contain the character U+0000"), "{made}");
            continue;
        }
        assert_eq!(made["data"]["createNote"]["text"], **text, "{made}");
        let literal =
            trial.service.query(&format!("{{ notes(where: {{ text: {} }}, first: 1) {{ text }} }}", json!(text)));
        assert_eq!(literal["data"]["notes"][0]["text"], **text, "{literal}");
    }
    for part in ["%", "_", "\\", "'", "\"", "--", "é", "*", "[", "a_c"] {
        for (operator, holds) in [
            ("contains", (|text, part| text.contains(part)) as fn(&str, &str) -> bool),
            ("starts_with", |text, part| text.starts_with(part)),
            ("ends_with", |text, part| text.ends_with(part)),
        ] {
            let found =
                ask(&format!("query($t: String) {{ notes(where: {{ text_{operator}: $t }}) {{ text }} }}"), part);
            let mut found: Vec<&str> =
                found["data"]["notes"].as_array().unwrap().iter().map(|n| n["text"].as_str().unwrap()).collect();
            let mut expected: Vec<&str> =
                values.iter().map(String::as_str).filter(|text| !text.contains('\u{0}') && holds(text, part)).collect();
            found.sort_unstable();
            expected.sort_unstable();
            assert_eq!(found, expected, "{operator} {part:?}");
        }
    }
}
