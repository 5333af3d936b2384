//! Statements that count the bytes of a service's rows, by the table of `connector_interface::live_bytes`.

use crate::sql::{Dialect, Sql};
use connector_interface::{Column, live_bytes};
use datamodel::{Datamodel, FieldId, ModelId, RelationStorage, Side};

/// One statement a table, each with one row of one number.
pub fn statements(datamodel: &Datamodel, dialect: &Dialect) -> Vec<Sql> {
    let of_models = datamodel.models().flat_map(|(model, _)| {
        let lists = datamodel.fields(model).filter(|(_, field)| field.is_scalar_list());
        let lists = lists.map(move |(field, _)| of_list(datamodel, dialect, model, field));
        std::iter::once(of_nodes(datamodel, dialect, model)).chain(lists)
    });
    let of_links = datamodel.relations.iter().filter_map(|relation| match &relation.storage {
        RelationStorage::Table { table, .. } => {
            let mut sql = Sql::new(dialect.clone());
            sql.push(&format!("SELECT count(*) * {} FROM ", live_bytes::LINK)).table_name(table);
            Some(sql)
        }
        RelationStorage::Inline { .. } => None,
    });
    of_models.chain(of_links).collect()
}

/// Appends the bytes of a column, over all rows of the statement.
pub fn sum_of_column(sql: &mut Sql, column: &Column) {
    match live_bytes::of_cell(column.cell) {
        Some(bytes) => sql.push("count(").name(&column.name).push(&format!(") * {bytes}")),
        None => match sql.dialect() {
            Dialect::Sqlite => sql.push("coalesce(sum(octet_length(").name(&column.name).push(")), 0)"),
            Dialect::Postgres { .. } => sql.push("coalesce(sum(octet_length(").name(&column.name).push("::text)), 0)"),
        },
    };
}

fn of_nodes(datamodel: &Datamodel, dialect: &Dialect, model: ModelId) -> Sql {
    let mut sql = Sql::new(dialect.clone());
    sql.push(&format!("SELECT count(*) * {}", live_bytes::NODE));
    for (id, _) in datamodel.fields(model).filter(|(_, field)| field.has_column()) {
        sum_of_column(sql.push(" + "), &Column::of(datamodel, id));
    }
    for relation in &datamodel.relations {
        if let RelationStorage::Inline { side, column } = &relation.storage
            && model == if *side == Side::A { relation.model_a } else { relation.model_b }
        {
            sql.push(" + count(").name(column).push(&format!(") * {}", live_bytes::LINK));
        }
    }
    sql.push(" FROM ").table_name(datamodel.model(model).table());
    sql
}

fn of_list(datamodel: &Datamodel, dialect: &Dialect, model: ModelId, field: FieldId) -> Sql {
    let column = Column { name: "value".to_owned(), cell: Column::of(datamodel, field).cell };
    let mut sql = Sql::new(dialect.clone());
    sql.push(&format!("SELECT count(*) * {} + ", live_bytes::LIST_ITEM));
    sum_of_column(&mut sql, &column);
    sql.push(" FROM ").table_name(&datamodel.model(model).list_table(datamodel.field(field)));
    sql
}
