//! `docs/first-hour.md`: somebody's first hour with Refract, lived through with the real command line, and compared with
//! the page that is kept. `UPDATE_EXPECT=1` writes the page again.

use crate::{
    clients::{Clients, has, wait_until},
    cloud::{ACCOUNT, Process, binary},
    first_hour_page::Page,
    forms::Browser,
    prisma1_shell::Shell,
};
use std::{path::Path, process::Stdio, time::Duration};

const SHOP: &str = "http://127.0.0.2:4466/ada~shop/dev";
const DATAMODEL: &str = "\
type User {
  id: ID! @id
  name: String!
  notes: [Note]
}

type Note {
  id: ID! @id
  text: String!
  author: User @relation(link: INLINE)
}
";
const SEED: &str = "\
mutation {
  createUser(data: { name: \"Grace\", notes: { create: [{ text: \"Nanoseconds\" }, { text: \"Compilers\" }] } }) { id }
}
";
/// Time after which a service has rested.
const REST: Duration = Duration::from_secs(11);

#[test]
fn the_first_hour() {
    let Some(clients) = Clients::installed() else { return };
    let mut shell = Shell::plain(&clients);
    let folder = |program: &Path| program.parent().expect("a program is in a folder").to_owned();
    let mut page = Page::new(vec![folder(&binary()), folder(&clients.program("prisma1"))]);

    page.say(
        "# The first hour\n\n\
         This page is written by a test (`server/tests/product/first_hour.rs`) that does all of this with the real \
         programs. `TIME`, `ID`, `SECRET` and `ONCE` stand for what differs from run to run. `prisma1` is the unmodified \
         `prisma1@1.34.12` from npm.",
    );
    let cloud = start(&mut page, &shell);
    let ada = sign_in(&mut page, &cloud);
    log_in(&mut page, &mut shell, &ada);
    deploy(&mut page, &shell);
    throttle(&mut page, &shell);
    change(&mut page, &shell);
    delete(&mut page, &shell);
    local_project(&mut page, &clients, &cloud);

    cloud.process.stop();
    page.compare(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/first-hour.md"));
}

struct Cloud {
    process: Process,
    console: String,
    link: String,
    /// Variables of `refract env` for projects of the home workspace.
    home: String,
}

fn start(page: &mut Page, shell: &Shell) -> Cloud {
    page.say("## Start\n\nOne command starts everything, in a folder of its own below the current one:");
    let line = "refract up --first-account ada@example.test";
    let mut command = page.command(shell, &format!("exec {line} --eu1-port 0 --us1-port 0 --console-port 0"));
    command.stderr(Stdio::inherit());
    let (process, said) = Process::start_and_read(command, "Ctrl-C stops it.");
    let after = |start: &str| {
        let line =
            said.lines().find_map(|l| l.trim().strip_prefix(start)).unwrap_or_else(|| panic!("no {start}: {said}"));
        line.trim().to_owned()
    };
    let port = |origin: &str| origin.rsplit(':').next().expect("a port").to_owned();
    let (console, eu1, us1) = (after("console "), after("eu1 "), after("us1 "));
    for (origin, shown) in [(&console, "3000"), (&eu1, "4466"), (&us1, "4467")] {
        page.call(&format!(":{}", port(origin)), &format!(":{shown}"));
    }
    let link = after("http://localhost:");
    let link = &link[link.find('/').expect("a path")..];
    page.call(link.split('=').nth(1).expect("a token"), "ONCE");
    let secret = after("export PRISMA_MANAGEMENT_API_SECRET=");
    page.call(&secret, "SECRET");
    page.show_run(line, &said);
    let home = page.output(shell, "refract env", 0);
    Cloud { process, console, link: link.to_owned(), home }
}

fn sign_in(page: &mut Page, cloud: &Cloud) -> Browser {
    page.say(
        "Leave it running, and open another shell.\n\n## Sign in\n\n\
         Open the sign-in link in a browser and press *Sign in*: that uses it up. The page after it lets you choose a \
         password. A new link: `refract admin link --account ada@example.test`.",
    );
    let ada = Browser::at(&cloud.console);
    let link = ada.get(&cloud.link);
    has(&link.body, &[ACCOUNT]);
    has(&ada.submit(&link, "/sign-in/link", &[]).body, &["name=\"new\""]);
    has(&ada.get("/workspaces").body, &["/workspaces/ada"]);
    ada
}

fn log_in(page: &mut Page, shell: &mut Shell, ada: &Browser) {
    page.say("## Log the command line in\n\nThese lines point `prisma1` at your cloud:");
    let lines = page.run(shell, "refract env cloud", 0);
    for (name, value) in variables(&lines) {
        shell.set(&name, &value);
    }
    page.say("To set them in this shell:");
    page.block("console", "$ eval \"$(refract env cloud)\"");
    page.say(
        "`prisma1 login` opens the browser at a page of the console, which says who asks, from where, and since when:",
    );
    let login = page.start(shell, "prisma1 login");
    let opened = shell.project().join("../opened");
    let opened = wait_until("the address of the login", || {
        std::fs::read_to_string(&opened).ok().filter(|address| address.ends_with('\n'))
    });
    let path = opened.trim().strip_prefix("http://localhost:3000").expect("a page of the console");
    page.call(path.split_once('=').expect("a secret").1, "SECRET");
    let consent = ada.get(path);
    has(&consent.body, &[ACCOUNT, "127.0.0.1"]);
    has(&ada.submit(&consent, "/cli-auth", &[("decision", "approve")]).body, &["Login approved"]);
    let said = login.wait();
    assert_eq!(said.code, 0, "{said:?}");
    page.show_run("prisma1 login", &said.text);
    page.say("You pressed *Approve* on that page, and the command line has its key. Session keys are listed, and revoked, in the console.");
    page.run(shell, "prisma1 account", 0);
    page.say("Scripts log in without a browser:");
    page.run(shell, "prisma1 login --key \"$(refract admin key --account ada@example.test)\"", 0);
}

fn deploy(page: &mut Page, shell: &Shell) {
    page.say(
        "## Deploy\n\n\
         A service's address is `/WORKSPACE~SERVICE/STAGE` in a region; 127.0.0.2 is this machine, by a name that the old \
         command line does not take for a server without accounts.",
    );
    page.run(shell, &format!("prisma1 init . --endpoint {SHOP}"), 0);
    page.file(shell, "datamodel.prisma", DATAMODEL);
    page.file(
        shell,
        "prisma.yml",
        &format!("endpoint: {SHOP}\ndatamodel: datamodel.prisma\nseed:\n  import: seed.graphql\n"),
    );
    page.file(shell, "seed.graphql", SEED);
    page.run(shell, "prisma1 deploy --no-seed", 0);
    page.say("(The command line prints the last two addresses by itself. Subscriptions and Prisma Admin are not served yet.)");
    page.run(shell, "prisma1 seed", 0);
    page.say("Any program can ask it now. A browser at the same address gets GraphQL Playground.");
    let said = page.run(shell, &query("{ users { name notes(orderBy: text_ASC) { text } } }"), 0);
    assert!(said.contains("Nanoseconds"), "{said}");
}

/// A line that sends an operation.
fn query(operation: &str) -> String {
    query_at(SHOP, operation)
}

fn query_at(url: &str, operation: &str) -> String {
    let body = serde_json::json!({ "query": operation });
    format!("curl -s {url} -H 'Content-Type: application/json' -d '{body}'")
}

fn throttle(page: &mut Page, shell: &Shell) {
    page.say(
        "## The throttle\n\n\
         A service may send 10 requests at once after a rest, and one more every second. 25 wait in line, and the header \
         `Throttled-By` tells how long each did; the rest is refused at once with 429. Here are 40 at once, counted by \
         status and seconds of waiting:",
    );
    let line = format!(
        "curl -s -Z --parallel-immediate --parallel-max 40 \"{SHOP}?[1-40]\" -o /dev/null \\\n    \
         -H 'Content-Type: application/json' -d '{{\"query\":\"{{ users {{ name }} }}\"}}' \\\n    \
         -w '%{{http_code}} %header{{throttled-by}}\\n' 2>/dev/null | \\\n    \
         awk '{{ printf \"%s after %.0f s\\n\", $1, $2 / 1000 }}' | sort -k1,1n -k3,3n | uniq -c"
    );
    std::thread::sleep(REST);
    page.run(shell, &line, 0);
    std::thread::sleep(REST);
}

fn change(page: &mut Page, shell: &Shell) {
    page.say("## Change the datamodel\n\nA field gets a new name and keeps its values; another one is new:");
    let datamodel = DATAMODEL.replace(
        "  text: String!\n",
        "  title: String! @rename(oldName: \"text\")\n  done: Boolean @default(value: false)\n",
    );
    page.file(shell, "datamodel.prisma", &datamodel);
    page.run(shell, "prisma1 deploy", 0);
    page.run(shell, &query("{ notes(orderBy: title_ASC) { title done } }"), 0);
    page.say("What would lose data is refused until you say `--force`:");
    page.file(shell, "datamodel.prisma", &datamodel.replace("  title: String! @rename(oldName: \"text\")\n", ""));
    page.run(shell, "prisma1 deploy", 1);
    page.run(shell, "prisma1 list", 0);
}

fn delete(page: &mut Page, shell: &Shell) {
    page.say("## Delete");
    page.run(shell, "prisma1 delete --force", 0);
    let said = page.run(shell, &query("{ users { name } }"), 0);
    assert!(said.contains("3016"), "{said}");
    page.run(shell, "prisma1 logout", 0);
}

fn local_project(page: &mut Page, clients: &Clients, cloud: &Cloud) {
    page.say(
        "## A project that says http://localhost:4466\n\n\
         Projects that were made for a Prisma 1 server on this machine need no login: they deploy to the home workspace, \
         with its secret.",
    );
    let mut shell = Shell::plain(clients);
    page.show_run("refract env", &cloud.home);
    for (name, value) in variables(&cloud.home) {
        shell.set(&name, &value);
    }
    page.block("console", "$ eval \"$(refract env)\"");
    let endpoint = "http://localhost:4466";
    page.file(&shell, "prisma.yml", &format!("endpoint: {endpoint}\ndatamodel: datamodel.prisma\n"));
    page.file(&shell, "datamodel.prisma", DATAMODEL);
    page.run(&shell, "prisma1 deploy", 0);
    page.run(&shell, &query_at(endpoint, "mutation { createUser(data: { name: \"Eve\" }) { id name } }"), 0);
    page.run(&shell, "prisma1 delete --force", 0);
    let said = page.run(&shell, &query_at(endpoint, "{ users { name } }"), 0);
    assert!(said.contains("3016"), "{said}");
}

/// What `export` lines set.
fn variables(lines: &str) -> Vec<(String, String)> {
    let set = lines.lines().filter_map(|line| line.strip_prefix("export ")?.split_once('='));
    set.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}
