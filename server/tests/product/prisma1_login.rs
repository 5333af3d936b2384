//! `prisma1 login` in the browser: what the two sides see when it is approved, denied, and when its key is revoked.

use crate::{
    clients::{Clients, has},
    cloud::{ACCOUNT, Cloud},
    forms::{Browser, Page},
    prisma1_shell::Shell,
};

/// The page on which a login is decided, for a browser that may have to sign in first.
fn consent(browser: &Browser, secret: &str) -> Page {
    let page = browser.get(&format!("/cli-auth?secret={secret}"));
    let page = if page.path.starts_with("/sign-in?") { browser.sign_in(&page) } else { page };
    assert_eq!(page.path, format!("/cli-auth?secret={secret}"), "{page:?}");
    page
}

#[test]
fn a_login_waits_until_a_browser_has_signed_in_and_approved() {
    let Some(clients) = Clients::installed() else { return };
    let cloud = Cloud::start();
    let shell = Shell::through_proxy(&clients, &cloud);
    let login = shell.start(&["login"]);
    let secret = shell.login_secret();

    let browser = Browser::new(&cloud);
    let page = browser.get(&format!("/cli-auth?secret={secret}"));
    assert!(page.path.starts_with("/sign-in?next="), "a signed-out browser signs in first: {page:?}");
    let page = consent(&browser, &secret);
    has(&page.body, &["node-fetch", "127.0.0.1", ACCOUNT]);
    has(&browser.submit(&page, "/cli-auth", &[("decision", "approve")]).body, &["Login approved"]);

    let said = login.wait();
    assert_eq!(said.code, 0, "{said:?}");
    has(&said.text, &["Authenticated with ada@example.test"]);
    has(&shell.ok(&["account"]), &[ACCOUNT]);

    let used = browser.get(&format!("/cli-auth?secret={secret}"));
    assert!(!used.body.contains("decision"), "a login is decided once: {used:?}");
}

#[test]
fn a_denied_login_ends_with_an_error() {
    let Some(clients) = Clients::installed() else { return };
    let cloud = Cloud::start();
    let shell = Shell::through_proxy(&clients, &cloud);
    let login = shell.start(&["login"]);
    let secret = shell.login_secret();
    let browser = Browser::new(&cloud);
    let page = consent(&browser, &secret);
    has(&browser.submit(&page, "/cli-auth", &[("decision", "deny")]).body, &["Login denied"]);

    let said = login.wait();
    assert_eq!(said.code, 1, "{said:?}");
    has(&said.text, &["denied"]);
    has(&shell.ok(&["account"]), &["not logged in"]);
}

#[test]
fn a_revoked_key_stops_working_and_a_deploy_logs_in_again() {
    let Some(clients) = Clients::installed() else { return };
    let cloud = Cloud::start();
    let shell = Shell::through_proxy(&clients, &cloud);
    shell.ok(&["login", "--key", &cloud.session_key()]);
    has(&shell.ok(&["account"]), &[ACCOUNT]);

    let browser = Browser::new(&cloud);
    browser.sign_in(&browser.get("/sign-in"));
    browser.submit(&browser.get("/session-keys"), "/session-keys/revoke", &[]);
    has(&shell.ok(&["account"]), &["not logged in"]);

    let endpoint = format!("https://eu1.prisma.sh/{}/shop/dev", cloud.workspace);
    shell.write("prisma.yml", &format!("endpoint: {endpoint}\ndatamodel: datamodel.prisma\n"));
    shell.write("datamodel.prisma", "type User {\n  id: ID! @id\n}\n");
    let deploy = shell.start(&["deploy"]);
    let secret = shell.login_secret();
    browser.submit(&consent(&browser, &secret), "/cli-auth", &[("decision", "approve")]);
    let said = deploy.wait();
    assert_eq!(said.code, 0, "{said:?}");
    has(&said.text, &["Created type `User`"]);
    has(&shell.ok(&["account"]), &[ACCOUNT]);
}
