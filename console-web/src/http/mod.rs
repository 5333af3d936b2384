//! The console's pages and its cloud API, as routes of an actix app. Pages are rendered here and work without a script.
//!
//! What a request meets, in order: `guard` (request id, headers, panics, the look of errors); an extractor that says
//! who may come in (`visitor`); for forms one that says where the form was filled in and by whom (`form`); then the
//! page's own file.

mod account;
mod assets;
mod cli_auth;
mod client;
mod cloud;
mod cookies;
mod error;
mod form;
mod guard;
mod next;
mod page;
mod same_origin;
mod session_keys;
mod sign_in;
mod sign_in_link;
mod sign_up;
mod visitor;
mod workspace;
mod workspaces;

use actix_web::{middleware::from_fn, web};

/// Adds every route. The app needs a `web::Data<Console>`.
pub fn configure(app: &mut web::ServiceConfig) {
    app.service(
        web::scope("")
            .wrap(from_fn(guard::guard))
            .service(web::resource("/").route(web::get().to(workspaces::home)))
            .service(
                web::resource("/sign-in").route(web::get().to(sign_in::show)).route(web::post().to(sign_in::sign_in)),
            )
            .service(
                web::resource("/sign-in/link")
                    .route(web::get().to(sign_in_link::show))
                    .route(web::post().to(sign_in_link::sign_in)),
            )
            .service(web::resource("/sign-out").route(web::post().to(sign_in::sign_out)))
            .service(
                web::resource("/sign-up").route(web::get().to(sign_up::show)).route(web::post().to(sign_up::sign_up)),
            )
            .service(
                web::resource("/workspaces")
                    .route(web::get().to(workspaces::list))
                    .route(web::post().to(workspaces::make)),
            )
            .service(web::resource("/workspaces/{slug}").route(web::get().to(workspace::show)))
            .service(web::resource("/workspaces/{slug}/secret").route(web::post().to(workspace::reveal_secret)))
            .service(web::resource("/workspaces/{slug}/secret/renew").route(web::post().to(workspace::renew_secret)))
            .service(
                web::resource("/workspaces/{slug}/services/delete").route(web::post().to(workspace::delete_service)),
            )
            .service(web::resource("/workspaces/{slug}/delete").route(web::post().to(workspace::delete)))
            .service(
                web::resource("/session-keys")
                    .route(web::get().to(session_keys::list))
                    .route(web::post().to(session_keys::make)),
            )
            .service(web::resource("/session-keys/revoke").route(web::post().to(session_keys::revoke)))
            .service(
                web::resource("/cli-auth").route(web::get().to(cli_auth::show)).route(web::post().to(cli_auth::decide)),
            )
            .service(web::resource("/account").route(web::get().to(account::show)))
            .service(web::resource("/account/password").route(web::post().to(account::change_password)))
            .service(web::resource("/cloud").route(web::post().to(cloud::answer)))
            .service(web::resource("/assets/console.css").route(web::get().to(assets::style_sheet)))
            .service(web::resource("/assets/icon.svg").route(web::get().to(assets::icon)))
            .default_service(web::to(guard::nothing_here)),
    );
}
