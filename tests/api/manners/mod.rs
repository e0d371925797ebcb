//! The conventions of the API, tested over HTTP and as far as possible from the contract itself;
//! and attacks by a caller with no more than the contract.

mod attack;
mod before_the_body;
mod bodies;
mod browsers;
mod codes;
mod compression;
mod confidence;
mod cursors;
mod explained;
mod faults;
mod limits;
mod lists;
pub mod logs;
mod names;
mod next;
mod options;
mod parameters;
pub mod retries;
mod routes;
mod shapes;
mod shutdown;
mod stranger;
mod texts;
mod tokens;
mod versions;
mod watching;

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::LazyLock;
use std::time::Duration;

use reqwest::Method;
use serde_json::Value;
use service_desk::sop::role::{Role, Roles};

use crate::support::{Answer, Person, Request, TestApp};

/// An operation of the published document.
#[derive(Clone)]
pub struct Operation {
    pub id: String,
    pub method: Method,
    /// The path as the document writes it.
    pub path: String,
    /// Whether the operation needs no authentication.
    pub open: bool,
    /// Whether the operation takes the token of a reporter's session instead of a user's.
    pub reporter: bool,
    /// Names of its parameters in path, query and header.
    parameters: Vec<String>,
    statuses: Vec<u16>,
    /// The operation's object in the document.
    document: Value,
}

impl Operation {
    /// The path with a parsable value for each parameter.
    pub fn address(&self) -> String {
        let version = if self.path.starts_with("/api/v1/applications") {
            "1"
        } else {
            "cert"
        };
        let path = self
            .path
            .replace("{id}", "0192f0c1-2b3c-7def-8123-456789abcdef")
            .replace("{token}", "q1w2e3r4t5y6u7i8o9p0a1s2d3f")
            .replace("{attachment}", "0192f0c1-2b3c-7def-8123-456789abcdef")
            .replace("{delivery}", "0192f0c1-2b3c-7def-8123-456789abcdef")
            .replace("{requirement}", "P01")
            .replace("{version}", version)
            .replace("{round}", "2")
            .replace("{seq}", "1")
            .replace(
                "{code}",
                if self.id == "read_problem" {
                    "not_found"
                } else if self.id == "read_scheme" {
                    "product_sni"
                } else {
                    "cert"
                },
            );
        // Other parameters take the document's example, else an id.
        self.in_path()
            .into_iter()
            .fold(path, |path, (name, example)| {
                path.replace(&format!("{{{name}}}"), &example)
            })
    }

    /// The parameters of the path with parsable values.
    fn in_path(&self) -> Vec<(String, String)> {
        let text = |value: &Value| {
            value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned)
        };
        let of = |one: &Value| {
            let example = [one.get("example"), one.pointer("/schema/example")]
                .into_iter()
                .flatten()
                .next()
                .map(text);
            (
                one["name"].as_str().unwrap().to_owned(),
                example.unwrap_or_else(|| "0192f0c1-2b3c-7def-8123-456789abcdef".to_owned()),
            )
        };
        self.listed("path").iter().map(of).collect()
    }

    /// Its parameters in `place`: `path`, `query` or `header`.
    fn listed(&self, place: &str) -> Vec<Value> {
        self.document["parameters"]
            .as_array()
            .into_iter()
            .flatten()
            .filter(|one| one["in"] == place)
            .cloned()
            .collect()
    }

    /// The schema of its JSON body, if it takes one.
    fn form(&self) -> Option<&Value> {
        self.document
            .pointer("/requestBody/content/application~1json/schema")
    }

    /// The example of its JSON body.
    fn example(&self) -> Option<Value> {
        let content = self
            .document
            .pointer("/requestBody/content/application~1json")?;
        content
            .get("example")
            .or_else(|| content.pointer("/schema/example"))
            .cloned()
    }

    /// Whether the operation belongs to the API, in contrast to health checks and documentation
    /// pages.
    fn is_api(&self) -> bool {
        self.path.starts_with("/api/")
    }

    /// Whether the operation serves reporters and leaves no trace.
    pub fn is_confidential(&self) -> bool {
        self.reporter
            || (self.open
                && ["/api/v1/complaints", "/api/v1/public/letters"]
                    .iter()
                    .any(|room| self.path.starts_with(room)))
    }

    pub fn takes(&self, parameter: &str) -> bool {
        self.parameters.iter().any(|name| name == parameter)
    }
}

/// Every operation of the published document, which is read once for the run.
pub fn operations() -> Vec<Operation> {
    static OPERATIONS: LazyLock<Vec<Operation>> = LazyLock::new(read_operations);
    OPERATIONS.clone()
}

fn read_operations() -> Vec<Operation> {
    let document = serde_json::to_value(service_desk::app::document()).unwrap();
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let names: Vec<Value> = operation["parameters"]
                .as_array()
                .into_iter()
                .flatten()
                .map(|one| {
                    let shared = one["$ref"].as_str().and_then(|to| to.strip_prefix('#'));
                    let shared = shared.map(|place| document.pointer(place).unwrap());
                    shared.unwrap_or(one).clone()
                })
                .collect();
            let mut operation = operation.clone();
            operation["parameters"] = names.clone().into();
            all.push(Operation {
                id: operation["operationId"].as_str().unwrap().to_owned(),
                method: Method::from_bytes(method.to_uppercase().as_bytes()).unwrap(),
                path: path.clone(),
                open: operation["security"].as_array().unwrap().is_empty(),
                reporter: operation["security"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .any(|one| one.get("reporter").is_some()),
                parameters: names
                    .iter()
                    .map(|one| one["name"].as_str().unwrap().to_owned())
                    .collect(),
                statuses: operation["responses"]
                    .as_object()
                    .unwrap()
                    .keys()
                    .map(|status| status.parse().unwrap())
                    .collect(),
                document: operation,
            });
        }
    }
    assert!(
        all.len() > 40,
        "a document without operations would prove nothing"
    );
    all
}

/// A user with every role of the office.
pub async fn person_with_every_role(app: &TestApp) -> Person {
    let roles = Role::all()
        .filter(|role| *role != Role::Customer)
        .fold(Roles::NONE, Roles::with);
    app.staff_with(roles).await
}

/// Sends a request with these headers.
async fn ask(person: &Person, method: Method, path: &str, headers: &[(&str, &str)]) -> Answer {
    person
        .ask(&Request {
            method,
            path,
            body: None,
            headers,
        })
        .await
}

/// Sends this JSON and these headers.
async fn send(
    person: &Person,
    method: Method,
    path: &str,
    body: &Value,
    headers: &[(&str, &str)],
) -> Answer {
    let body = Some(("application/json", serde_json::to_vec(body).unwrap()));
    person
        .ask(&Request {
            method,
            path,
            body,
            headers,
        })
        .await
}

/// Sends these bytes as the body.
async fn post_bytes(
    person: &Person,
    path: &str,
    media_type: &str,
    bytes: impl Into<Vec<u8>>,
) -> Answer {
    person
        .ask(&Request {
            method: Method::POST,
            path,
            body: Some((media_type, bytes.into())),
            headers: &[],
        })
        .await
}

/// Sends these bytes over a raw connection and returns the reply, until the server is silent for
/// `patience` or closes the connection.
async fn raw_exchange(app: &TestApp, request: &[u8], patience: Duration) -> String {
    let (address, request) = (app.address().to_owned(), request.to_vec());
    // On a thread of its own: the server runs on this thread.
    tokio::task::spawn_blocking(move || exchange(&address, &request, patience))
        .await
        .unwrap()
}

fn exchange(address: &str, request: &[u8], patience: Duration) -> String {
    let mut socket = TcpStream::connect(address).unwrap();
    socket.set_read_timeout(Some(patience)).unwrap();
    if socket.write_all(request).is_err() {
        return String::new();
    }
    let (mut reply, mut piece) = (Vec::new(), [0; 4096]);
    while let Ok(read @ 1..) = socket.read(&mut piece) {
        reply.extend_from_slice(&piece[..read]);
        if is_whole(&reply) {
            break;
        }
    }
    String::from_utf8_lossy(&reply).into_owned()
}

/// Whether a reply with a length is complete.
fn is_whole(reply: &[u8]) -> bool {
    let text = String::from_utf8_lossy(reply).to_lowercase();
    let Some((head, body)) = text.split_once("\r\n\r\n") else {
        return false;
    };
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .and_then(|length| length.trim().parse::<usize>().ok());
    length.is_some_and(|length| body.len() >= length)
}
