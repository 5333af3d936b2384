//! Times that the server keeps, and the way from a datamodel v1 to 1.1. In v1 names said which fields hold such times, and
//! every model had them; since then directives say so, and leaving one out is a likely slip.

use super::{Assessor, texts};
use crate::Step;
use datamodel::{Behaviour, FieldId, Version};

/// The names, the behaviours that they stood for, and what has happened at that time.
const TIMES: [(&str, Behaviour, &str); 2] =
    [("createdAt", Behaviour::CreatedAt, "created"), ("updatedAt", Behaviour::UpdatedAt, "updated")];

impl Assessor<'_> {
    pub(super) fn timestamp_directives(&mut self, steps: &[Step]) {
        match (self.previous.version, self.next.version) {
            (Version::V1, Version::V11) if !self.previous.models.is_empty() => self.leaves_v1(),
            (_, Version::V11) => self.new_times(steps),
            (_, Version::V1) => {}
        }
    }

    fn leaves_v1(&mut self) {
        let next = self.next;
        for (id, field) in next.models().flat_map(|(model, _)| next.fields(model)) {
            if let Some(name) = self.without_directive(id).map(|(name, _)| name).filter(|_| field.is_scalar()) {
                let model = &next.model(id.model).name;
                self.error(Vec::new(), model, Some(name), texts::keeps_time_without_directive(name));
            }
        }
        self.warn(Vec::new(), "Global", None, texts::LEAVES_V1.to_owned());
    }

    /// A time of a model that stays must stay as well, hidden or not.
    pub(super) fn time_is_dropped(&mut self, model: &str, name: &str) {
        let leaves_v1 = (self.previous.version, self.next.version) == (Version::V1, Version::V11);
        if leaves_v1 && TIMES.iter().any(|(time, ..)| *time == name) {
            self.error(Vec::new(), model, Some(name), texts::drops_time(name));
        }
    }

    fn new_times(&mut self, steps: &[Step]) {
        for step in steps {
            if let Step::CreateField { model, name, .. } = step
                && let Some(field) = self.next_names.field(model, name)
                && let Some((_, what_happened)) = self.without_directive(field)
            {
                self.warn(Vec::new(), model, Some(name), texts::missing_timestamp_directive(name, what_happened));
            }
        }
    }

    /// The name of a field that is called like a time and is none.
    fn without_directive(&self, id: FieldId) -> Option<(&'static str, &'static str)> {
        let field = self.next.field(id);
        let time = TIMES
            .iter()
            .find(|(name, behaviour, _)| field.name == *name && field.behaviour.as_ref() != Some(behaviour));
        time.map(|(name, _, what_happened)| (*name, *what_happened))
    }
}
