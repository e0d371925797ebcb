//! Read timeout of a request body, measured by progress. A slow connection passes as long as bytes
//! keep arriving, whatever the size of the body. A sender that stops, or sends a byte now and then,
//! gets 408. The longest possible transfer is the size limit divided by the slowest accepted rate.

use std::time::Duration;

use bytes::Bytes;
use futures_util::{Stream, StreamExt as _};
use tokio::time::{Instant, timeout_at};

use crate::error::{Code, Error, Result};

/// The slowest transfer that is accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadTimeout {
    /// The longest time without any byte.
    pub idle: Duration,
    /// The time within which the next `min_bytes` bytes must arrive.
    pub window: Duration,
    /// The bytes that must arrive within each `window`.
    pub min_bytes: usize,
}

impl ReadTimeout {
    /// For JSON: 256 bytes a second. A GPRS connection carries four times as much.
    pub(crate) const JSON: Self = Self {
        idle: Duration::from_secs(10),
        window: Duration::from_secs(20),
        min_bytes: 5 << 10,
    };
    /// For files: the same rate, with longer gaps. A mobile connection recovers from a handover
    /// within thirty seconds.
    pub const FILE: Self = Self {
        idle: Duration::from_secs(30),
        window: Duration::from_secs(30),
        min_bytes: 7_680,
    };
}

/// Reads a request body under a read timeout.
#[derive(Debug)]
pub(crate) struct BodyReader {
    timeout: ReadTimeout,
    last_byte_at: Instant,
    window_start: Instant,
    arrived: usize,
}

impl BodyReader {
    /// Starts the clocks now.
    pub(crate) fn new(timeout: ReadTimeout) -> Self {
        let now = Instant::now();
        Self {
            timeout,
            last_byte_at: now,
            window_start: now,
            arrived: 0,
        }
    }

    /// Returns the next bytes of `payload`; `None` at its end.
    ///
    /// # Errors
    /// `request_timeout` when the sender is slower than the timeout allows; `broken()` when the
    /// connection fails.
    pub(crate) async fn next<S, E>(
        &mut self,
        payload: &mut S,
        broken: impl Fn() -> Error,
    ) -> Result<Option<Bytes>>
    where
        S: Stream<Item = std::result::Result<Bytes, E>> + Unpin,
    {
        loop {
            let until = (self.last_byte_at + self.timeout.idle)
                .min(self.window_start + self.timeout.window);
            let next = timeout_at(until, payload.next())
                .await
                .map_err(|_| Error::new(Code::RequestTimeout))?;
            let Some(chunk) = next.transpose().map_err(|_| broken())? else {
                return Ok(None);
            };
            if chunk.is_empty() {
                continue;
            }
            let now = Instant::now();
            self.last_byte_at = now;
            self.arrived += chunk.len();
            if self.arrived >= self.timeout.min_bytes {
                self.arrived = 0;
                self.window_start = now;
            }
            return Ok(Some(chunk));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::{SocketAddr, TcpStream};

    use actix_web::{App, HttpResponse, HttpServer, ResponseError as _, web};
    use futures_util::stream;

    use super::*;

    const SHORT: ReadTimeout = ReadTimeout {
        idle: Duration::from_millis(300),
        window: Duration::from_millis(600),
        min_bytes: 600,
    };

    async fn arrives(pieces: Vec<(u64, usize)>) -> Result<usize> {
        let pieces = stream::unfold(pieces.into_iter(), |mut pieces| async move {
            let (pause, length) = pieces.next()?;
            tokio::time::sleep(Duration::from_millis(pause)).await;
            Some((
                Ok::<_, std::io::Error>(Bytes::from(vec![b'x'; length])),
                pieces,
            ))
        });
        let (mut pieces, mut body_reader, mut all) = (Box::pin(pieces), BodyReader::new(SHORT), 0);
        while let Some(chunk) = body_reader
            .next(&mut pieces, || Error::new(Code::MalformedBody))
            .await?
        {
            all += chunk.len();
        }
        Ok(all)
    }

    /// A slow, steady transfer passes however long it takes; long gaps and single bytes do
    /// not.
    #[actix_web::test]
    async fn a_sender_is_judged_by_how_they_get_on() {
        assert_eq!(
            arrives(vec![(50, 100); 40]).await.unwrap(),
            4_000,
            "two seconds, more than any window"
        );
        assert_eq!(
            arrives(vec![(0, 10_000), (250, 10), (250, 700)])
                .await
                .unwrap(),
            10_710,
            "a gap is borne"
        );
        assert_eq!(
            arrives(vec![(0, 0), (10, 5)]).await.unwrap(),
            5,
            "a small body has its window"
        );
        for (why, pieces) in [
            ("a byte now and then", vec![(20, 1); 100]),
            ("a gap too long", vec![(0, 10_000), (400, 10_000)]),
            (
                "what came before is no credit",
                [vec![(0, 1 << 20)], vec![(100, 20); 10]].concat(),
            ),
            ("empty pieces are no progress", vec![(20, 0); 100]),
        ] {
            assert_eq!(
                arrives(pieces).await.unwrap_err().code(),
                Some(Code::RequestTimeout),
                "{why}"
            );
        }
    }

    async fn count(mut payload: web::Payload) -> Result<HttpResponse> {
        let (mut body_reader, mut all) = (BodyReader::new(SHORT), 0);
        while let Some(chunk) = body_reader
            .next(&mut payload, || Error::new(Code::MalformedBody))
            .await?
        {
            all += chunk.len();
        }
        Ok(HttpResponse::Ok().body(all.to_string()))
    }

    /// Sends `length` bytes in pieces of `piece`, one every 50 ms, and returns the status of the
    /// reply.
    async fn send(address: SocketAddr, length: usize, piece: usize) -> String {
        let talk = move || {
            let mut socket = TcpStream::connect(address).unwrap();
            socket.set_nodelay(true).unwrap();
            socket
                .set_read_timeout(Some(Duration::from_secs(20)))
                .unwrap();
            write!(socket, "POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n").unwrap();
            for at in (0..length).step_by(piece) {
                std::thread::sleep(Duration::from_millis(50));
                if socket
                    .write_all(&vec![b'x'; piece.min(length - at)])
                    .is_err()
                {
                    break;
                }
            }
            let mut reply = [0; 12];
            socket.read_exact(&mut reply).unwrap();
            String::from_utf8_lossy(&reply[9..]).into_owned()
        };
        actix_web::rt::task::spawn_blocking(talk).await.unwrap()
    }

    /// The same over sockets, where the actix server has timeouts of its own.
    #[actix_web::test]
    async fn over_a_socket_a_slow_line_passes_and_a_dribble_does_not() {
        assert_eq!(Error::new(Code::RequestTimeout).status_code(), 408);
        let app = || App::new().route("/", web::post().to(count));
        let server = HttpServer::new(app)
            .workers(1)
            .client_request_timeout(Duration::from_millis(500))
            .disable_signals();
        let server = server.bind("127.0.0.1:0").unwrap();
        let address = server.addrs()[0];
        actix_web::rt::spawn(server.run());
        assert_eq!(send(address, 4_000, 100).await, "200");
        assert_eq!(send(address, 4_000, 1).await, "408");
    }
}
