//! One plan serves every request of the same shape: what it answers with the values of a request is what a fresh plan
//! would answer, and what is refused of the values is refused of the fresh plan with the same words. Structure and leaves of the variables come from two seeds, so that the same structure can be filled
//! with different leaves; a failure prints the seeds.

use proptest::prelude::*;
use query::{Api, ApiOptions, Document, OperationPlan};
use serde_json::{Map, Value as Json, json};
use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hasher},
    sync::{Arc, Mutex},
};

const DATAMODEL: &str = r#"
type User {
  id: ID! @id
  email: String! @unique
  age: Int
  ratio: Float
  admin: Boolean
  role: Role
  seen: DateTime
  meta: Json
  ref: ID
  tags: [String] @scalarList(strategy: RELATION)
  posts: [Post]
  boss: User @relation(name: "Boss", link: INLINE)
}
type Post {
  id: ID! @id
  title: String! @unique
  author: User
}
enum Role { ADMIN USER }
"#;

const READ: &str = r"
query($where: UserWhereInput, $orderBy: UserOrderByInput, $first: Int, $after: String, $one: UserWhereUniqueInput!,
      $deep: Boolean!, $names: [String!]) {
  users(where: $where, orderBy: $orderBy, first: $first, after: $after) {
    id
    posts(where: { title_in: $names }) @include(if: $deep) { title }
  }
  user(where: $one) { email }
}";

const WRITE: &str = r"
mutation($create: UserCreateInput!, $update: UserUpdateInput!, $one: UserWhereUniqueInput!) {
  createUser(data: $create) { id }
  updateUser(where: $one, data: $update) { id }
  upsertUser(where: $one, create: $create, update: $update) { id }
}";

/// Numbers that follow from a seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % sides
    }
}

struct Variables {
    structure: Dice,
    leaves: Dice,
    /// Some leaves are not valid.
    faulty: bool,
}

impl Variables {
    fn is_faulty(&mut self) -> bool {
        self.faulty && self.leaves.roll(15) == 0
    }

    fn text(&mut self) -> Json {
        if self.is_faulty() {
            return "\0".into();
        }
        let length = self.leaves.roll(30);
        (0..length).map(|_| char::from(b'a' + self.leaves.roll(26) as u8)).collect::<String>().into()
    }

    fn int(&mut self) -> Json {
        if self.is_faulty() {
            return json!(1.5);
        }
        (self.leaves.roll(20) as i64 - 10).into()
    }

    fn texts(&mut self) -> Json {
        if self.structure.roll(4) == 0 {
            return json!([]);
        }
        (0..=self.leaves.roll(3)).map(|_| self.text()).collect()
    }

    /// A value of a scalar field; now and then null.
    fn scalar(&mut self, field: &str, nullable: bool) -> Json {
        if nullable && self.structure.roll(5) == 0 {
            return Json::Null;
        }
        match field {
            "age" => self.int(),
            "ratio" => json!(self.leaves.roll(1000) as f64 / 8.0),
            "admin" => (self.structure.roll(2) == 0).into(),
            "role" if self.is_faulty() => "NOBODY".into(),
            "role" => ["ADMIN", "USER"][self.leaves.roll(2) as usize].into(),
            "seen" if self.is_faulty() => "never".into(),
            "seen" => format!("2020-01-{:02}", self.leaves.roll(28) + 1).into(),
            "meta" => json!({ "key": "same" }),
            "ref" | "id" if self.structure.roll(6) == 0 => "null".into(),
            _ => self.text(),
        }
    }

    fn some_of(&mut self, names: &[&'static str]) -> Vec<&'static str> {
        names.iter().filter(|_| self.structure.roll(3) == 0).copied().collect()
    }

    fn filter(&mut self, depth: u64) -> Json {
        let mut filter = Map::new();
        for field in self.some_of(&["id", "email", "age", "ratio", "admin", "role", "seen", "ref"]) {
            filter.insert(field.to_owned(), self.scalar(field, true));
        }
        for key in self.some_of(&["age_lt", "age_gte", "email_contains", "ref_not", "id_lt"]) {
            let field = key.split_once('_').map_or(key, |(field, _)| field);
            filter.insert(key.to_owned(), self.scalar(field, true));
        }
        for key in self.some_of(&["email_in", "email_not_in"]) {
            let list = if self.structure.roll(5) == 0 { Json::Null } else { self.texts() };
            filter.insert(key.to_owned(), list);
        }
        if depth > 0 {
            for key in self.some_of(&["AND", "OR", "NOT"]) {
                let filters = (0..self.structure.roll(3)).map(|_| self.filter(depth - 1)).collect();
                filter.insert(key.to_owned(), filters);
            }
            for key in self.some_of(&["boss"]) {
                let boss = if self.structure.roll(4) == 0 { Json::Null } else { self.filter(depth - 1) };
                filter.insert(key.to_owned(), boss);
            }
            for key in self.some_of(&["posts_some", "posts_every", "posts_none"]) {
                filter.insert(key.to_owned(), json!({ "title_gt": self.text() }));
            }
        }
        filter.into()
    }

    fn unique(&mut self) -> Json {
        match self.structure.roll(8) {
            0 => json!({}),
            1 => json!({ "id": self.text(), "email": self.text() }),
            2 => json!({ "id": null, "email": self.text() }),
            3..=5 => json!({ "id": self.scalar("id", false) }),
            _ => json!({ "email": self.text() }),
        }
    }

    fn data(&mut self, fields: &[&'static str]) -> Map<String, Json> {
        let mut data = Map::new();
        for field in self.some_of(fields) {
            data.insert(field.to_owned(), self.scalar(field, true));
        }
        if self.structure.roll(3) == 0 {
            data.insert("tags".to_owned(), json!({ "set": self.texts() }));
        }
        data
    }

    fn create(&mut self, depth: u64) -> Json {
        let mut data = self.data(&["id", "age", "ratio", "admin", "role", "seen", "meta", "ref"]);
        data.insert("email".to_owned(), self.text());
        if depth > 0 && self.structure.roll(2) == 0 {
            let posts: Json = (0..self.structure.roll(3)).map(|_| json!({ "title": self.text() })).collect();
            data.insert("posts".to_owned(), json!({ "create": posts, "connect": { "title": self.text() } }));
        }
        if depth > 0 && self.structure.roll(2) == 0 {
            data.insert("boss".to_owned(), json!({ "create": self.create(depth - 1) }));
        }
        data.into()
    }

    fn update(&mut self) -> Json {
        let mut data = self.data(&["email", "age", "ratio", "admin", "role", "seen", "meta", "ref"]);
        if self.structure.roll(2) == 0 {
            let delete = self.structure.roll(2) == 0;
            data.insert("boss".to_owned(), json!({ "delete": delete, "update": { "age": self.int() } }));
        }
        if self.structure.roll(2) == 0 {
            let set: Json = (0..self.structure.roll(3)).map(|_| json!({ "title": self.text() })).collect();
            data.insert("posts".to_owned(), json!({ "set": set, "deleteMany": [{ "title_lt": self.text() }, {}] }));
        }
        data.into()
    }

    fn read_variables(&mut self) -> Map<String, Json> {
        let mut variables = Map::new();
        variables.insert("one".to_owned(), self.unique());
        variables.insert("deep".to_owned(), (self.structure.roll(2) == 0).into());
        for name in self.some_of(&["where", "orderBy", "first", "after", "names"]) {
            let null = self.structure.roll(5) == 0;
            let value = match name {
                _ if null => Json::Null,
                "where" => self.filter(2),
                "orderBy" => ["age_ASC", "age_DESC", "id_DESC"][self.structure.roll(3) as usize].into(),
                "first" => self.int(),
                "after" => self.text(),
                _ => self.texts(),
            };
            variables.insert(name.to_owned(), value);
        }
        variables
    }

    fn write_variables(&mut self) -> Map<String, Json> {
        let variables = [("create", self.create(1)), ("update", self.update()), ("one", self.unique())];
        variables.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }
}

fn variables(document: &str, structure: u64, leaves: u64, faulty: bool) -> Map<String, Json> {
    let mut variables = Variables { structure: Dice(structure), leaves: Dice(leaves), faulty };
    if document == READ { variables.read_variables() } else { variables.write_variables() }
}

fn shape(document: &Document, variables: &Map<String, Json>) -> u64 {
    let mut hasher = DefaultHasher::new();
    document.shape(None, variables, &mut hasher);
    hasher.finish()
}

fn api() -> Api {
    let limits = datamodel::Limits { types: 10, fields_per_type: 50, fields: 100, enums: 10 };
    let rules = datamodel::Rules { uuid_ids: true, limits };
    let compiled = datamodel::compile(DATAMODEL, None, &rules, &mut || "model".to_owned());
    Api::new(Arc::new(compiled.expect("a valid datamodel").datamodel), ApiOptions::default())
}

fn check(text: &str) {
    let api = api();
    let document = Document::parse(&api, text).expect("a valid document");
    // Every plan ever made for a shape is the plan of that shape.
    let plans: Mutex<HashMap<u64, OperationPlan>> = Mutex::default();
    let config = ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() };
    proptest!(config, |(structure: u64, leaves: u64, other_leaves: u64, faulty: bool)| {
        let first = variables(text, structure, leaves, false);
        let second = variables(text, structure, other_leaves, faulty);
        prop_assert_eq!(shape(&document, &first), shape(&document, &second));
        let cached = document.plan(&api, None, &first).expect("a plan");
        match document.plan(&api, None, &second) {
            Ok(fresh) => {
                prop_assert_eq!(&cached, &fresh);
                let values = fresh.parameters(&api, &second).expect("values");
                prop_assert_eq!(cached.parameters(&api, &second).expect("values"), values);
            }
            Err(errors) => prop_assert_eq!(cached.parameters(&api, &second), Err(errors)),
        }
        let mut plans = plans.lock().expect("no test failed while it held the lock");
        let known = plans.entry(shape(&document, &first)).or_insert_with(|| cached.clone());
        prop_assert_eq!(known, &cached);
    });
    let different = plans.into_inner().expect("no test failed while it held the lock").len();
    assert!(different > 100, "only {different} shapes were tried");
}

#[test]
fn a_read_plan_serves_its_shape() {
    check(READ);
}

#[test]
fn a_write_plan_serves_its_shape() {
    check(WRITE);
}
