//! Why a mutation is refused, in the original's words (`prisma1-server.md` §5.1).

use crate::{
    state::target,
    values::Cell,
    writes::{Place, Writes},
};
use datamodel::{FieldId, FieldKind};

/// Why a mutation is refused.
#[derive(Debug, Clone, PartialEq)]
pub struct Failure {
    pub code: i64,
    pub text: String,
}

impl Writes<'_> {
    pub fn not_connected(&self, place: Place<'_>, names_parent: bool, child: Option<(FieldId, Cell)>) -> Failure {
        let parent_model = self.datamodel.model(place.field.model);
        let child_model = &self.datamodel.model(target(self.datamodel, place.field)).name;
        let id_field = &self.datamodel.field(self.datamodel.id_field(place.field.model)).name;
        let parent = format!(" with the value '{}' for the field '{id_field}'", place.parent.text());
        let child = child.map(|(field, value)| {
            format!("with the value '{}' for the field '{}'", shown(&value), self.datamodel.field(field).name)
        });
        let rest = match (names_parent, child) {
            (true, Some(child)) => format!("{parent} connected to a node for the model {child_model} {child}"),
            (true, None) => format!("{parent} connected to a node for the model {child_model} on your mutation path."),
            (false, Some(child)) => {
                format!(" connected to a Node for the model {child_model} {child} on your mutation path.")
            }
            (false, None) => format!(" connected to a Node for the model {child_model} on your mutation path."),
        };
        let relation = self.relation(place.field).0;
        let text = format!("The relation {relation} has no node for the model {}{rest}", parent_model.name);
        Failure { code: 3041, text }
    }

    pub fn required(&self, field: FieldId) -> Failure {
        let (name, a, b) = self.relation(field);
        let text = format!(
            "The change you are trying to make would violate the required relation '{name}' between {a} and {b}"
        );
        Failure { code: 3042, text }
    }

    /// Name and models of a field's relation.
    fn relation(&self, field: FieldId) -> (&str, &str, &str) {
        let FieldKind::Relation { relation, .. } = self.datamodel.field(field).kind else { panic!("no relation") };
        let relation = self.datamodel.relation(relation);
        let name = |model| self.datamodel.model(model).name.as_str();
        (&relation.name, name(relation.model_a), name(relation.model_b))
    }
}

/// A value as the texts show it.
pub fn shown(value: &Cell) -> String {
    match value {
        Cell::Text(text) => text.clone(),
        Cell::Int(number) => number.to_string(),
        other => panic!("{other:?} in a selector"),
    }
}
