//! Carries a case out.

use crate::{
    file::{Case, Step},
    placeholders::Placeholders,
    show,
};
use serde_json::{Value, json};
use std::time::Duration;

/// Deploys and tells all that it says.
const DEPLOY: &str = "mutation($input: DeployInput!) { deploy(input: $input) {
  errors { type field description } warnings { type field description }
  migration { revision status applied errors }
  steps { type
    ... on CreateModel { name } ... on DeleteModel { name } ... on UpdateModel { name newName }
    ... on CreateEnum { name values } ... on DeleteEnum { name } ... on UpdateEnum { name enumNewName: newName values }
    ... on CreateField { model name typeName isRequired isList unique enum default relation }
    ... on DeleteField { model name }
    ... on UpdateField { model name fieldNewName: newName newType: typeName nowRequired: isRequired nowList: isList
                         nowUnique: unique nowEnum: enum nowDefault: default nowRelation: relation }
    ... on CreateRelation { name leftModel rightModel after { ...Storage } }
    ... on UpdateRelation { name relationNewName: newName before { ...Storage } after { ...Storage } }
    ... on DeleteRelation { name } } } }
fragment Storage on RelationManifestation { type ... on LinkTable { table modelAColumn modelBColumn idColumn }
  ... on Inline { model column } }";

/// What each step answers, or why the case cannot be carried out.
pub fn case(case: &Case, origin: &str, index: usize) -> Result<Vec<Vec<String>>, String> {
    let service = format!("case{index}x");
    let written: String = case.steps.iter().map(|step| step.text() + step.variables().unwrap_or_default()).collect();
    let mut calls = Calls {
        placeholders: Placeholders::new(written, service.clone()),
        agent: ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(60)))
            .build()
            .into(),
        origin,
        service,
    };
    let add = "mutation($n: String!) { addProject(input: { name: $n, stage: \"dev\" }) { project { name } } }";
    calls.operation("/management", add, json!({ "n": calls.service }), None, None)?;
    let answers = case.steps.iter().map(|step| {
        let answer = calls.step(step).map_err(|problem| format!("  line {}: {problem}", step.line))?;
        Ok(if step.is_shown() { answer } else { Vec::new() })
    });
    answers.collect()
}

struct Calls<'a> {
    placeholders: Placeholders,
    agent: ureq::Agent,
    origin: &'a str,
    service: String,
}

impl Calls<'_> {
    fn step(&mut self, step: &Step) -> Result<Vec<String>, String> {
        let text = self.placeholders.fill(&step.text());
        let variables = step.variables().filter(|_| step.kind != "deploy").unwrap_or("{}");
        let variables = self.placeholders.fill(variables);
        let variables: Value = serde_json::from_str(&variables).map_err(|e| format!("variables: {e}"))?;
        let token = step.word("token").map(|token| self.placeholders.fill(&token.replace('_', " ")));
        let path = format!("/{}/dev", self.service);
        let path = step.word("at").map_or(path, |at| self.placeholders.fill(at));
        let name = step.word("name");
        match step.kind.as_str() {
            "model" | "deploy" => {
                let mut answer = self.deploy(step, &text)?;
                if answer["data"]["deploy"]["migration"].is_object() {
                    answer["data"]["deploy"]["migration"] = self.ended()?;
                }
                let lines = show::deploy(&answer);
                if step.kind == "model" && answer["data"]["deploy"]["migration"]["status"] != "SUCCESS" {
                    return Err(lines.join("\n"));
                }
                Ok(lines.into_iter().map(|line| self.placeholders.name(&line)).collect())
            }
            "do" | "query" => {
                let (status, answer) = self.operation(&path, &text, variables, name, token.as_deref())?;
                let lines = self.shown(status, &answer);
                let failed = lines.iter().any(|line| line.starts_with("! ") || line.starts_with("status "));
                if step.kind == "do" && failed { Err(lines.join("\n")) } else { Ok(lines) }
            }
            "private" | "manage" => {
                let path = if step.kind == "manage" { "/management".to_owned() } else { format!("{path}/private") };
                let (status, answer) = self.operation(&path, &text, variables, name, token.as_deref())?;
                Ok(self.shown(status, &answer))
            }
            "body" => {
                let (status, answer) = self.post(&path, text, token.as_deref())?;
                Ok(self.shown(status, &answer))
            }
            "import" | "export" => {
                let (status, answer) = self.post(&format!("{path}/{}", step.kind), text, token.as_deref())?;
                Ok(self.shown(status, &answer))
            }
            "datamodel" => {
                let (status, answer) = self.post(&format!("{path}/_datamodel"), "{}".to_owned(), token.as_deref())?;
                Ok(self.shown(status, &answer))
            }
            "tick" => {
                std::thread::sleep(Duration::from_millis(3));
                Ok(Vec::new())
            }
            other => Err(format!("there is no step '@{other}'")),
        }
    }

    fn shown(&mut self, status: u16, answer: &str) -> Vec<String> {
        show::answer(status, answer).into_iter().map(|line| self.placeholders.name(&line)).collect()
    }

    fn deploy(&self, step: &Step, types: &str) -> Result<Value, String> {
        let secrets: Vec<&str> = step.word("secrets").map(|text| text.split(',').collect()).unwrap_or_default();
        let mut input = json!({
            "name": self.service,
            "stage": "dev",
            "types": types,
            "secrets": secrets,
            "force": step.kind == "model" || step.has("force"),
            "dryRun": step.has("dry"),
        });
        if let Some(query) = step.variables() {
            let function = json!({ "name": "hook", "query": query, "url": "http://127.0.0.1/", "headers": [] });
            input["subscriptions"] = json!([function]);
        }
        let (_, answer) = self.operation("/management", DEPLOY, json!({ "input": input }), None, None)?;
        serde_json::from_str(&answer).map_err(|e| format!("no JSON: {e}: {answer}"))
    }

    /// The newest migration, when it has ended.
    fn ended(&self) -> Result<Value, String> {
        let query =
            "query($n: String!) { migrationStatus(name: $n, stage: \"dev\") { revision status applied errors } }";
        loop {
            let (_, answer) = self.operation("/management", query, json!({ "n": self.service }), None, None)?;
            let answer: Value = serde_json::from_str(&answer).map_err(|e| format!("no JSON: {e}: {answer}"))?;
            let migration = &answer["data"]["migrationStatus"];
            match migration["status"].as_str() {
                Some("PENDING" | "IN_PROGRESS" | "ROLLING_BACK") => std::thread::sleep(Duration::from_millis(10)),
                _ => return Ok(migration.clone()),
            }
        }
    }

    fn operation(
        &self,
        path: &str,
        query: &str,
        variables: Value,
        name: Option<&str>,
        token: Option<&str>,
    ) -> Result<(u16, String), String> {
        let mut body = json!({ "query": query, "variables": variables });
        if let Some(name) = name {
            body["operationName"] = json!(name);
        }
        self.post(path, body.to_string(), token)
    }

    fn post(&self, path: &str, body: String, token: Option<&str>) -> Result<(u16, String), String> {
        let mut request = self.agent.post(format!("{}{path}", self.origin)).header("content-type", "application/json");
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let mut response = request.send(body).map_err(|e| format!("no answer: {e}"))?;
        let status = response.status().as_u16();
        let text = response.body_mut().read_to_string().map_err(|e| format!("no answer: {e}"))?;
        Ok((status, text))
    }
}
