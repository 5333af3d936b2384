//! Reads and conditions as text.

use super::{Lines, joined, slot};
use connector_interface::{
    AggregateValue, Column, Comparison, Connection, ConnectionValue, EdgeValue, Filter, Link, Node, OrderKey, Output,
    OutputValue, Page, PageInfoValue, Quantifier, ReadPlan, RelationPath, Rows, TextMatch,
};

impl Lines<'_> {
    pub(super) fn read(&mut self, head: &str, read: &ReadPlan) {
        match read {
            ReadPlan::One { rows, required } => {
                let kind = if *required { "one, required" } else { "one" };
                self.block(format!("{head} {kind}"), |lines| lines.rows(rows));
            }
            ReadPlan::Many(rows) => self.block(format!("{head} many"), |lines| lines.rows(rows)),
            ReadPlan::Connection(connection) => {
                self.block(format!("{head} connection"), |lines| lines.connection(connection));
            }
            ReadPlan::Node(candidates) => self.block(format!("{head} node"), |lines| {
                for rows in candidates {
                    lines.block("or", |lines| lines.rows(rows));
                }
            }),
            ReadPlan::Saved(node) => self.block(format!("{head} saved"), |lines| lines.node(node)),
        }
    }

    fn rows(&mut self, rows: &Rows) {
        self.conditions(rows);
        self.node(&rows.node);
    }

    fn conditions(&mut self, rows: &Rows) {
        if rows.filter != Filter::All {
            self.line(format!("where {}", filter(&rows.filter)));
        }
        self.line(format!("order {}", joined(rows.order.iter().map(order_key), ", ")));
        if rows.page != Page::default() {
            self.line(format!("page{}", page(&rows.page)));
        }
    }

    fn node(&mut self, node: &Node) {
        let lists = joined(node.lists.iter().map(|list| format!(" list {}:{:?}", list.table, list.cell)), "");
        let columns = joined(node.columns.iter().map(|named| format!(" {}", column(named))), "");
        self.block(format!("{} from {:?} id {},{columns}{lists}", node.model, node.table, column(&node.id)), |lines| {
            lines.outputs(node, &node.outputs);
        });
    }

    fn outputs(&mut self, node: &Node, outputs: &[Output]) {
        for output in outputs {
            let head = format!("{}:", output.key);
            match &output.value {
                OutputValue::Column { index, required } => {
                    let name = node.columns.get(*index).map_or_else(|| "?".to_owned(), column);
                    self.line(format!("{head} {name}{}", if *required { "!" } else { "" }));
                }
                OutputValue::List(index) => self.line(format!("{head} list {index}")),
                OutputValue::Typename(name) => self.line(format!("{head} {name:?}")),
                OutputValue::ToOne(index) => {
                    let Some(to_one) = node.to_one.get(*index) else { continue };
                    let required = if to_one.required { "!" } else { "" };
                    self.block(format!("{head} to one{required} {}", path(&to_one.path)), |lines| {
                        lines.node(&to_one.node);
                    });
                }
                OutputValue::Children(index) => {
                    let Some(children) = node.children.get(*index) else { continue };
                    self.block(format!("{head} to many {}", path(&children.path)), |lines| lines.rows(&children.rows));
                }
            }
        }
    }

    fn connection(&mut self, connection: &Connection) {
        self.conditions(&connection.rows);
        let node = &connection.rows.node;
        self.node(node);
        for output in &connection.outputs {
            let head = format!("{}:", output.key);
            match &output.value {
                ConnectionValue::Typename(name) => self.line(format!("{head} {name:?}")),
                ConnectionValue::PageInfo(entries) => {
                    let entries = entries.iter().map(|(key, value)| format!("{key}={}", page_info(value)));
                    self.line(format!("{head} page info {}", joined(entries, ", ")));
                }
                ConnectionValue::Aggregate(entries) => {
                    let entries = entries.iter().map(|(key, value)| match value {
                        AggregateValue::Count => format!("{key}=count"),
                        AggregateValue::Typename(name) => format!("{key}={name:?}"),
                    });
                    self.line(format!("{head} aggregate {}", joined(entries, ", ")));
                }
                ConnectionValue::Edges(edges) => self.block(format!("{head} edges"), |lines| {
                    for edge in edges {
                        match &edge.value {
                            EdgeValue::Node(outputs) => {
                                lines.block(format!("{}: node", edge.key), |lines| lines.outputs(node, outputs));
                            }
                            EdgeValue::Cursor => lines.line(format!("{}: cursor", edge.key)),
                            EdgeValue::Typename(name) => lines.line(format!("{}: {name:?}", edge.key)),
                        }
                    }
                }),
            }
        }
    }
}

pub(super) fn filter(condition: &Filter) -> String {
    let several = |filters: &[Filter], word: &str| format!("({})", joined(filters.iter().map(filter), word));
    let not = |negated: &bool| if *negated { "not " } else { "" };
    match condition {
        Filter::All => "all".to_owned(),
        Filter::Nothing => "nothing".to_owned(),
        Filter::And(filters) => several(filters, " and "),
        Filter::Or(filters) => several(filters, " or "),
        Filter::Not(inner) => format!("not {}", filter(inner)),
        Filter::Compare { column: named, comparison, value } => {
            let sign = match comparison {
                Comparison::Equal => "=",
                Comparison::NotEqual => "<>",
                Comparison::Less => "<",
                Comparison::LessOrEqual => "<=",
                Comparison::Greater => ">",
                Comparison::GreaterOrEqual => ">=",
            };
            format!("{} {sign} {}", column(named), slot(*value))
        }
        Filter::In { column: named, values, negated } => {
            format!("{} {}in {}", column(named), not(negated), slot(*values))
        }
        Filter::Null { column: named, negated } => format!("{} is {}null", column(named), not(negated)),
        Filter::Text { column: named, position, value, negated } => {
            let verb = match position {
                TextMatch::Contains => "contains",
                TextMatch::StartsWith => "starts with",
                TextMatch::EndsWith => "ends with",
            };
            format!("{} {}{verb} {}", column(named), not(negated), slot(*value))
        }
        Filter::Related { path: way, quantifier, filter: inner } => {
            let quantifier = match quantifier {
                Quantifier::Some => "some",
                Quantifier::Every => "every",
                Quantifier::None => "none",
            };
            format!("{quantifier} {} meets {}", path(way), filter(inner))
        }
    }
}

fn column(column: &Column) -> String {
    format!("{}:{:?}", column.name, column.cell)
}

fn order_key(key: &OrderKey) -> String {
    format!("{}{}", column(&key.column), if key.descending { " descending" } else { "" })
}

fn page(page: &Page) -> String {
    let parts = [
        ("first", page.first),
        ("last", page.last),
        ("skip", page.skip),
        ("after", page.after),
        ("before", page.before),
    ];
    joined(parts.into_iter().filter_map(|(name, value)| Some(format!(" {name} {}", slot(value?)))), "")
}

fn path(path: &RelationPath) -> String {
    let RelationPath { parent_id, table, id, link } = path;
    match link {
        Link::ParentColumn(own) => format!("{own} -> {table}.{}", id.name),
        Link::ChildColumn(theirs) => format!("{} <- {table}.{theirs}", parent_id.name),
        Link::Table { table: link, parent_column, child_column } => {
            format!("{} <- {link}.{parent_column}, {child_column} -> {table}.{}", parent_id.name, id.name)
        }
    }
}

fn page_info(value: &PageInfoValue) -> String {
    match value {
        PageInfoValue::HasNextPage => "has next page".to_owned(),
        PageInfoValue::HasPreviousPage => "has previous page".to_owned(),
        PageInfoValue::StartCursor => "start cursor".to_owned(),
        PageInfoValue::EndCursor => "end cursor".to_owned(),
        PageInfoValue::Typename(name) => format!("{name:?}"),
    }
}
