//! Emptying a service.

use super::{Failure, Session, Write};
use datamodel::RelationStorage;

/// Empties all tables: links first, then lists, then models, so that no row is in the way of another.
pub(super) async fn reset<S: Session>(write: &Write<'_, S>) -> Result<(), Failure> {
    let datamodel = write.datamodel;
    let links = datamodel.relations.iter().filter_map(|relation| match &relation.storage {
        RelationStorage::Table { table, .. } => Some(table.clone()),
        RelationStorage::Inline { .. } => None,
    });
    let lists = datamodel.models.iter().flat_map(|model| {
        model.fields.iter().filter(|field| field.is_scalar_list()).map(|field| model.list_table(field))
    });
    let models = datamodel.models.iter().map(|model| model.table().to_owned());
    let Some((any, _)) = datamodel.models().next() else { return Ok(()) };
    for table in links.chain(lists).chain(models) {
        let mut sql = write.sql();
        sql.push("DELETE FROM ").table_name(&table);
        write.execute(any, &sql, &[]).await?;
    }
    Ok(())
}
