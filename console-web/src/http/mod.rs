//! The console's pages and its cloud API, as routes of an actix app.

use actix_web::web;

/// Adds every route. The app needs a `web::Data<Console>`.
pub fn configure(app: &mut web::ServiceConfig) {
    let _ = app;
}
