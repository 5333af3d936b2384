//! HTTP calls. One is sent now and read later, so that many can be in flight and some can be given up; or one follows the
//! other on an open connection.

use serde::Serialize;
use std::{
    io::{self, BufRead as _, BufReader, ErrorKind, Read as _, Write as _},
    net::{TcpStream, ToSocketAddrs as _},
    time::{Duration, Instant},
};

/// A URL with the scheme `http`.
#[derive(Debug, Clone)]
pub struct Url {
    /// `host` or `host:port`, as the header `Host` says it.
    pub authority: String,
    /// Path and query string.
    pub path: String,
}

/// A call on its way, on a connection of its own. Dropped, it disconnects.
pub struct Call {
    connection: BufReader<TcpStream>,
    sent: Instant,
}

/// A connection that stays open for one call after the other.
pub struct Line {
    connection: BufReader<TcpStream>,
}

/// What a server answered.
#[derive(Debug, Clone, Serialize)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Milliseconds from the request's last byte until the answer is read.
    pub ms: u128,
    /// The header `Throttled-By`, in milliseconds.
    pub throttled_ms: Option<u64>,
    /// The header `Retry-After`, in seconds.
    pub retry_after_s: Option<u64>,
    /// The body.
    #[serde(skip)]
    pub body: String,
}

impl std::str::FromStr for Url {
    type Err = String;

    fn from_str(url: &str) -> Result<Url, String> {
        let rest = url.strip_prefix("http://").ok_or("the URL must start with \"http://\"")?;
        let (authority, path) = rest.find('/').map_or((rest, "/"), |slash| rest.split_at(slash));
        if authority.is_empty() || rest.contains(|c: char| c.is_whitespace() || c.is_control()) {
            return Err("the URL must name a host, and hold no spaces".to_owned());
        }
        Ok(Url { authority: authority.to_owned(), path: path.to_owned() })
    }
}

impl Url {
    /// Connects, so that sending takes no time.
    pub fn connect(&self, patience: Duration) -> io::Result<TcpStream> {
        let with_port = if self.authority.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok()) {
            self.authority.clone()
        } else {
            format!("{}:80", self.authority)
        };
        let address = with_port.to_socket_addrs()?.next().ok_or(ErrorKind::NotFound)?;
        let connection = TcpStream::connect_timeout(&address, patience)?;
        connection.set_read_timeout(Some(patience))?;
        connection.set_nodelay(true)?;
        Ok(connection)
    }

    /// The bytes of a GraphQL request.
    pub fn graphql_request(&self, query: &str, token: Option<&str>) -> String {
        self.request(&serde_json::json!({ "query": query }), token)
    }

    /// The bytes of a request with a body of JSON.
    pub fn request(&self, body: &serde_json::Value, token: Option<&str>) -> String {
        let body = body.to_string();
        let authorization = token.map(|token| format!("Authorization: Bearer {token}\r\n")).unwrap_or_default();
        format!(
            "POST {} HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\n{authorization}Content-Length: {}\r\n\r\n{body}",
            self.path,
            self.authority,
            body.len()
        )
    }
}

impl Call {
    /// Sends a request.
    pub fn send(mut connection: TcpStream, request: &str) -> io::Result<Call> {
        connection.write_all(request.as_bytes())?;
        Ok(Call { connection: BufReader::new(connection), sent: now() })
    }

    /// Whether the answer has begun to arrive.
    pub fn is_answered(&mut self) -> io::Result<bool> {
        if !self.connection.buffer().is_empty() {
            return Ok(true);
        }
        self.connection.get_ref().set_nonblocking(true)?;
        let seen = self.connection.get_ref().peek(&mut [0]);
        self.connection.get_ref().set_nonblocking(false)?;
        match seen {
            Ok(_) => Ok(true),
            Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Reads the answer.
    pub fn answer(mut self) -> io::Result<Answer> {
        read_answer(&mut self.connection, self.sent)
    }
}

impl Line {
    /// Connects.
    pub fn connect(url: &Url, patience: Duration) -> io::Result<Line> {
        Ok(Line { connection: BufReader::new(url.connect(patience)?) })
    }

    /// Sends a request and reads its answer.
    pub fn ask(&mut self, request: &str) -> io::Result<Answer> {
        self.connection.get_mut().write_all(request.as_bytes())?;
        read_answer(&mut self.connection, now())
    }
}

fn read_answer(connection: &mut BufReader<TcpStream>, sent: Instant) -> io::Result<Answer> {
    connection.fill_buf()?;
    let ms = now().duration_since(sent).as_millis();
    let mut answer = Answer { status: 0, ms, throttled_ms: None, retry_after_s: None, body: String::new() };
    let mut length = 0;
    let mut line = String::new();
    connection.read_line(&mut line)?;
    answer.status = line.split(' ').nth(1).and_then(|status| status.parse().ok()).ok_or(ErrorKind::InvalidData)?;
    loop {
        line.clear();
        connection.read_line(&mut line)?;
        let Some((name, value)) = line.split_once(':') else { break };
        let value = value.trim();
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.parse().map_err(|_| ErrorKind::InvalidData)?,
            "throttled-by" => answer.throttled_ms = value.strip_suffix("ms").and_then(|ms| ms.parse().ok()),
            "retry-after" => answer.retry_after_s = value.parse().ok(),
            _ => {}
        }
    }
    let mut body = Vec::new();
    connection.take(length).read_to_end(&mut body)?;
    answer.body = String::from_utf8_lossy(&body).into_owned();
    Ok(answer)
}

/// The time, for what is measured.
#[expect(clippy::disallowed_methods, reason = "a load scenario measures real time")]
pub fn now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_have_a_host_and_a_path() {
        for (url, expected) in [
            ("http://localhost:4466/ws/svc/dev", Some(("localhost:4466", "/ws/svc/dev"))),
            ("http://localhost", Some(("localhost", "/"))),
            ("https://localhost/", None),
            ("http:///x", None),
            ("http://a/b c", None),
        ] {
            let parsed = url.parse::<Url>().ok();
            let parsed = parsed.as_ref().map(|url| (url.authority.as_str(), url.path.as_str()));
            assert_eq!(parsed, expected, "{url}");
        }
    }
}
