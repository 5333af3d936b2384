//! The libraries that projects of Prisma 1 use, unmodified, with what `prisma1 generate` wrote for them: against the
//! gateway, with throttling on, with and without a service secret.

use crate::{
    clients::Clients,
    cloud::{Cloud, post},
    prisma1_shell::Shell,
};
use serde_json::json;

const BLOG: &str = "
type User {
  id: ID! @id
  name: String!
  email: String! @unique
  role: Role! @default(value: READER)
  tags: [String] @scalarList(strategy: RELATION)
  posts: [Post]
}

type Post {
  id: ID! @id
  title: String!
  published: Boolean! @default(value: false)
  author: User @relation(link: INLINE)
}

enum Role {
  READER
  EDITOR
}
";

/// Deploys a service with `prisma1`, generates, and tells a script where everything is.
fn run(script: &str, generator: &str, output: &str, secret: &str) {
    let Some(clients) = Clients::installed() else { return };
    let cloud = Cloud::start();
    let mut shell = Shell::plain(&clients);
    shell.set("PRISMA_MANAGEMENT_API_SECRET", &cloud.secret);
    let endpoint = format!("{}/{}/blog/dev", cloud.eu1, cloud.workspace);
    let secret_line = if secret.is_empty() { String::new() } else { format!("secret: {secret}\n") };
    shell.write("datamodel.prisma", BLOG);
    shell.write(
        "prisma.yml",
        &format!("endpoint: {endpoint}\n{secret_line}datamodel: datamodel.prisma\ngenerate:\n  - generator: {generator}\n    output: ./{output}\n"),
    );
    shell.ok(&["deploy"]);
    let stranger = post(&endpoint, &json!({ "query": "{ users { id } }" }), None).json();
    assert_eq!(stranger.get("errors").is_some(), !secret.is_empty(), "{stranger}");
    let generated = shell.project().join(output);
    clients.script(script, &json!({ "generated": generated, "endpoint": endpoint, "secret": secret }));
}

#[test]
fn prisma_client_works_with_an_open_service() {
    run("libraries/prisma-client.js", "javascript-client", "client", "");
}

#[test]
fn prisma_client_works_with_a_secret() {
    run("libraries/prisma-client.js", "javascript-client", "client", "s3cr3t");
}

#[test]
fn prisma_binding_works_with_an_open_service() {
    run("libraries/prisma-binding.js", "graphql-schema", "schema.graphql", "");
}

#[test]
fn prisma_binding_works_with_a_secret() {
    run("libraries/prisma-binding.js", "graphql-schema", "schema.graphql", "s3cr3t");
}
