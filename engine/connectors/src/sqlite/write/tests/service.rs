//! A service in memory: tables as `prisma1-server.md` §3.3 describes them, and writes against them.

use super::plans;
use crate::sqlite::{sql::quoted, write::run};
use connector_interface::{CellType, Column, ConnectorError, IdSource, ServiceError, WriteContext, WriteOutcome};
use datamodel::{Datamodel, Field, FieldId, FieldKind, ModelId, RelationStorage, Side};
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
        let connection = Connection::open_in_memory().unwrap();
        rusqlite::vtab::array::load_module(&connection).unwrap();
        connection.execute_batch("PRAGMA foreign_keys = ON").unwrap();
        connection.execute_batch(&tables(&datamodel)).unwrap();
        Service { datamodel: Arc::new(datamodel), connection, ids: Arc::default() }
    }

    /// Runs a mutation as the caller of [`run`] would: whole, or not at all.
    pub fn write(&self, mutation: &str, arguments: Json) -> Result<WriteOutcome, ServiceError> {
        let (plan, parameters) = plans::plan(&self.datamodel, mutation, &arguments);
        let context = WriteContext { datamodel: self.datamodel.clone(), now_ms: NOW_MS, ids: self.ids.clone() };
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

/// Statements that make the tables of a datamodel.
fn tables(datamodel: &Datamodel) -> String {
    let mut sql = String::new();
    for (model, definition) in datamodel.models() {
        sql.push_str(&model_table(datamodel, model));
        for (field, list) in datamodel.fields(model).filter(|(_, field)| field.is_scalar_list()) {
            sql.push_str(&format!(
                "CREATE TABLE {} (nodeId {} NOT NULL REFERENCES {}, position INTEGER NOT NULL, value {} NOT NULL, \
                 PRIMARY KEY (nodeId, position));\n",
                quoted(&definition.list_table(list)),
                class(datamodel, datamodel.id_field(model)),
                quoted(definition.table()),
                class(datamodel, field),
            ));
        }
    }
    for relation in &datamodel.relations {
        if let RelationStorage::Table { table, column_a, column_b, id_column } = &relation.storage {
            let id = id_column.iter().map(|id| format!("{} TEXT PRIMARY KEY, ", quoted(id))).collect::<String>();
            let column = |name: &str, model: ModelId| {
                let id = datamodel.id_field(model);
                let table = quoted(datamodel.model(model).table());
                let class = class(datamodel, id);
                format!("{} {class} NOT NULL REFERENCES {table} ON DELETE CASCADE", quoted(name))
            };
            sql.push_str(&format!(
                "CREATE TABLE {0} ({id}{1}, {2}, UNIQUE ({3}, {4})); CREATE INDEX {5} ON {0} ({4});\n",
                quoted(table),
                column(column_a, relation.model_a),
                column(column_b, relation.model_b),
                quoted(column_a),
                quoted(column_b),
                quoted(&format!("{table}_B")),
            ));
        }
    }
    for (number, relation) in datamodel.relations.iter().enumerate() {
        if let RelationStorage::Inline { side, column } = &relation.storage {
            let owner = if *side == Side::A { relation.model_a } else { relation.model_b };
            let table = quoted(datamodel.model(owner).table());
            sql.push_str(&format!("CREATE INDEX inline_{number} ON {table} ({});\n", quoted(column)));
        }
    }
    sql
}

fn model_table(datamodel: &Datamodel, model: ModelId) -> String {
    let column = |(id, field): (FieldId, &Field)| match field.kind {
        FieldKind::Relation { relation, side, target } => match &datamodel.relation(relation).storage {
            RelationStorage::Inline { side: owner, column } if *owner == side => Some(format!(
                "{} {} REFERENCES {} ON DELETE SET NULL",
                quoted(column),
                class(datamodel, datamodel.id_field(target)),
                quoted(datamodel.model(target).table()),
            )),
            _ => None,
        },
        _ if !field.has_column() => None,
        _ => Some(format!(
            "{} {}{}{}",
            quoted(field.column()),
            class(datamodel, id),
            if field.is_required { " NOT NULL" } else { "" },
            match (field.is_id(), field.is_unique) {
                (true, _) => " PRIMARY KEY",
                (_, true) => " UNIQUE",
                _ => "",
            },
        )),
    };
    let columns: Vec<String> = datamodel.fields(model).filter_map(column).collect();
    format!("CREATE TABLE {} ({});\n", quoted(datamodel.model(model).table()), columns.join(", "))
}

fn class(datamodel: &Datamodel, field: FieldId) -> &'static str {
    match Column::of(datamodel, field).cell {
        CellType::Text | CellType::Json => "TEXT",
        CellType::Int | CellType::Boolean | CellType::DateTime => "INTEGER",
        CellType::Float => "REAL",
    }
}
