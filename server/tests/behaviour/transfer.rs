//! What goes out comes in: `import(export(x)) = x` for random data, and chunks that a crash cuts off.

use crate::{ask, deploy, on_each_database, start, start_with};
use serde_json::{Value, json, value::RawValue};
use std::time::Duration;

const DATAMODEL: &str = "
enum Colour { RED GREEN BLUE }
type All { id: ID! @id text: String needed: String! code: String @unique number: Int float: Float flag: Boolean at: DateTime
  json: Json colour: Colour key: UUID ref: ID named: String @db(name: \"stored\") preset: Int @default(value: 3)
  createdAt: DateTime! @createdAt updatedAt: DateTime! @updatedAt
  texts: [String] @scalarList(strategy: RELATION) numbers: [Int] @scalarList(strategy: RELATION)
  floats: [Float] @scalarList(strategy: RELATION) flags: [Boolean] @scalarList(strategy: RELATION)
  ats: [DateTime] @scalarList(strategy: RELATION) jsons: [Json] @scalarList(strategy: RELATION)
  colours: [Colour] @scalarList(strategy: RELATION) keys: [UUID] @scalarList(strategy: RELATION)
  one: Counted @relation(name: \"One\", link: INLINE) many: [Counted] @relation(name: \"Many\")
  friends: [All] @relation(name: \"Friends\") boss: All @relation(name: \"Boss\", link: INLINE) staff: [All] @relation(name: \"Boss\")
  table: Own @relation(name: \"Table\", link: TABLE) lone: [Own] @relation(name: \"Lone\") }
type Counted { no: Int! @id name: String all: All @relation(name: \"One\") many: [All] @relation(name: \"Many\")
  words: [String] @scalarList(strategy: RELATION) }
type Own { key: UUID! @id id: String table: All @relation(name: \"Table\") next: Own @relation(name: \"Next\", link: INLINE) }";

const ALL: &str = "{
  alls(orderBy: id_ASC) { id text needed code number float flag at json colour key ref named preset createdAt updatedAt
    texts numbers floats flags ats jsons colours keys one { no } many { no } friends { id } boss { id } staff { id }
    table { key } lone { key } }
  counteds(orderBy: no_ASC) { no name all { id } many { id } words }
  owns(orderBy: key_ASC) { key id table { id } next { key } } }";

const TEXTS: [&str; 8] = ["", "a", "null", "ä\"\\\n", "👩\u{200d}👧", "e\u{301}", "'); DROP TABLE", "[1]"];
const NODES: usize = 25;

/// A generator of numbers from a seed.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end as u64) as usize
    }

    fn is(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    fn text(&mut self) -> String {
        json!(TEXTS[self.below(TEXTS.len())]).to_string()
    }

    /// A literal of a type.
    fn literal(&mut self, kind: &str) -> String {
        match kind {
            "Int" => [0, 1, -7, i32::MAX, i32::MIN][self.below(5)].to_string(),
            "Float" => ["0.0", "0.1", "-2.5", "1e10", "123456789.125"][self.below(5)].to_owned(),
            "Boolean" => self.is(50).to_string(),
            "DateTime" => ["\"2018-01-02T03:04:05.006Z\"", "\"1969-12-31T23:59:59.999Z\"", "\"9999-12-31T00:00:00Z\""]
                [self.below(3)]
            .to_owned(),
            "Json" => {
                let json = [r#"{"a":[1,null,"x"]}"#, "[]", r#"{"é":{"deep":[[1.5]]}}"#, "\"text\"", "7"][self.below(5)];
                json!(json).to_string()
            }
            "Colour" => ["RED", "GREEN", "BLUE"][self.below(3)].to_owned(),
            "UUID" => json!(self.uuid()).to_string(),
            "ID" => json!(format!("r{}", self.below(5))).to_string(),
            _ => self.text(),
        }
    }

    fn uuid(&mut self) -> String {
        format!("{:08x}-1111-4111-8111-{:012x}", self.below(usize::MAX) as u32, self.below(usize::MAX) as u32)
    }

    fn list(&mut self, kind: &str) -> String {
        let items: Vec<String> = (0..self.below(5)).map(|_| self.literal(kind)).collect();
        format!("{{ set: [{}] }}", items.join(", "))
    }
}

/// A seed; `REFRACT_TRANSFER_SEED` repeats a run.
fn seed() -> u64 {
    let given = std::env::var("REFRACT_TRANSFER_SEED").ok().and_then(|seed| seed.parse().ok());
    given.unwrap_or_else(|| std::time::UNIX_EPOCH.elapsed().expect("a time").subsec_nanos().into())
}

fn post(url: &str, body: &str) -> Result<String, ureq::Error> {
    let mut answer = ureq::post(url).header("content-type", "application/json").send(body)?;
    answer.body_mut().with_config().limit(u64::MAX).read_to_string()
}

/// Everything of a kind, as the export writes it.
fn export(origin: &str, service: &str, kind: &str) -> Vec<Box<RawValue>> {
    #[derive(serde::Deserialize)]
    struct Answer {
        out: Out,
        cursor: Value,
    }
    #[derive(serde::Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Out {
        json_elements: Vec<Box<RawValue>>,
    }
    let mut cursor = json!({ "table": 0, "row": 0, "field": 0, "array": 0 });
    let mut elements = Vec::new();
    while cursor["table"] != -1 {
        let request = json!({ "fileType": kind, "cursor": cursor }).to_string();
        let answer = post(&format!("{origin}/{service}/dev/export"), &request).expect("an answer");
        let answer: Answer = serde_json::from_str(&answer).unwrap_or_else(|_| panic!("{answer}"));
        elements.extend(answer.out.json_elements);
        cursor = answer.cursor;
    }
    elements
}

fn chunk(kind: &str, elements: &[Box<RawValue>]) -> String {
    let elements: Vec<&str> = elements.iter().map(|element| element.get()).collect();
    format!(r#"{{"valueType":"{kind}","values":[{}]}}"#, elements.join(","))
}

#[test]
fn what_is_exported_comes_in_again() {
    on_each_database("transfer", |database, folder| {
        let (_process, origin) = start(database, folder);
        for round in 0..3 {
            let seed = seed();
            println!("{database}: seed {seed}");
            let mut numbers = Numbers(1 + seed);
            let (from, to) = (format!("from{round}"), format!("to{round}"));
            deploy(&origin, &from, DATAMODEL);
            deploy(&origin, &to, DATAMODEL);
            fill(&origin, &from, &mut numbers);
            let there = ask(&origin, &format!("/{from}/dev"), ALL);
            assert!(there.get("errors").is_none(), "{there}");
            let mut sent = Vec::new();
            for kind in ["nodes", "lists", "relations"] {
                let elements = export(&origin, &from, kind);
                assert!(!elements.is_empty(), "{kind}");
                let mut rest = elements.as_slice();
                while !rest.is_empty() {
                    let (now, later) = rest.split_at(rest.len().min(1 + numbers.below(30)));
                    sent.push(chunk(kind, now));
                    rest = later;
                }
            }
            // Some chunks come twice at once, and in the end all of them once more.
            let import = |chunk: &String| post(&format!("{origin}/{to}/dev/import"), chunk).expect("an answer");
            for chunk in &sent {
                for _ in 0..1 + numbers.below(2) {
                    assert_eq!(import(chunk), "[]", "seed {seed}: {chunk}");
                }
            }
            assert_eq!(ask(&origin, &format!("/{to}/dev"), ALL), there, "seed {seed}");
            for chunk in &sent {
                assert_eq!(import(chunk), "[]", "seed {seed}: {chunk}");
            }
            for kind in ["nodes", "lists", "relations"] {
                let (before, after) = (export(&origin, &from, kind), export(&origin, &to, kind));
                assert_eq!(chunk(kind, &after), chunk(kind, &before), "seed {seed}");
            }
            let next = "mutation { createCounted(data: { name: \"next\" }) { no } }";
            let [a, b] = [&from, &to].map(|service| ask(&origin, &format!("/{service}/dev"), next));
            assert_eq!(a, b, "seed {seed}: the next id");
        }
    });
}

/// Makes random nodes by the API, and links between them.
fn fill(origin: &str, service: &str, numbers: &mut Numbers) {
    let path = format!("/{service}/dev");
    let write = |mutation: String| {
        let done = ask(origin, &path, &format!("mutation {{ {mutation} }}"));
        assert!(done.get("errors").is_none(), "{mutation}: {done}");
    };
    const FIELDS: [(&str, &str); 12] = [
        ("text", "String"),
        ("number", "Int"),
        ("float", "Float"),
        ("flag", "Boolean"),
        ("at", "DateTime"),
        ("json", "Json"),
        ("colour", "Colour"),
        ("key", "UUID"),
        ("ref", "ID"),
        ("named", "String"),
        ("preset", "Int"),
        ("createdAt", "DateTime"),
    ];
    const LISTS: [(&str, &str); 8] = [
        ("texts", "String"),
        ("numbers", "Int"),
        ("floats", "Float"),
        ("flags", "Boolean"),
        ("ats", "DateTime"),
        ("jsons", "Json"),
        ("colours", "Colour"),
        ("keys", "UUID"),
    ];
    let mut keys = Vec::new();
    for n in 0..NODES {
        let mut data = vec![format!("id: \"n{n:02}\""), format!("needed: {}", numbers.text())];
        if numbers.is(50) {
            data.push(format!("code: \"c{n}\""));
        }
        for (name, kind) in FIELDS.iter().filter(|(name, _)| *name != "createdAt") {
            if numbers.is(50) {
                data.push(format!("{name}: {}", numbers.literal(kind)));
            }
        }
        for (name, kind) in LISTS {
            if numbers.is(40) {
                data.push(format!("{name}: {}", numbers.list(kind)));
            }
        }
        write(format!("createAll(data: {{ {} }}) {{ id }}", data.join(", ")));
        write(format!(
            "createCounted(data: {{ name: {}, words: {} }}) {{ no }}",
            numbers.text(),
            numbers.list("String")
        ));
        let (key, id) = (numbers.uuid(), numbers.text());
        let id = if numbers.is(50) { format!(", id: {id}") } else { String::new() };
        write(format!("createOwn(data: {{ key: \"{key}\"{id} }}) {{ key }}"));
        keys.push(key);
    }
    for n in 0..NODES {
        let mut data = Vec::new();
        for field in ["one", "many", "friends", "boss", "table", "lone"] {
            let place = numbers.below(NODES);
            let target = match field {
                "one" | "many" => format!("{{ no: {} }}", 1 + place),
                "friends" | "boss" => format!("{{ id: \"n{place:02}\" }}"),
                _ => format!("{{ key: \"{}\" }}", keys[place]),
            };
            if numbers.is(60) {
                data.push(format!("{field}: {{ connect: {target} }}"));
            }
        }
        write(format!("updateAll(where: {{ id: \"n{n:02}\" }}, data: {{ {} }}) {{ id }}", data.join(", ")));
        if numbers.is(50) {
            let next = format!("{{ key: \"{}\" }}", keys[numbers.below(NODES)]);
            let key = &keys[n];
            write(format!("updateOwn(where: {{ key: \"{key}\" }}, data: {{ next: {{ connect: {next} }} }}) {{ key }}"));
        }
    }
}

#[test]
fn a_killed_import_has_stored_a_whole_chunk_or_nothing() {
    const NODES: usize = 20_000;
    const COUNT: &str = "{ thingsConnection { aggregate { count } } }";
    on_each_database("killed", |database, folder| {
        let (mut process, mut origin) = start(database, folder);
        deploy(&origin, "shop", "type Thing { id: ID! @id tags: [Int] @scalarList(strategy: RELATION) }");
        let seed = seed();
        println!("{database}: seed {seed}");
        let mut numbers = Numbers(1 + seed);
        let elements = |round: usize, rest: &str| -> String {
            let element = |n| format!(r#"{{"_typeName":"Thing","id":"{round}-{n}"{rest}}}"#);
            (0..NODES).map(element).collect::<Vec<_>>().join(",")
        };
        for round in 0..4 {
            let nodes = format!(r#"{{"valueType":"nodes","values":[{}]}}"#, elements(round, ""));
            let lists = format!(r#"{{"valueType":"lists","values":[{}]}}"#, elements(round, r#","tags":[1,2]"#));
            for body in [&nodes, &lists] {
                let url = format!("{origin}/shop/dev/import");
                let sent = body.clone();
                let call = std::thread::spawn(move || post(&url, &sent));
                std::thread::sleep(Duration::from_millis(numbers.below(250) as u64));
                drop(process);
                drop(call.join().expect("a thread"));
                (process, origin) = start(database, folder);
                let count = &ask(&origin, "/shop/dev", COUNT)["data"]["thingsConnection"]["aggregate"]["count"];
                let whole = [json!(round * NODES), json!((round + 1) * NODES)];
                assert!(whole.contains(count), "seed {seed}: {count} nodes");
                let repeated = post(&format!("{origin}/shop/dev/import"), body).expect("an answer");
                assert_eq!(repeated, "[]", "seed {seed}");
            }
        }
        let other = "{ thingsConnection { aggregate { count } } things(where: { id_ends_with: \"-77\" }) { tags } }";
        let done = ask(&origin, "/shop/dev", other);
        assert_eq!(done["data"]["thingsConnection"]["aggregate"]["count"], json!(4 * NODES), "seed {seed}");
        assert_eq!(done["data"]["things"], json!(vec![json!({ "tags": [1, 2] }); 4]), "seed {seed}");
        drop(process);
    });
}

/// Something sent to an import; status and body of the answer, if there is one.
fn send(origin: &str, body: &[u8]) -> Option<(u16, String)> {
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let request = agent.post(format!("{origin}/shop/dev/import")).header("content-type", "application/json");
    let mut answer = request.send(body).ok()?;
    Some((answer.status().as_u16(), answer.body_mut().read_to_string().ok()?))
}

/// The points I0 to I4: a chunk was read, is being written, is written, is committed, is about to be answered.
#[test]
fn a_fault_at_any_point_leaves_a_whole_chunk_or_nothing() {
    const NODES: usize = 1_200;
    on_each_database("faults", |database, folder| {
        let (process, origin) = start(database, folder);
        deploy(&origin, "shop", "type Thing { id: ID! @id tags: [Int] @scalarList(strategy: RELATION) next: Thing }");
        let cells: Vec<(&str, &str, &str)> = ["I0:1", "I1:2", "I2:1", "I3:1", "I4:1"]
            .into_iter()
            .flat_map(|point| ["kill", "error", "panic"].map(|fault| (point, fault)))
            .flat_map(|(point, fault)| ["nodes", "lists", "relations"].map(|kind| (point, fault, kind)))
            .collect();
        let elements = |element: &dyn Fn(usize) -> String| (0..NODES).map(element).collect::<Vec<_>>().join(",");
        for cell in 0..cells.len() {
            let nodes = elements(&|n| format!(r#"{{"_typeName":"Thing","id":"{cell}-{n}"}}"#));
            let sent = send(&origin, format!(r#"{{"valueType":"nodes","values":[{nodes}]}}"#).as_bytes());
            assert_eq!(sent, Some((200, "[]".to_owned())));
        }
        drop(process);
        for (cell, &(point, fault, kind)) in cells.iter().enumerate() {
            let values = match kind {
                "nodes" => elements(&|n| format!(r#"{{"_typeName":"Thing","id":"new{cell}-{n}"}}"#)),
                "lists" => elements(&|n| format!(r#"{{"_typeName":"Thing","id":"{cell}-{n}","tags":[{n},7]}}"#)),
                _ => elements(&|n| {
                    format!(
                        r#"[{{"_typeName":"Thing","id":"{cell}-{n}","fieldName":"next"}},{{"_typeName":"Thing","id":"0-1"}}]"#
                    )
                }),
            };
            let body = format!(r#"{{"valueType":"{kind}","values":[{values}]}}"#);
            let (process, origin) = start_with(database, folder, &["--fault", &format!("{point}:{fault}")]);
            let answer = send(&origin, body.as_bytes());
            assert!(answer.is_none_or(|(status, _)| status == 500), "{database} {point} {fault} {kind}");
            drop(process);
            let (_process, origin) = start(database, folder);
            let stored = || {
                let query = format!(
                    "{{ new: thingsConnection(where: {{ id_starts_with: \"new{cell}-\" }}) {{ aggregate {{ count }} }}
                        things(where: {{ id_starts_with: \"{cell}-\" }}) {{ tags next {{ id }} }} }}"
                );
                let data = ask(&origin, "/shop/dev", &query)["data"].take();
                let things = data["things"].as_array().expect("things");
                match kind {
                    "nodes" => data["new"]["aggregate"]["count"].as_u64(),
                    "lists" => {
                        Some(things.iter().map(|thing| thing["tags"].as_array().expect("tags").len() as u64).sum())
                    }
                    _ => Some(things.iter().filter(|thing| !thing["next"].is_null()).count() as u64),
                }
            };
            let whole = NODES as u64 * if kind == "lists" { 2 } else { 1 };
            let expected = if matches!(point, "I3:1" | "I4:1") { whole } else { 0 };
            assert_eq!(stored(), Some(expected), "{database} {point} {fault} {kind}");
            assert_eq!(send(&origin, body.as_bytes()), Some((200, "[]".to_owned())), "{database} {point} {fault}");
            assert_eq!(stored(), Some(whole), "{database} {point} {fault} {kind}: sent again");
        }
    });
}

#[test]
fn damaged_chunks_are_refused_and_never_a_fault() {
    let chunks = [
        r#"{"valueType":"nodes","values":[{"_typeName":"All","id":"a","needed":"n","number":7,"float":1.5,"flag":true,"at":"2018-01-02T03:04:05.006Z","json":{"a":[1,"\u00e9"]},"colour":"RED","key":"11111111-1111-4111-8111-111111111111"},{"_typeName":"Own","id":"11111111-1111-4111-8111-111111111111"},{"_typeName":"Counted","id":5,"name":"c"}]}"#,
        r#"{"valueType":"lists","values":[{"_typeName":"All","id":"a","texts":["x","y"]},{"_typeName":"All","id":"a","ats":["2018-01-02 03:04:05"]},{"_typeName":"Counted","id":5,"words":["w"]}]}"#,
        r#"{"valueType":"relations","values":[[{"_typeName":"All","id":"a","fieldName":"one"},{"_typeName":"Counted","id":5,"fieldName":"all"}],[{"_typeName":"Own","id":"11111111-1111-4111-8111-111111111111","fieldName":"table"},{"_typeName":"All","id":"a"}]]}"#,
    ];
    on_each_database("damaged", |database, folder| {
        let (_process, origin) = start(database, folder);
        deploy(&origin, "shop", DATAMODEL);
        let seed = seed();
        println!("{database}: seed {seed}");
        let mut numbers = Numbers(1 + seed);
        for _ in 0..1_500 {
            let mut bytes = chunks[numbers.below(chunks.len())].as_bytes().to_vec();
            for _ in 0..1 + numbers.below(3) {
                let at = numbers.below(bytes.len());
                match numbers.below(5) {
                    0 => bytes[at] ^= 1 << numbers.below(8),
                    1 => drop(bytes.splice(at..at, *b"\\u0000")),
                    2 if bytes.len() > 1 => drop(bytes.remove(at)),
                    3 => bytes.truncate(at.max(1)),
                    _ => {
                        let other = chunks[numbers.below(chunks.len())].as_bytes();
                        let (from, length) = (numbers.below(other.len()), numbers.below(40));
                        bytes.splice(at..at, other.iter().skip(from).take(length).copied());
                    }
                }
            }
            let shown = String::from_utf8_lossy(&bytes).into_owned();
            let (status, answer) = send(&origin, &bytes).unwrap_or_else(|| panic!("seed {seed}: no answer to {shown}"));
            assert!(status < 500, "seed {seed}: {status} {answer}: {shown}");
        }
        let read = ask(&origin, "/shop/dev", ALL);
        assert!(read.get("errors").is_none(), "seed {seed}: {read}");
    });
}
