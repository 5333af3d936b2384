//! Import: a chunk of nodes, lists or links, as plain data. Its values stand in it, since it is carried out once.

use crate::Value;
use datamodel::{FieldId, ModelId, RelationId};

/// What one request brings.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportChunk {
    /// Tells this chunk from others, and is the same when it is sent again.
    pub fingerprint: u64,
    /// What is in it, in the request's order.
    pub content: ImportContent,
}

/// Chunks hold one kind of thing.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum ImportContent {
    Nodes(Vec<ImportNode>),
    Lists(Vec<ImportList>),
    Links(Vec<ImportLink>),
}

/// A node to store.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportNode {
    /// Its place in the request.
    pub element: usize,
    /// Its model.
    pub model: ModelId,
    /// Values of fields that have a column, the id among them, in model order. A managed time that is missing or null
    /// becomes the time of the import, anything else that is missing null.
    pub values: Vec<(FieldId, Value)>,
}

/// Values to append to a list.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportList {
    /// Its place in the request.
    pub element: usize,
    /// The list.
    pub field: FieldId,
    /// The node.
    pub id: Value,
    /// What is appended.
    pub items: Vec<Value>,
}

/// A link to store.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportLink {
    /// Its place in the request.
    pub element: usize,
    /// The relation.
    pub relation: RelationId,
    /// Id of the node on side A.
    pub a: Value,
    /// Id of the node on side B.
    pub b: Value,
}

/// Elements that were not stored, and what clients read about them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Refusals {
    texts: Vec<(usize, String)>,
    more: usize,
}

impl Refusals {
    /// Texts that are kept; of more, the number is told.
    pub const KEPT: usize = 1_000;

    /// Notes what is to be said of an element.
    pub fn add(&mut self, element: usize, text: impl FnOnce() -> String) {
        if self.texts.len() < Refusals::KEPT {
            self.texts.push((element, text()));
        } else {
            self.more += 1;
        }
    }

    /// Whether everything was stored.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// All texts, in the order of the elements, and how many more there would be.
    pub fn into_texts(mut self) -> (Vec<String>, usize) {
        self.texts.sort_by_key(|(element, _)| *element);
        (self.texts.into_iter().map(|(_, text)| text).collect(), self.more)
    }
}
