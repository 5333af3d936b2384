//! How much a write adds to the service at most, by the table of `connector_interface::live_bytes`.
//!
//! What is written counts in full and what it replaces is not subtracted, since that would have to be read first. Only a
//! write that does not fit that way is run again *tightly*, and then looks at what it replaces.

use super::{Failure, Session, Write};
use crate::{
    measure,
    sql::{Parameter, Sql},
};
use connector_interface::{CellType, Column, Value, live_bytes};
use datamodel::ModelId;

impl<S: Session> Write<'_, S> {
    /// Notes that rows, links or items of so many bytes are about to be written; refuses more than there is room for.
    pub(super) fn grow(&self, bytes: u64) -> Result<(), Failure> {
        let growth = &self.context.growth;
        if growth.is_counted() {
            self.grown.set(self.grown.get().saturating_add(bytes));
            growth.ensure_room_for(self.grown.get())?;
        }
        Ok(())
    }

    /// Notes that each of `ids` is about to get these values in these columns.
    pub(super) async fn grow_by_columns(
        &self,
        model: ModelId,
        ids: &[Value],
        columns: &[Column],
        values: &[Value],
    ) -> Result<(), Failure> {
        if !self.context.growth.is_counted() {
            return Ok(());
        }
        let each: u64 = values.iter().map(live_bytes::of_value).sum();
        let all = each.saturating_mul(ids.len() as u64);
        if !self.context.growth.is_tight() {
            return self.grow(all);
        }
        let id = self.datamodel.field(self.datamodel.id_field(model)).column();
        let mut sql = self.sql();
        let lead = |number: usize| if number == 0 { "SELECT " } else { " + " };
        for (number, column) in columns.iter().enumerate() {
            measure::sum_of_column(sql.push(lead(number)), column);
        }
        sql.push(" FROM ").table_name(self.datamodel.model(model).table()).push(" WHERE ").name(id);
        self.grow_beyond(all, model, sql, ids).await
    }

    /// Notes that lists of `ids` in this table are about to be replaced by lists of so many bytes together.
    pub(super) async fn grow_by_lists(
        &self,
        model: ModelId,
        ids: &[Value],
        (table, cell): (&str, CellType),
        bytes: u64,
    ) -> Result<(), Failure> {
        if !self.context.growth.is_tight() {
            return self.grow(bytes);
        }
        let mut sql = self.sql();
        sql.push(&format!("SELECT count(*) * {} + ", live_bytes::LIST_ITEM));
        measure::sum_of_column(&mut sql, &Column { name: "value".to_owned(), cell });
        sql.push(" FROM ").table_name(table).push(" WHERE \"nodeId\"");
        self.grow_beyond(bytes, model, sql, ids).await
    }

    /// Notes growth by what is over the bytes that the statement counts in rows of `ids`.
    async fn grow_beyond(&self, bytes: u64, model: ModelId, mut sql: Sql, ids: &[Value]) -> Result<(), Failure> {
        sql.among(Parameter::Own(0));
        let counted = self.column(model, &sql, &[&Value::List(ids.to_vec())], CellType::Int).await?;
        let replaced = match counted.first() {
            Some(Value::Int(bytes)) => u64::try_from(*bytes).unwrap_or(0),
            _ => 0,
        };
        self.grow(bytes.saturating_sub(replaced))
    }

    /// Draws all that was noted, once everything has been written.
    pub(super) fn draw(&self) -> Result<(), Failure> {
        Ok(self.context.growth.draw(self.grown.get())?)
    }
}
