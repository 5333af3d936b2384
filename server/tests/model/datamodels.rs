//! Random datamodels: every layout of a relation, with and without cascades, self relations, relations without a field
//! that leads back, every type of id and of scalar.

use crate::random::Numbers;

/// The field of `A`, that of `B`, and where the relation may be stored: in the one, the other, a link table.
const LAYOUTS: [(&str, &str, &[&str]); 9] = [
    ("B!", "A!", &["A", "B", "table"]),
    ("B!", "A", &["A", "B", "table"]),
    ("B", "A!", &["A", "B", "table"]),
    ("B", "A", &["A", "B", "table"]),
    ("[B]", "A!", &["B", "table"]),
    ("[B]", "A", &["B", "table"]),
    ("B!", "[A]", &["A", "table"]),
    ("B", "[A]", &["A", "table"]),
    ("[B]", "[A]", &["table"]),
];

/// Relations of `A` with itself.
const SELF: [&str; 6] = [
    "",
    "up: A @relation(name: \"S\", link: INLINE) down: [A] @relation(name: \"S\")",
    "next: A @relation(name: \"S\", link: INLINE) prev: A @relation(name: \"S\")",
    "peers: [A] @relation(name: \"S\") others: [A] @relation(name: \"S\")",
    "next: A @relation(name: \"S\", link: INLINE)",
    "peers: [A] @relation(name: \"S\")",
];

const IDS: [&str; 4] = ["ID! @id", "ID! @id", "Int! @id", "UUID! @id"];

/// The field of `C`, and that of `A` which leads back.
const OF_C: [(&str, &str); 4] = [
    ("a: A @relation(link: INLINE)", "cs: [C]"),
    ("a: A! @relation(link: INLINE)", "cs: [C]"),
    ("a: A @relation(link: INLINE)", ""),
    ("a: [A] @relation(link: TABLE)", ""),
];

pub fn datamodel(service: usize, numbers: &mut Numbers) -> String {
    let (of_a, of_b, places) = LAYOUTS[service % LAYOUTS.len()];
    let stored = numbers.pick(places);
    let link = |model: &str| match stored {
        "table" if model == "A" => ", link: TABLE",
        stored if stored == model => ", link: INLINE",
        _ => "",
    };
    const CASCADE: &str = ", onDelete: CASCADE";
    let (of_a_cascades, of_b_cascades) = [("", ""), (CASCADE, ""), ("", CASCADE)][numbers.below(3)];
    let (a, b) = (link("A"), link("B"));
    let own = numbers.pick(&SELF);
    let (c, back) = OF_C[numbers.below(OF_C.len())];
    let [id_a, id_b, id_c] = [(); 3].map(|()| IDS[numbers.below(IDS.len())]);
    // A model whose id has another name is no `Node`.
    let name_c = numbers.pick(&["id", "key"]);
    let c_cascades = numbers.pick(&["", "(onDelete: CASCADE)"]);
    let back = if back.is_empty() || c_cascades.is_empty() {
        back.to_owned()
    } else {
        format!("{back} @relation{c_cascades}")
    };
    format!(
        "enum Color {{ RED GREEN BLUE }}
type A {{ id: {id_a} a: String! @unique k: Int @unique s: String i: Int f: Float t: Boolean e: Color d: DateTime j: Json u: UUID
  tags: [String] @scalarList(strategy: RELATION) colors: [Color] @scalarList(strategy: RELATION)
  made: DateTime! @createdAt touched: DateTime! @updatedAt
  bs: {of_a} @relation(name: \"R\"{a}{of_a_cascades}) {own} {back} }}
type B {{ id: {id_b} b: String! @unique n: Int! @default(value: 7) s: String @default(value: \"x\") e: Color! @default(value: RED)
  f: Float! r: String! touched: DateTime! @updatedAt nums: [Int] @scalarList(strategy: RELATION)
  as: {of_b} @relation(name: \"R\"{b}{of_b_cascades}) cs: [C] }}
type C {{ {name_c}: {id_c} c: String! @unique n: Int t: Boolean @default(value: true) {c} b: B @relation(link: INLINE) }}"
    )
}
