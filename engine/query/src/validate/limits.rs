//! Bounds on what a document asks for (design D9). Fragments are counted once and their counts added where they are
//! used, so that a document whose fragments double each other costs nothing to refuse.

use super::Rules;
use crate::syntax::{Directive, Selection};

/// What a selection set comes to once its fragments are put in their places.
#[derive(Debug, Clone, Copy, Default)]
struct Extent {
    /// Selected fields.
    fields: u64,
    /// Depth of fields outside introspection.
    depth: usize,
    /// Depth of fields from `__schema` or `__type` on.
    introspection_depth: usize,
    /// Depth of selection sets, those of fragments included: how deep everything after will recurse.
    nesting: usize,
}

impl<'a> Rules<'a> {
    /// Reports what is too much.
    pub(super) fn limits(&mut self) {
        let limits = self.api.options().limits;
        let ast = self.ast;
        if ast.fragments.len() > limits.fragments_max {
            self.too_much(format!("the document has more than {} fragments", limits.fragments_max));
            return;
        }
        let (mut aliases, mut directives) = (0, 0);
        for operation in &ast.operations {
            aliases += operation.selections.iter().filter(|s| !is_aliased(s)).count();
            directives += operation.directives.len();
            count(&operation.selections, &mut aliases, &mut directives);
        }
        for fragment in &ast.fragments {
            directives += fragment.directives.len();
            count(&fragment.selections, &mut aliases, &mut directives);
        }
        if aliases > limits.aliases_max {
            self.too_much(format!("the document has more than {} root fields and aliases", limits.aliases_max));
        }
        if directives > limits.directives_max {
            self.too_much(format!("the document has more than {} directives", limits.directives_max));
        }
        let mut fragments: Vec<Option<Extent>> = vec![None; ast.fragments.len()];
        for index in 0..ast.fragments.len() {
            self.count_fragment(index, &mut fragments);
        }
        let mut total = Extent::default();
        for operation in &ast.operations {
            total.widen(self.extent(&operation.selections, &fragments));
        }
        if total.fields > limits.expanded_selections_max {
            let max = limits.expanded_selections_max;
            self.too_much(format!("the document selects more than {max} fields, those of fragments included"));
        }
        if total.depth > limits.field_depth_max {
            self.too_much(format!("fields are nested deeper than {} levels", limits.field_depth_max));
        }
        if total.introspection_depth > limits.introspection_depth_max {
            let max = limits.introspection_depth_max;
            self.too_much(format!("introspection is nested deeper than {max} levels"));
        }
        if total.nesting > 2 * limits.nesting_max {
            let max = 2 * limits.nesting_max;
            self.too_much(format!("fragments are nested deeper than {max} levels"));
        }
    }

    fn too_much(&mut self, what: String) {
        self.report(format!("{what}. Split it into several requests."), Vec::new());
    }

    /// Counts a fragment after those that it uses, so that no count goes deeper than the fragment's own text. In a
    /// cycle the fragment met again counts as nothing; another rule tells the cycle.
    fn count_fragment(&self, index: usize, fragments: &mut [Option<Extent>]) {
        if fragments[index].is_some() {
            return;
        }
        fragments[index] = Some(Extent::default());
        for inner in &self.spread_by[index] {
            self.count_fragment(*inner, fragments);
        }
        fragments[index] = Some(self.extent(&self.ast.fragments[index].selections, fragments));
    }

    fn extent(&self, selections: &'a [Selection], fragments: &[Option<Extent>]) -> Extent {
        let mut total = Extent::default();
        for selection in selections {
            total.widen(match selection {
                Selection::Field(field) => {
                    let inner = self.extent(&field.selections, fragments);
                    let is_introspection = matches!(&*field.name, "__schema" | "__type");
                    Extent {
                        fields: inner.fields.saturating_add(1),
                        depth: if is_introspection { 1 } else { inner.depth + 1 },
                        introspection_depth: match inner.introspection_depth {
                            _ if is_introspection => inner.depth + 1,
                            0 => 0,
                            depth => depth + 1,
                        },
                        nesting: inner.nesting,
                    }
                }
                Selection::Inline(inline) => self.extent(&inline.selections, fragments),
                Selection::Spread(spread) => {
                    let index = self.fragments.get(&*spread.fragment);
                    index.and_then(|index| fragments[*index]).unwrap_or_default()
                }
            });
        }
        total.nesting += 1;
        total
    }
}

impl Extent {
    fn widen(&mut self, other: Extent) {
        self.fields = self.fields.saturating_add(other.fields);
        self.depth = self.depth.max(other.depth);
        self.introspection_depth = self.introspection_depth.max(other.introspection_depth);
        self.nesting = self.nesting.max(other.nesting);
    }
}

fn is_aliased(selection: &Selection) -> bool {
    matches!(selection, Selection::Field(field) if field.alias.is_some())
}

fn count(selections: &[Selection], aliases: &mut usize, directives: &mut usize) {
    for selection in selections {
        *directives += <[Directive]>::len(selection.directives());
        match selection {
            Selection::Field(field) => {
                *aliases += usize::from(field.alias.is_some());
                count(&field.selections, aliases, directives);
            }
            Selection::Inline(inline) => count(&inline.selections, aliases, directives),
            Selection::Spread(_) => {}
        }
    }
}
