//! Selections, fragments and directives.

use super::{Fragment, Writer};
use datamodel::ScalarType;
use query::types::{FieldDefinition, TypeId, TypeRef};

/// Levels of fields; what is deeper is a leaf.
const DEPTH_MAX: usize = 4;

impl Writer<'_> {
    /// A selection set of an object.
    pub(super) fn selections(&mut self, of: TypeId, count: usize, depth: usize) -> String {
        let mut selections: Vec<String> = (0..count).map(|_| self.selection(of, depth)).collect();
        if depth > 0 && self.errs(60) {
            selections.clear();
        }
        format!("{{ {} }}", selections.join(" "))
    }

    fn selection(&mut self, of: TypeId, depth: usize) -> String {
        let is_subscription = of == TypeId::Subscription;
        match self.numbers.below(20) {
            0 if !is_subscription => format!("__typename{}", self.directives("field")),
            1 | 2 if !is_subscription || depth > 0 => {
                let condition = self.condition(of);
                let count = 1 + self.numbers.below(2);
                let shown = if self.chance(4) { String::new() } else { format!(" on {}", self.shown(condition)) };
                let of = if shown.is_empty() { of } else { condition };
                let directives = self.directives("inline fragment");
                format!("...{shown}{directives} {}", self.selections(of, count, depth))
            }
            3 if !is_subscription => self.spread(of, depth),
            _ => self.field(of, depth),
        }
    }

    /// A type that a fragment here can be about.
    fn condition(&mut self, of: TypeId) -> TypeId {
        if self.errs(8) {
            let all = self.api.all_types();
            return all[self.numbers.below(all.len())];
        }
        let nodes: Vec<TypeId> = self.api.all_types().into_iter().filter(|id| self.api.is_node(*id)).collect();
        match of {
            TypeId::Node if self.chance(2) => nodes[self.numbers.below(nodes.len())],
            of if self.api.is_node(of) && self.chance(4) => TypeId::Node,
            of => of,
        }
    }

    fn shown(&mut self, of: TypeId) -> String {
        if self.errs(40) { "Nothing".to_owned() } else { self.api.type_name(of).into_owned() }
    }

    fn spread(&mut self, of: TypeId, depth: usize) -> String {
        let directives = self.directives("spread");
        if self.errs(6) {
            return format!("...Nowhere{directives}");
        }
        let known: Vec<usize> = (0..self.fragments.len())
            .filter(|index| {
                let fragment = &self.fragments[*index];
                fragment.of == of && fragment.is_whole
            })
            .collect();
        if !known.is_empty() && self.chance(2) {
            return format!("...{}{directives}", self.fragments[known[self.numbers.below(known.len())]].name);
        }
        let name = self.name("F");
        let condition = self.condition(of);
        self.fragments.push(Fragment { name: name.clone(), of: condition, is_whole: false });
        let count = 1 + self.numbers.below(3);
        let mut selections = self.selections(condition, count, depth);
        // A fragment that leads back to one that is not whole yet makes a cycle.
        if self.errs(4) {
            let open: Vec<&Fragment> = self.fragments.iter().filter(|fragment| !fragment.is_whole).collect();
            let back = &open[self.numbers.below(open.len())].name;
            selections = format!("{{ ...{back} {}", &selections[1..]);
        }
        for fragment in self.fragments.iter_mut().filter(|fragment| fragment.name == name) {
            fragment.is_whole = true;
        }
        let shown = self.shown(condition);
        let on_definition = self.directives("definition");
        self.definitions.push(format!("fragment {name} on {shown}{on_definition} {selections}"));
        format!("...{name}{directives}")
    }

    fn field(&mut self, of: TypeId, depth: usize) -> String {
        let fields = self.api.fields(of);
        let is_flat = |field: &FieldDefinition<'_>| field.field_type.named.is_leaf();
        let flat: Vec<usize> = (0..fields.len()).filter(|index| is_flat(&fields[*index])).collect();
        let index = match flat.is_empty() {
            false if depth >= DEPTH_MAX || self.chance(3) => flat[self.numbers.below(flat.len())],
            _ if fields.is_empty() => return "__typename".to_owned(),
            _ => self.numbers.below(fields.len()),
        };
        let field = &fields[index];
        let arguments = self.arguments(field);
        // A field that is asked for twice with other arguments needs another name each time.
        let alias = match () {
            () if self.errs(20) => "same: ".to_owned(),
            () if self.errs(40) => "id: ".to_owned(),
            () if !arguments.is_empty() || self.chance(12) => format!("{}: ", self.name("a")),
            () => String::new(),
        };
        let name = if self.errs(20) { format!("{}s", field.name) } else { field.name.to_string() };
        let has_fields = !is_flat(field) ^ self.errs(25);
        let directives = self.directives("field");
        let below = match has_fields {
            true if is_flat(field) => " { id }".to_owned(),
            true => {
                let count = 1 + self.numbers.below(3);
                format!(" {}", self.selections(field.field_type.named, count, depth + 1))
            }
            false => String::new(),
        };
        if !arguments.is_empty() && self.errs(25) {
            let others = self.arguments(field);
            return format!("twice: {name}{arguments}{below} twice: {name}{others}{below}");
        }
        format!("{alias}{name}{arguments}{directives}{below}")
    }

    fn arguments(&mut self, field: &FieldDefinition<'_>) -> String {
        let mut written = Vec::new();
        for argument in self.api.arguments(field.arguments) {
            let is_given = if argument.input_type.is_required() { !self.errs(12) } else { self.chance(4) };
            if is_given {
                let value = self.value(argument.input_type, 0);
                written.push(format!("{}: {value}", argument.name));
            }
        }
        if self.errs(25) {
            let more = self.pick(&["nothing: 1", "nothing: []", "bare"]);
            written.push(more.to_owned());
        }
        if !written.is_empty() && self.errs(20) {
            written.push(written[0].clone());
        }
        if written.is_empty() { String::new() } else { format!("({})", written.join(", ")) }
    }

    /// Directives, mostly none.
    pub(super) fn directives(&mut self, place: &str) -> String {
        if place == "operation" || place == "definition" {
            // None of the directives may stand there.
            if place == "definition" && !self.errs(12) {
                return String::new();
            }
            return self.pick(&[" @include(if: true)", " @skip(if: false)", " @deprecated", " @nothing"]).to_owned();
        }
        if self.errs(25) {
            let wrong = [
                " @nothing",
                " @deprecated(reason: \"a\")",
                " @include",
                " @skip(if: 1)",
                " @include(if: true) @include(if: true)",
                " @include(if: null)",
                " @skip(unless: true, if: true)",
                " @skip(if: true, if: true)",
            ];
            return self.pick(&wrong).to_owned();
        }
        if !self.chance(20) {
            return String::new();
        }
        let condition = TypeRef::required(TypeId::Scalar(ScalarType::Boolean));
        let name = self.pick(&["include", "skip"]);
        format!(" @{name}(if: {})", self.value(condition, 0))
    }
}
