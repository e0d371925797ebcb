//! Many papers at once: off the threads that serve requests, so many at a time, and the rest in a queue that is not endless.

use std::sync::Arc;

use actix_web::HttpRequest;
use serde::Serialize;
use tokio::sync::Semaphore;

use super::paper::Paper;
use super::press::{Press, Unset};
use super::template::Template;
use crate::error::{Code, Error, Result};
use crate::web::Pdf;
use crate::web::silence::silently;

/// How many papers may wait for their turn, beside those being set.
const WAITING: usize = 64;

/// Sets papers for every worker. Cheap to clone.
#[derive(Clone)]
pub struct Typesetter {
    press: Arc<Press>,
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
        let press = Press::new().map_err(Error::internal)?;
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
    pub async fn print(&self, paper: Paper, request: &HttpRequest) -> Result<Pdf> {
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
    pub async fn set(&self, paper: Paper) -> Result<Vec<u8>> {
        self.at_press(move |press| {
            let set = || press.set(&paper);
            if paper.confidential {
                silently(set)
            } else {
                set()
            }
        })
        .await
    }

    /// The drawing of `data` as SVG.
    ///
    /// # Errors
    /// As [`Self::set`].
    pub async fn draw(&self, template: Template, data: &impl Serialize) -> Result<String> {
        let data = serde_json::to_value(data).map_err(Error::internal)?;
        self.at_press(move |press| press.draw(template, &data))
            .await
    }

    async fn at_press<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Press) -> std::result::Result<T, Unset> + Send + 'static,
    ) -> Result<T> {
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
        // A request that ends meanwhile keeps the hand until the work is done: it cannot be stopped.
        let working = tokio::task::spawn_blocking(move || {
            let done = work(&press);
            drop((hand, place));
            done
        });
        working
            .await
            .map_err(Error::internal)?
            .map_err(Error::internal)
    }
}
