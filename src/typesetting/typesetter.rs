//! Many papers at once: off the threads that serve requests, so many at a time, and the rest in a queue that is not endless.

use std::sync::Arc;

use actix_web::HttpRequest;
use tokio::sync::Semaphore;

use super::compiler::Compiler;
use super::document::Document;
use crate::error::{Code, Error, Result};
use crate::web::Pdf;
use crate::web::no_logs::without_logs;

/// How many papers may wait for their turn, beside those being set.
const WAITING: usize = 64;

/// Sets papers for every worker. Cheap to clone.
#[derive(Clone)]
pub struct Typesetter {
    press: Arc<Compiler>,
    /// One for each paper being set.
    hands: Arc<Semaphore>,
    /// One for each paper being set or waiting.
    places: Arc<Semaphore>,
}

impl std::fmt::Debug for Typesetter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Typesetter")
    }
}

impl Typesetter {
    /// A typesetter that sets `at_once` papers at a time.
    ///
    /// # Errors
    /// Our own fault when this build cannot make PDF/A.
    pub fn new(at_once: usize) -> Result<Self> {
        let press = Compiler::new().map_err(Error::internal)?;
        let at_once = at_once.max(1);
        Ok(Self {
            press: Arc::new(press),
            hands: Arc::new(Semaphore::new(at_once)),
            places: Arc::new(Semaphore::new(at_once + WAITING)),
        })
    }

    /// One for two cores: a letter is worth waiting some milliseconds for, an application not.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn for_this_machine() -> Result<Self> {
        Self::new(
            std::thread::available_parallelism()
                .map_or(1, usize::from)
                .div_ceil(2),
        )
    }

    /// The paper as a reply to `request`. One that the caller has already is not set again; a confidential one bears no tag.
    ///
    /// # Errors
    /// As [`Self::set`].
    pub async fn print(&self, paper: Document, request: &HttpRequest) -> Result<Pdf> {
        let name = paper.file_name().to_owned();
        let etag = (!paper.confidential).then(|| format!("\"{}\"", &paper.digest()[..24]));
        if let Some(known) = etag
            .as_deref()
            .and_then(|etag| Pdf::known(request, &name, etag))
        {
            return Ok(known);
        }
        Ok(Pdf::new(name, etag, self.set(paper).await?))
    }

    /// The paper as PDF/A.
    ///
    /// # Errors
    /// `busy` when too many wait; our own fault when its form has one.
    pub async fn set(&self, paper: Document) -> Result<Vec<u8>> {
        let place = self
            .places
            .clone()
            .try_acquire_owned()
            .map_err(|_| Error::new(Code::Busy).header("retry-after", "1"))?;
        let hand = self
            .hands
            .clone()
            .acquire_owned()
            .await
            .map_err(Error::internal)?;
        let press = Arc::clone(&self.press);
        // Whoever goes away meanwhile keeps the hand until the paper is set: it cannot be stopped.
        let setting = tokio::task::spawn_blocking(move || {
            let set = || press.set(&paper);
            let set = if paper.confidential {
                without_logs(set)
            } else {
                set()
            };
            drop((hand, place));
            set
        });
        setting
            .await
            .map_err(Error::internal)?
            .map_err(Error::internal)
    }
}
