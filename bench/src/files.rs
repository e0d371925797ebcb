//! Hostile attachments beside honest ones. One reporter attaches small pictures, one after the
//! other: alone, beside eight connections that attach PDFs of zeros packed three and eight times
//! without a pause, each file another one, and beside eight that attach such pictures. The
//! measurement shows how much longer an upload takes, and how much longer the reporter waits for the
//! copy (abuse case 44). The crowd of honest files is the control: what the hostile ones take beyond
//! it is their doing, the rest is that of many requests.

use std::cell::Cell;
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::ZlibEncoder;
use serde_json::Value;
use uuid::Uuid;

use crate::client::{Connection, request};
use crate::process::Server;
use crate::report::OURS;
use crate::{Options, Outcome, READY_PATH};

const CROWD: usize = 8;
/// Attachments of one complaint; it may have 20.
const EACH: usize = 15;
/// Honest pictures of one trial.
const PICTURES: usize = 60;
const MINE: &str = "/api/v1/complaints/mine/attachments";
/// A PNG of one white pixel.
const PICTURE: &[u8] = b"\x89\x50\x4e\x47\x0d\x0a\x1a\x0a\x00\x00\x00\x0d\x49\x48\x44\x52\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00\x3a\x7e\x9b\x55\x00\x00\x00\x0a\x49\x44\x41\x54\x78\xda\x63\xf8\x0f\x00\x01\x01\x01\x00\x1c\xb0\x8c\x99\x00\x00\x00\x00\x49\x45\x4e\x44\xae\x42\x60\x82";

/// Times in milliseconds.
#[derive(Default)]
struct Trial {
    uploads: Vec<f64>,
    copies: Vec<f64>,
    /// Files that the others attached meanwhile.
    of_the_crowd: usize,
}

/// Measures honest uploads alone and beside hostile ones, and prints a table.
pub async fn measure(wish: &Options, folder: &Path) -> Outcome<()> {
    let program = std::env::current_exe()?.with_file_name("service-desk");
    let variables = [
        ("DATA_DIR", folder.join("desk").display().to_string()),
        ("PATH", std::env::var("PATH")?),
        ("REQUESTS_PER_MINUTE", "1000000".to_owned()),
        ("LOG", "error".to_owned()),
    ];
    let server = Server::start(OURS, &program, &variables, READY_PATH).await?;
    let pictures = if wish.brief { 4 } else { PICTURES };
    let hostile = [packed(1 << 30, 3)?, packed(200 << 20, 8)?];
    honest(&server, 2, true).await?;
    let mut trials = [Trial::default(), Trial::default(), Trial::default()];
    for _ in 0..wish.rounds {
        trials[0].add(honest(&server, pictures, true).await?);
        trials[1].add(beside(&server, pictures, &hostile, true).await?);
    }
    // The last, because more honest files are attached than the service copies meanwhile.
    let honest_ones = [PICTURE.to_vec(), PICTURE.to_vec()];
    trials[2].add(beside(&server, pictures, &honest_ones, false).await?);
    print_table(&mut trials)?;
    server.stop().await
}

fn print_table(trials: &mut [Trial; 3]) -> Outcome<()> {
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "### Honest pictures alone, and beside {CROWD} connections that attached {} hostile or {} honest files\n\n\
         | what | | p50 ms | p95 ms | p95 ÷ alone |\n|---|---|--:|--:|--:|",
        trials[1].of_the_crowd, trials[2].of_the_crowd
    )?;
    for what in ["upload", "until the copy is ready"] {
        let mut alone = 0.0;
        for (trial, beside) in trials
            .iter_mut()
            .zip(["alone", "beside hostile", "beside honest"])
        {
            let times = if what == "upload" {
                &mut trial.uploads
            } else {
                &mut trial.copies
            };
            if times.is_empty() {
                continue;
            }
            let (p50, p95) = (percentile(times, 50), percentile(times, 95));
            if beside == "alone" {
                alone = p95;
            }
            writeln!(
                out,
                "| {what} | {beside} | {p50:.1} | {p95:.1} | **{:.2}** |",
                p95 / alone
            )?;
        }
    }
    Ok(())
}

impl Trial {
    fn add(&mut self, other: Self) {
        self.uploads.extend(other.uploads);
        self.copies.extend(other.copies);
        self.of_the_crowd += other.of_the_crowd;
    }
}

/// Attaches pictures beside a crowd that attaches `files`.
async fn beside(
    server: &Server,
    pictures: usize,
    files: &[Vec<u8>; 2],
    waits: bool,
) -> Outcome<Trial> {
    let is_over = Cell::new(false);
    let crowd =
        futures_util::future::join_all((0..CROWD).map(|n| attach(server, &files[n % 2], &is_over)));
    let measured = async {
        let trial = honest(server, pictures, waits).await;
        is_over.set(true);
        trial
    };
    let (trial, crowd) = tokio::join!(measured, crowd);
    let mut trial = trial?;
    for attached in crowd {
        trial.of_the_crowd += attached?;
    }
    Ok(trial)
}

fn percentile(times: &mut [f64], percent: usize) -> f64 {
    times.sort_unstable_by(f64::total_cmp);
    times[(times.len() * percent / 100).min(times.len() - 1)]
}

/// Attaches pictures one after the other; with `waits` each when the copy of the last is ready.
async fn honest(server: &Server, pictures: usize, waits: bool) -> Outcome<Trial> {
    let mut trial = Trial::default();
    let mut connection = Connection::open(server.address).await?;
    let mut token = String::new();
    for n in 0..pictures {
        if n % EACH == 0 {
            token = reporter(&mut connection).await?;
        }
        let begun = Instant::now();
        let status = upload(&mut connection, &token, PICTURE).await?;
        if status != 201 {
            return Err(format!("an honest picture: {status}").into());
        }
        trial.uploads.push(millis(begun));
        if !waits {
            continue;
        }
        loop {
            let list = request("GET", MINE, &bearer(&token), None);
            let items = said(&mut connection, &list, 200).await?;
            if items["items"][n % EACH]["copy"] == "ready" {
                break;
            }
            if begun.elapsed() > Duration::from_mins(5) {
                return Err("a copy is not ready after five minutes".into());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        trial.copies.push(millis(begun));
    }
    Ok(trial)
}

/// Attaches `file` again and again until it is over; the number of files taken.
async fn attach(server: &Server, file: &[u8], is_over: &Cell<bool>) -> Outcome<usize> {
    let mut connection = Connection::open(server.address).await?;
    let (mut session, mut taken) = (reporter(&mut connection).await?, 0);
    while !is_over.get() {
        let other = [file, format!("%{}\n", Uuid::new_v4()).as_bytes()].concat();
        match upload(&mut connection, &session, &other).await? {
            201 => taken += 1,
            409 => session = reporter(&mut connection).await?,
            _ => {}
        }
    }
    Ok(taken)
}

/// The session of the reporter of a new complaint.
async fn reporter(connection: &mut Connection) -> Outcome<String> {
    let form = r#"{"category":"service","content":{"subject":"Pungutan","place":"Loket","occurred":"Juni","account":"Petugas meminta uang tunai di luar tarif.","accused":[{"name":"petugas loket"}]}}"#;
    let submit = request("POST", "/api/v1/complaints", &key(), Some(form));
    let code = said(connection, &submit, 201).await?["receipt_code"].clone();
    let code = serde_json::json!({"receipt_code": code}).to_string();
    let enter = request("POST", "/api/v1/complaints/sessions", "", Some(&code));
    let token = &said(connection, &enter, 200).await?["access_token"];
    Ok(token
        .as_str()
        .ok_or("a session without a token")?
        .to_owned())
}

async fn upload(connection: &mut Connection, token: &str, file: &[u8]) -> Outcome<u16> {
    let mut request = format!(
        "POST {MINE} HTTP/1.1\r\nhost: bench\r\n{}{}content-type: application/octet-stream\r\ncontent-length: {}\r\n\r\n",
        bearer(token),
        key(),
        file.len()
    )
    .into_bytes();
    request.extend_from_slice(file);
    Ok(connection.exchange(&request).await?.status)
}

async fn said(connection: &mut Connection, request: &[u8], status: u16) -> Outcome<Value> {
    let reply = connection.exchange(request).await?;
    let body = String::from_utf8_lossy(connection.body(&reply));
    if reply.status == status {
        Ok(serde_json::from_str(&body)?)
    } else {
        Err(format!("{} instead of {status}: {body}", reply.status).into())
    }
}

fn bearer(token: &str) -> String {
    format!("authorization: Bearer {token}\r\n")
}

fn key() -> String {
    format!("idempotency-key: {}\r\n", Uuid::new_v4().simple())
}

fn millis(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1000.0
}

/// A PDF with a page of `length` zeros, packed `times` times.
fn packed(length: usize, times: usize) -> Outcome<Vec<u8>> {
    let mut content = vec![0; length];
    for _ in 0..times {
        let mut packer = ZlibEncoder::new(Vec::new(), Compression::best());
        packer.write_all(&content)?;
        content = packer.finish()?;
    }
    let (filters, length) = ("/FlateDecode ".repeat(times), content.len());
    let head = format!(
        "%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n\
         3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R>>\nendobj\n4 0 obj\n<</Filter[{filters}]/Length {length}>>\nstream\n"
    );
    let tail = b"\nendstream\nendobj\ntrailer\n<</Root 1 0 R/Size 5>>\nstartxref\n0\n%%EOF\n";
    Ok([head.as_bytes(), &content, tail].concat())
}
