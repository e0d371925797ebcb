//! A line to the database that records the statements of a service as the server receives them.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use sqlx::postgres::PgConnectOptions;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::watch;

/// The code of a request for TLS, which a client may send before the first message.
const TLS_REQUEST: [u8; 4] = 80_877_103_u32.to_be_bytes();

/// The recorded statements.
pub struct Statements {
    folder: PathBuf,
    ran: Arc<Mutex<Vec<String>>>,
    cut: watch::Sender<bool>,
}

impl Statements {
    /// A line to the server of `options`, and the options that use it.
    pub fn of(options: &PgConnectOptions) -> (Self, PgConnectOptions) {
        let folder = std::env::temp_dir().join(format!("line-{}", uuid::Uuid::new_v4().simple()));
        std::fs::create_dir(&folder).unwrap();
        let listener = UnixListener::bind(folder.join(".s.PGSQL.5432")).unwrap();
        let server = options
            .get_socket()
            .unwrap()
            .join(format!(".s.PGSQL.{}", options.get_port()));
        let ran = Arc::new(Mutex::new(Vec::new()));
        let told = Arc::clone(&ran);
        let (cut, is_cut) = watch::channel(false);
        actix_web::rt::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                let far = UnixStream::connect(&server).await.unwrap();
                actix_web::rt::spawn(forward(near, far, Arc::clone(&told), is_cut.clone()));
            }
        });
        let options = options.clone().socket(&folder).port(5432);
        (Self { folder, ran, cut }, options)
    }

    /// Cuts the line: connections stay open and silent.
    pub fn cut(&self) {
        self.cut.send_replace(true);
    }

    /// Mends the line.
    pub fn mend(&self) {
        self.cut.send_replace(false);
    }

    /// The statements since the last call.
    pub fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.ran.lock().unwrap())
    }

    /// The statements of the second run of `operation`: at the first, statements are prepared and
    /// memories filled.
    pub async fn of_second(&self, mut operation: impl AsyncFnMut()) -> Vec<String> {
        operation().await;
        self.take();
        operation().await;
        self.take()
    }
}

impl Drop for Statements {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.folder));
    }
}

async fn forward(
    near: UnixStream,
    far: UnixStream,
    ran: Arc<Mutex<Vec<String>>>,
    mut is_cut: watch::Receiver<bool>,
) {
    let (mut from_service, mut to_service) = near.into_split();
    let (mut from_server, mut to_server) = far.into_split();
    actix_web::rt::spawn(async move {
        drop(tokio::io::copy(&mut from_server, &mut to_service).await);
    });
    let mut reader = MessageReader::default();
    let mut bytes = vec![0; 1 << 16];
    while let Ok(count) = from_service.read(&mut bytes).await {
        if count == 0 || is_cut.wait_for(|is_cut| !is_cut).await.is_err() {
            break;
        }
        if to_server.write_all(&bytes[..count]).await.is_err() {
            break;
        }
        reader.read(&bytes[..count], &ran);
    }
}

/// Reads the messages of one connection.
#[derive(Default)]
struct MessageReader {
    unread: Vec<u8>,
    /// True after the first message, which has no type.
    has_begun: bool,
    prepared: HashMap<Vec<u8>, String>,
    bound: String,
}

impl MessageReader {
    fn read(&mut self, bytes: &[u8], ran: &Mutex<Vec<String>>) {
        self.unread.extend_from_slice(bytes);
        loop {
            let head = usize::from(self.has_begun);
            let Some(length) = self.unread.get(head..head + 4) else {
                return;
            };
            let end = head + u32::from_be_bytes(length.try_into().unwrap()) as usize;
            if self.unread.len() < end {
                return;
            }
            let message: Vec<u8> = self.unread.drain(..end).collect();
            let content = &message[head + 4..];
            if self.has_begun {
                self.note(message[0], content, ran);
            } else {
                self.has_begun = !content.starts_with(&TLS_REQUEST);
            }
        }
    }

    fn note(&mut self, kind: u8, content: &[u8], ran: &Mutex<Vec<String>>) {
        let mut texts = content.split(|byte| *byte == 0);
        let mut text = || texts.next().unwrap_or_default().to_vec();
        let readable = |text: Vec<u8>| String::from_utf8_lossy(&text).into_owned();
        match kind {
            b'P' => {
                let name = text();
                self.prepared.insert(name, readable(text()));
            }
            b'B' => {
                text();
                self.bound = self.prepared.get(&text()).cloned().unwrap_or_default();
            }
            b'E' => ran.lock().unwrap().push(self.bound.clone()),
            b'Q' => ran.lock().unwrap().push(readable(text())),
            _ => {}
        }
    }
}
