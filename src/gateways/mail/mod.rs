//! Mail transports: SMTP to the office's server, or, in private mode, a folder. Neither logs an
//! address.

mod message;
mod smtp;

use std::path::{Path, PathBuf};

use lettre::message::Mailbox;
use tokio::io::AsyncWriteExt as _;

use self::message::to_rfc5322;
use crate::mail::{Delivery, DeliveryFailure, MailTransport, Message};
pub use smtp::{Protection, Smtp, SmtpSettings};

/// Mail transport of the private mode: writes each mail as a file into a folder, readable with any
/// mail program. Nothing leaves the machine.
#[derive(Debug, Clone)]
pub struct MailFolder {
    path: PathBuf,
    from: Mailbox,
}

impl MailFolder {
    /// Mails from `from` go into the folder `path`, which is created with the first mail.
    pub fn new(path: &Path, from: Mailbox) -> Self {
        Self {
            path: path.to_owned(),
            from,
        }
    }

    async fn write(&self, message: &Message) -> Result<(), DeliveryFailure> {
        let mail = to_rfc5322(&self.from, message)?.formatted();
        let unwritable =
            |_: std::io::Error| DeliveryFailure::Temporary("folder_not_writable".to_owned());
        tokio::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&self.path)
            .await
            .map_err(unwritable)?;
        let path = self.path.join(format!("{}.eml", message.id));
        let mut file = tokio::fs::OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(path)
            .await
            .map_err(unwritable)?;
        file.write_all(&mail).await.map_err(unwritable)?;
        file.flush().await.map_err(unwritable)
    }
}

impl MailTransport for MailFolder {
    fn deliver<'a>(&'a self, message: &'a Message) -> Delivery<'a> {
        Box::pin(self.write(message))
    }
}
