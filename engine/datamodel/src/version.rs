//! In which language a datamodel is written.

use crate::fixed_names::ID;
use crate::model::{Datamodel, Version};
use crate::syntax::{Directives, Document};

impl Version {
    /// What a document says: v1 marks no field with `@id`, and its ids are `@unique`. One with ids that are neither
    /// means 1.1 and lacks the directive.
    pub fn of(document: &Document) -> Version {
        let fields = || document.types.iter().flat_map(|definition| &definition.fields);
        let marks_ids = fields().any(|field| field.directives.has("id"));
        let mut ids = fields().filter(|field| field.name == ID).peekable();
        let has_v1_ids = ids.peek().is_none() || ids.any(|id| is_unique(&id.directives));
        match fields().next() {
            Some(_) if !marks_ids && has_v1_ids => Version::V1,
            _ => Version::V11,
        }
    }

    /// In the light of what is deployed: there is no way back from 1.1.
    pub(crate) fn after(previous: Option<&Datamodel>, document: &Document) -> Version {
        match previous {
            Some(previous) if previous.version == Version::V11 && !previous.models.is_empty() => Version::V11,
            _ => Version::of(document),
        }
    }

    /// As people call it.
    pub fn number(self) -> &'static str {
        match self {
            Version::V1 => "1.0",
            Version::V11 => "1.1",
        }
    }
}

/// Whether a field is marked as unique.
pub(crate) fn is_unique(directives: &Directives) -> bool {
    directives.has("unique") || directives.has("pqUnique")
}
