//! The whole table of `prisma1-server.md` §5.3: both ends' arities × operations × places where links can be stored.

use super::service::Service;
use datamodel::*;
use serde_json::{Value as Json, json};

/// Arity of the parent's field and of the child's: required, optional, list.
pub const ENDS: [(&str, &str); 9] = [
    ("C!", "P!"),
    ("C!", "P"),
    ("C", "P!"),
    ("C", "P"),
    ("[C]", "P!"),
    ("[C]", "P"),
    ("C!", "[P]"),
    ("C", "[P]"),
    ("[C]", "[P]"),
];

/// What the operations start from: `p1-c1` and `p2-c2` are linked, `p3` and `c3` are free.
const LINKED: &str = "p1-c1 p2-c2";

/// An operation, and for each of [`ENDS`] the links after it: the code of the error, `=` for no change, `-` where the
/// operation does not exist.
type Case = (&'static str, Json, &'static str);

fn cases() -> Vec<Case> {
    let on = |p: &str, action: Json| json!({"where": {"p": p}, "data": {"cs": action}});
    let with = |action: Json| json!({"data": {"p": "p4", "cs": action}});
    let create = json!({"create": {"c": "c4"}});
    let connect = |c: &str| json!({"connect": {"c": c}});
    let disconnect = json!({"disconnect": {"c": "c1"}});
    let update = json!({"update": {"where": {"c": "c1"}, "data": {"c": "c9"}, "c": "c9"}});
    let upsert = |c: &str| json!({"upsert": {"where": {"c": c}, "create": {"c": "c4"}, "update": {"c": "c9"}}});
    let set = |cs: &[&str]| json!({"set": cs.iter().map(|c| json!({"c": c})).collect::<Vec<_>>()});
    let delete = json!({"delete": {"c": "c1"}});
    let delete_many = json!({"deleteMany": [{}]});
    vec![
        (
            "updateP",
            on("p1", create.clone()),
            "3042 | p1-c4 p2-c2 | 3042 | p1-c4 p2-c2 | p1-c1 p1-c4 p2-c2 | p1-c1 p1-c4 p2-c2
             | p1-c4 p2-c2 | p1-c4 p2-c2 | p1-c1 p1-c4 p2-c2",
        ),
        (
            "updateP",
            on("p3", create.clone()),
            "3042 | = p3-c4 | = p3-c4 | = p3-c4 | = p3-c4 | = p3-c4 | = p3-c4 | = p3-c4 | = p3-c4",
        ),
        (
            "updateP",
            on("p1", connect("c2")),
            "3042 | 3042 | 3042 | p1-c2 | p1-c1 p1-c2 | p1-c1 p1-c2 | p1-c2 p2-c2 | p1-c2 p2-c2 | p1-c1 p1-c2 p2-c2",
        ),
        (
            "updateP",
            on("p1", connect("c3")),
            "3042 | p1-c3 p2-c2 | 3042 | p1-c3 p2-c2 | p1-c1 p1-c3 p2-c2 | p1-c1 p1-c3 p2-c2
             | p1-c3 p2-c2 | p1-c3 p2-c2 | p1-c1 p1-c3 p2-c2",
        ),
        (
            "updateP",
            on("p3", connect("c2")),
            "3042 | 3042 | p1-c1 p3-c2 | p1-c1 p3-c2 | p1-c1 p3-c2 | p1-c1 p3-c2 | = p3-c2 | = p3-c2 | = p3-c2",
        ),
        // What is connected already: the original's checks do not make an exception for it.
        ("updateP", on("p1", connect("c1")), "3042 | 3042 | 3042 | = | = | = | = | = | ="),
        (
            "createP",
            with(connect("c1")),
            "3042 | 3042 | p2-c2 p4-c1 | p2-c2 p4-c1 | p2-c2 p4-c1 | p2-c2 p4-c1 | = p4-c1 | = p4-c1 | = p4-c1",
        ),
        (
            "createP",
            with(connect("c3")),
            "3042 | = p4-c3 | = p4-c3 | = p4-c3 | = p4-c3 | = p4-c3 | = p4-c3 | = p4-c3 | = p4-c3",
        ),
        (
            "createP",
            with(create),
            "= p4-c4 | = p4-c4 | = p4-c4 | = p4-c4 | = p4-c4 | = p4-c4 | = p4-c4 | = p4-c4 | = p4-c4",
        ),
        ("updateP", on("p1", disconnect.clone()), "3042 | 3042 | 3042 | p2-c2 | 3042 | p2-c2 | 3042 | p2-c2 | p2-c2"),
        ("updateP", on("p3", disconnect), "3042 | 3042 | 3042 | 3041 | 3042 | 3041 | 3042 | 3041 | 3041"),
        (
            "updateP",
            on("p1", set(&["c2", "c3"])),
            "- | - | - | - | p1-c2 p1-c3 | p1-c2 p1-c3 | - | - | p1-c2 p1-c3 p2-c2",
        ),
        ("updateP", on("p1", set(&["c1", "c1"])), "- | - | - | - | = | = | - | - | ="),
        ("updateP", on("p1", set(&[])), "- | - | - | - | p2-c2 | p2-c2 | - | - | p2-c2"),
        (
            "updateP",
            on("p1", update.clone()),
            "p1-c9 p2-c2 | p1-c9 p2-c2 | p1-c9 p2-c2 | p1-c9 p2-c2 | p1-c9 p2-c2 | p1-c9 p2-c2 | p1-c9 p2-c2
             | p1-c9 p2-c2 | p1-c9 p2-c2",
        ),
        ("updateP", on("p3", update), "3041 | 3041 | 3041 | 3041 | 3041 | 3041 | 3041 | 3041 | 3041"),
        (
            "updateP",
            on("p1", upsert("c1")),
            "p1-c9 p2-c2 | p1-c9 p2-c2 | p1-c9 p2-c2 | p1-c9 p2-c2 | p1-c9 p2-c2 | p1-c9 p2-c2 | p1-c9 p2-c2
             | p1-c9 p2-c2 | p1-c9 p2-c2",
        ),
        // A child that is there but not connected: another one is created.
        (
            "updateP",
            on("p3", upsert("c3")),
            "3042 | = p3-c4 | = p3-c4 | = p3-c4 | = p3-c4 | = p3-c4 | = p3-c4 | = p3-c4 | = p3-c4",
        ),
        ("updateP", on("p1", delete.clone()), "3042 | 3042 | p2-c2 | p2-c2 | p2-c2 | p2-c2 | 3042 | p2-c2 | p2-c2"),
        ("updateP", on("p1", delete_many), "3042 | 3042 | p2-c2 | p2-c2 | p2-c2 | p2-c2 | 3042 | p2-c2 | p2-c2"),
        ("updateP", on("p3", delete), "3041 | 3041 | 3041 | 3041 | 3041 | 3041 | 3041 | 3041 | 3041"),
        (
            "deleteP",
            json!({"where": {"p": "p1"}}),
            "3042 | p2-c2 | 3042 | p2-c2 | 3042 | p2-c2 | p2-c2 | p2-c2 | p2-c2",
        ),
        ("deleteP", json!({"where": {"p": "p3"}}), "= | = | = | = | = | = | = | = | ="),
    ]
}

#[test]
fn links_change_as_the_table_says() {
    for (mutation, arguments, expected) in cases() {
        let expected: Vec<&str> = expected.split('|').map(str::trim).collect();
        assert_eq!(expected.len(), ENDS.len(), "{mutation} {arguments}");
        for ((parent, child), expected) in ENDS.into_iter().zip(expected).filter(|(_, expected)| *expected != "-") {
            for storage in storages(parent, child) {
                let case = format!("c: {parent}, p: {child}, {storage:?}: {mutation} {arguments}");
                let service = Service::of(datamodel(parent, child, storage));
                service.connection.execute_batch(ROWS).unwrap();
                link(&service, "p1", "c1");
                link(&service, "p2", "c2");
                match service.write(mutation, arguments.clone()) {
                    Ok(_) => assert_eq!(links(&service), expected.replace('=', LINKED), "{case}"),
                    Err(error) => {
                        assert_eq!(error.code().to_string(), expected, "{case}: {error}");
                        assert_eq!(links(&service), LINKED, "{case}");
                    }
                }
            }
        }
    }
}

const ROWS: &str = "INSERT INTO P (id, p) VALUES ('p1', 'p1'), ('p2', 'p2'), ('p3', 'p3');
                    INSERT INTO C (id, c) VALUES ('c1', 'c1'), ('c2', 'c2'), ('c3', 'c3');";

/// Every place where the links of two such ends can be stored.
pub fn storages(parent: &str, child: &str) -> Vec<RelationStorage> {
    let table = |id_column: Option<&str>| RelationStorage::Table {
        table: "_CToP".to_owned(),
        column_a: "A".to_owned(),
        column_b: "B".to_owned(),
        id_column: id_column.map(str::to_owned),
    };
    let mut storages = vec![table(None), table(Some("id"))];
    for (side, end) in [(Side::B, parent), (Side::A, child)] {
        if !end.starts_with('[') {
            storages.push(RelationStorage::Inline { side, column: "link".to_owned() });
        }
    }
    storages
}

/// `P { id, p: String! @unique, c: … }` and `C { id, c: String! @unique, p: … }`.
pub fn datamodel(parent: &str, child: &str, storage: RelationStorage) -> Datamodel {
    let field = |name: &str, kind: FieldKind, end: &str, behaviour: Option<Behaviour>| Field {
        name: name.to_owned(),
        database_name: None,
        kind,
        is_required: end.ends_with('!'),
        is_list: end.starts_with('['),
        is_unique: matches!(kind, FieldKind::Scalar(_)),
        is_hidden: false,
        default: None,
        behaviour,
    };
    let id = Behaviour::Id { strategy: IdStrategy::Auto, sequence: None };
    let model = |name: &str, unique: &str, relation: Field| Model {
        name: name.to_owned(),
        database_name: None,
        stable_identifier: name.to_owned(),
        fields: vec![
            field("id", FieldKind::Scalar(ScalarType::Id), "!", Some(id.clone())),
            field(unique, FieldKind::Scalar(ScalarType::String), "!", None),
            relation,
        ],
    };
    let (p, c, relation) = (ModelId(0), ModelId(1), RelationId(0));
    let to_c = field("cs", FieldKind::Relation { relation, side: Side::B, target: c }, parent, None);
    let to_p = field("ps", FieldKind::Relation { relation, side: Side::A, target: p }, child, None);
    let relation = Relation {
        name: "CToP".to_owned(),
        model_a: c,
        model_b: p,
        on_delete_a: OnDelete::SetNull,
        on_delete_b: OnDelete::SetNull,
        storage,
    };
    let models = vec![model("P", "p", to_c), model("C", "c", to_p)];
    Datamodel { models, relations: vec![relation], ..Datamodel::default() }
}

fn link(service: &Service, p: &str, c: &str) {
    let sql = match &service.datamodel.relations[0].storage {
        RelationStorage::Inline { side: Side::A, .. } => "UPDATE C SET link = ?1 WHERE id = ?2",
        RelationStorage::Inline { side: Side::B, .. } => "UPDATE P SET link = ?2 WHERE id = ?1",
        RelationStorage::Table { id_column: None, .. } => "INSERT INTO _CToP (B, A) VALUES (?1, ?2)",
        RelationStorage::Table { id_column: Some(_), .. } => "INSERT INTO _CToP (B, A, id) VALUES (?1, ?2, ?1)",
    };
    service.connection.execute(sql, [p, c]).unwrap();
}

pub fn links(service: &Service) -> String {
    let condition = match &service.datamodel.relations[0].storage {
        RelationStorage::Inline { side: Side::A, .. } => "C.link = P.id",
        RelationStorage::Inline { side: Side::B, .. } => "P.link = C.id",
        RelationStorage::Table { .. } => "EXISTS (SELECT 1 FROM _CToP WHERE B = P.id AND A = C.id)",
    };
    service.query(&format!("SELECT p || '-' || c FROM P JOIN C ON {condition} ORDER BY 1"))
}
