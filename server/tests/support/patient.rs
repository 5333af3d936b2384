//! Requests to a server that may be gone, or stand still for a while.

use serde_json::Value;
use std::time::Duration;

/// Posts JSON; what is answered, if anything.
pub fn try_post(url: &str, body: &Value, token: Option<&str>) -> Option<Value> {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(Duration::from_secs(50)))
        .build()
        .into();
    let mut request = agent.post(url).header("content-type", "application/json");
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let text = request.send(body.to_string()).ok()?.body_mut().read_to_string().ok()?;
    serde_json::from_str(&text).ok()
}
