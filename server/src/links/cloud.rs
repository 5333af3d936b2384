//! The cloud API as the gateway reaches it, answered by the console of this process.

use console_web::cloud_api::{Cloud, CloudRequest};
use futures::future::BoxFuture;
use gateway::{CloudAnswer, CloudCall, CloudLink};
use std::net::{IpAddr, Ipv4Addr};

/// Asks the console.
pub struct ConsoleCloud {
    /// The console's cloud API.
    pub cloud: Cloud,
}

impl CloudLink for ConsoleCloud {
    fn answer(&self, call: CloudCall) -> BoxFuture<'_, CloudAnswer> {
        Box::pin(async move {
            let request = CloudRequest {
                body: &call.body,
                authorization: call.authorization.as_deref(),
                // A unix socket has no address; only a gateway on this machine can be at its other end.
                client: call.client.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST)),
                request_id: &call.request_id,
                user_agent: call.user_agent.as_deref(),
                cli_version: call.cli_version.as_deref(),
                region: Some(&call.region),
            };
            let answer = self.cloud.answer(&request).await;
            CloudAnswer { status: answer.status, body: answer.body.into() }
        })
    }
}
