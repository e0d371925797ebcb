//! A small HTTP/1.1 client that loads a server: keep-alive connections on one thread; each
//! connection sends its next request as soon as the reply has arrived. The client reads only the
//! status and the length of the body, so that the processor time is left to the server.

use std::cell::RefCell;
use std::io;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

pub struct Connection {
    stream: TcpStream,
    received: Vec<u8>,
}

/// The status of a reply. The body stays in the connection's buffer until the next exchange.
pub struct Reply {
    pub status: u16,
    head: usize,
    body: std::ops::Range<usize>,
}

impl Connection {
    pub async fn open(to: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(to).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            received: Vec::with_capacity(16 << 10),
        })
    }

    pub async fn exchange(&mut self, request: &[u8]) -> io::Result<Reply> {
        self.stream.write_all(request).await?;
        self.received.clear();
        loop {
            if self.stream.read_buf(&mut self.received).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let Some(end) = self
                .received
                .windows(4)
                .position(|four| four == b"\r\n\r\n")
            else {
                continue;
            };
            let head = String::from_utf8_lossy(&self.received[..end]);
            let status = head
                .get(9..12)
                .and_then(|status| status.parse().ok())
                .ok_or(io::ErrorKind::InvalidData)?;
            let length: usize = head.lines().find_map(length_in).unwrap_or_default();
            let is_chunked = head
                .lines()
                .any(|line| line.eq_ignore_ascii_case("transfer-encoding: chunked"));
            while is_chunked && !self.received.ends_with(b"\r\n0\r\n\r\n") {
                if self.stream.read_buf(&mut self.received).await? == 0 {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
            }
            let length = if is_chunked {
                self.received.len() - end - 4
            } else {
                length
            };
            let body = end + 4..end + 4 + length;
            while self.received.len() < body.end {
                if self.stream.read_buf(&mut self.received).await? == 0 {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
            }
            return Ok(Reply {
                status,
                head: end,
                body,
            });
        }
    }

    /// The status line and the headers of the last reply.
    pub fn head(&self, reply: &Reply) -> &[u8] {
        &self.received[..reply.head]
    }

    /// Whether the reply has this header; the name in lower case.
    pub fn has_header(&self, reply: &Reply, name: &str) -> bool {
        let head = String::from_utf8_lossy(self.head(reply)).to_lowercase();
        head.lines()
            .any(|line| line.split(':').next() == Some(name))
    }

    pub fn body(&self, reply: &Reply) -> &[u8] {
        &self.received[reply.body.clone()]
    }
}

fn length_in(line: &str) -> Option<usize> {
    let (name, value) = line.split_once(':')?;
    name.eq_ignore_ascii_case("content-length")
        .then(|| value.trim().parse().ok())?
}

pub fn request(method: &str, path: &str, headers: &str, body: Option<&str>) -> Vec<u8> {
    match body {
        Some(body) => format!(
            "{method} {path} HTTP/1.1\r\nhost: bench\r\n{headers}content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        ),
        None => format!("{method} {path} HTTP/1.1\r\nhost: bench\r\n{headers}\r\n"),
    }
    .into_bytes()
}

/// The result of a load: the time of each successful exchange in microseconds, and the number of
/// other replies.
#[derive(Debug, Default, Clone)]
pub struct LoadResult {
    micros: Vec<u32>,
    pub refused: usize,
    pub seconds: f64,
}

impl LoadResult {
    pub fn done(&self) -> usize {
        self.micros.len()
    }

    #[expect(clippy::cast_precision_loss, reason = "counts of a benchmark")]
    pub fn rate(&self) -> f64 {
        self.micros.len() as f64 / self.seconds
    }

    /// The time in milliseconds within which `percent` of the requests were answered.
    pub fn percentile(&self, percent: usize) -> f64 {
        let mut sorted = self.micros.clone();
        sorted.sort_unstable();
        let place = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
        sorted
            .get(place)
            .map_or(0.0, |micros| f64::from(*micros) / 1000.0)
    }
}

/// Loads the server at `to` over a number of connections for a given time, with a pause before each
/// request of a connection (zero for a saturating load). The connections start one after the other
/// within the first pause. `next` gives the requests; the load ends early when `next` has none
/// left.
pub async fn load(
    to: SocketAddr,
    connections: usize,
    how_long: Duration,
    pause: Duration,
    next: impl FnMut() -> Option<Vec<u8>>,
) -> io::Result<LoadResult> {
    let next = Rc::new(RefCell::new(next));
    let opened = join_all((0..connections).map(|_| Connection::open(to))).await;
    let begun = Instant::now();
    let turn = |i: usize| {
        pause * u32::try_from(i).unwrap_or_default()
            / u32::try_from(connections).unwrap_or(1).max(1)
    };
    let callers = opened.into_iter().enumerate().map(|(i, connection)| {
        call(
            connection,
            begun,
            how_long,
            (turn(i), pause),
            Rc::clone(&next),
        )
    });
    let mut all = LoadResult::default();
    for one in join_all(callers).await {
        let one = one?;
        all.micros.extend(one.micros);
        all.refused += one.refused;
    }
    all.seconds = begun.elapsed().as_secs_f64();
    Ok(all)
}

async fn call(
    connection: io::Result<Connection>,
    begun: Instant,
    how_long: Duration,
    (turn, pause): (Duration, Duration),
    next: Rc<RefCell<impl FnMut() -> Option<Vec<u8>>>>,
) -> io::Result<LoadResult> {
    let mut connection = connection?;
    let mut found = LoadResult::default();
    tokio::time::sleep(turn).await;
    while begun.elapsed() < how_long {
        if !pause.is_zero() {
            tokio::time::sleep(pause).await;
        }
        let given = (next.borrow_mut())();
        let Some(request) = given else { break };
        let sent = Instant::now();
        let reply = connection.exchange(&request).await?;
        if reply.status < 300 {
            found
                .micros
                .push(u32::try_from(sent.elapsed().as_micros()).unwrap_or(u32::MAX));
        } else {
            found.refused += 1;
        }
    }
    Ok(found)
}
