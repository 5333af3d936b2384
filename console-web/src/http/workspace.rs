//! One workspace: its services, its management secret (way F), and how to point the command line at it.

use super::{
    error::{FormRefusal, PageError},
    form::{Nothing, Post},
    page::{Frame, form_page, see_other},
    visitor::SignedIn,
    workspaces::{ShownRegion, regions},
};
use crate::{error::ConsoleError, workspaces::Workspace};
use actix_web::{HttpResponse, web};
use askama::Template;
use region_config::{Address, RegionName};
use serde::Deserialize;

#[derive(Template)]
#[template(path = "workspace.html")]
struct WorkspacePage {
    frame: Frame,
    slug: String,
    home: bool,
    regions: Vec<ShownRegion>,
    has_services: bool,
    ways: Vec<Way>,
    /// Shown only when asked for.
    secret: Option<String>,
    refusal: Option<FormRefusal>,
}

/// How a region is reached with the command line.
struct Way {
    region: String,
    cloud_endpoint: String,
    /// `endpoint:` of prisma.yml for the way with a secret.
    secret_endpoint: String,
    /// The same for the way with a login.
    login_endpoint: String,
}

/// Which service is to be deleted, and its name once more.
#[derive(Deserialize)]
pub(super) struct ServiceToDelete {
    region: String,
    service: String,
    stage: String,
    confirm: String,
}

/// The name of the workspace, once more.
#[derive(Deserialize)]
pub(super) struct Confirmed {
    confirm: String,
}

/// The page.
pub(super) async fn show(by: SignedIn, slug: web::Path<String>) -> Result<HttpResponse, PageError> {
    let workspace = by.console().own_workspace(&by.account.id, &slug).await?;
    shown(&by, workspace, None, None).await
}

/// The page with the secret on it.
pub(super) async fn reveal_secret(
    post: Post<SignedIn, Nothing>,
    slug: web::Path<String>,
) -> Result<HttpResponse, PageError> {
    let workspace = post.by.console().own_workspace(&post.by.account.id, &slug).await?;
    with_secret(&post.by, workspace).await
}

/// Replaces the secret, and shows the new one.
pub(super) async fn renew_secret(
    post: Post<SignedIn, Nothing>,
    slug: web::Path<String>,
) -> Result<HttpResponse, PageError> {
    let workspace = post.by.console().renew_management_secret(&post.by.account.id, &slug).await?;
    with_secret(&post.by, workspace).await
}

/// Deletes a service with its data.
pub(super) async fn delete_service(
    post: Post<SignedIn, ServiceToDelete>,
    slug: web::Path<String>,
) -> Result<HttpResponse, PageError> {
    let Post { by, form } = post;
    let workspace = by.console().own_workspace(&by.account.id, &slug).await?;
    let address = Address::new(Some(&workspace.slug), &form.service, &form.stage).ok_or(ConsoleError::NotFound)?;
    let region = RegionName::parse(&form.region).ok_or(ConsoleError::NotFound)?;
    let link = by.console().region(&region).ok_or(ConsoleError::NotFound)?;
    if form.confirm.trim() != form.service {
        let refusal = FormRefusal::new("Nothing was deleted: the name that was typed is not the service's.");
        return shown(&by, workspace, None, Some(refusal)).await;
    }
    by.console().delete_service(&by.account, link, &address).await?;
    Ok(see_other(&format!("/workspaces/{}", workspace.slug)))
}

/// Deletes the workspace with its services.
pub(super) async fn delete(
    post: Post<SignedIn, Confirmed>,
    slug: web::Path<String>,
) -> Result<HttpResponse, PageError> {
    let Post { by, form } = post;
    let workspace = by.console().own_workspace(&by.account.id, &slug).await?;
    if form.confirm.trim() != workspace.slug {
        let refusal = FormRefusal::new("Nothing was deleted: the name that was typed is not the workspace's.");
        return shown(&by, workspace, None, Some(refusal)).await;
    }
    by.console().delete_workspace(&by.account.id, &workspace.slug).await?;
    by.console().remove_deleted_workspaces().await?;
    Ok(see_other("/workspaces"))
}

async fn with_secret(by: &SignedIn, workspace: Workspace) -> Result<HttpResponse, PageError> {
    let secret = by.console().management_secrets(&workspace.clone().facts()).into_iter().next();
    shown(by, workspace, secret, None).await
}

async fn shown(
    by: &SignedIn,
    workspace: Workspace,
    secret: Option<String>,
    refusal: Option<FormRefusal>,
) -> Result<HttpResponse, PageError> {
    let regions = regions(by.console(), &workspace.slug).await;
    let page = WorkspacePage {
        frame: Frame::new(&workspace.slug, by.as_ref()),
        has_services: regions.iter().any(|region| !region.services.is_empty()),
        regions,
        ways: ways(by, &workspace.slug),
        slug: workspace.slug,
        home: workspace.home,
        secret,
        refusal: refusal.clone(),
    };
    Ok(form_page(by.as_ref(), refusal.as_ref(), &page))
}

/// The command line takes `localhost` for a server without logins, so the way with a login goes to 127.0.0.2 there.
fn ways(by: &SignedIn, slug: &str) -> Vec<Way> {
    let of_region = |link: &std::sync::Arc<dyn crate::region_link::RegionLink>| {
        let region = link.region();
        let login_origin = ["localhost", "127.0.0.1"]
            .iter()
            .find_map(|host| {
                let port = region.origin.strip_prefix(&format!("http://{host}:"))?;
                Some(format!("http://127.0.0.2:{port}"))
            })
            .unwrap_or_else(|| region.origin.clone());
        Way {
            region: region.title.clone(),
            cloud_endpoint: format!("{}/cloud", region.origin),
            secret_endpoint: format!("{}/{slug}~my-service/dev", region.origin),
            login_endpoint: format!("{login_origin}/{slug}~my-service/dev"),
        }
    };
    by.console().shared.regions.iter().map(of_region).collect()
}
