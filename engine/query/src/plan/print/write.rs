//! Writes as text.

use super::{Lines, joined, read::filter, slot};
use connector_interface::{
    CreateNode, DeleteMany, NestedAction, NestedWrite, Slot, Source, Unique, UpdateMany, UpdateNode, WritePlan,
};
use datamodel::FieldId;

impl Lines<'_> {
    pub(super) fn write_plan(&mut self, head: &str, plan: &WritePlan) {
        match plan {
            WritePlan::Create(create) => self.create(head, create),
            WritePlan::Update { target, update } => {
                let head = format!("{head} update {}", self.unique(target));
                self.update(&head, update);
            }
            WritePlan::Upsert { target, create, update } => {
                self.block(format!("{head} upsert {}", self.unique(target)), |lines| {
                    lines.create("absent:", create);
                    lines.update("present:", update);
                });
            }
            WritePlan::Delete { target } => self.line(format!("{head} delete {}", self.unique(target))),
            WritePlan::UpdateMany(update) => self.update_many(head, update),
            WritePlan::DeleteMany(delete) => self.delete_many(head, delete),
            WritePlan::Reset => self.line(format!("{head} reset")),
            WritePlan::Import(_) => self.line(format!("{head} import")),
        }
    }

    fn create(&mut self, head: &str, create: &CreateNode) {
        let what = format!("{head} create {}", self.model_name(create.model));
        self.block(what, |lines| {
            lines.values(&create.values, &create.lists);
            lines.nested(&create.nested);
        });
    }

    fn update(&mut self, head: &str, update: &UpdateNode) {
        self.block(format!("{head} with"), |lines| {
            lines.values(&update.values, &update.lists);
            lines.nested(&update.nested);
        });
    }

    fn update_many(&mut self, head: &str, update: &UpdateMany) {
        let what = format!("{head} update many {} where {}", self.model_name(update.model), filter(&update.filter));
        self.block(what, |lines| lines.values(&update.values, &update.lists));
    }

    fn delete_many(&mut self, head: &str, delete: &DeleteMany) {
        let model = self.model_name(delete.model);
        self.line(format!("{head} delete many {model} where {}", filter(&delete.filter)));
    }

    fn values(&mut self, values: &[(FieldId, Source)], lists: &[(FieldId, Slot)]) {
        for (field, source) in values {
            let source = match source {
                Source::Slot(value) => slot(*value),
                Source::Cuid => "cuid".to_owned(),
                Source::Uuid => "uuid".to_owned(),
                Source::Now => "now".to_owned(),
                Source::Null => "null".to_owned(),
            };
            self.line(format!("{} = {source}", self.field_name(*field)));
        }
        for (field, list) in lists {
            self.line(format!("{} = list {}", self.field_name(*field), slot(*list)));
        }
    }

    fn nested(&mut self, writes: &[NestedWrite]) {
        for write in writes {
            let head = format!("{}:", self.field_name(write.field));
            match &write.action {
                NestedAction::Create(create) => self.create(&head, create),
                NestedAction::Update(target, update) => {
                    let head = format!("{head} update{}", self.target(target.as_ref()));
                    self.update(&head, update);
                }
                NestedAction::Upsert(target, create, update) => {
                    self.block(format!("{head} upsert{}", self.target(target.as_ref())), |lines| {
                        lines.create("absent:", create);
                        lines.update("present:", update);
                    });
                }
                NestedAction::Delete(target) => self.line(format!("{head} delete{}", self.target(target.as_ref()))),
                NestedAction::Connect(target) => self.line(format!("{head} connect {}", self.unique(target))),
                NestedAction::Set(targets) => {
                    let targets = joined(targets.iter().map(|target| self.unique(target)), ", ");
                    self.line(format!("{head} set [{targets}]"));
                }
                NestedAction::Disconnect(target) => {
                    self.line(format!("{head} disconnect{}", self.target(target.as_ref())));
                }
                NestedAction::UpdateMany(update) => self.update_many(&head, update),
                NestedAction::DeleteMany(delete) => self.delete_many(&head, delete),
            }
        }
    }

    fn unique(&self, unique: &Unique) -> String {
        let model = self.model_name(unique.field.model);
        format!("{model}.{} {}", self.field_name(unique.field), slot(unique.value))
    }

    fn target(&self, unique: Option<&Unique>) -> String {
        unique.map_or_else(|| " the related one".to_owned(), |unique| format!(" {}", self.unique(unique)))
    }
}
