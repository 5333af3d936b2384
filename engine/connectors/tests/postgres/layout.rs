//! What the server's catalogue says of a schema.

use tokio_postgres::Client;

/// Columns, keys, indexes and sequences of a schema, one a line, without regard to their order.
pub async fn of(client: &Client, schema: &str) -> Vec<String> {
    // Names of this schema are shown bare.
    let quoted = schema.replace('"', "\"\"");
    client.batch_execute(&format!("SET search_path TO \"{quoted}\"")).await.unwrap();
    let here = "n.nspname = $1";
    let of_table = "JOIN pg_class t ON t.oid = o.conrelid JOIN pg_namespace n ON n.oid = t.relnamespace";
    let statements = [
        format!(
            "SELECT format('%s.%s %s%s%s', t.relname, a.attname, format_type(a.atttypid, a.atttypmod), \
             CASE WHEN a.attnotnull THEN ' required' END, ' default ' || pg_get_expr(d.adbin, d.adrelid)) \
             FROM pg_attribute a JOIN pg_class t ON t.oid = a.attrelid JOIN pg_namespace n ON n.oid = t.relnamespace \
             LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum \
             WHERE {here} AND t.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped"
        ),
        format!(
            "SELECT format('%s: %s', t.relname, pg_get_constraintdef(o.oid)) FROM pg_constraint o {of_table} WHERE {here}"
        ),
        format!(
            "SELECT format('%s: %s (%s)', t.relname, CASE WHEN i.indisunique THEN 'unique' ELSE 'index' END, \
             (SELECT string_agg(a.attname, ', ' ORDER BY k.place) FROM unnest(i.indkey) WITH ORDINALITY k(number, place) \
              JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number)) \
             FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid JOIN pg_namespace n ON n.oid = t.relnamespace \
             WHERE {here} AND NOT i.indisprimary"
        ),
        format!(
            "SELECT format('sequence %s from %s', t.relname, s.seqstart) \
             FROM pg_sequence s JOIN pg_class t ON t.oid = s.seqrelid JOIN pg_namespace n ON n.oid = t.relnamespace \
             WHERE {here}"
        ),
    ];
    let mut lines = Vec::new();
    for statement in statements {
        let rows = client.query(&statement, &[&schema]).await.unwrap();
        lines.extend(rows.iter().map(|row| row.get::<_, String>(0)));
    }
    lines.sort();
    lines
}

/// Names of a schema's indexes that are no primary keys.
pub async fn indexes(client: &Client, schema: &str) -> Vec<String> {
    let sql = "SELECT t.relname::text FROM pg_index i JOIN pg_class t ON t.oid = i.indexrelid \
               JOIN pg_namespace n ON n.oid = t.relnamespace \
               WHERE n.nspname = $1 AND NOT i.indisprimary ORDER BY t.relname COLLATE \"C\"";
    client.query(sql, &[&schema]).await.unwrap().iter().map(|row| row.get(0)).collect()
}

/// Everything that is in none of a service's schemas.
pub async fn elsewhere(client: &Client, schema: &str) -> Vec<String> {
    let sql = "SELECT format('%s.%s', n.nspname, c.relname) FROM pg_namespace n LEFT JOIN pg_class c ON c.relnamespace = n.oid \
               WHERE n.nspname <> $1 AND n.nspname NOT LIKE 'pg\\_t%' ORDER BY 1";
    client.query(sql, &[&schema]).await.unwrap().iter().map(|row| row.get(0)).collect()
}
