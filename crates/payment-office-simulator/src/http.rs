//! Just enough HTTP/1.1 for one request and one answer on a connection.

use std::io;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncBufRead, AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::io::{AsyncWrite, BufReader};
use tokio::net::TcpStream;

use super::{Mishap, Simulator};

/// The largest body.
const MAX_BYTES: usize = 1 << 20;

/// Reads a request, lets the simulator answer it, and closes the connection.
pub(super) async fn serve(stream: TcpStream, simulator: &Simulator) -> io::Result<()> {
    let (reading, mut writing) = stream.into_split();
    let mut reading = BufReader::new(reading);
    let (first, body) = read_message(&mut reading).await?;
    let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
    let mishap = simulator.next_mishap();
    if let Some(Mishap::Status(status)) = mishap {
        return answer(&mut writing, status, "{}").await;
    }
    if mishap == Some(Mishap::Refuse) {
        return answer(
            &mut writing,
            200,
            r#"{"code": "02", "message": "data tidak valid"}"#,
        )
        .await;
    }
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let reply = simulator.answer(&path, &body).await.to_string();
    match mishap {
        Some(Mishap::LoseAnswer) => Ok(()),
        Some(Mishap::Garbage) => answer(&mut writing, 200, "<html>maintenance</html>").await,
        Some(Mishap::Huge) => {
            let reply = format!("{reply}{}", " ".repeat(1 << 20));
            answer(&mut writing, 200, &reply).await
        }
        Some(Mishap::Slow(time)) => {
            tokio::time::sleep(time).await;
            answer(&mut writing, 200, &reply).await
        }
        Some(Mishap::Status(_) | Mishap::Refuse) | None => answer(&mut writing, 200, &reply).await,
    }
}

async fn answer(to: &mut (impl AsyncWrite + Unpin), status: u16, body: &str) -> io::Result<()> {
    let head = format!(
        "HTTP/1.1 {status} -\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    to.write_all(format!("{head}{body}").as_bytes()).await?;
    to.shutdown().await
}

/// Posts `body` to `host:port/path`; returns the status and the answer.
pub(super) async fn post(
    address: &str,
    headers: &[(&str, String)],
    body: &str,
) -> io::Result<(u16, String)> {
    let (host, path) = address.split_once('/').unwrap_or((address, ""));
    let mut stream = TcpStream::connect(host).await?;
    let headers: Vec<_> = headers
        .iter()
        .map(|(name, value)| format!("{name}: {value}\r\n"))
        .collect();
    let headers = headers.concat();
    let request = format!(
        "POST /{path} HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n{headers}\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await?;
    let reading = async {
        let (first, body) = read_message(&mut BufReader::new(stream)).await?;
        let status = first
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok());
        let status = status.ok_or_else(|| io::Error::other("no HTTP status"))?;
        Ok((status, String::from_utf8_lossy(&body).into_owned()))
    };
    tokio::time::timeout(Duration::from_secs(10), reading)
        .await
        .map_err(io::Error::other)?
}

/// The first line and the body of a message.
async fn read_message(from: &mut (impl AsyncBufRead + Unpin)) -> io::Result<(String, Vec<u8>)> {
    let (mut first, mut length) = (String::new(), 0);
    from.read_line(&mut first).await?;
    loop {
        let mut line = String::new();
        if from.read_line(&mut line).await? == 0 || line.trim().is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().map_err(io::Error::other)?;
        }
    }
    if length > MAX_BYTES {
        return Err(io::Error::other("the body is too large"));
    }
    let mut body = vec![0; length];
    from.read_exact(&mut body).await?;
    Ok((first, body))
}
