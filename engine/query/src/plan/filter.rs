//! `XWhereInput` and `XScalarWhereInput` to conditions on rows (`prisma1-server.md` §4.5, §5.7).
//!
//! A comparison with null is neither true nor false in SQL. It is decided here, so that no connector has to compare
//! with null: such a condition never makes a row match, so it is false where it stands plainly and true where it is
//! negated (a row must not match because `NOT` turned an unknown into something).

use super::{Input, Planned, Planner, Refusal, relation::relation_path};
use crate::{
    operation::Demand,
    scalar::InputKind,
    types::{FilterOperator, InputMeaning, InputType},
};
use connector_interface::{Column, Comparison, Filter, Link, Quantifier, ServiceError, TextMatch};
use datamodel::{FieldId, FieldKind};

impl<'d> Planner<'d> {
    /// The condition that an object of filters stands for. `negated`: it stands under an odd number of negations.
    pub fn filter(&mut self, of: InputType, input: &Input<'d>, negated: bool) -> Planned<Filter> {
        let mut all = Vec::new();
        for (key, value) in self.entries(input) {
            let meaning = self.api.input_field(of, key).ok_or(Refusal::Internal("an unknown filter"))?.meaning;
            all.push(match meaning {
                InputMeaning::And => all_of(self.filters(of, &value, negated)?),
                InputMeaning::Or if value.is_null() => Filter::All,
                InputMeaning::Or => any_of(self.filters(of, &value, negated)?),
                InputMeaning::Not => all_of(self.filters(of, &value, !negated)?.into_iter().map(not).collect()),
                InputMeaning::Filter { field, operator } => self.field_filter(field, operator, &value, negated)?,
                _ => return Err(Refusal::Internal("no filter")),
            });
        }
        Ok(all_of(all))
    }

    fn filters(&mut self, of: InputType, input: &Input<'d>, negated: bool) -> Planned<Vec<Filter>> {
        self.items(input).iter().map(|item| self.filter(of, item, negated)).collect()
    }

    fn field_filter(
        &mut self,
        field: FieldId,
        operator: FilterOperator,
        value: &Input<'d>,
        negated: bool,
    ) -> Planned<Filter> {
        use FilterOperator as Operator;
        use TextMatch::{Contains, EndsWith, StartsWith};
        let ask = match operator {
            Operator::Is if self.datamodel.field(field).is_relation() => return self.filter_by_one(field, value),
            Operator::Every => return self.filter_by_many(field, Quantifier::Every, value),
            Operator::Some => return self.filter_by_many(field, Quantifier::Some, value),
            Operator::None => return self.filter_by_many(field, Quantifier::None, value),
            Operator::Is => Ask::Compare(Comparison::Equal),
            Operator::Not => Ask::Compare(Comparison::NotEqual),
            Operator::Lt => Ask::Compare(Comparison::Less),
            Operator::Lte => Ask::Compare(Comparison::LessOrEqual),
            Operator::Gt => Ask::Compare(Comparison::Greater),
            Operator::Gte => Ask::Compare(Comparison::GreaterOrEqual),
            Operator::In => Ask::In { negated: false },
            Operator::NotIn => Ask::In { negated: true },
            Operator::Contains => Ask::Text { position: Contains, negated: false },
            Operator::NotContains => Ask::Text { position: Contains, negated: true },
            Operator::StartsWith => Ask::Text { position: StartsWith, negated: false },
            Operator::NotStartsWith => Ask::Text { position: StartsWith, negated: true },
            Operator::EndsWith => Ask::Text { position: EndsWith, negated: false },
            Operator::NotEndsWith => Ask::Text { position: EndsWith, negated: true },
        };
        self.scalar_filter(field, ask, value, negated)
    }

    fn scalar_filter(&mut self, field: FieldId, ask: Ask, value: &Input<'d>, negated: bool) -> Planned<Filter> {
        let column = Column::of(self.datamodel, field);
        let kind = InputKind::of(self.datamodel, field).ok_or(Refusal::Internal("a relation in a scalar filter"))?;
        Ok(match ask {
            Ask::In { negated } if value.is_null() => Filter::Null { column, negated },
            Ask::In { negated } => Filter::In { column, values: self.slot(value, kind.list(), Demand::None)?, negated },
            Ask::Compare(Comparison::Equal) if self.counts_as_null(value, kind) => {
                Filter::Null { column, negated: false }
            }
            Ask::Compare(Comparison::NotEqual) if self.counts_as_null(value, kind) => {
                Filter::Null { column, negated: true }
            }
            _ if self.counts_as_null(value, kind) => {
                if negated {
                    Filter::All
                } else {
                    Filter::Nothing
                }
            }
            Ask::Compare(comparison) => {
                Filter::Compare { column, comparison, value: self.slot(value, kind, Demand::None)? }
            }
            Ask::Text { position, negated } => {
                Filter::Text { column, position, value: self.slot(value, kind, Demand::None)?, negated }
            }
        })
    }

    fn filter_by_many(&mut self, field: FieldId, quantifier: Quantifier, value: &Input<'d>) -> Planned<Filter> {
        if value.is_null() {
            return Err(ServiceError::NullToManyFilter { field: self.datamodel.field(field).name.clone() }.into());
        }
        self.related(field, quantifier, value)
    }

    fn filter_by_one(&mut self, field: FieldId, value: &Input<'d>) -> Planned<Filter> {
        if !value.is_null() {
            return self.related(field, Quantifier::Some, value);
        }
        let path = relation_path(self.datamodel, field).ok_or(Refusal::Internal("a relation without a path"))?;
        Ok(match path.link {
            Link::ParentColumn(name) => Filter::Null { column: Column { name, cell: path.id.cell }, negated: false },
            _ => Filter::Related { path, quantifier: Quantifier::None, filter: Box::new(Filter::All) },
        })
    }

    fn related(&mut self, field: FieldId, quantifier: Quantifier, value: &Input<'d>) -> Planned<Filter> {
        let FieldKind::Relation { target, .. } = self.datamodel.field(field).kind else {
            return Err(Refusal::Internal("a relation filter on a scalar"));
        };
        let path = relation_path(self.datamodel, field).ok_or(Refusal::Internal("a relation without a path"))?;
        // Whether related rows exist is true or false, never unknown, so negations begin anew here; `_every` looks for
        // rows that do not match.
        let filter = self.filter(InputType::Where(target), value, quantifier == Quantifier::Every)?;
        Ok(match (quantifier, filter) {
            (Quantifier::Some, Filter::Nothing) => Filter::Nothing,
            (Quantifier::None, Filter::Nothing) | (Quantifier::Every, Filter::All) => Filter::All,
            (quantifier, filter) => Filter::Related { path, quantifier, filter: Box::new(filter) },
        })
    }
}

/// What is asked of a scalar field.
#[derive(Debug, Clone, Copy)]
enum Ask {
    Compare(Comparison),
    In { negated: bool },
    Text { position: TextMatch, negated: bool },
}

/// All of them, without what is trivial.
fn all_of(mut filters: Vec<Filter>) -> Filter {
    if filters.contains(&Filter::Nothing) {
        return Filter::Nothing;
    }
    filters.retain(|filter| *filter != Filter::All);
    match filters.len() {
        0 => Filter::All,
        1 => filters.remove(0),
        _ => Filter::And(filters),
    }
}

fn any_of(mut filters: Vec<Filter>) -> Filter {
    if filters.contains(&Filter::All) {
        return Filter::All;
    }
    filters.retain(|filter| *filter != Filter::Nothing);
    match filters.len() {
        0 => Filter::Nothing,
        1 => filters.remove(0),
        _ => Filter::Or(filters),
    }
}

fn not(filter: Filter) -> Filter {
    match filter {
        Filter::All => Filter::Nothing,
        Filter::Nothing => Filter::All,
        filter => Filter::Not(Box::new(filter)),
    }
}
