//! What happens to the tables (`prisma1-server.md` §3.3, §3.4).
//!
//! Every stored thing of the previous datamodel is kept or goes, every one of the next is kept or made anew. So the
//! changes are put in an order in which no name is needed twice: everything that goes, then renames and other changes
//! of what is kept, then everything new. That is the order of the steps, except where a step both takes something
//! away and makes something: a field that changes its type, a relation that moves.
//!
//! Before the renames tables have their previous names, afterwards the next ones.

mod kept;
mod moves;
mod new;

use crate::Step;
use crate::matching::Matching;
use crate::storage::{self, relations};
use connector_interface::SchemaChange;
use datamodel::{Datamodel, FieldId, RelationStorage};

/// The changes that the steps mean, to be made in order and all together.
pub fn schema_changes(previous: &Datamodel, next: &Datamodel, steps: &[Step]) -> Vec<SchemaChange> {
    let matching = Matching::from_steps(previous, next, steps);
    let mut plan = Plan { previous, next, matching, changes: Vec::new() };
    plan.drop_relations();
    plan.drop_lists();
    plan.drop_columns();
    plan.drop_tables();
    plan.change_columns();
    plan.rename_tables();
    plan.change_link_tables();
    plan.create_tables();
    plan.add_columns();
    plan.create_lists();
    plan.create_relations();
    plan.changes
}

struct Plan<'a> {
    previous: &'a Datamodel,
    next: &'a Datamodel,
    matching: Matching,
    changes: Vec<SchemaChange>,
}

impl Plan<'_> {
    fn drop_relations(&mut self) {
        for id in relations(self.previous) {
            if self.kept_relation(id).is_some() {
                continue;
            }
            self.changes.push(match &self.previous.relation(id).storage {
                RelationStorage::Inline { side, column } => SchemaChange::DropRelationColumn {
                    table: storage::table_of_side(self.previous, id, *side).to_owned(),
                    column: column.clone(),
                },
                RelationStorage::Table { table, .. } => SchemaChange::DropTable { table: table.clone() },
            });
        }
    }

    fn drop_lists(&mut self) {
        for id in fields(self.previous) {
            if self.previous.field(id).is_scalar_list() && self.kept_list(id).is_none() {
                self.changes.push(SchemaChange::DropTable { table: storage::list_table(self.previous, id) });
            }
        }
    }

    /// Columns of tables that stay, ids aside: those are replaced.
    fn drop_columns(&mut self) {
        for id in fields(self.previous).filter(|id| self.matching.next_model(id.model).is_some()) {
            let field = self.previous.field(id);
            if field.has_column() && !field.is_id() && self.kept_column(id).is_none() {
                let table = self.previous.model(id.model).table().to_owned();
                self.changes.push(SchemaChange::DropColumn { table, column: field.column().to_owned() });
            }
        }
    }

    fn drop_tables(&mut self) {
        for (id, model) in self.previous.models() {
            if self.matching.next_model(id).is_none() {
                self.changes.push(SchemaChange::DropTable { table: model.table().to_owned() });
            }
        }
    }
}

fn fields(datamodel: &Datamodel) -> impl Iterator<Item = FieldId> {
    datamodel.models().flat_map(|(model, _)| datamodel.fields(model)).map(|(id, _)| id)
}
