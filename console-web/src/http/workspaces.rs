//! The account's workspaces with their services in every region.

use super::{
    error::{FormRefusal, PageError},
    form::Post,
    page::{Frame, form_page, see_other, shown_time},
    visitor::SignedIn,
};
use crate::{console::Console, region_link::ServiceInfo};
use actix_web::HttpResponse;
use askama::Template;
use region_config::{Address, Region};
use serde::Deserialize;

#[derive(Template)]
#[template(path = "workspaces.html")]
struct WorkspacesPage {
    frame: Frame,
    workspaces: Vec<ShownWorkspace>,
    slug: String,
    refusal: Option<FormRefusal>,
}

struct ShownWorkspace {
    slug: String,
    home: bool,
    regions: Vec<ShownRegion>,
}

/// A region, with what a workspace has there.
pub(super) struct ShownRegion {
    pub(super) name: String,
    pub(super) title: String,
    /// Whether it answered.
    pub(super) answered: bool,
    pub(super) services: Vec<ShownService>,
}

/// A service, as a page shows it.
pub(super) struct ShownService {
    pub(super) name: String,
    pub(super) stage: String,
    pub(super) endpoint: String,
    pub(super) has_secret: bool,
    pub(super) datamodel_version: &'static str,
    pub(super) created: Option<String>,
}

/// The form.
#[derive(Deserialize)]
pub(super) struct NewWorkspace {
    slug: String,
}

/// The start page.
pub(super) async fn home() -> HttpResponse {
    see_other("/workspaces")
}

/// The page.
pub(super) async fn list(by: SignedIn) -> Result<HttpResponse, PageError> {
    shown(&by, String::new(), None).await
}

/// Makes a workspace.
pub(super) async fn make(post: Post<SignedIn, NewWorkspace>) -> Result<HttpResponse, PageError> {
    let Post { by, form } = post;
    match by.console().make_workspace(&by.account, form.slug.trim()).await {
        Ok(workspace) => Ok(see_other(&format!("/workspaces/{}", workspace.slug))),
        Err(error) => shown(&by, form.slug, Some(error.for_form()?)).await,
    }
}

async fn shown(by: &SignedIn, slug: String, refusal: Option<FormRefusal>) -> Result<HttpResponse, PageError> {
    let mut workspaces = Vec::new();
    for workspace in by.console().workspaces(&by.account.id).await? {
        let regions = regions(by.console(), &workspace.slug).await;
        workspaces.push(ShownWorkspace { slug: workspace.slug, home: workspace.home, regions });
    }
    let page =
        WorkspacesPage { frame: Frame::new("Workspaces", by.as_ref()), workspaces, slug, refusal: refusal.clone() };
    Ok(form_page(by.as_ref(), refusal.as_ref(), &page))
}

/// Every region with the services of a workspace.
pub(super) async fn regions(console: &Console, workspace: &str) -> Vec<ShownRegion> {
    let listed = console.services(workspace).await;
    listed.into_iter().map(|of| ShownRegion::new(of.region, of.services, workspace)).collect()
}

impl ShownRegion {
    fn new(region: &Region, services: Option<Vec<ServiceInfo>>, workspace: &str) -> ShownRegion {
        let answered = services.is_some();
        let services = services.into_iter().flatten().map(|s| ShownService::new(region, s, workspace)).collect();
        ShownRegion { name: region.name.to_string(), title: region.title.clone(), answered, services }
    }
}

impl ShownService {
    fn new(region: &Region, info: ServiceInfo, workspace: &str) -> ShownService {
        let ServiceInfo { service, stage, has_secret, datamodel_version, created_at_ms } = info;
        let address = Address { workspace: Some(workspace.to_owned()), service, stage };
        ShownService {
            endpoint: format!("{}{}", region.origin, address.path()),
            name: address.service,
            stage: address.stage,
            has_secret,
            datamodel_version,
            created: created_at_ms.map(shown_time),
        }
    }
}
