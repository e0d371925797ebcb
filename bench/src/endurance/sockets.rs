//! Slow requests and many event streams beside callers that read.

use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;

use super::{World, pause};
use crate::Outcome;
use crate::client::{load, request};
use crate::office::Office;
use crate::operations::id;
use crate::process::Server;

/// The callers whose time is measured, and the pause of each.
const READERS: usize = 16;
const PACE: Duration = Duration::from_millis(20);
/// The accounts that open streams, with five streams each.
const STREAMS_PER_ACCOUNT: usize = 5;
/// The goal: others' p99 beside, as a multiple of theirs alone.
const GOAL: f64 = 2.0;
/// The latest end of a request that is sent a byte a second.
const CLOSED_WITHIN: Duration = Duration::from_mins(1);

/// The kinds of slow sockets.
#[derive(Debug, Clone, Copy)]
enum Slow {
    /// Sends nothing.
    Idle,
    /// Sends its headers a byte a second.
    Headers,
    /// Sends a body a byte a second, with a token.
    Body,
    /// The same without a token.
    BodyOfStranger,
}

/// Measures the readers alone, beside slow sockets, and beside event streams.
pub async fn measure(
    world: &Rc<World>,
    office: &mut Office,
    server: Server,
    long: bool,
) -> Outcome<(Server, String)> {
    let (sockets, streams): (usize, u32) = if long { (2_000, 500) } else { (400, 100) };
    let seconds = Duration::from_secs(if long { 15 } else { 4 });
    let address = server.address;
    let accounts = streams / u32::try_from(STREAMS_PER_ACCOUNT)?;
    let customers = crate::tokens(office, &server, "customer", accounts).await?;
    let alone = readers(world, address, seconds).await?;

    let kinds = [Slow::Idle, Slow::Headers, Slow::Body, Slow::BodyOfStranger];
    let opened = Instant::now();
    let slow: Vec<JoinHandle<Option<Duration>>> = (0..sockets)
        .map(|n| {
            tokio::task::spawn_local(dribble(
                address,
                kinds[n % 4],
                world.tokens.customers[n % 16].clone(),
            ))
        })
        .collect();
    pause(1_000).await;
    let beside_slow = readers(world, address, seconds).await?;
    let mut latest = Duration::ZERO;
    let mut left_open = Vec::new();
    for (n, socket) in slow.into_iter().enumerate() {
        let left = CLOSED_WITHIN.saturating_sub(opened.elapsed());
        match tokio::time::timeout(left, socket).await {
            Ok(ended) => latest = latest.max(ended?.unwrap_or_default()),
            Err(_) => left_open.push(kinds[n % 4]),
        }
    }

    let following: Vec<JoinHandle<()>> = customers
        .iter()
        .flat_map(|token| (0..STREAMS_PER_ACCOUNT).map(|_| token.clone()))
        .map(|token| tokio::task::spawn_local(follow(address, token)))
        .collect();
    pause(1_000).await;
    let beside_streams = readers(world, address, seconds).await?;
    let ended = following
        .iter()
        .filter(|stream| stream.is_finished())
        .count();
    let memory = server.memory()?;
    for stream in following {
        stream.abort();
    }
    let again = readers(world, address, seconds).await?;
    let base = f64::midpoint(alone, again);
    let verdict = |p99: f64| {
        if p99 <= GOAL * base {
            "reached"
        } else {
            "**missed**"
        }
    };
    let text = format!(
        "- others' p99: alone {alone:.1} and {again:.1} ms; beside {sockets} slow sockets {beside_slow:.1} ms ({:.2} ×, goal 2: {}); beside {streams} event streams {beside_streams:.1} ms ({:.2} ×: {}), {memory:.0} MB\n- slow sockets closed within {:.0} s, {} left open after {} s; {ended} streams ended by the server",
        beside_slow / base,
        verdict(beside_slow),
        beside_streams / base,
        verdict(beside_streams),
        latest.as_secs_f64(),
        left_open.len(),
        CLOSED_WITHIN.as_secs(),
    );
    if !left_open.is_empty() || ended > 0 {
        Err(format!("{text}: {left_open:?}").into())
    } else {
        Ok((server, text))
    }
}

/// The p99 of readers in milliseconds.
async fn readers(world: &World, address: SocketAddr, how_long: Duration) -> Outcome<f64> {
    let mut n = 0;
    let found = load(address, READERS, how_long, PACE, || {
        n += 1;
        let token = &world.tokens.staff[n % world.tokens.staff.len()];
        let path = format!(
            "/api/v1/applications/{}",
            id("00000000", 1 + n as u64 % 900)
        );
        Some(request(
            "GET",
            &path,
            &format!("authorization: Bearer {token}\r\n"),
            None,
        ))
    })
    .await?;
    if found.refused > 0 {
        return Err(format!("{} reads were refused", found.refused).into());
    }
    Ok(found.percentile(99))
}

/// Sends slowly until the server ends the connection, and returns when it did.
async fn dribble(address: SocketAddr, kind: Slow, token: String) -> Option<Duration> {
    let opened = Instant::now();
    let mut stream = TcpStream::connect(address).await.ok()?;
    let head = |token: &str| {
        format!(
            "POST /api/v1/applications HTTP/1.1\r\nhost: bench\r\n{token}content-type: application/json\r\ncontent-length: 100000\r\n\r\n"
        )
    };
    let at_once = match kind {
        Slow::Idle | Slow::Headers => String::new(),
        Slow::Body => head(&format!("authorization: Bearer {token}\r\n")),
        Slow::BodyOfStranger => head(""),
    };
    stream.write_all(at_once.as_bytes()).await.ok()?;
    let mut answer = [0; 4096];
    let slowly: &[u8] = match kind {
        Slow::Idle => b"",
        Slow::Headers => b"GET /api/v1/schemes HTTP/1.1\r\nhost: bench\r\nx-filler: ",
        Slow::Body | Slow::BodyOfStranger => b"{",
    };
    let mut sent = 0;
    loop {
        tokio::select! {
            read = stream.read(&mut answer) => match read {
                Ok(0) | Err(_) => return Some(opened.elapsed()),
                Ok(_) => {}
            },
            () = pause(1_000) => {
                let byte = slowly.get(sent).copied().unwrap_or(b' ');
                sent += 1;
                if !slowly.is_empty() && stream.write_all(&[byte]).await.is_err() {
                    return Some(opened.elapsed());
                }
            }
        }
    }
}

/// Reads an event stream until the server ends it.
async fn follow(address: SocketAddr, token: String) {
    let Ok(mut stream) = TcpStream::connect(address).await else {
        return;
    };
    let headers = format!("authorization: Bearer {token}\r\naccept: text/event-stream\r\n");
    if stream
        .write_all(&request("GET", "/api/v1/events", &headers, None))
        .await
        .is_err()
    {
        return;
    }
    let mut bytes = [0; 4096];
    while stream.read(&mut bytes).await.is_ok_and(|count| count > 0) {}
}
