//! A simulated Google Drive on a real socket: a token endpoint that checks the signed assertion,
//! `files.list` and `files.create`, and resumable sessions with `Content-Range`, `308` and `Range`.
//! It fails in the ways that a test requests.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, OnceLock};

use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::KeyPair as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// The unit of a chunk's size, as the protocol demands.
const UNIT: usize = 256 << 10;

/// The failure of the next request of its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mishap {
    /// Refuses `files.list` with this status.
    List(u16),
    /// Answers a chunk with this status and stores none of it.
    Piece(u16),
    /// Stores the first unit of a chunk and reports that range.
    PartOfPiece,
    /// Stores the first unit of a chunk and closes the connection.
    HangUpInPiece,
    /// Stores the last chunk and closes the connection before the reply.
    HangUpAtEnd,
    /// Forgets the upload session.
    ForgetSession,
    /// Stores other bytes than those received.
    Spoil,
}

#[derive(Debug, Clone)]
pub struct StoredFile {
    pub name: String,
    pub mime: String,
    pub parent: String,
    pub mark: String,
    pub bytes: Vec<u8>,
    pub complete: bool,
}

#[derive(Default)]
struct State {
    files: BTreeMap<String, StoredFile>,
    sessions: BTreeMap<String, (String, usize)>,
    mishaps: VecDeque<Mishap>,
    token: String,
    logins: usize,
    begun: usize,
    faults: Vec<String>,
}

/// A running server.
pub struct FakeDrive {
    port: u16,
    state: Arc<Mutex<State>>,
}

struct DriveRequest {
    method: String,
    path: String,
    query: BTreeMap<String, String>,
    headers: BTreeMap<String, String>,
    body: Vec<u8>,
}

fn key() -> &'static (String, Vec<u8>) {
    static KEY: OnceLock<(String, Vec<u8>)> = OnceLock::new();
    KEY.get_or_init(|| {
        let pair = KeyPair::generate(KeySize::Rsa2048).unwrap();
        let der: aws_lc_rs::encoding::Pkcs8V1Der<'_> = pair.as_der().unwrap();
        let text = STANDARD.encode(der.as_ref());
        let lines: Vec<_> = text
            .as_bytes()
            .chunks(64)
            .map(|line| std::str::from_utf8(line).unwrap())
            .collect();
        let pem = format!(
            "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
            lines.join("\n")
        );
        (pem, pair.public_key().as_ref().to_vec())
    })
}

impl FakeDrive {
    pub async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (port, state) = (
            listener.local_addr().unwrap().port(),
            Arc::new(Mutex::new(State::default())),
        );
        let theirs = Arc::clone(&state);
        actix_web::rt::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let state = Arc::clone(&theirs);
                actix_web::rt::spawn(async move { drop(serve(socket, port, state).await) });
            }
        });
        Self { port, state }
    }

    /// The URL of its API.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The JSON key file of a service account that the server knows.
    pub fn key(&self) -> String {
        json!({"type": "service_account", "client_email": "cermin@kantor.example", "private_key": key().0, "private_key_id": "k1", "token_uri": format!("{}/token", self.url())}).to_string()
    }

    pub fn fail_next_with(&self, mishaps: &[Mishap]) {
        self.state.lock().unwrap().mishaps.extend(mishaps);
    }

    /// Invalidates the access token.
    pub fn expire_token(&self) {
        "another".clone_into(&mut self.state.lock().unwrap().token);
    }

    /// Complete files and folders.
    pub fn files(&self) -> Vec<StoredFile> {
        self.state
            .lock()
            .unwrap()
            .files
            .values()
            .filter(|file| file.complete)
            .cloned()
            .collect()
    }

    /// The number of token requests, and the number of opened upload sessions.
    pub fn counts(&self) -> (usize, usize) {
        let state = self.state.lock().unwrap();
        (state.logins, state.begun)
    }

    /// The requests that broke the protocol.
    pub fn faults(&self) -> Vec<String> {
        self.state.lock().unwrap().faults.clone()
    }
}

async fn serve(socket: TcpStream, port: u16, state: Arc<Mutex<State>>) -> std::io::Result<()> {
    let mut stream = BufReader::new(socket);
    while let Some(asked) = read(&mut stream).await? {
        let answer = answer(&asked, port, &mut state.lock().unwrap());
        let Some((status, headers, body)) = answer else {
            return Ok(());
        };
        let head = format!(
            "HTTP/1.1 {status} x\r\n{headers}content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(head.as_bytes()).await?;
    }
    Ok(())
}

async fn read(stream: &mut BufReader<TcpStream>) -> std::io::Result<Option<DriveRequest>> {
    let mut line = String::new();
    if stream.read_line(&mut line).await? == 0 {
        return Ok(None);
    }
    let mut parts = line.split(' ');
    let (method, target) = (
        parts.next().unwrap().to_owned(),
        parts.next().unwrap().to_owned(),
    );
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await?;
        let Some((name, value)) = line.trim_end().split_once(": ") else {
            break;
        };
        headers.insert(name.to_lowercase(), value.to_owned());
    }
    let mut body = vec![
        0;
        headers
            .get("content-length")
            .and_then(|length| length.parse().ok())
            .unwrap_or_default()
    ];
    stream.read_exact(&mut body).await?;
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let query = actix_web::web::Query::<Vec<(String, String)>>::from_query(query)
        .unwrap()
        .into_inner()
        .into_iter()
        .collect();
    Ok(Some(DriveRequest {
        method,
        path: path.to_owned(),
        query,
        headers,
        body,
    }))
}

type Reply = Option<(u16, String, String)>;

fn answer(asked: &DriveRequest, port: u16, state: &mut State) -> Reply {
    if asked.path == "/token" {
        return Some(token(asked, port, state));
    }
    if asked.headers.get("authorization") != Some(&format!("Bearer {}", state.token))
        || state.token.is_empty()
    {
        return Some((401, String::new(), "{}".to_owned()));
    }
    if !asked.path.starts_with("/upload/session/")
        && asked.query.get("supportsAllDrives").map(String::as_str) != Some("true")
    {
        state.faults.push(format!(
            "{} {} without supportsAllDrives",
            asked.method, asked.path
        ));
    }
    match (asked.method.as_str(), asked.path.as_str()) {
        ("GET", "/drive/v3/files") => Some(list(asked, state)),
        ("POST", "/drive/v3/files") => {
            let described: Value = serde_json::from_slice(&asked.body).unwrap();
            let id = add(state, &described, true);
            Some((200, String::new(), shown(state, &id)))
        }
        ("POST", "/upload/drive/v3/files") => {
            let described: Value = serde_json::from_slice(&asked.body).unwrap();
            let (id, size) = (
                add(state, &described, false),
                asked.headers["x-upload-content-length"].parse().unwrap(),
            );
            state.begun += 1;
            let session = format!("/upload/session/{}", state.begun);
            state.sessions.insert(session.clone(), (id, size));
            Some((
                200,
                format!("location: http://127.0.0.1:{port}{session}\r\n"),
                String::new(),
            ))
        }
        ("PUT", session) => put(asked, session, state),
        ("DELETE", path) => {
            state.files.remove(path.rsplit('/').next().unwrap());
            Some((204, String::new(), String::new()))
        }
        other => {
            state
                .faults
                .push(format!("{other:?} is not asked of Drive"));
            Some((404, String::new(), "{}".to_owned()))
        }
    }
}

fn token(asked: &DriveRequest, port: u16, state: &mut State) -> (u16, String, String) {
    let form: BTreeMap<String, String> =
        actix_web::web::Query::<Vec<(String, String)>>::from_query(
            std::str::from_utf8(&asked.body).unwrap(),
        )
        .unwrap()
        .into_inner()
        .into_iter()
        .collect();
    let mut validation = Validation::new(Algorithm::RS256);
    validation.set_audience(&[format!("http://127.0.0.1:{port}/token")]);
    validation.set_issuer(&["cermin@kantor.example"]);
    validation.validate_exp = false;
    let proved = jsonwebtoken::decode::<Value>(
        &form["assertion"],
        &DecodingKey::from_rsa_der(&key().1),
        &validation,
    );
    let Ok(proved) = proved.map(|proved| proved.claims) else {
        return (
            400,
            String::new(),
            r#"{"error": "invalid_grant"}"#.to_owned(),
        );
    };
    let lasts = proved["exp"].as_i64().unwrap() - proved["iat"].as_i64().unwrap();
    if form["grant_type"] != "urn:ietf:params:oauth:grant-type:jwt-bearer"
        || lasts > 3600
        || proved["scope"] != "https://www.googleapis.com/auth/drive"
    {
        return (
            400,
            String::new(),
            r#"{"error": "invalid_scope"}"#.to_owned(),
        );
    }
    state.logins += 1;
    state.token = format!("t{}", state.logins);
    (
        200,
        String::new(),
        json!({"access_token": state.token, "expires_in": 3599, "token_type": "Bearer"})
            .to_string(),
    )
}

fn list(asked: &DriveRequest, state: &mut State) -> (u16, String, String) {
    if let Some(Mishap::List(status)) = state.mishaps.front().copied() {
        state.mishaps.pop_front();
        return (status, String::new(), "{}".to_owned());
    }
    if asked
        .query
        .get("includeItemsFromAllDrives")
        .map(String::as_str)
        != Some("true")
    {
        state.faults.push("a list without shared drives".to_owned());
    }
    let wanted: Vec<_> = asked.query["q"].split('\'').collect();
    let (parent, mark) = (wanted[1], wanted[5]);
    let found = state
        .files
        .iter()
        .find(|(_, file)| file.complete && file.parent == parent && file.mark == mark)
        .map(|(id, _)| id.clone());
    let files: Vec<Value> = found
        .iter()
        .map(|id| serde_json::from_str(&shown(state, id)).unwrap())
        .collect();
    (200, String::new(), json!({"files": files}).to_string())
}

fn add(state: &mut State, described: &Value, complete: bool) -> String {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let (name, mime, parent) = (
        text(&described["name"]),
        text(&described["mimeType"]),
        text(&described["parents"][0]),
    );
    let id = format!("id{}", state.files.len() + 1);
    let mark = text(&described["appProperties"]["service_desk"]);
    state.files.insert(
        id.clone(),
        StoredFile {
            name,
            mime,
            parent,
            mark,
            bytes: Vec::new(),
            complete,
        },
    );
    id
}

fn shown(state: &State, id: &str) -> String {
    let file = &state.files[id];
    let mut shown = json!({"id": id, "webViewLink": format!("https://drive.google.com/{id}")});
    if !file.mime.contains("folder") {
        shown["sha256Checksum"] = json!(hex::encode(Sha256::digest(&file.bytes)));
    }
    shown.to_string()
}

fn put(asked: &DriveRequest, session: &str, state: &mut State) -> Reply {
    let Some((id, size)) = state.sessions.get(session).cloned() else {
        return Some((404, String::new(), "{}".to_owned()));
    };
    if !state.files.contains_key(&id) {
        state
            .faults
            .push("a request for a session of a deleted file".to_owned());
        return Some((404, String::new(), "{}".to_owned()));
    }
    let range = asked.headers["content-range"]
        .strip_prefix("bytes ")
        .unwrap()
        .to_owned();
    let (span, total) = range.split_once('/').unwrap();
    if total != size.to_string() {
        state.faults.push(format!("{range} of {size}"));
    }
    if span == "*" {
        return Some(progress(state, &id, size));
    }
    let (from, to) = span
        .split_once('-')
        .map(|(from, to)| (from.parse::<usize>().unwrap(), to.parse::<usize>().unwrap()))
        .unwrap();
    let have = state.files[&id].bytes.len();
    if from != have
        || to + 1 - from != asked.body.len()
        || (to + 1 != size && !asked.body.len().is_multiple_of(UNIT))
    {
        state.faults.push(format!(
            "{range} with {} bytes where {have} are there",
            asked.body.len()
        ));
        return Some((400, String::new(), "{}".to_owned()));
    }
    let keep = |state: &mut State, bytes: &[u8]| {
        state
            .files
            .get_mut(&id)
            .unwrap()
            .bytes
            .extend_from_slice(bytes);
    };
    let part = &asked.body[..asked.body.len().min(UNIT)];
    match state.mishaps.pop_front() {
        Some(Mishap::Piece(status)) => Some((status, String::new(), "{}".to_owned())),
        Some(Mishap::PartOfPiece) => {
            keep(state, part);
            Some(progress(state, &id, size))
        }
        Some(Mishap::HangUpInPiece) => {
            keep(state, part);
            None
        }
        Some(Mishap::HangUpAtEnd) => {
            keep(state, &asked.body);
            progress(state, &id, size);
            None
        }
        Some(Mishap::ForgetSession) => {
            state.sessions.remove(session);
            state.files.remove(&id);
            Some((404, String::new(), "{}".to_owned()))
        }
        Some(Mishap::Spoil) => {
            keep(
                state,
                &asked.body.iter().map(|byte| byte ^ 1).collect::<Vec<_>>(),
            );
            Some(progress(state, &id, size))
        }
        Some(mishap @ Mishap::List(_)) => {
            state.mishaps.push_front(mishap);
            keep(state, &asked.body);
            Some(progress(state, &id, size))
        }
        None => {
            keep(state, &asked.body);
            Some(progress(state, &id, size))
        }
    }
}

fn progress(state: &mut State, id: &str, size: usize) -> (u16, String, String) {
    let have = state.files[id].bytes.len();
    if have == size {
        state.files.get_mut(id).unwrap().complete = true;
        return (200, String::new(), shown(state, id));
    }
    let range = if have == 0 {
        String::new()
    } else {
        format!("range: bytes=0-{}\r\n", have - 1)
    };
    (308, range, String::new())
}
