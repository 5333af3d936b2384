//! Emptying a service.

use super::{
    Write,
    statement::{self, quote},
};
use crate::sqlite::failure::failure;
use connector_interface::ConnectorError;
use datamodel::RelationStorage;

/// Empties all tables: links first, then lists, then models, so that no row is in the way of another.
pub(super) fn reset(write: &Write) -> Result<(), ConnectorError> {
    let datamodel = write.datamodel;
    let links = datamodel.relations.iter().filter_map(|relation| match &relation.storage {
        RelationStorage::Table { table, .. } => Some(table.clone()),
        RelationStorage::Inline { .. } => None,
    });
    let lists = datamodel.models.iter().flat_map(|model| {
        model.fields.iter().filter(|field| field.is_scalar_list()).map(|field| model.list_table(field))
    });
    let models = datamodel.models.iter().map(|model| model.table().to_owned());
    for table in links.chain(lists).chain(models) {
        statement::execute(write, &format!("DELETE FROM {}", quote(&table)), []).map_err(failure)?;
    }
    Ok(())
}
