//! Writes introspection objects as JSON.

use super::Selected;
use crate::api::Api;
use crate::types::{
    DIRECTIVES, DirectiveDefinition, FieldDefinition, InputDefinition, MetaField, MetaType, TypeId, TypeKind, TypeRef,
};
use std::borrow::Cow;

/// An object of an introspection type.
pub(super) enum Item<'a> {
    /// `__Schema`
    Schema,
    /// `__Type`
    Type(TypeRef),
    /// `__Field`
    Field(FieldDefinition<'a>),
    /// `__InputValue`, with its default value as a GraphQL literal.
    Input(InputDefinition<'a>, Option<&'static str>),
    /// `__EnumValue`, with its description.
    EnumValue(Cow<'a, str>, Option<&'static str>),
    /// `__Directive`
    Directive(&'static DirectiveDefinition),
}

/// The answer is longer than it may be.
pub(super) struct TooLong {
    pub bytes_max: usize,
}

type Written = Result<(), TooLong>;

/// The answer so far.
pub(super) struct Writer<'a> {
    api: &'a Api,
    json: String,
}

/// Why the three fields that GraphQL dropped are still there.
const USE_LOCATIONS: &str = "Use `locations`.";

impl<'a> Writer<'a> {
    pub fn new(api: &'a Api) -> Self {
        Writer { api, json: String::new() }
    }

    /// The JSON text of an item.
    pub fn write(mut self, item: Item<'a>, selected: &[Selected<'_>]) -> Result<String, TooLong> {
        self.item(&item, selected)?;
        Ok(self.json)
    }

    fn item(&mut self, item: &Item<'a>, selected: &[Selected<'_>]) -> Written {
        let bytes_max = self.api.options().limits.introspection_bytes_max;
        if self.json.len() > bytes_max {
            return Err(TooLong { bytes_max });
        }
        self.json.push('{');
        for (i, field) in selected.iter().enumerate() {
            if i > 0 {
                self.json.push(',');
            }
            self.text(field.key);
            self.json.push(':');
            match (item, field.field) {
                (_, None) => self.text(item.meta_type().name()),
                (Item::Schema, Some(of)) => self.schema(of, field)?,
                (Item::Type(id), Some(of)) => self.type_member(*id, of, field)?,
                (Item::Field(definition), Some(of)) => self.field(definition, of, field)?,
                (Item::Input(definition, default), Some(of)) => self.input(definition, *default, of, field)?,
                (Item::EnumValue(name, description), Some(of)) => self.enum_value(name, *description, of),
                (Item::Directive(directive), Some(of)) => self.directive(directive, of, field)?,
            }
        }
        self.json.push('}');
        Ok(())
    }

    fn schema(&mut self, of: MetaField, field: &Selected<'_>) -> Written {
        let root = |id: TypeId, api: &Api| api.type_exists(id).then(|| Item::Type(TypeRef::nullable(id)));
        match of {
            MetaField::Types => {
                let types = self.api.all_types().into_iter().map(|id| Item::Type(TypeRef::nullable(id)));
                self.list(types, field)
            }
            MetaField::QueryType => self.optional(root(TypeId::Query, self.api), field),
            MetaField::MutationType => self.optional(root(TypeId::Mutation, self.api), field),
            MetaField::SubscriptionType => self.optional(root(TypeId::Subscription, self.api), field),
            MetaField::Directives => self.list(DIRECTIVES.iter().map(Item::Directive), field),
            _ => self.null(),
        }
    }

    fn type_member(&mut self, type_ref: TypeRef, of: MetaField, field: &Selected<'_>) -> Written {
        let api = self.api;
        let is_wrapped = type_ref.is_required() || type_ref.is_list();
        let id = type_ref.named;
        match of {
            MetaField::Kind => self.text(kind(type_ref)),
            MetaField::OfType if is_wrapped => {
                let inner = if type_ref.is_required() { type_ref.without_required() } else { type_ref.item() };
                return self.item(&Item::Type(inner), &field.below);
            }
            _ if is_wrapped => return self.null(),
            MetaField::Name => self.text(&api.type_name(id)),
            MetaField::Description => self.optional_text(api.type_description(id)),
            MetaField::Fields if id.is_composite() => {
                let fields = api.fields(id).into_iter();
                let shown = fields.filter(|known| field.include_deprecated || deprecation(known).is_none());
                return self.list(shown.map(Item::Field), field);
            }
            MetaField::Interfaces if id.kind() == TypeKind::Object => {
                let node = api.is_node(id).then(|| Item::Type(TypeRef::nullable(TypeId::Node)));
                return self.list(node.into_iter(), field);
            }
            MetaField::PossibleTypes if id.kind() == TypeKind::Interface => {
                let models = api.datamodel().models().map(|(model, _)| TypeId::Model(model));
                let mut nodes: Vec<TypeId> = models.filter(|id| api.is_node(*id)).collect();
                nodes.sort_by_cached_key(|id| api.type_name(*id).into_owned());
                return self.list(nodes.into_iter().map(|id| Item::Type(TypeRef::nullable(id))), field);
            }
            MetaField::EnumValues if id.kind() == TypeKind::Enum => {
                let values = api.enum_values(id).into_iter();
                let described = values.map(|value| {
                    let description = enum_value_description(id, &value);
                    Item::EnumValue(value, description)
                });
                return self.list(described, field);
            }
            MetaField::InputFields => match id {
                TypeId::Input(input) => {
                    let inputs = api.input_fields(input).into_iter();
                    return self.list(inputs.map(|input| Item::Input(input, None)), field);
                }
                _ => return self.null(),
            },
            _ => return self.null(),
        }
        Ok(())
    }

    fn field(&mut self, definition: &FieldDefinition<'a>, of: MetaField, field: &Selected<'_>) -> Written {
        match of {
            MetaField::Name => self.text(&definition.name),
            MetaField::Description => self.optional_text(definition.description),
            MetaField::Args => {
                let arguments = self.api.arguments(definition.arguments).into_iter();
                let with_defaults = arguments.map(|argument| {
                    let default = (argument.name == "includeDeprecated").then_some("false");
                    Item::Input(argument, default)
                });
                return self.list(with_defaults, field);
            }
            MetaField::Type => return self.item(&Item::Type(definition.field_type), &field.below),
            MetaField::IsDeprecated => self.boolean(deprecation(definition).is_some()),
            MetaField::DeprecationReason => self.optional_text(deprecation(definition)),
            _ => return self.null(),
        }
        Ok(())
    }

    fn input(
        &mut self,
        definition: &InputDefinition<'a>,
        default: Option<&str>,
        of: MetaField,
        field: &Selected<'_>,
    ) -> Written {
        match of {
            MetaField::Name => self.text(&definition.name),
            MetaField::Description => self.optional_text(definition.description),
            MetaField::Type => return self.item(&Item::Type(definition.input_type), &field.below),
            MetaField::DefaultValue => self.optional_text(default),
            _ => return self.null(),
        }
        Ok(())
    }

    fn enum_value(&mut self, name: &str, description: Option<&str>, of: MetaField) {
        match of {
            MetaField::Name => self.text(name),
            MetaField::IsDeprecated => self.boolean(false),
            MetaField::Description => self.optional_text(description),
            _ => self.optional_text(None),
        }
    }

    fn directive(&mut self, directive: &DirectiveDefinition, of: MetaField, field: &Selected<'_>) -> Written {
        let stands_on = |places: &[&str]| places.iter().any(|place| directive.locations.contains(place));
        match of {
            MetaField::Name => self.text(directive.name),
            MetaField::Description => self.text(directive.description),
            MetaField::Locations => {
                self.json.push('[');
                for (i, location) in directive.locations.iter().enumerate() {
                    if i > 0 {
                        self.json.push(',');
                    }
                    self.text(location);
                }
                self.json.push(']');
            }
            MetaField::Args => {
                let argument = Item::Input(directive.argument.definition(), directive.argument.default_value());
                return self.list([argument].into_iter(), field);
            }
            MetaField::OnOperation => self.boolean(stands_on(&["QUERY", "MUTATION", "SUBSCRIPTION"])),
            MetaField::OnFragment => {
                self.boolean(stands_on(&["FRAGMENT_DEFINITION", "FRAGMENT_SPREAD", "INLINE_FRAGMENT"]));
            }
            MetaField::OnField => self.boolean(stands_on(&["FIELD"])),
            _ => return self.null(),
        }
        Ok(())
    }

    fn list(&mut self, items: impl Iterator<Item = Item<'a>>, field: &Selected<'_>) -> Written {
        self.json.push('[');
        for (i, item) in items.enumerate() {
            if i > 0 {
                self.json.push(',');
            }
            self.item(&item, &field.below)?;
        }
        self.json.push(']');
        Ok(())
    }

    fn optional(&mut self, item: Option<Item<'a>>, field: &Selected<'_>) -> Written {
        match item {
            Some(item) => self.item(&item, &field.below),
            None => self.null(),
        }
    }

    fn null(&mut self) -> Written {
        self.json.push_str("null");
        Ok(())
    }

    fn boolean(&mut self, value: bool) {
        self.json.push_str(if value { "true" } else { "false" });
    }

    fn optional_text(&mut self, text: Option<&str>) {
        match text {
            Some(text) => self.text(text),
            None => self.json.push_str("null"),
        }
    }

    fn text(&mut self, text: &str) {
        let is_plain = text.bytes().all(|byte| byte >= b' ' && byte != b'"' && byte != b'\\');
        if is_plain {
            self.json.push('"');
            self.json.push_str(text);
            self.json.push('"');
        } else {
            self.json.push_str(&serde_json::Value::from(text).to_string());
        }
    }
}

impl Item<'_> {
    fn meta_type(&self) -> MetaType {
        match self {
            Item::Schema => MetaType::Schema,
            Item::Type(_) => MetaType::Type,
            Item::Field(_) => MetaType::Field,
            Item::Input(..) => MetaType::InputValue,
            Item::EnumValue(..) => MetaType::EnumValue,
            Item::Directive(_) => MetaType::Directive,
        }
    }
}

fn kind(type_ref: TypeRef) -> &'static str {
    if type_ref.is_required() {
        return "NON_NULL";
    }
    if type_ref.is_list() {
        return "LIST";
    }
    match type_ref.named.kind() {
        TypeKind::Scalar => "SCALAR",
        TypeKind::Object => "OBJECT",
        TypeKind::Interface => "INTERFACE",
        TypeKind::Enum => "ENUM",
        TypeKind::InputObject => "INPUT_OBJECT",
    }
}

fn deprecation(field: &FieldDefinition<'_>) -> Option<&'static str> {
    use crate::types::FieldMeaning::Meta;
    let is_old = matches!(field.meaning, Meta(MetaField::OnOperation | MetaField::OnFragment | MetaField::OnField));
    is_old.then_some(USE_LOCATIONS)
}

fn enum_value_description(id: TypeId, value: &str) -> Option<&'static str> {
    let known: &[(&str, &'static str)] = match id {
        TypeId::Meta(MetaType::TypeKind) => &MetaType::TYPE_KINDS,
        TypeId::Meta(MetaType::DirectiveLocation) => &MetaType::DIRECTIVE_LOCATIONS,
        _ => &[],
    };
    known.iter().find(|(name, _)| *name == value).map(|(_, description)| *description)
}
