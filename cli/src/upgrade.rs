//! From a datamodel of Prisma 1.0 to 1.30 to the one of today.

use crate::check::Report;
use datamodel::{Rules, UpgradeError};

/// What to do with the text, for whoever reads it.
pub const NEXT: &str = "Put it in the place of the old one and deploy it with --force: rows and links stay. Fields that every \
     type had unseen (id, createdAt, updatedAt) are now part of the API. Comments are not kept.";

/// The text of the datamodel 1.1, or what is wrong with the old one.
pub fn upgrade(text: &str) -> Result<String, Report> {
    datamodel::upgrade(text, &Rules::default()).map_err(|error| match error {
        UpgradeError::Compile(error) => Report::of(error),
        UpgradeError::IsNew => Report::global(error.to_string()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newer_text_says_what_the_older_one_meant() {
        let old = r#"
            type User @pgTable(name: "users") { name: String! @unique @default(value: "x\"y") tags: [String!]! posts: [Post!]! card: Card
                         age: Int @default(value: "18") role: Role! @default(value: "USER") made: DateTime @default(value: "2018") }
            type Post { id: UUID! @unique createdAt: DateTime! author: User! tags: [Tag!]! }
            type Tag { posts: [Post!]! other: Tag @relation(name: "Other", onDelete: CASCADE) }
            type Card { number: Float! @default(value: "1") @pgColumn(name: "no") key: ID @default(value: "k") }
            enum Role { USER ADMIN }"#;
        let new = r#"type User @db(name: "users") {
  id: ID! @id
  name: String! @unique @default(value: "x\"y")
  tags: [String!]! @scalarList(strategy: RELATION)
  posts: [Post!]! @relation(link: TABLE)
  card: Card @relation(link: TABLE)
  age: Int @default(value: 18)
  role: Role! @default(value: USER)
  made: DateTime @default(value: "2018-01-01T00:00:00.000Z")
  updatedAt: DateTime! @updatedAt
  createdAt: DateTime! @createdAt
}

type Post {
  id: UUID! @id
  createdAt: DateTime! @createdAt
  author: User!
  tags: [Tag!]!
  updatedAt: DateTime! @updatedAt
}

type Tag {
  id: ID! @id
  posts: [Post!]!
  other: Tag @relation(name: "Other", onDelete: CASCADE, link: TABLE)
  updatedAt: DateTime! @updatedAt
  createdAt: DateTime! @createdAt
}

type Card {
  id: ID! @id
  number: Float! @default(value: 1.0) @db(name: "no")
  key: ID
  updatedAt: DateTime! @updatedAt
  createdAt: DateTime! @createdAt
}

enum Role {
  USER
  ADMIN
}
"#;
        assert_eq!(upgrade(old).as_deref(), Ok(new));
        assert_eq!(upgrade(new).unwrap_err().errors[0].description, "it is a datamodel 1.1 already");
        let wrong = upgrade("type User { createdAt: String }").unwrap_err();
        assert_eq!(wrong.errors[0].place, "User.createdAt");
        assert_eq!(upgrade("type {").unwrap_err().errors[0].place, "Global");
    }
}
