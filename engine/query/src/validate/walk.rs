//! One walk through the document with the types at hand. At each place the rules are applied in the order in which the
//! original applies them, so that errors come in the same order.

use super::fragments::Cycles;
use super::suggestions::did_you_mean;
use super::usage::Usages;
use super::{Mismatch, Rules, quoted};
use crate::operation::OperationKind;
use crate::syntax::{
    Argument, DeclaredType, DeclaredTypeKind, Directive, Field, Fragment, InlineFragment, Operation, Selection, Spread,
    TypeCondition, VariableDefinition,
};
use crate::types::{DirectiveDefinition, FieldDefinition, InputDefinition, TypeId};
use ahash::{AHashMap, AHashSet};
use connector_interface::Position;

/// A place of directives: the name GraphQL has for it, and the one in messages.
type Place = (&'static str, &'static str);

impl<'a> Rules<'a> {
    pub(super) fn operation(&mut self, operation: &'a Operation, check_overlap: bool, usages: &mut Usages<'a>) {
        let (root, place) = match operation.kind {
            OperationKind::Query => (TypeId::Query, ("QUERY", "query operation")),
            OperationKind::Mutation => (TypeId::Mutation, ("MUTATION", "mutation operation")),
            OperationKind::Subscription => (TypeId::Subscription, ("SUBSCRIPTION", "subscription operation")),
        };
        let allowed = self.only.is_none() || operation.kind != OperationKind::Mutation;
        let root = Some(root).filter(|root| allowed && self.api.type_exists(*root));
        if root.is_none() {
            let kind = if operation.kind == OperationKind::Mutation { "mutations" } else { "subscriptions" };
            self.report(format!("Schema is not configured for {kind}"), vec![operation.position]);
        }
        self.operation_name(operation);
        if operation.kind == OperationKind::Subscription && operation.selections.len() > 1 {
            let name = operation.name.as_ref().map(|name| format!("Subscription '{name}'"));
            let name = name.unwrap_or_else(|| "Anonymous Subscription".to_owned());
            self.report(format!("{name} must select only one top level field."), vec![operation.position]);
        }
        if check_overlap {
            self.overlap(&operation.selections, root);
        }
        self.unique_directives(&operation.directives);
        let mut known: AHashMap<&str, Position> = AHashMap::new();
        for variable in &operation.variables {
            let first = *known.entry(&variable.name).or_insert(variable.position);
            self.variable(variable, (first != variable.position).then_some(first), usages);
        }
        self.directives(&operation.directives, place, usages);
        self.selections(&operation.selections, root, usages);
    }

    fn operation_name(&mut self, operation: &Operation) {
        let operations = &self.ast.operations;
        match &operation.name {
            None if operations.len() > 1 => {
                let message = "This anonymous operation must be the only defined operation.".to_owned();
                self.report(message, vec![operation.position]);
            }
            None => {}
            Some(name) => {
                let first = operations.iter().find(|other| other.name.as_ref() == Some(name));
                if first.is_some_and(|first| first.position != operation.position) {
                    let message = format!("There can only be one operation named '{name}'.");
                    self.report(message, vec![operation.position]);
                }
            }
        }
    }

    fn variable(&mut self, variable: &'a VariableDefinition, first: Option<Position>, usages: &mut Usages<'a>) {
        let declared = self.declared(&variable.declared_type);
        let name = &variable.name;
        if let (Some(declared), Some(default)) = (declared, &variable.default) {
            let type_text = self.api.type_text(declared);
            if declared.is_required() {
                let guess = self.api.type_text(declared.without_required());
                let message = format!(
                    "Variable '${name}' of type '{type_text}' is required and will never use the default value. Perhaps you meant to use type '{guess}'."
                );
                self.report(message, vec![default.position]);
            }
            for mismatch in self.mismatches(default, declared) {
                let message = format!(
                    "Variable '${name}' of type '{type_text}' has invalid default value: {}. Reason: {}",
                    quoted(default),
                    mismatch.message()
                );
                self.report(message, positions(default.position, mismatch));
            }
        }
        if let Some(first) = first {
            let message = format!("There can be only one variable named '{name}'.");
            self.report(message, vec![first, variable.position]);
        }
        if declared.is_none() {
            let written = &variable.declared_type;
            self.report(format!("Variable '${name}' cannot be non input type '{written}'."), vec![written.position]);
        }
        self.declared_name(&variable.declared_type);
        if let Some(default) = &variable.default {
            self.value(default, declared, usages);
        }
    }

    fn declared_name(&mut self, declared: &DeclaredType) {
        match &declared.kind {
            DeclaredTypeKind::Named(name) => self.known_type(name, declared.position),
            DeclaredTypeKind::List(item) => self.declared_name(item),
        }
    }

    fn known_type(&mut self, name: &str, position: Position) {
        if self.api.type_named(name).is_none() && !self.is_full() {
            let api = self.api;
            let known = if self.suggestions.is_spent() { Vec::new() } else { api.all_types() };
            let did_you_mean = self.suggestions.did_you_mean(name, known.into_iter().map(|id| api.type_name(id)));
            self.report(format!("Unknown type '{name}'.{did_you_mean}"), vec![position]);
        }
    }

    pub(super) fn fragment(&mut self, fragment: &'a Fragment, cycles: &mut Cycles<'a>, usages: &mut Usages<'a>) {
        let TypeCondition { name, position } = &fragment.condition;
        let of = self.api.type_named(name);
        if of.is_some_and(|id| !id.is_composite()) {
            let message = format!("Fragment '{}' cannot condition on non composite type '{name}'.", fragment.name);
            self.report(message, vec![*position]);
        }
        self.cycles(fragment, cycles);
        self.unique_directives(&fragment.directives);
        let first = self.fragment_named(&fragment.name);
        if first.is_some_and(|first| first.position != fragment.position) {
            let message = format!("There can only be one fragment named '{}'.", fragment.name);
            self.report(message, vec![fragment.position]);
        }
        self.known_type(name, *position);
        self.directives(&fragment.directives, ("FRAGMENT_DEFINITION", "fragment definition"), usages);
        self.selections(&fragment.selections, of.filter(|id| id.is_composite()), usages);
    }

    fn selections(&mut self, selections: &'a [Selection], parent: Option<TypeId>, usages: &mut Usages<'a>) {
        for selection in selections {
            match selection {
                Selection::Field(field) => self.field(field, parent, usages),
                Selection::Spread(spread) => self.spread(spread, parent, usages),
                Selection::Inline(inline) => self.inline(inline, parent, usages),
            }
        }
    }

    fn field(&mut self, field: &'a Field, parent: Option<TypeId>, usages: &mut Usages<'a>) {
        let definition = parent.and_then(|parent| self.field_of(parent, &field.name));
        let named = definition.as_ref().map(|definition| definition.field_type.named);
        match (parent, &definition) {
            (Some(parent), None) => self.unknown_field(field, parent),
            (_, Some(definition)) => {
                let named = definition.field_type.named;
                let must = match (named.is_leaf(), field.selections.is_empty()) {
                    (true, false) => Some("must not"),
                    (false, true) => Some("must"),
                    _ => None,
                };
                if let Some(must) = must {
                    let name = self.api.type_name(named);
                    let message = format!("Field '{}' of type '{name}' {must} have a sub selection.", field.name);
                    self.report(message, vec![field.position]);
                }
            }
            _ => {}
        }
        self.unique_directives(&field.directives);
        let takes = definition.as_ref().map(|definition| definition.arguments);
        let known = takes.map(|takes| self.api.arguments(takes));
        self.arguments(&field.arguments, known.as_deref(), usages, |rules, argument, known| {
            let parent = parent.map(|parent| rules.api.type_name(parent)).unwrap_or_default();
            let did_you_mean = rules.suggestions.did_you_mean(&argument.name, known.iter().map(|k| &k.name));
            format!("Unknown argument '{}' on field '{}' of type '{parent}'.{did_you_mean}", argument.name, field.name)
        });
        self.directives(&field.directives, ("FIELD", "field"), usages);
        self.selections(&field.selections, named.filter(|id| id.is_composite()), usages);
        self.required_arguments(&field.name, field.position, &field.arguments, known.as_deref());
    }

    fn unknown_field(&mut self, field: &Field, parent: TypeId) {
        if self.is_full() {
            return;
        }
        let api = self.api;
        let implementations = |name: &str| {
            let models = api.datamodel().models().map(|(model, _)| TypeId::Model(model));
            let mut names: Vec<_> = models
                .filter(|id| api.is_node(*id) && api.field(*id, name).is_some())
                .map(|id| api.type_name(id).into_owned())
                .collect();
            names.sort_unstable();
            names
        };
        let types = if parent == TypeId::Node { implementations(&field.name) } else { Vec::new() };
        let types: Vec<&str> = types.iter().map(String::as_str).collect();
        let suggestion = if types.is_empty() {
            let known: Vec<FieldDefinition<'_>> = match (self.only, parent) {
                (Some(model), TypeId::Subscription) => vec![api.subscription(model)],
                (Some(_), TypeId::Query) => Vec::new(),
                _ => api.fields(parent),
            };
            self.suggestions.did_you_mean(&field.name, known.iter().map(|known| &known.name))
        } else {
            did_you_mean("Did you mean to use an inline fragment on", &types)
        };
        let parent = api.type_name(parent);
        self.report(
            format!("Cannot query field '{}' on type '{parent}'.{suggestion}", field.name),
            vec![field.position],
        );
    }

    /// Arguments of a field or directive. `known` is `None` when what they belong to is not known.
    fn arguments(
        &mut self,
        arguments: &'a [Argument],
        known: Option<&[InputDefinition<'_>]>,
        usages: &mut Usages<'a>,
        unknown: impl Fn(&mut Self, &Argument, &[InputDefinition<'_>]) -> String,
    ) {
        let mut given = AHashSet::with_capacity(arguments.len());
        for argument in arguments {
            let definition = known.and_then(|known| known.iter().find(|known| known.name == *argument.name));
            match (known, definition) {
                (_, Some(definition)) => self.argument_value(argument, definition),
                (Some(known), None) => {
                    let message = unknown(self, argument, known);
                    self.report(message, vec![argument.position]);
                }
                (None, None) => {}
            }
            if !given.insert(&*argument.name) {
                let message = format!("There can be only one argument named '{}'.", argument.name);
                self.report(message, vec![argument.position]);
            }
            self.value(&argument.value, definition.map(|definition| definition.input_type), usages);
        }
    }

    fn argument_value(&mut self, argument: &Argument, definition: &InputDefinition<'_>) {
        let mismatches = self.mismatches(&argument.value, definition.input_type);
        if mismatches.is_empty() {
            return;
        }
        let type_text = self.api.type_text(definition.input_type);
        let got = quoted(&argument.value);
        for mismatch in mismatches {
            let reason = mismatch.message();
            let message =
                format!("Argument '{}' expected type '{type_text}' but got: {got}. Reason: {reason}", argument.name);
            self.report(message, positions(argument.value.position, mismatch));
        }
    }

    fn required_arguments(
        &mut self,
        owner: &str,
        position: Position,
        given: &[Argument],
        known: Option<&[InputDefinition<'_>]>,
    ) {
        let required = known.into_iter().flatten().filter(|known| known.input_type.is_required());
        for known in required.filter(|known| !given.iter().any(|given| known.name == *given.name)) {
            let message = format!(
                "Field '{owner}' argument '{}' of type '{}' is required but not provided.",
                known.name,
                self.api.type_text(known.input_type)
            );
            self.report(message, vec![position]);
        }
    }

    fn spread(&mut self, spread: &'a Spread, parent: Option<TypeId>, usages: &mut Usages<'a>) {
        match self.fragment_named(&spread.fragment) {
            None => self.report(format!("Unknown fragment '{}'.", spread.fragment), vec![spread.position]),
            Some(fragment) => {
                let condition = self.api.type_named(&fragment.condition.name);
                if let (Some(parent), Some(condition)) = (parent, condition)
                    && !self.can_overlap(parent, condition)
                {
                    let message = format!(
                        "Fragment '{}' cannot be spread here as objects of type '{}' can never be of type '{}'.",
                        spread.fragment,
                        self.api.type_name(parent),
                        self.api.type_name(condition)
                    );
                    self.report(message, vec![spread.position]);
                }
            }
        }
        self.unique_directives(&spread.directives);
        self.directives(&spread.directives, ("FRAGMENT_SPREAD", "fragment spread"), usages);
    }

    fn inline(&mut self, inline: &'a InlineFragment, parent: Option<TypeId>, usages: &mut Usages<'a>) {
        let of = match &inline.condition {
            Some(condition) => self.api.type_named(&condition.name),
            None => parent,
        };
        if let (Some(of), Some(TypeCondition { name, position })) = (of, &inline.condition)
            && !of.is_composite()
        {
            self.report(format!("Fragment cannot condition on non composite type '{name}'."), vec![*position]);
        }
        if let (Some(parent), Some(of)) = (parent, of)
            && !self.can_overlap(parent, of)
        {
            let message = format!(
                "Fragment cannot be spread here as objects of type '{}' can never be of type '{}'.",
                self.api.type_name(parent),
                self.api.type_name(of)
            );
            self.report(message, vec![inline.position]);
        }
        self.unique_directives(&inline.directives);
        if let Some(TypeCondition { name, position }) = &inline.condition {
            self.known_type(name, *position);
        }
        self.directives(&inline.directives, ("INLINE_FRAGMENT", "inline fragment"), usages);
        self.selections(&inline.selections, of.filter(|id| id.is_composite()), usages);
    }

    /// Whether an object can be of both types.
    fn can_overlap(&self, a: TypeId, b: TypeId) -> bool {
        a == b || a == TypeId::Node && self.api.is_node(b) || b == TypeId::Node && self.api.is_node(a)
    }

    fn directives(&mut self, directives: &'a [Directive], (location, place): Place, usages: &mut Usages<'a>) {
        for directive in directives {
            let definition = DirectiveDefinition::named(&directive.name);
            match definition {
                None => self.report(format!("Unknown directive '{}'.", directive.name), vec![directive.position]),
                Some(definition) if !definition.locations.contains(&location) => {
                    let message = format!("Directive '{}' may not be used on {place}.", directive.name);
                    self.report(message, vec![directive.position]);
                }
                Some(_) => {}
            }
            let known = definition.map(|definition| [definition.argument.definition()]);
            let known = known.as_ref().map(<[_; 1]>::as_slice);
            self.arguments(&directive.arguments, known, usages, |rules, argument, known| {
                let did_you_mean = rules.suggestions.did_you_mean(&argument.name, known.iter().map(|k| &k.name));
                format!("Unknown argument '{}' on directive '{}'.{did_you_mean}", argument.name, directive.name)
            });
            self.required_arguments(&directive.name, directive.position, &directive.arguments, known);
        }
    }

    fn unique_directives(&mut self, directives: &[Directive]) {
        let mut known: AHashMap<&str, Position> = AHashMap::with_capacity(directives.len());
        for directive in directives {
            let first = *known.entry(&directive.name).or_insert(directive.position);
            if first != directive.position {
                let message = format!("The directive '{}' can only be used once at this location.", directive.name);
                self.report(message, vec![first, directive.position]);
            }
        }
    }
}

/// The place of a value and those of what does not fit in it, each once.
fn positions(value: Position, mismatch: Mismatch) -> Vec<Position> {
    let mut positions = vec![value];
    for position in mismatch.positions {
        if !positions.contains(&position) {
            positions.push(position);
        }
    }
    positions
}
