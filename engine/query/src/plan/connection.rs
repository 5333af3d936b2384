//! `XConnection`: page info, edges, aggregate, each of them as often as aliases ask.

use super::{Planned, Planner, Refusal};
use crate::selection::{Merged, SelectedType};
use connector_interface::{
    AggregateValue, Connection, ConnectionOutput, ConnectionValue, EdgeOutput, EdgeValue, Node, PageInfoValue, Rows,
};
use datamodel::ModelId;

impl<'d> Planner<'d> {
    /// The connection that a root field selects.
    pub fn connection(&mut self, model: ModelId, selected: &Merged<'d>) -> Planned<Connection> {
        let (filter, order, page) = self.list_arguments(model, selected.field)?;
        let mut node = self.bare_node(model);
        let name = format!("{}Connection", node.model);
        let mut outputs = Vec::new();
        for part in self.merged(&selected.sets, plain(&name)) {
            let value = match &*part.field.name {
                "edges" => ConnectionValue::Edges(self.edges(&mut node, model, &part)?),
                "pageInfo" => ConnectionValue::PageInfo(self.entries_of(&part, "PageInfo", page_info_value)?),
                "aggregate" => {
                    let of = format!("Aggregate{}", node.model);
                    ConnectionValue::Aggregate(self.entries_of(&part, &of, aggregate_value)?)
                }
                "__typename" => ConnectionValue::Typename(name.clone()),
                _ => return Err(Refusal::Internal("an unknown field of a connection")),
            };
            let key = part.field.response_key().to_owned();
            outputs.push(ConnectionOutput { key, position: part.field.position, value });
        }
        Ok(Connection { rows: Rows { node, filter, order, page }, outputs })
    }

    fn edges(&mut self, node: &mut Node, model: ModelId, edges: &Merged<'d>) -> Planned<Vec<EdgeOutput>> {
        let name = format!("{}Edge", node.model);
        let mut outputs = Vec::new();
        for part in self.merged(&edges.sets, plain(&name)) {
            let value = match &*part.field.name {
                "node" => EdgeValue::Node(self.outputs(node, model, &part.sets)?),
                "cursor" => EdgeValue::Cursor,
                "__typename" => EdgeValue::Typename(name.clone()),
                _ => return Err(Refusal::Internal("an unknown field of an edge")),
            };
            outputs.push(EdgeOutput { key: part.field.response_key().to_owned(), value });
        }
        Ok(outputs)
    }

    /// Key and value of each leaf selected from an object that has nothing but leaves.
    pub fn entries_of<T>(
        &mut self,
        selected: &Merged<'d>,
        of: &str,
        value: impl Fn(&str, &str) -> Option<T>,
    ) -> Planned<Vec<(String, T)>> {
        let fields = self.merged(&selected.sets, plain(of));
        let entry = |part: Merged<'d>| {
            let value = value(&part.field.name, of).ok_or(Refusal::Internal("an unknown field of a leaf object"))?;
            Ok((part.field.response_key().to_owned(), value))
        };
        fields.into_iter().map(entry).collect()
    }
}

fn plain(name: &str) -> SelectedType<'_> {
    SelectedType { name, is_node: false }
}

fn page_info_value(field: &str, of: &str) -> Option<PageInfoValue> {
    Some(match field {
        "hasNextPage" => PageInfoValue::HasNextPage,
        "hasPreviousPage" => PageInfoValue::HasPreviousPage,
        "startCursor" => PageInfoValue::StartCursor,
        "endCursor" => PageInfoValue::EndCursor,
        "__typename" => PageInfoValue::Typename(of.to_owned()),
        _ => return None,
    })
}

fn aggregate_value(field: &str, of: &str) -> Option<AggregateValue> {
    Some(match field {
        "count" => AggregateValue::Count,
        "__typename" => AggregateValue::Typename(of.to_owned()),
        _ => return None,
    })
}
