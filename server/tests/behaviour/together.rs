//! Many nested writes at once on one service: none fails, and the links are as if one had come after the other.

use crate::{ask, deploy, on_each_database, start};
use std::collections::HashMap;

const DATAMODEL: &str = "
type User { id: ID! @id name: String! @unique partner: Partner @relation(link: INLINE) posts: [Post] }
type Partner { id: ID! @id name: String! @unique user: User }
type Post { id: ID! @id title: String! @unique users: [User] }";
/// Writers at once, and writes of each.
const WRITERS: usize = 50;
const WRITES: usize = 4;
/// Nodes of each kind.
const NODES: usize = 10;

#[test]
fn nested_writes_at_once_take_turns() {
    on_each_database("together", |database, folder| {
        let (_process, origin) = start(database, folder);
        deploy(&origin, "shop", DATAMODEL);
        let service = |query: &str| ask(&origin, "/shop/dev", query);
        for n in 0..NODES {
            let made = service(&format!(
                "mutation {{ createUser(data: {{ name: \"u{n}\" }}) {{ id }} createPost(data: {{ title: \"p{n}\" }}) {{ id }}
                   createPartner(data: {{ name: \"q{n}\" }}) {{ id }} }}"
            ));
            assert!(made.get("errors").is_none(), "{made}");
        }
        std::thread::scope(|scope| {
            for writer in 0..WRITERS {
                let (service, database) = (&service, &database);
                scope.spawn(move || {
                    for write in 0..WRITES {
                        let (user, partner) = ((writer + write) % NODES, (writer * 7 + write * 3) % NODES);
                        let posts = [writer, writer + 3, writer * 3 + write]
                            .map(|n| format!("{{ title: \"p{}\" }}", n % NODES));
                        let answer = service(&format!(
                            "mutation {{ updateUser(where: {{ name: \"u{user}\" }}, data: {{ posts: {{ set: [{}] }}
                               partner: {{ connect: {{ name: \"q{partner}\" }} }} }}) {{ id }} }}",
                            posts.join(", ")
                        ));
                        assert!(answer.get("errors").is_none(), "{database}: {answer}");
                    }
                });
            }
        });
        let users = service("{ users { name partner { name user { name } } } }");
        let mut holders: HashMap<&str, &str> = HashMap::new();
        for user in users["data"]["users"].as_array().expect("users") {
            let (name, partner) = (user["name"].as_str().expect("a name"), &user["partner"]);
            let Some(held) = partner["name"].as_str() else { continue };
            assert_eq!(partner["user"]["name"], name, "{database}: both ends of a link");
            assert_eq!(holders.insert(held, name), None, "{database}: {held} is held once");
        }
    });
}
