//! Judging a datamodel file as a deploy would.

use datamodel::{CompileError, Diagnostic, Rules};
use serde_json::{Value, json};
use std::fmt;

/// What there is to say about a datamodel.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Report {
    /// What stops a deploy.
    pub errors: Vec<Finding>,
    /// What is worth knowing.
    pub warnings: Vec<Finding>,
}

/// One thing to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// `User.email`, `User`, or `Global`.
    pub place: String,
    /// What.
    pub description: String,
}

/// Judges a datamodel.
pub fn check(text: &str) -> Report {
    match datamodel::compile(text, None, &Rules::default(), &mut String::new) {
        Ok(compiled) => Report { errors: Vec::new(), warnings: findings(compiled.warnings) },
        Err(error) => Report::of(error),
    }
}

fn findings(diagnostics: Vec<Diagnostic>) -> Vec<Finding> {
    let place = |d: &Diagnostic| match &d.field {
        Some(field) => format!("{}.{field}", d.type_name),
        None => d.type_name.clone(),
    };
    diagnostics.into_iter().map(|d| Finding { place: place(&d), description: d.description }).collect()
}

impl Report {
    /// Why a text is no datamodel.
    pub(crate) fn of(error: CompileError) -> Report {
        match error {
            CompileError::Invalid(errors) => Report { errors: findings(errors), warnings: Vec::new() },
            CompileError::Syntax(error) => Report::global(error.to_string()),
            CompileError::RelationNames(error) => Report::global(error.to_string()),
        }
    }

    /// One error about the whole.
    pub(crate) fn global(description: String) -> Report {
        Report { errors: vec![Finding { place: "Global".to_owned(), description }], warnings: Vec::new() }
    }

    /// For scripts.
    pub fn to_json(&self) -> Value {
        let list = |findings: &[Finding]| -> Value {
            findings.iter().map(|f| json!({ "place": f.place, "description": f.description })).collect()
        };
        json!({ "errors": list(&self.errors), "warnings": list(&self.warnings) })
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (kind, findings) in [("error", &self.errors), ("warning", &self.warnings)] {
            for finding in findings {
                writeln!(f, "{kind}: {}: {}", finding.place, finding.description)?;
            }
        }
        if self.errors.is_empty() && self.warnings.is_empty() {
            writeln!(f, "nothing to say: it can be deployed")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_datamodel_is_judged_as_a_deploy_would() {
        assert_eq!(check("type User { id: ID! @id }").to_string(), "nothing to say: it can be deployed\n");
        let report = check("type User { id: ID! }");
        assert_eq!(report.errors[0].place, "User");
        assert!(report.to_string().starts_with("error: User: One field of the type `User` must be marked"), "{report}");
        assert_eq!(check("type {").errors[0].place, "Global");
        assert_eq!(report.to_json()["errors"].as_array().map(Vec::len), Some(1));
    }
}
