//! A service in memory: the tables that a deploy makes, and writes against them.

use super::plans;
use crate::sqlite::{schema, write::run};
use connector_interface::{
    ColumnSpec, ColumnType, ConnectorError, Faults, Growth, IdSource, LinkColumn, SchemaChange, ServiceError,
    WriteContext, WriteOutcome,
};
use datamodel::{Behaviour, Datamodel, Field, FieldKind, ModelId, RelationStorage};
use rusqlite::Connection;
use serde_json::Value as Json;
use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

/// The time of every write.
pub const NOW_MS: i64 = 1_600_000_000_123;

pub struct Service {
    pub datamodel: Arc<Datamodel>,
    pub connection: Connection,
    ids: Arc<Counter>,
}

#[derive(Default)]
struct Counter(AtomicU32);

impl IdSource for Counter {
    fn cuid(&self) -> String {
        format!("id{}", self.0.fetch_add(1, Ordering::Relaxed) + 1)
    }

    fn uuid(&self) -> String {
        format!("uuid{}", self.0.fetch_add(1, Ordering::Relaxed) + 1)
    }
}

impl Service {
    pub fn of(datamodel: Datamodel) -> Service {
        let mut connection = Connection::open_in_memory().unwrap();
        rusqlite::vtab::array::load_module(&connection).unwrap();
        // Leaves foreign keys switched on.
        schema::change(&mut connection, &connector_interface::Faults::default(), 1, Some(&tables(&datamodel))).unwrap();
        Service { datamodel: Arc::new(datamodel), connection, ids: Arc::default() }
    }

    /// Runs a mutation as the caller of [`run`] would: whole, or not at all.
    pub fn write(&self, mutation: &str, arguments: Json) -> Result<WriteOutcome, ServiceError> {
        let (plan, parameters) = plans::plan(&self.datamodel, mutation, &arguments);
        let (datamodel, ids) = (self.datamodel.clone(), self.ids.clone());
        let context =
            WriteContext { datamodel, now_ms: NOW_MS, ids, growth: Growth::unbounded(), faults: Faults::default() };
        self.connection.execute_batch("SAVEPOINT plan").unwrap();
        let outcome = run(&self.connection, &plan, &parameters, &context);
        if outcome.is_err() {
            self.connection.execute_batch("ROLLBACK TO plan").unwrap();
        }
        self.connection.execute_batch("RELEASE plan").unwrap();
        outcome.map_err(|error| match error {
            ConnectorError::Service(error) => error,
            other => panic!("{mutation}: {other}"),
        })
    }

    /// All cells of a query as text: rows with a space between them, cells with a comma.
    pub fn query(&self, sql: &str) -> String {
        let mut statement = self.connection.prepare(sql).unwrap();
        let columns = statement.column_count();
        let rows = statement.query_map([], |row| {
            let cells = (0..columns).map(|column| {
                Ok(match row.get::<_, rusqlite::types::Value>(column)? {
                    rusqlite::types::Value::Text(text) => text,
                    rusqlite::types::Value::Integer(number) => number.to_string(),
                    other => format!("{other:?}").to_lowercase(),
                })
            });
            Ok(cells.collect::<rusqlite::Result<Vec<_>>>()?.join(","))
        });
        rows.unwrap().collect::<rusqlite::Result<Vec<_>>>().unwrap().join(" ")
    }
}

/// What makes the tables of a datamodel.
fn tables(datamodel: &Datamodel) -> Vec<SchemaChange> {
    let mut changes = Vec::new();
    for (model, definition) in datamodel.models() {
        let sequence = match &datamodel.field(datamodel.id_field(model)).behaviour {
            Some(Behaviour::Id { sequence, .. }) => sequence.clone(),
            _ => None,
        };
        let table = definition.table().to_owned();
        changes.push(SchemaChange::CreateTable { table, id: id(datamodel, model), sequence });
    }
    for (model, definition) in datamodel.models() {
        let table = || definition.table().to_owned();
        for field in &definition.fields {
            changes.push(match field.kind {
                FieldKind::Relation { relation, side, target } => match &datamodel.relation(relation).storage {
                    RelationStorage::Inline { side: owner, column } if *owner == side => {
                        SchemaChange::AddRelationColumn { table: table(), column: link(datamodel, column, target) }
                    }
                    _ => continue,
                },
                _ if field.is_scalar_list() => SchemaChange::CreateListTable {
                    table: definition.list_table(field),
                    model_table: table(),
                    model_id: id(datamodel, model),
                    value: column(field).column_type,
                },
                _ if field.is_id() => continue,
                _ => SchemaChange::AddColumn { table: table(), column: column(field), fill: None },
            });
        }
    }
    for relation in &datamodel.relations {
        if let RelationStorage::Table { table, column_a, column_b, id_column } = &relation.storage {
            changes.push(SchemaChange::CreateLinkTable {
                table: table.clone(),
                a: link(datamodel, column_a, relation.model_a),
                b: link(datamodel, column_b, relation.model_b),
                id_column: id_column.clone(),
            });
        }
    }
    changes
}

fn id(datamodel: &Datamodel, model: ModelId) -> ColumnSpec {
    column(datamodel.field(datamodel.id_field(model)))
}

fn link(datamodel: &Datamodel, column: &str, model: ModelId) -> LinkColumn {
    let table = datamodel.model(model).table().to_owned();
    LinkColumn { name: column.to_owned(), table, id: id(datamodel, model) }
}

fn column(field: &Field) -> ColumnSpec {
    let column_type = match field.kind {
        FieldKind::Scalar(scalar) => ColumnType::Scalar(scalar),
        _ => ColumnType::Enum,
    };
    ColumnSpec { name: field.column().to_owned(), column_type, required: field.is_required, unique: field.is_unique }
}
