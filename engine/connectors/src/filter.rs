//! Conditions as SQL.
//!
//! Comparisons keep SQL's three-valued logic, as the original has it. Relation conditions are `EXISTS`, so that a null
//! link is just no related row, and `every` holds where no row fails.

use crate::sql::{Alias, Dialect, Parameter, Sql};
use connector_interface::{Comparison, Filter, Link, Quantifier, RelationPath, Slot, TextMatch};

/// Appends a condition on the row of `alias`. It is an expression that binds tighter than `AND`.
pub fn condition(sql: &mut Sql, alias: Alias, filter: &Filter) {
    match filter {
        Filter::All => {
            sql.push("TRUE");
        }
        Filter::Nothing => {
            sql.push("FALSE");
        }
        Filter::And(parts) => joined(sql, alias, parts, " AND ", "TRUE"),
        Filter::Or(parts) => joined(sql, alias, parts, " OR ", "FALSE"),
        Filter::Not(part) => {
            sql.push("(NOT ");
            condition(sql, alias, part);
            sql.push(")");
        }
        Filter::Compare { column, comparison, value } => {
            let operator = match comparison {
                Comparison::Equal => " = ",
                Comparison::NotEqual => " <> ",
                Comparison::Less => " < ",
                Comparison::LessOrEqual => " <= ",
                Comparison::Greater => " > ",
                Comparison::GreaterOrEqual => " >= ",
            };
            sql.push("(").column(alias, &column.name).push(operator).slot(*value).push(")");
        }
        Filter::In { column, values, negated } => {
            sql.push("(").column(alias, &column.name);
            match (sql.dialect(), negated) {
                (_, false) => sql.among(Parameter::Slot(*values)),
                (Dialect::Sqlite, true) => sql.push(" NOT IN (SELECT value FROM rarray(").slot(*values).push("))"),
                (Dialect::Postgres { .. }, true) => sql.push(" <> ALL (").slot(*values).push(")"),
            };
            sql.push(")");
        }
        Filter::Null { column, negated } => {
            let operator = if *negated { " IS NOT NULL)" } else { " IS NULL)" };
            sql.push("(").column(alias, &column.name).push(operator);
        }
        Filter::Text { column, position, value, negated } => {
            sql.push(if *negated { "(NOT " } else { "(" });
            text_match(sql, alias, &column.name, *position, *value);
            sql.push(")");
        }
        Filter::Related { path, quantifier, filter } => related(sql, alias, path, *quantifier, filter),
    }
}

/// Appends a text match that takes the value literally and tells apart upper and lower case.
fn text_match(sql: &mut Sql, alias: Alias, column: &str, position: TextMatch, value: Slot) {
    match (sql.dialect(), position) {
        (Dialect::Sqlite, TextMatch::Contains) => {
            sql.push("instr(").column(alias, column).push(", ").slot(value).push(") > 0")
        }
        (Dialect::Sqlite, TextMatch::StartsWith) => {
            sql.push("substr(").column(alias, column).push(", 1, length(").slot(value).push(")) = ").slot(value)
        }
        // With the length given, an empty text is found at the end of every text.
        (Dialect::Sqlite, TextMatch::EndsWith) => {
            sql.push("substr(").column(alias, column).push(", -length(").slot(value);
            sql.push("), length(").slot(value).push(")) = ").slot(value)
        }
        // Behind a select the pattern is hidden from the planner, which takes a known one for rare and scans a whole table
        // for the twenty rows that it could stop at (`performance.md`, W5).
        (Dialect::Postgres { .. }, position) => sql
            .column(alias, column)
            .push(" LIKE (SELECT ")
            .parameter(Parameter::Pattern(value, position))
            .push("::text)"),
    };
}

/// The parts in nested halves: SQLite bounds the depth of an expression, and a flat chain is as deep as it is long.
fn joined(sql: &mut Sql, alias: Alias, parts: &[Filter], between: &str, empty: &str) {
    match parts {
        [] => {
            sql.push(empty);
        }
        [one] => condition(sql, alias, one),
        many => {
            let (left, right) = many.split_at(many.len() / 2);
            sql.push("(");
            joined(sql, alias, left, between, empty);
            sql.push(between);
            joined(sql, alias, right, between, empty);
            sql.push(")");
        }
    }
}

fn related(sql: &mut Sql, parent: Alias, path: &RelationPath, quantifier: Quantifier, filter: &Filter) {
    sql.push(if quantifier == Quantifier::Some { "EXISTS (" } else { "(NOT EXISTS (" });
    sql.push("SELECT 1 FROM ");
    let child = from_related(sql, path);
    sql.push(" WHERE ");
    linked_to(sql, path, child, |sql, column| {
        sql.column(parent, column);
    });
    if *filter != Filter::All {
        sql.push(if quantifier == Quantifier::Every { " AND NOT " } else { " AND " });
        condition(sql, child.row, filter);
    } else if quantifier == Quantifier::Every {
        sql.push(" AND FALSE");
    }
    sql.push(if quantifier == Quantifier::Some { ")" } else { "))" });
}

/// Aliases of the related rows, and of the link table's rows when there is one.
#[derive(Debug, Clone, Copy)]
pub struct Related {
    /// The related rows.
    pub row: Alias,
    /// The rows of the link table.
    pub link: Option<Alias>,
}

/// Aliases for the related rows of a path, for a statement that names them before its `FROM`.
pub fn related_aliases(sql: &mut Sql, path: &RelationPath) -> Related {
    let link = matches!(path.link, Link::Table { .. }).then(|| sql.alias());
    Related { row: sql.alias(), link }
}

/// Appends what stands behind `FROM` for the related rows of a path.
pub fn push_related(sql: &mut Sql, path: &RelationPath, related: Related) {
    if let (Link::Table { table, child_column, .. }, Some(link)) = (&path.link, related.link) {
        sql.table(table, link).push(" JOIN ").table(&path.table, related.row);
        sql.push(" ON ").column(related.row, &path.id.name).push(" = ").column(link, child_column);
    } else {
        sql.table(&path.table, related.row);
    }
}

/// [`related_aliases`] and [`push_related`] at once.
pub fn from_related(sql: &mut Sql, path: &RelationPath) -> Related {
    let related = related_aliases(sql, path);
    push_related(sql, path, related);
    related
}

/// Appends the condition that ties related rows to a row one comes from. `parent` appends a column of that row, or
/// the parameter that stands for it.
pub fn linked_to(sql: &mut Sql, path: &RelationPath, related: Related, parent: impl FnOnce(&mut Sql, &str)) {
    match &path.link {
        Link::ParentColumn(column) => {
            sql.column(related.row, &path.id.name).push(" = ");
            parent(sql, column);
        }
        Link::ChildColumn(column) => {
            sql.column(related.row, column).push(" = ");
            parent(sql, &path.parent_id.name);
        }
        Link::Table { parent_column, .. } => {
            sql.column(related.link.unwrap_or(related.row), parent_column).push(" = ");
            parent(sql, &path.parent_id.name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sqlite::{bind::bind, failure::failure};
    use connector_interface::{CellType, Column, Value};

    const TABLES: &str = r#"
        CREATE TABLE "User" ("id" TEXT PRIMARY KEY, "name" TEXT, "age" INTEGER, "score" REAL, "friend" TEXT);
        CREATE TABLE "Post" ("id" TEXT PRIMARY KEY, "title" TEXT, "author" TEXT);
        CREATE TABLE "_T" ("A" TEXT NOT NULL, "B" TEXT NOT NULL);
        INSERT INTO "User" VALUES ('a', 'Ann', 1, 0.1, 'b'), ('b', 'bob%', 2, 10, NULL), ('c', NULL, NULL, NULL, 'a'),
            ('d', 'B_b', 3, -1, 'nobody');
        INSERT INTO "Post" VALUES ('p', 'x', 'a'), ('q', NULL, 'a'), ('r', 'y', 'b'), ('s', 'x', NULL);
        INSERT INTO "_T" VALUES ('p', 'a'), ('q', 'b'), ('p', 'b');
    "#;

    fn column(name: &str, cell: CellType) -> Column {
        Column { name: name.to_owned(), cell }
    }

    fn text(name: &str) -> Column {
        column(name, CellType::Text)
    }

    fn compare(column: Column, comparison: Comparison) -> Filter {
        Filter::Compare { column, comparison, value: Slot(0) }
    }

    fn matched(position: TextMatch, negated: bool) -> Filter {
        Filter::Text { column: text("name"), position, value: Slot(0), negated }
    }

    fn to(table: &str, link: Link, quantifier: Quantifier, filter: Filter) -> Filter {
        let path = RelationPath { parent_id: text("id"), table: table.to_owned(), id: text("id"), link };
        Filter::Related { path, quantifier, filter: Box::new(filter) }
    }

    fn posts(quantifier: Quantifier, filter: Filter) -> Filter {
        to("Post", Link::ChildColumn("author".to_owned()), quantifier, filter)
    }

    fn tagged(quantifier: Quantifier, filter: Filter) -> Filter {
        let link = Link::Table { table: "_T".into(), parent_column: "B".into(), child_column: "A".into() };
        to("Post", link, quantifier, filter)
    }

    fn friend(filter: Filter) -> Filter {
        to("User", Link::ParentColumn("friend".to_owned()), Quantifier::Some, filter)
    }

    fn ids(filter: &Filter, value: Value) -> String {
        let connection = rusqlite::Connection::open_in_memory().unwrap();
        rusqlite::vtab::array::load_module(&connection).unwrap();
        connection.execute_batch(TABLES).unwrap();
        let mut sql = Sql::sqlite();
        let alias = sql.alias();
        sql.push("SELECT group_concat(id, '') FROM (SELECT ").column(alias, "id").push(" AS id FROM ");
        sql.table("User", alias).push(" WHERE ");
        condition(&mut sql, alias, filter);
        sql.push(" ORDER BY 1)");
        let mut statement = connection.prepare(sql.text()).map_err(failure).unwrap();
        bind(&mut statement, sql.parameters(), &[value], &[]).unwrap();
        let mut rows = statement.raw_query();
        let ids: Option<String> = rows.next().unwrap().unwrap().get(0).unwrap();
        ids.unwrap_or_default()
    }

    fn list(values: &[Value]) -> Value {
        Value::List(values.to_vec())
    }

    #[test]
    fn conditions_choose_rows() {
        use Comparison::*;
        use Quantifier::*;
        let name = |c| compare(text("name"), c);
        let age = |c| compare(column("age", CellType::Int), c);
        let title = || compare(text("title"), Equal);
        let within = |name: &str, negated| Filter::In { column: text(name), values: Slot(0), negated };
        let t = |s: &str| Value::Text(s.to_owned());
        let none = || Value::Null;
        let cases: Vec<(Filter, Value, &str)> = vec![
            (Filter::All, none(), "abcd"),
            (Filter::Nothing, none(), ""),
            (Filter::And(vec![]), none(), "abcd"),
            (Filter::Or(vec![]), none(), ""),
            (Filter::Not(Box::new(Filter::Nothing)), none(), "abcd"),
            (name(Equal), t("Ann"), "a"),
            (name(NotEqual), t("Ann"), "bd"),
            (Filter::Not(Box::new(name(Equal))), t("Ann"), "bd"),
            (age(Less), Value::Int(2), "a"),
            (age(LessOrEqual), Value::Int(2), "ab"),
            (age(Greater), Value::Int(2), "d"),
            (age(GreaterOrEqual), Value::Int(2), "bd"),
            (compare(column("score", CellType::Float), Equal), Value::Float(10.0), "b"),
            (Filter::Or(vec![name(Equal), age(Equal), Filter::Nothing]), t("Ann"), "a"),
            (Filter::And(vec![name(NotEqual), Filter::All, Filter::All]), t("Ann"), "bd"),
            (Filter::Null { column: text("name"), negated: false }, none(), "c"),
            (Filter::Null { column: text("name"), negated: true }, none(), "abd"),
            (within("name", false), list(&[t("Ann"), t("B_b"), t("zzz")]), "ad"),
            (within("name", true), list(&[t("Ann")]), "bd"),
            (within("name", false), list(&[]), ""),
            (within("name", true), list(&[]), "abcd"),
            (within("score", false), list(&[Value::Float(0.1), Value::Int(10)]), "ab"),
            (within("age", false), list(&[Value::Int(3)]), "d"),
            (matched(TextMatch::Contains, false), t("b"), "bd"),
            (matched(TextMatch::Contains, false), t("%"), "b"),
            (matched(TextMatch::Contains, false), t("_"), "d"),
            (matched(TextMatch::Contains, false), t(""), "abd"),
            (matched(TextMatch::Contains, true), t("b"), "a"),
            (matched(TextMatch::StartsWith, false), t("b"), "b"),
            (matched(TextMatch::StartsWith, false), t("B_"), "d"),
            (matched(TextMatch::StartsWith, false), t(""), "abd"),
            (matched(TextMatch::StartsWith, true), t("b"), "ad"),
            (matched(TextMatch::EndsWith, false), t("b%"), "b"),
            (matched(TextMatch::EndsWith, false), t("longer than any"), ""),
            (matched(TextMatch::EndsWith, false), t(""), "abd"),
            (matched(TextMatch::EndsWith, true), t("b"), "ab"),
            (posts(Some, Filter::All), none(), "ab"),
            (posts(None, Filter::All), none(), "cd"),
            (posts(Every, Filter::All), none(), "abcd"),
            (posts(Some, title()), t("x"), "a"),
            (posts(None, title()), t("x"), "bcd"),
            (posts(Every, title()), t("x"), "acd"),
            (posts(Every, Filter::Nothing), none(), "cd"),
            (tagged(Some, title()), t("x"), "ab"),
            (tagged(Every, title()), t("x"), "abcd"),
            (tagged(None, title()), t("x"), "cd"),
            (friend(Filter::All), none(), "ac"),
            (Filter::Not(Box::new(friend(Filter::All))), none(), "bd"),
            (friend(posts(Some, title())), t("y"), "a"),
            (friend(name(Equal)), t("Ann"), "c"),
        ];
        for (filter, value, expected) in cases {
            assert_eq!(ids(&filter, value.clone()), expected, "{filter:?} with {value:?}");
        }
    }

    #[test]
    fn long_conditions_stay_shallow() {
        let name = compare(text("name"), Comparison::Equal);
        let many = Filter::Or(vec![name; 20_000]);
        assert_eq!(ids(&many, Value::Text("Ann".into())), "a");
    }
}
