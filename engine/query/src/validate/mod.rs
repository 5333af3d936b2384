//! Validation of documents: the rules of the GraphQL specification, with the texts and the order of the original
//! (`prisma1-server.md` §1.7).
//!
//! What happens, in order: [`limits`] bounds what the document asks for, so that everything after may expand
//! fragments; [`walk`] goes through the tree once with the types at hand and applies the rules that look at one place;
//! [`usage`] judges variables operation by operation; [`overlap`] judges fields that share a response key;
//! [`fragments`] tells cycles and fragments that nothing uses. Every pass is linear in the size of the document, or of
//! the document with its fragments expanded, which is bounded.

mod fragments;
mod limits;
mod literals;
mod overlap;
mod suggestions;
mod usage;
mod walk;

pub(crate) use literals::{Mismatch, input_kind, known_enum_value};

use crate::api::Api;
use crate::operation::RequestError;
use crate::syntax::{Ast, DeclaredType, DeclaredTypeKind, Fragment, Source};
use crate::types::{FieldDefinition, Shape, TypeId, TypeRef};
use ahash::AHashMap;
use connector_interface::Position;
use datamodel::ModelId;
use std::fmt::{self, Write};
use suggestions::Suggestions;
use usage::Usages;

/// Longest literal quoted in a message.
const QUOTED_MAX: usize = 1_000;

/// Checks a document. `only`: a subscription to this model is the only thing allowed (`prisma1-server.md` §8.4).
pub(crate) fn validate(api: &Api, ast: &Ast, text: &str, only: Option<ModelId>) -> Vec<RequestError> {
    let mut fragments = AHashMap::with_capacity(ast.fragments.len());
    for (index, fragment) in ast.fragments.iter().enumerate() {
        fragments.entry(&*fragment.name).or_insert(index);
    }
    let spread_by = ast.fragments.iter().map(|fragment| fragments::spread_in(fragment, &fragments)).collect();
    let mut rules = Rules {
        api,
        ast,
        source: Source::new(text),
        fragments,
        spread_by,
        only,
        suggestions: Suggestions::default(),
        errors: Vec::new(),
        errors_left: api.options().limits.errors_max,
    };
    rules.limits();
    if rules.errors.is_empty() {
        rules.document();
    }
    rules.errors
}

/// A document under examination.
struct Rules<'a> {
    api: &'a Api,
    ast: &'a Ast,
    source: Source<'a>,
    /// Position in [`Ast::fragments`] of the first fragment of a name.
    fragments: AHashMap<&'a str, usize>,
    /// For each fragment the fragments that stand in it.
    spread_by: Vec<Vec<usize>>,
    only: Option<ModelId>,
    suggestions: Suggestions,
    /// Errors of the definition at hand.
    errors: Vec<RequestError>,
    /// Errors of the whole document that may still be told.
    errors_left: usize,
}

/// A definition of the document, to go through them in the order of the text.
enum Definition {
    Operation(usize),
    Fragment(usize),
}

impl<'a> Rules<'a> {
    fn document(&mut self) {
        let ast = self.ast;
        let has_cycles = self.has_cycles();
        // What a fragment uses is known only once it was walked, and it may stand behind the operation; so all are
        // walked first, and errors are put into the order of the text after.
        let mut definitions: Vec<(Position, Definition)> = Vec::new();
        definitions.extend(ast.operations.iter().enumerate().map(|(i, o)| (o.position, Definition::Operation(i))));
        definitions.extend(ast.fragments.iter().enumerate().map(|(i, f)| (f.position, Definition::Fragment(i))));
        definitions.sort_by_key(|(position, _)| (position.line, position.column));

        let mut found = Vec::with_capacity(definitions.len());
        let mut operation_usages: Vec<Usages<'a>> = ast.operations.iter().map(|_| Usages::default()).collect();
        let mut fragment_usages: Vec<Usages<'a>> = ast.fragments.iter().map(|_| Usages::default()).collect();
        let mut cycles = fragments::Cycles::default();
        for (_, definition) in &definitions {
            match definition {
                Definition::Operation(i) => self.operation(&ast.operations[*i], !has_cycles, &mut operation_usages[*i]),
                Definition::Fragment(i) => self.fragment(&ast.fragments[*i], &mut cycles, &mut fragment_usages[*i]),
            }
            found.push(std::mem::take(&mut self.errors));
        }
        let mut errors = Vec::new();
        for ((_, definition), found) in definitions.iter().zip(found) {
            self.errors = found;
            if let Definition::Operation(i) = definition {
                self.variables_of(&ast.operations[*i], &operation_usages[*i], &fragment_usages);
            }
            errors.append(&mut self.errors);
        }
        self.errors = errors;
        self.unused_fragments();
    }

    fn report(&mut self, message: String, locations: Vec<Position>) {
        if self.is_full() {
            return;
        }
        let message = message + &self.source.places(&locations);
        let error = RequestError { message, locations };
        if !self.errors.contains(&error) {
            self.errors.push(error);
            self.errors_left -= 1;
        }
    }

    /// Whether enough has been told: what only looks for more errors can stop.
    fn is_full(&self) -> bool {
        self.errors_left == 0
    }

    fn fragment_named(&self, name: &str) -> Option<&'a Fragment> {
        self.fragments.get(name).map(|index| &self.ast.fragments[*index])
    }

    /// The field of a type, as far as this document may see it.
    fn field_of(&self, parent: TypeId, name: &str) -> Option<FieldDefinition<'a>> {
        let is_meta = name.starts_with("__");
        match (self.only, parent) {
            (Some(_), TypeId::Query) if !is_meta => None,
            (Some(model), TypeId::Subscription) if !is_meta => {
                (self.api.single_name(model) == name).then(|| self.api.subscription(model))
            }
            _ => self.api.field(parent, name),
        }
    }

    /// The type of a declared variable, if it is an input type.
    fn declared(&self, declared: &DeclaredType) -> Option<TypeRef> {
        declared_type(self.api, declared)
    }
}

/// The type of a declared variable, if it is an input type.
pub(crate) fn declared_type(api: &Api, declared: &DeclaredType) -> Option<TypeRef> {
    let type_ref = match &declared.kind {
        DeclaredTypeKind::Named(name) => TypeRef::nullable(api.type_named(name).filter(|id| id.is_input())?),
        DeclaredTypeKind::List(item) => {
            let TypeRef { named, shape } = declared_type(api, item)?;
            if shape.lists == Shape::LISTS_MAX {
                return None;
            }
            TypeRef { named, shape: Shape { lists: shape.lists + 1, required: shape.required } }
        }
    };
    let shape = if declared.required { type_ref.shape.required() } else { type_ref.shape };
    Some(TypeRef { shape, ..type_ref })
}

/// A literal or JSON value as a message quotes it: at its full length, or cut.
pub(crate) fn quoted(value: &impl fmt::Display) -> String {
    struct Bounded {
        text: String,
        left: usize,
    }
    impl fmt::Write for Bounded {
        fn write_str(&mut self, part: &str) -> fmt::Result {
            let end = part.char_indices().nth(self.left).map_or(part.len(), |(end, _)| end);
            self.text.push_str(&part[..end]);
            self.left -= part[..end].chars().count();
            if end < part.len() { Err(fmt::Error) } else { Ok(()) }
        }
    }
    let mut bounded = Bounded { text: String::new(), left: QUOTED_MAX };
    if write!(bounded, "{value}").is_err() {
        bounded.text.push('…');
    }
    bounded.text
}
