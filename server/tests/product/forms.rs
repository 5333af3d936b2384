//! A browser without a screen: pages, cookies, and forms filled in and sent from the page that has them.

use crate::cloud::{ACCOUNT, Cloud, PASSWORD};
use std::{cell::RefCell, collections::BTreeMap};

/// The browser, at a console.
pub struct Browser {
    console: String,
    agent: ureq::Agent,
    cookies: RefCell<BTreeMap<String, String>>,
}

/// A page that it shows.
#[derive(Debug)]
pub struct Page {
    /// Path and query, after redirects.
    pub path: String,
    /// Its HTML.
    pub body: String,
}

impl Browser {
    /// A browser that nobody is signed in with.
    pub fn new(cloud: &Cloud) -> Browser {
        Browser::at(&cloud.console)
    }

    /// The same, for the console at an origin.
    pub fn at(console: &str) -> Browser {
        let config = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0);
        let agent = config.max_redirects_will_error(false).build().into();
        Browser { console: console.to_owned(), agent, cookies: RefCell::default() }
    }

    /// Opens a page.
    pub fn get(&self, path: &str) -> Page {
        self.follow(path, None)
    }

    /// Sends the first form of a page with this action: its hidden fields, and these.
    pub fn submit(&self, page: &Page, action: &str, fields: &[(&str, &str)]) -> Page {
        let mut sent = page.hidden_fields(action);
        sent.extend(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        self.follow(action, Some(sent))
    }

    /// Signs in on the sign-in page, as the first account.
    pub fn sign_in(&self, page: &Page) -> Page {
        self.submit(page, "/sign-in", &[("email", ACCOUNT), ("password", PASSWORD)])
    }

    fn follow(&self, path: &str, mut form: Option<Vec<(String, String)>>) -> Page {
        let mut path = path.to_owned();
        for _ in 0..5 {
            let cookies = self.cookies.borrow().iter().map(|(k, v)| format!("{k}={v}")).collect::<Vec<_>>().join("; ");
            let url = format!("{}{path}", self.console);
            let answer = match form.take() {
                None => self.agent.get(&url).header("cookie", cookies).call(),
                Some(form) => {
                    self.agent.post(&url).header("cookie", cookies).header("origin", &self.console).send_form(form)
                }
            };
            let mut answer = answer.unwrap_or_else(|e| panic!("{path}: {e}"));
            for cookie in answer.headers().get_all("set-cookie") {
                let cookie = cookie.to_str().expect("a readable cookie");
                let (name, value) = cookie.split(';').next().and_then(|c| c.split_once('=')).expect("a name");
                match value {
                    "" => self.cookies.borrow_mut().remove(name),
                    value => self.cookies.borrow_mut().insert(name.to_owned(), value.to_owned()),
                };
            }
            match answer.headers().get("location") {
                Some(next) => path = next.to_str().expect("a path").to_owned(),
                None => {
                    let body = answer.body_mut().read_to_string().expect("a page");
                    return Page { path, body };
                }
            }
        }
        panic!("led in a circle, at last to {path}");
    }
}

impl Page {
    fn hidden_fields(&self, action: &str) -> Vec<(String, String)> {
        let form = self.body.split("<form ").find(|form| form.contains(&format!("action=\"{action}\"")));
        let form = form.unwrap_or_else(|| panic!("no form of {action}: {self:?}"));
        let form = form.split("</form>").next().unwrap_or_default();
        let attribute = |input: &str, name: &str| {
            let value = input.split_once(&format!("{name}=\"")).and_then(|(_, rest)| rest.split_once('"'));
            value.map(|(value, _)| value.replace("&#38;", "&").replace("&amp;", "&")).unwrap_or_default()
        };
        let hidden = form.split("<input ").filter(|input| input.starts_with("type=\"hidden\""));
        hidden.map(|input| (attribute(input, "name"), attribute(input, "value"))).collect()
    }
}
