//! A simulated mail server according to RFC 5321: EHLO, STARTTLS, AUTH PLAIN, MAIL, RCPT, DATA with
//! dot-stuffing, RSET, QUIT. It listens on a real socket, keeps the received mails, and fails in
//! the ways that a test requests.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;

use super::certificate::of_localhost;

/// The failure for the next mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mishap {
    /// Answers RCPT with this code and a text that repeats the address.
    Rcpt(u16),
    /// Answers the end of DATA with this code.
    Data(u16),
    /// Receives the mail and closes the connection before the reply.
    HangUpAfterData,
    /// Closes the connection during the greeting.
    HangUpAtOnce,
}

/// The extensions that the server offers.
#[derive(Debug, Clone, Copy, Default)]
pub struct Extensions {
    /// STARTTLS, and no other command before it.
    pub starttls: bool,
    /// AUTH PLAIN with user `layanan` and password `rahasia-kantor`; required for mail.
    pub auth: bool,
}

/// A received mail.
#[derive(Debug, Clone)]
pub struct ReceivedMail {
    /// The argument of EHLO.
    pub hello: String,
    /// The argument of MAIL FROM.
    pub from: String,
    /// The arguments of RCPT TO.
    pub to: Vec<String>,
    /// Whether the connection was encrypted.
    pub protected: bool,
    /// The mail as it was sent.
    pub raw: String,
}

impl ReceivedMail {
    /// A header, unfolded.
    pub fn header(&self, name: &str) -> Option<String> {
        let head = self
            .raw
            .split("\r\n\r\n")
            .next()
            .unwrap()
            .replace("\r\n ", " ")
            .replace("\r\n\t", " ");
        head.lines()
            .filter_map(|line| line.split_once(": "))
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.to_owned())
    }

    /// The plain text, decoded.
    pub fn text(&self) -> String {
        self.part("text/plain")
    }

    /// The HTML, decoded.
    pub fn html(&self) -> String {
        self.part("text/html")
    }

    fn part(&self, kind: &str) -> String {
        let part = self
            .raw
            .split(&format!("Content-Type: {kind}"))
            .nth(1)
            .unwrap_or_else(|| panic!("no {kind} in {}", self.raw));
        let (head, body) = part.split_once("\r\n\r\n").unwrap();
        let body = body.split("\r\n--").next().unwrap();
        let bytes = match head
            .lines()
            .find_map(|line| line.strip_prefix("Content-Transfer-Encoding: "))
        {
            Some("base64") => STANDARD.decode(body.replace("\r\n", "")).unwrap(),
            Some("quoted-printable") => unquoted(body),
            _ => body.as_bytes().to_vec(),
        };
        String::from_utf8(bytes).unwrap().replace("\r\n", "\n")
    }
}

fn unquoted(body: &str) -> Vec<u8> {
    let (joined, mut bytes) = (body.replace("=\r\n", ""), Vec::new());
    let mut rest = joined.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        if *first == b'=' {
            bytes.extend(hex::decode(&after[..2]).unwrap());
            rest = &after[2..];
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    bytes
}

#[derive(Default)]
struct State {
    arrived: Vec<ReceivedMail>,
    mishaps: VecDeque<Mishap>,
    connections: usize,
    said: Vec<String>,
}

/// A running server; it stops with the test.
pub struct MailServer {
    port: u16,
    state: Arc<Mutex<State>>,
}

impl MailServer {
    /// Starts a server without encryption and without a password.
    pub async fn open() -> Self {
        Self::offering(Extensions::default()).await
    }

    /// Starts a server with these extensions.
    pub async fn offering(offers: Extensions) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (port, state) = (
            listener.local_addr().unwrap().port(),
            Arc::new(Mutex::new(State::default())),
        );
        let theirs = Arc::clone(&state);
        actix_web::rt::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                theirs.lock().unwrap().connections += 1;
                let state = Arc::clone(&theirs);
                actix_web::rt::spawn(async move { drop(serve(socket, offers, state).await) });
            }
        });
        Self { port, state }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// The next failures, one for each mail.
    pub fn fail_next_with(&self, mishaps: &[Mishap]) {
        self.state.lock().unwrap().mishaps.extend(mishaps);
    }

    /// The mails received so far.
    pub fn arrived(&self) -> Vec<ReceivedMail> {
        self.state.lock().unwrap().arrived.clone()
    }

    /// The one received mail.
    #[track_caller]
    pub fn only(&self) -> ReceivedMail {
        let arrived = self.arrived();
        assert_eq!(arrived.len(), 1, "{arrived:#?}");
        arrived[0].clone()
    }

    /// The newest mail to this address.
    #[track_caller]
    pub fn last_to(&self, address: &str) -> ReceivedMail {
        self.arrived()
            .into_iter()
            .rfind(|mail| mail.to == [address])
            .expect("a mail came")
    }

    /// Every line that clients sent before their connection was encrypted.
    pub fn heard_in_clear(&self) -> Vec<String> {
        self.state.lock().unwrap().said.clone()
    }

    /// The number of connections.
    pub fn connections(&self) -> usize {
        self.state.lock().unwrap().connections
    }
}

async fn serve(
    socket: TcpStream,
    offers: Extensions,
    state: Arc<Mutex<State>>,
) -> std::io::Result<()> {
    let mut plain = BufReader::new(socket);
    let front = state.lock().unwrap().mishaps.front().copied();
    if front == Some(Mishap::HangUpAtOnce) {
        state.lock().unwrap().mishaps.pop_front();
        return plain.write_all(b"220 sur").await;
    }
    plain
        .write_all(b"220 surat.bspji.example ESMTP\r\n")
        .await?;
    if !converse(&mut plain, offers, false, &state).await? {
        return Ok(());
    }
    let (certificate, key) = of_localhost();
    let config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    let mut protected = BufReader::new(
        TlsAcceptor::from(Arc::new(config))
            .accept(plain.into_inner())
            .await?,
    );
    converse(&mut protected, offers, true, &state)
        .await
        .map(drop)
}

/// Serves commands until QUIT (false) or STARTTLS (true).
async fn converse<S>(
    stream: &mut BufReader<S>,
    offers: Extensions,
    protected: bool,
    state: &Arc<Mutex<State>>,
) -> std::io::Result<bool>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let blank = || ReceivedMail {
        hello: String::new(),
        from: String::new(),
        to: Vec::new(),
        protected,
        raw: String::new(),
    };
    let (mut mail, mut known) = (blank(), !offers.auth);
    let mut line = String::new();
    loop {
        line.clear();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(false);
        }
        let said = line.trim_end().to_owned();
        if !protected {
            state.lock().unwrap().said.push(said.clone());
        }
        let upper = said.to_ascii_uppercase();
        let answer = if let Some(name) = upper.strip_prefix("EHLO ") {
            mail.hello = name.to_ascii_lowercase();
            let starttls = if offers.starttls && !protected {
                "250-STARTTLS\r\n"
            } else {
                ""
            };
            let auth = if offers.auth && (protected || !offers.starttls) {
                "250-AUTH PLAIN\r\n"
            } else {
                ""
            };
            format!(
                "250-surat.bspji.example\r\n{starttls}{auth}250-8BITMIME\r\n250 ENHANCEDSTATUSCODES"
            )
        } else if upper == "STARTTLS" && offers.starttls && !protected {
            stream.write_all(b"220 2.0.0 Ready\r\n").await?;
            return Ok(true);
        } else if let Some(proof) = said.strip_prefix("AUTH PLAIN ") {
            known = STANDARD
                .decode(proof)
                .is_ok_and(|proof| proof == b"\0layanan\0rahasia-kantor");
            if known {
                "235 2.7.0 Welcome".to_owned()
            } else {
                "535 5.7.8 Not you".to_owned()
            }
        } else if upper.starts_with("MAIL FROM:") && (!known || (offers.starttls && !protected)) {
            "530 5.7.0 Not like this".to_owned()
        } else if upper.starts_with("MAIL FROM:") {
            mail = ReceivedMail {
                from: address(&said),
                hello: mail.hello.clone(),
                ..blank()
            };
            "250 2.1.0 Ok".to_owned()
        } else if upper.starts_with("RCPT TO:") {
            let front = state.lock().unwrap().mishaps.front().copied();
            if let Some(Mishap::Rcpt(code)) = front {
                state.lock().unwrap().mishaps.pop_front();
                format!("{code} {}.1.1 <{}>: not today", code / 100, address(&said))
            } else {
                mail.to.push(address(&said));
                "250 2.1.5 Ok".to_owned()
            }
        } else if upper == "DATA" {
            stream.write_all(b"354 End with a dot\r\n").await?;
            mail.raw = data(stream).await?;
            let mishap = state.lock().unwrap().mishaps.pop_front();
            match mishap {
                Some(Mishap::Data(code)) => format!("{code} {}.3.0 No", code / 100),
                Some(Mishap::HangUpAfterData) => {
                    state.lock().unwrap().arrived.push(mail.clone());
                    return Ok(false);
                }
                Some(Mishap::Rcpt(_) | Mishap::HangUpAtOnce) | None => {
                    state.lock().unwrap().arrived.push(mail.clone());
                    "250 2.0.0 Taken".to_owned()
                }
            }
        } else if upper == "RSET" || upper == "NOOP" {
            "250 2.0.0 Ok".to_owned()
        } else if upper == "QUIT" {
            stream.write_all(b"221 2.0.0 Bye\r\n").await?;
            return Ok(false);
        } else {
            "502 5.5.2 What?".to_owned()
        };
        stream.write_all(format!("{answer}\r\n").as_bytes()).await?;
    }
}

/// The text between the angle brackets.
fn address(line: &str) -> String {
    line.split(['<', '>']).nth(1).unwrap_or_default().to_owned()
}

/// Reads the mail up to the final dot and removes the dot-stuffing.
async fn data<S: AsyncRead + Unpin>(stream: &mut BufReader<S>) -> std::io::Result<String> {
    let (mut mail, mut line) = (String::new(), String::new());
    loop {
        line.clear();
        if stream.read_line(&mut line).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        if line == ".\r\n" {
            return Ok(mail);
        }
        mail.push_str(
            line.strip_prefix('.')
                .filter(|_| line.starts_with(".."))
                .unwrap_or(&line),
        );
    }
}
