//! Mails of the private mode: each is a file in a folder, to be looked at with any mail program. Nothing leaves the machine.

use std::path::{Path, PathBuf};

use lettre::message::Mailbox;
use tokio::io::AsyncWriteExt as _;

use super::message::formatted;
use crate::mail::{Carrier, Carrying, Message, Undelivered};

/// A folder of mails.
#[derive(Debug, Clone)]
pub struct Folder {
    path: PathBuf,
    from: Mailbox,
}

impl Folder {
    /// The folder `path`, which is made when the first mail comes, of mails from `from`.
    #[must_use]
    pub fn new(path: &Path, from: Mailbox) -> Self {
        Self {
            path: path.to_owned(),
            from,
        }
    }

    async fn write(&self, message: &Message) -> Result<(), Undelivered> {
        let mail = formatted(&self.from, message)?.formatted();
        let unwritable = |_: std::io::Error| Undelivered::Later("folder_not_writable".to_owned());
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

impl Carrier for Folder {
    fn carry<'a>(&'a self, message: &'a Message) -> Carrying<'a> {
        Box::pin(self.write(message))
    }
}
