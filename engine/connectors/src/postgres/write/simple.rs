//! Writes that are one statement: creates with all that is created and connected in them, as long as no old link has to be
//! looked at; updates of a row's own columns.
//!
//! Each row is a data-modifying `WITH` of the statement that inserts the root's row. Nodes to connect are looked for
//! first; when one of them is missing nothing is written at all, and the interpreter then finds out which. Foreign keys
//! are checked when the statement ends, so the order of the rows does not matter.

use crate::{
    postgres::bind::Bound,
    sql::{Dialect, Sql},
    write::{
        links::{self, Links, Storage},
        required::{self, Check, Enclosing},
    },
};
use connector_interface::{
    Change, ChangeKind, CreateNode, NestedAction, Source, Unique, UpdateNode, Value, WriteContext, WritePlan,
    live_bytes,
};
use datamodel::{Datamodel, FieldId, FieldKind, ModelId, ScalarType};
use std::sync::Arc;

/// Longest id of type `ID`: its column is that wide.
const ID_LENGTH_MAX: usize = 25;

/// A write as one statement.
#[derive(Debug)]
pub struct Simple {
    /// Inserts or updates the root's row; no row was written when a node to connect or to update is missing.
    pub text: Arc<str>,
    /// In the order of the plan, which is that of the ids that are made for it.
    values: Vec<Source>,
    /// The value of each parameter.
    parameters: Vec<usize>,
    /// The root's id among the values.
    id: usize,
    changes: Vec<Changed>,
    weight: Weight,
}

/// What the rows count against the quota.
#[derive(Debug, Default)]
struct Weight {
    /// Bytes of nodes without their values, and of links.
    fixed: u64,
    /// The values that count, by their numbers.
    values: Vec<usize>,
    /// Rows are replaced, so that they count less than this.
    replaces: bool,
}

/// What happens to a node.
#[derive(Debug)]
struct Changed {
    model: ModelId,
    /// Its id among the values.
    id: usize,
    kind: ChangeKind,
    fields: Arc<[FieldId]>,
}

/// The values of one run.
pub struct Run {
    /// In the order of the plan: see [`Simple::bound`].
    values: Vec<Value>,
    /// The root's id.
    pub id: Value,
    /// What it changes.
    pub changes: Vec<Change>,
    /// The most that it adds to the service, in bytes.
    pub bytes: u64,
}

impl Simple {
    /// The statement of a plan, if one statement can do it.
    pub fn of(schema: &str, datamodel: &Datamodel, plan: &WritePlan) -> Option<Simple> {
        let writer = Writer {
            datamodel,
            dialect: Dialect::Postgres { schema: schema.into() },
            values: Vec::new(),
            found: Vec::new(),
            rows: Vec::new(),
            changes: Vec::new(),
            weight: Weight::default(),
        };
        match plan {
            WritePlan::Create(node) => writer.create(node),
            WritePlan::Update { target, update } => writer.update(target, update),
            _ => None,
        }
    }

    /// Its values for a request; `None` where the interpreter has to look at them.
    pub fn run(&self, parameters: &[Value], context: &WriteContext) -> Option<Run> {
        if self.weight.replaces && context.growth.is_tight() {
            return None;
        }
        let value = |source: &Source| match source {
            Source::Slot(slot) => parameters.get(slot.0 as usize).cloned(),
            Source::Cuid => Some(Value::Text(context.ids.cuid())),
            Source::Uuid => Some(Value::Text(context.ids.uuid())),
            Source::Now => Some(Value::DateTime(context.now_ms)),
            Source::Null => Some(Value::Null),
        };
        let values: Vec<Value> = self.values.iter().map(value).collect::<Option<_>>()?;
        let fits = |changed: &Changed| match &values[changed.id] {
            // A null id is one that the database counts.
            Value::Null => false,
            Value::Text(id) => {
                let field = context.datamodel.field(context.datamodel.id_field(changed.model));
                field.kind != FieldKind::Scalar(ScalarType::Id) || id.len() <= ID_LENGTH_MAX
            }
            _ => true,
        };
        if !self.changes.iter().all(fits) {
            return None;
        }
        let change = |changed: &Changed| Change {
            model: changed.model,
            id: values[changed.id].clone(),
            kind: changed.kind,
            fields: changed.fields.clone(),
            announced: true,
        };
        let changes = self.changes.iter().map(change).collect();
        let weighed: u64 = self.weight.values.iter().map(|value| live_bytes::of_value(&values[*value])).sum();
        Some(Run { id: values[self.id].clone(), values, changes, bytes: self.weight.fixed + weighed })
    }

    /// The values of the statement's parameters, in order.
    pub fn bound<'v>(&self, run: &'v Run) -> impl ExactSizeIterator<Item = Bound<'v>> {
        self.parameters.iter().map(|value| Bound::Value(&run.values[*value]))
    }
}

/// A statement under construction.
struct Writer<'a> {
    datamodel: &'a Datamodel,
    dialect: Dialect,
    values: Vec<Source>,
    /// Selects of nodes to connect: table, id column, column, its value.
    found: Vec<(&'a str, &'a str, &'a str, usize)>,
    rows: Vec<Row<'a>>,
    changes: Vec<Changed>,
    weight: Weight,
}

/// A row to write.
struct Row<'a> {
    table: &'a str,
    columns: Vec<(&'a str, Cell)>,
    /// Instead of an insert: the node found under this number gets the columns. Its id column.
    update: Option<(usize, &'a str)>,
    /// A link, which may be there already when two selectors name one node.
    is_link: bool,
}

/// What stands in a column.
#[derive(Clone, Copy, PartialEq)]
enum Cell {
    /// A value, by its number.
    Value(usize),
    /// The id of a node that was found, by its number.
    Found(usize),
}

impl<'a> Writer<'a> {
    fn create(mut self, node: &CreateNode) -> Option<Simple> {
        let id = self.node(node, None)?;
        let mut sql = Sql::new(self.dialect.clone());
        let (root, rest) = self.rows.split_first()?;
        let mut lead = "WITH ";
        for (number, (table, id_column, column, value)) in self.found.iter().enumerate() {
            sql.push(lead).push(&format!("f{number} AS (SELECT ")).name(id_column).push(" FROM ").table_name(table);
            sql.push(" WHERE ").name(column).push(" = ").own(number_of(*value)).push(")");
            lead = ", ";
        }
        for (number, row) in rest.iter().enumerate() {
            sql.push(lead).push(&format!("w{number} AS ("));
            self.row(&mut sql, row);
            sql.push(")");
            lead = ", ";
        }
        sql.push(if lead == ", " { " " } else { "" });
        self.row(&mut sql, root);
        Some(self.done(sql, id))
    }

    fn update(mut self, target: &Unique, update: &UpdateNode) -> Option<Simple> {
        let (datamodel, model) = (self.datamodel, update.model);
        let is_plain = update.nested.is_empty() && update.lists.is_empty() && !update.values.is_empty();
        // The node is read back by its id, which has to be known.
        if !is_plain || target.field != datamodel.id_field(model) {
            return None;
        }
        let id = self.value(Source::Slot(target.value));
        let mut sql = Sql::new(self.dialect.clone());
        sql.push("UPDATE ").table_name(datamodel.model(model).table()).push(" SET ");
        for (place, (field, source)) in update.values.iter().enumerate() {
            // Another id is another node to read back.
            if *field == target.field {
                return None;
            }
            let value = self.value(*source);
            self.weight.values.push(value);
            sql.push(if place > 0 { ", " } else { "" }).name(datamodel.field(*field).column()).push(" = ");
            sql.own(number_of(value));
        }
        sql.push(" WHERE ").name(datamodel.field(target.field).column()).push(" = ").own(number_of(id));
        let fields = update.values.iter().map(|(field, _)| *field).collect();
        self.weight.replaces = true;
        self.changes.push(Changed { model, id, kind: ChangeKind::Updated, fields });
        Some(self.done(sql, id))
    }

    fn done(self, sql: Sql, id: usize) -> Simple {
        let parameters = sql.own_numbers().map(|number| number as usize).collect();
        Simple {
            text: sql.text().into(),
            values: self.values,
            parameters,
            id,
            changes: self.changes,
            weight: self.weight,
        }
    }

    fn find(&mut self, target: &Unique) -> usize {
        let (datamodel, model) = (self.datamodel, target.field.model);
        let value = self.value(Source::Slot(target.value));
        let id_column = datamodel.field(datamodel.id_field(model)).column();
        self.found.push((datamodel.model(model).table(), id_column, datamodel.field(target.field).column(), value));
        self.found.len() - 1
    }

    /// Adds a node with all that is nested in it; its id among the values.
    fn node(&mut self, node: &CreateNode, link: Option<(&'a str, Cell)>) -> Option<usize> {
        let datamodel = self.datamodel;
        let id_field = datamodel.id_field(node.model);
        if !node.lists.is_empty() {
            return None;
        }
        let mut columns = Vec::with_capacity(node.values.len() + 1);
        let mut id = None;
        for (field, source) in &node.values {
            let value = self.value(*source);
            self.weight.values.push(value);
            if *field == id_field {
                id = Some(value);
            }
            columns.push((datamodel.field(*field).column(), Cell::Value(value)));
        }
        let id = id?;
        self.weight.fixed += live_bytes::NODE;
        columns.extend(link);
        let row = self.rows.len();
        self.rows.push(Row { table: datamodel.model(node.model).table(), columns, update: None, is_link: false });
        self.changes.push(Changed { model: node.model, id, kind: ChangeKind::Created, fields: Arc::default() });
        for nested in &node.nested {
            // Where a field holds one node, the last of several links replaces those before it.
            let is_one_of_several = node.nested.iter().filter(|other| other.field == nested.field).count() > 1;
            if is_one_of_several && !datamodel.field(nested.field).is_list {
                return None;
            }
            let links = links::of(datamodel, nested.field).ok()?;
            match &nested.action {
                NestedAction::Create(child) => self.created(child, links, (row, id))?,
                NestedAction::Connect(target) => {
                    let ends = required::ends(datamodel, nested.field);
                    if required::before_connect(ends, Enclosing::Create) != Check::Nothing {
                        return None;
                    }
                    let replaces = required::replaced_by_connect(ends, Enclosing::Create).of_child;
                    self.connected(target, links, (row, id), replaces)?;
                }
                _ => return None,
            }
        }
        Some(id)
    }

    /// Adds a node that is linked to the one in that row.
    fn created(&mut self, child: &CreateNode, links: Links<'a>, (row, id): (usize, usize)) -> Option<()> {
        self.weight.fixed += live_bytes::LINK;
        match links.storage {
            Storage::ParentRow => {
                let child = self.node(child, None)?;
                self.rows[row].columns.push((links.child_column, Cell::Value(child)));
            }
            Storage::ChildRow => {
                self.node(child, Some((links.parent_column, Cell::Value(id))))?;
            }
            Storage::Table { id_column } => {
                let child = self.node(child, None)?;
                self.link(links, id_column, id, Cell::Value(child));
            }
        }
        Some(())
    }

    /// Links the node that `target` names to the one in that row. `replaces`: the other node may have one link only.
    fn connected(
        &mut self,
        target: &Unique,
        links: Links<'a>,
        (row, id): (usize, usize),
        replaces: bool,
    ) -> Option<()> {
        self.weight.fixed += live_bytes::LINK;
        match links.storage {
            Storage::ParentRow if !replaces => {
                let found = self.find(target);
                self.rows[row].columns.push((links.child_column, Cell::Found(found)));
            }
            // The link that the other node had is overwritten.
            Storage::ChildRow => {
                let columns = vec![(links.parent_column, Cell::Value(id))];
                // A statement changes a row once only: two changes must be the same one, should they be of one row.
                let clashes = |row: &Row<'_>| row.table == links.table && row.columns != columns;
                if self.rows.iter().filter(|row| row.update.is_some()).any(clashes) {
                    return None;
                }
                let found = self.find(target);
                let update = Some((found, links.child_column));
                self.rows.push(Row { table: links.table, columns, update, is_link: false });
            }
            Storage::Table { id_column } if !replaces => {
                let found = self.find(target);
                self.link(links, id_column, id, Cell::Found(found));
            }
            _ => return None,
        }
        Some(())
    }

    /// One more value. The same value of a request in two places stays two: their types can differ.
    fn value(&mut self, source: Source) -> usize {
        self.values.push(source);
        self.values.len() - 1
    }

    fn link(&mut self, links: Links<'a>, id_column: Option<&'a str>, parent: usize, child: Cell) {
        let mut columns = vec![(links.parent_column, Cell::Value(parent)), (links.child_column, child)];
        if let Some(id_column) = id_column {
            columns.push((id_column, Cell::Value(self.value(Source::Cuid))));
        }
        self.rows.push(Row { table: links.table, columns, update: None, is_link: true });
    }

    fn row(&self, sql: &mut Sql, row: &Row<'_>) {
        let cell = |sql: &mut Sql, cell: Cell| {
            match cell {
                Cell::Value(number) => sql.own(number_of(number)),
                Cell::Found(number) => sql.push(&format!("(TABLE f{number})")),
            };
        };
        if let Some((found, id_column)) = row.update {
            sql.push("UPDATE ").table_name(row.table).push(" SET ");
            for (place, (column, value)) in row.columns.iter().enumerate() {
                sql.push(if place > 0 { ", " } else { "" }).name(column).push(" = ");
                cell(sql, *value);
            }
            sql.push(" WHERE ").name(id_column).push(&format!(" = (TABLE f{found})"));
            self.all_found(sql, " AND ");
            return;
        }
        sql.push("INSERT INTO ").table_name(row.table).push(" (").names(row.columns.iter().map(|(column, _)| *column));
        sql.push(") SELECT ");
        for (place, (_, value)) in row.columns.iter().enumerate() {
            sql.push(if place > 0 { ", " } else { "" });
            cell(sql, *value);
        }
        self.all_found(sql, " WHERE ");
        sql.push(if row.is_link { " ON CONFLICT DO NOTHING" } else { "" });
    }

    /// Appends that every node to connect is there.
    fn all_found(&self, sql: &mut Sql, lead: &str) {
        for number in 0..self.found.len() {
            sql.push(if number == 0 { lead } else { " AND " }).push(&format!("EXISTS (TABLE f{number})"));
        }
    }
}

fn number_of(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}
