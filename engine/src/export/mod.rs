//! Export: everything of a service, a bundle at a time (`prisma1-server.md` §9.2).
//!
//! A request names what it wants (nodes, lists or relations) and where it stands; the answer holds elements of up to a
//! million characters and where to go on. The original counted rows, so that what was deleted meanwhile made it leave
//! others out; our place is the last row's key, which travels in the cursor beside the original's numbers. A client that
//! sends the numbers alone gets what the original would have given it.

mod cursor;
mod elements;
mod order;
mod pages;

use crate::{
    data_api::{Executor, Response, error_body, internal_error_body},
    service::Service,
};
use connector_interface::{Answer, ConnectorError, Position, ServiceError};
use cursor::Cursor;
use elements::{Bundle, Fit};
use pages::{FileType, Table, tables};
use serde::Deserialize;
use serde_json::{Value, value::RawValue};

/// Rows that are read at once, unless they are large.
const PAGE: u64 = 1_000;

/// What is asked for.
#[derive(Deserialize)]
struct ExportRequest {
    #[serde(rename = "fileType")]
    file_type: String,
    cursor: Cursor,
}

impl Executor {
    /// Answers a request for a bundle.
    pub(crate) async fn export(&self, service: &Service, body: &[u8], request_id: &str) -> Response {
        let refused = |text: &str| Response { status: 400, body: error_body(text, None, request_id) };
        let Ok(ExportRequest { file_type, cursor }) = serde_json::from_slice(body) else {
            return refused(
                r#"an export is asked for with {"fileType":"nodes","cursor":{"table":0,"row":0,"field":0,"array":0}}"#,
            );
        };
        let file_type = match file_type.as_str() {
            "nodes" => FileType::Nodes,
            "lists" => FileType::Lists,
            "relations" => FileType::Relations,
            _ => return refused("the fileType is one of nodes, lists and relations"),
        };
        match self.bundle(service, file_type, cursor).await {
            Ok(Some((bundle, cursor, is_full))) => {
                Response { status: 200, body: bundle.answer(&serde_json::json!(cursor), is_full) }
            }
            Ok(None) => refused("the cursor is none that an export of this service gave"),
            Err(ConnectorError::Service(error)) => {
                Response { status: 200, body: error_body(&error.to_string(), Some(error.code()), request_id) }
            }
            Err(error) => {
                tracing::error!(request_id, service = service.record.id, %error, "an export failed");
                Response { status: 500, body: internal_error_body(request_id) }
            }
        }
    }

    /// The elements behind a cursor, the next cursor, and whether the bundle is full; `None` for an impossible cursor.
    async fn bundle(
        &self,
        service: &Service,
        file_type: FileType,
        mut cursor: Cursor,
    ) -> Result<Option<(Bundle, Cursor, bool)>, ConnectorError> {
        let tables = tables(&service.datamodel, file_type);
        let mut bundle = Bundle::default();
        let (Ok(mut table), Ok(mut row)) = (usize::try_from(cursor.table), u64::try_from(cursor.row)) else {
            return Ok(None);
        };
        while let Some(current) = tables.get(table) {
            let mut count = PAGE;
            loop {
                let page = match self.page(service, *current, count, row, &cursor.after).await {
                    Ok(Some(page)) => page,
                    Ok(None) => return Ok(None),
                    // Fewer rows may fit into an answer.
                    Err(ConnectorError::Service(ServiceError::TooMuch { .. })) if count > 1 => {
                        count /= 10;
                        continue;
                    }
                    Err(error) => return Err(error),
                };
                let is_last = (page.len() as u64) < count;
                for read in page {
                    let (after, element) = elements::of(&service.datamodel, *current, &read)?;
                    let fit = element.map_or(Fit::Fits, |element| bundle.add(element));
                    if fit == Fit::Not {
                        return Ok(Some((bundle, Cursor::at(table, row, cursor.after), true)));
                    }
                    (row, cursor.after) = (row + 1, after);
                    if fit == Fit::Alone {
                        return Ok(Some((bundle, Cursor::at(table, row, cursor.after), true)));
                    }
                }
                if is_last {
                    break;
                }
            }
            (table, row, cursor.after) = (table + 1, 0, Vec::new());
        }
        Ok(Some((bundle, Cursor::end(), false)))
    }

    async fn page(
        &self,
        service: &Service,
        table: Table<'_>,
        count: u64,
        skip: u64,
        after: &[Value],
    ) -> Result<Option<Vec<Box<RawValue>>>, ConnectorError> {
        let Some((plan, parameters)) = table.page(&service.datamodel, count, skip, after) else { return Ok(None) };
        let placement = &service.record.placement;
        let prepared = self.connector.prepare(placement, &plan);
        let mut answer = Answer::default();
        let root = ("export", Position::default());
        self.connector.read(placement, &prepared, &parameters, None, root, &mut answer).await?;
        match (answer.errors.first(), serde_json::from_slice(&answer.bytes)) {
            (None, Ok(rows)) => Ok(Some(rows)),
            (error, _) => Err(ConnectorError::Database(format!("a page cannot be read: {error:?}"))),
        }
    }
}
