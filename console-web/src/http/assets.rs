//! The console's own files: one style sheet, one icon. Nothing else is loaded, from nowhere.

use actix_web::{HttpResponse, http::header};

/// The style sheet.
pub(super) async fn style_sheet() -> HttpResponse {
    file("text/css; charset=utf-8", include_str!("../../assets/console.css"))
}

/// The icon.
pub(super) async fn icon() -> HttpResponse {
    file("image/svg+xml", include_str!("../../assets/icon.svg"))
}

fn file(content_type: &'static str, text: &'static str) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(content_type)
        .insert_header((header::CACHE_CONTROL, "public, max-age=300"))
        .body(text)
}
