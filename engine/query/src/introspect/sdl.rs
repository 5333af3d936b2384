//! The whole type system as text in the schema definition language, without descriptions: for people and for tests.

use crate::api::Api;
use crate::types::{FieldDefinition, InputDefinition, TypeId, TypeKind};
use datamodel::ScalarType;
use std::fmt::Write;

impl Api {
    /// The API's types as a schema document, in the order of introspection; built-in types are left out.
    pub fn schema_text(&self) -> String {
        let mut text = String::new();
        for id in self.all_types().into_iter().filter(|id| !is_built_in(*id)) {
            if !text.is_empty() {
                text.push('\n');
            }
            self.write_type(id, &mut text).expect("writing into a string cannot fail");
        }
        text
    }

    fn write_type(&self, id: TypeId, text: &mut String) -> std::fmt::Result {
        let name = self.type_name(id);
        let keyword = match id.kind() {
            TypeKind::Scalar => return writeln!(text, "scalar {name}"),
            TypeKind::Enum => {
                writeln!(text, "enum {name} {{")?;
                for value in self.enum_values(id) {
                    writeln!(text, "  {value}")?;
                }
                return writeln!(text, "}}");
            }
            TypeKind::Object => "type",
            TypeKind::Interface => "interface",
            TypeKind::InputObject => "input",
        };
        let implements = if self.is_node(id) { " implements Node" } else { "" };
        writeln!(text, "{keyword} {name}{implements} {{")?;
        if let TypeId::Input(input) = id {
            for field in self.input_fields(input) {
                writeln!(text, "  {}", self.input_text(&field))?;
            }
        } else {
            for field in self.fields(id) {
                writeln!(text, "  {}", self.field_text(&field))?;
            }
        }
        writeln!(text, "}}")
    }

    fn field_text(&self, field: &FieldDefinition<'_>) -> String {
        let arguments: Vec<String> =
            self.arguments(field.arguments).iter().map(|argument| self.input_text(argument)).collect();
        let arguments = if arguments.is_empty() { String::new() } else { format!("({})", arguments.join(", ")) };
        format!("{}{arguments}: {}", field.name, self.type_text(field.field_type))
    }

    fn input_text(&self, input: &InputDefinition<'_>) -> String {
        format!("{}: {}", input.name, self.type_text(input.input_type))
    }
}

fn is_built_in(id: TypeId) -> bool {
    match id {
        TypeId::Meta(_) => true,
        TypeId::Scalar(scalar) => {
            matches!(
                scalar,
                ScalarType::String | ScalarType::Int | ScalarType::Float | ScalarType::Boolean | ScalarType::Id
            )
        }
        _ => false,
    }
}
