//! A client that sends exactly the bytes it is given, and reads answers one by one.

use serde_json::Value;
use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

/// A server that does not answer within this time never will.
const PATIENCE: Duration = Duration::from_secs(20);

/// One connection.
pub struct Client {
    stream: BufReader<TcpStream>,
}

/// One answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Client {
    pub fn connect(address: SocketAddr) -> Client {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_nodelay(true).unwrap();
        Client { stream: BufReader::new(stream) }
    }

    pub fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.stream.get_mut().write_all(bytes.as_ref()).unwrap();
    }

    /// Sends and reads the answer.
    pub fn ask(&mut self, bytes: impl AsRef<[u8]>) -> Answer {
        self.send(bytes);
        self.answer()
    }

    pub fn answer(&mut self) -> Answer {
        self.try_answer().expect("the server closed the connection without an answer")
    }

    /// The next answer, unless the connection ends first.
    pub fn try_answer(&mut self) -> Option<Answer> {
        let mut line = String::new();
        self.stream.read_line(&mut line).ok().filter(|read| *read > 0)?;
        let status = line.split(' ').nth(1).unwrap().parse().unwrap();
        let mut headers = Vec::new();
        loop {
            let mut line = String::new();
            self.stream.read_line(&mut line).unwrap();
            let Some((name, value)) = line.trim_end().split_once(':') else { break };
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        let mut answer = Answer { status, headers, body: Vec::new() };
        let length = answer.header("content-length").map_or(0, |length| length.parse().unwrap());
        answer.body.resize(length, 0);
        self.stream.read_exact(&mut answer.body).unwrap();
        Some(answer)
    }

    /// The answer to a HEAD: a length, but no body.
    pub fn ask_head(&mut self, bytes: &str) -> Vec<String> {
        self.send(bytes);
        let mut lines = Vec::new();
        loop {
            let mut line = String::new();
            self.stream.read_line(&mut line).unwrap();
            if line.trim_end().is_empty() {
                return lines;
            }
            lines.push(line.trim_end().to_ascii_lowercase());
        }
    }

    /// Whether the server has closed the connection.
    pub fn is_closed(&mut self) -> bool {
        matches!(self.stream.read(&mut [0]), Ok(0) | Err(_))
    }

    /// Says that nothing more will be sent.
    pub fn shutdown_write(&mut self) {
        self.stream.get_mut().shutdown(std::net::Shutdown::Write).unwrap();
    }
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub fn json(&self) -> Value {
        assert_eq!(self.header("content-type"), Some("application/json"), "{self:?}");
        serde_json::from_slice(&self.body).unwrap()
    }

    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    /// Code and message of the only error.
    pub fn error(&self) -> (Option<u64>, String) {
        let body = self.json();
        let errors = body["errors"].as_array().unwrap();
        assert_eq!((errors.len(), body.as_object().unwrap().len()), (1, 1), "{body}");
        assert_eq!(errors[0]["requestId"].as_str(), self.header("request-id"), "{body}");
        (errors[0]["code"].as_u64(), errors[0]["message"].as_str().unwrap().to_owned())
    }
}

/// A POST of JSON with further header lines (each ending in CR LF).
pub fn post_with(target: &str, headers: &str, body: &str) -> String {
    format!(
        "POST {target} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {}\r\n{headers}\r\n{body}",
        body.len()
    )
}

/// A POST of JSON.
pub fn post(target: &str, body: &str) -> String {
    post_with(target, "", body)
}

/// A query that the stub engine writes down under this name.
pub fn query(name: &str) -> String {
    format!(r#"{{"query":"{{ {name} }}"}}"#)
}

/// A request without a body.
pub fn bare(method: &str, target: &str, headers: &str) -> String {
    format!("{method} {target} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n")
}
