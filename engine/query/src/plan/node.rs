//! What is taken from one row, and the object that is written from it.

use super::{Planned, Planner, Refusal, relation::relation_path};
use crate::{
    selection::{Merged, SelectedType},
    syntax::Selection,
    types::TypeId,
};
use connector_interface::{Children, Column, Node, Output, OutputValue, ScalarList, ToOne};
use datamodel::{FieldKind, ModelId};

impl<'d> Planner<'d> {
    /// The node of a model with these selections.
    pub fn node(&mut self, model: ModelId, sets: &[&'d [Selection]]) -> Planned<Node> {
        let mut node = self.bare_node(model);
        node.outputs = self.outputs(&mut node, model, sets)?;
        Ok(node)
    }

    /// A node of which nothing is selected yet.
    pub fn bare_node(&self, model: ModelId) -> Node {
        Node {
            model: self.datamodel.model(model).name.clone(),
            table: self.datamodel.model(model).table().to_owned(),
            id: Column::of(self.datamodel, self.datamodel.id_field(model)),
            columns: Vec::new(),
            to_one: Vec::new(),
            lists: Vec::new(),
            children: Vec::new(),
            outputs: Vec::new(),
        }
    }

    /// The entries of these selections; what they need is added to the node.
    pub fn outputs(&mut self, node: &mut Node, model: ModelId, sets: &[&'d [Selection]]) -> Planned<Vec<Output>> {
        let of =
            SelectedType { name: &self.datamodel.model(model).name, is_node: self.api.is_node(TypeId::Model(model)) };
        let fields = self.merged(sets, of);
        let mut outputs = Vec::with_capacity(fields.len());
        for selected in fields {
            outputs.push(Output {
                key: selected.field.response_key().to_owned(),
                position: selected.field.position,
                value: self.output(node, model, &selected)?,
            });
        }
        Ok(outputs)
    }

    fn output(&mut self, node: &mut Node, model: ModelId, selected: &Merged<'d>) -> Planned<OutputValue> {
        if &*selected.field.name == "__typename" {
            return Ok(OutputValue::Typename(node.model.clone()));
        }
        let id = self.api.model_field(model, &selected.field.name).ok_or(Refusal::Internal("an unknown field"))?;
        let field = self.datamodel.field(id);
        match field.kind {
            FieldKind::Relation { target, .. } => {
                let path = relation_path(self.datamodel, id).ok_or(Refusal::Internal("a relation without a path"))?;
                if field.is_list {
                    let rows = self.rows(target, selected)?;
                    node.children.push(Children { path, rows });
                    Ok(OutputValue::Children(node.children.len() - 1))
                } else {
                    let target = self.node(target, &selected.sets)?;
                    node.to_one.push(ToOne { path, node: target, required: field.is_required });
                    Ok(OutputValue::ToOne(node.to_one.len() - 1))
                }
            }
            _ if field.is_list => {
                let table = self.datamodel.model(model).list_table(field);
                let list = ScalarList { table, cell: Column::of(self.datamodel, id).cell };
                Ok(OutputValue::List(place(&mut node.lists, list)))
            }
            _ => {
                let index = place(&mut node.columns, Column::of(self.datamodel, id));
                Ok(OutputValue::Column { index, required: field.is_required })
            }
        }
    }
}

/// Where an item stands in a list, to which it is added when it is new.
fn place<T: PartialEq>(items: &mut Vec<T>, item: T) -> usize {
    match items.iter().position(|known| *known == item) {
        Some(index) => index,
        None => {
            items.push(item);
            items.len() - 1
        }
    }
}
