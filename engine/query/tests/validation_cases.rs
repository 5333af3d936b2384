//! Documents, variables and subscriptions, and what is said about them.
//!
//! ```text
//! === datamodel
//! === raw access      names of databases, one a line; may be left out
//! === document
//! === operation       name of the operation for the variables; may be left out
//! === variables       JSON
//! === errors          of the document, or of the variables if there were any since
//! === subscription    a subscription that is checked on its own; its errors follow
//! ```

mod api;
mod case_files;

use query::{Api, ApiOptions, Document, DocumentError, RequestError, validate_subscription};

#[test]
fn validation() {
    case_files::run("validation", print);
}

/// The last input, which the next section of errors is about.
enum Subject<'a> {
    None,
    Document(&'a str),
    Variables { document: &'a str, operation: Option<&'a str>, json: &'a str },
    Subscription(&'a str),
}

fn print(sections: &[(&str, &str)]) -> String {
    let mut printed = String::new();
    let mut options = ApiOptions::default();
    let (mut datamodel, mut document, mut operation) = ("", "", None);
    let mut subject = Subject::None;
    for (name, body) in sections.iter().copied() {
        let mut errors = None;
        match name {
            "datamodel" => datamodel = body,
            "raw access" => options.raw_access = Some(body.lines().map(str::to_owned).collect()),
            "document" => {
                (document, operation) = (body, None);
                subject = Subject::Document(body);
            }
            "operation" => operation = Some(body.trim()),
            "variables" => subject = Subject::Variables { document, operation, json: body },
            "subscription" => subject = Subject::Subscription(body),
            "errors" => errors = Some(check(&api::api(datamodel, options.clone()), &subject)),
            other => errors = Some(format!("there is no section {other}\n")),
        }
        printed.push_str(&format!("=== {name}\n{}", errors.as_deref().unwrap_or(body)));
    }
    printed
}

fn check(api: &Api, subject: &Subject<'_>) -> String {
    match subject {
        Subject::None => "errors of nothing\n".to_owned(),
        Subject::Document(text) => match Document::parse(api, text) {
            Ok(_) => String::new(),
            Err(DocumentError::Syntax(message)) => format!("syntax: {message}\n"),
            Err(DocumentError::Invalid(errors)) => told(errors),
        },
        Subject::Variables { document, operation, json } => {
            let document = Document::parse(api, document).expect("a valid document");
            let json = serde_json::from_str(json).expect("variables are a JSON object");
            document.plan(api, *operation, &json).err().map(told).unwrap_or_default()
        }
        Subject::Subscription(text) => {
            let errors = validate_subscription(api, text).err().unwrap_or_default();
            errors.into_iter().map(|message| format!("- {message}\n")).collect()
        }
    }
}

fn told(errors: Vec<RequestError>) -> String {
    let mut printed = String::new();
    for error in errors {
        let places: Vec<String> = error.locations.iter().map(|p| format!("{}:{}", p.line, p.column)).collect();
        printed.push_str(&format!("- {} [{}]\n", error.message, places.join(" ")));
    }
    printed
}
