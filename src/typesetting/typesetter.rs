//! Typesets documents for all workers: on blocking threads, a limited number at a time, with a
//! bounded queue.

use std::sync::Arc;

use actix_web::HttpRequest;
use serde::Serialize;
use tokio::sync::Semaphore;

use super::compiler::{CompileError, Compiler};
use super::document::Document;
use super::template::Template;
use crate::error::{Code, Error, Result};
use crate::web::Pdf;
use crate::web::no_logs::without_logs;

/// Documents that may wait, in addition to those being compiled.
const QUEUE_LIMIT: usize = 64;

/// Typesets documents for every worker. Cheap to clone.
#[derive(Clone)]
pub struct Typesetter {
    compiler: Arc<Compiler>,
    /// One permit for each document being compiled.
    running: Arc<Semaphore>,
    /// One permit for each document being compiled or waiting.
    queue: Arc<Semaphore>,
}

impl std::fmt::Debug for Typesetter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Typesetter")
    }
}

impl Typesetter {
    /// Creates a typesetter that compiles `at_once` documents at a time.
    pub fn new(at_once: usize) -> Result<Self> {
        let compiler = Compiler::new().map_err(Error::internal)?;
        let at_once = at_once.max(1);
        Ok(Self {
            compiler: Arc::new(compiler),
            running: Arc::new(Semaphore::new(at_once)),
            queue: Arc::new(Semaphore::new(at_once + QUEUE_LIMIT)),
        })
    }

    /// Uses half of the CPU cores: letters may wait some milliseconds, requests to the API may not.
    pub fn for_this_machine() -> Result<Self> {
        Self::new(
            std::thread::available_parallelism()
                .map_or(1, usize::from)
                .div_ceil(2),
        )
    }

    /// Answers `request` with the document as a PDF. Replies 304 if the client's copy is current. A
    /// confidential document has no `ETag`.
    pub async fn pdf_response(&self, document: Document, request: &HttpRequest) -> Result<Pdf> {
        let name = document.file_name().to_owned();
        let etag = (!document.confidential).then(|| format!("\"{}\"", &document.digest()[..24]));
        if let Some(known) = etag
            .as_deref()
            .and_then(|etag| Pdf::not_modified(request, &name, etag))
        {
            return Ok(known);
        }
        Ok(Pdf::new(name, etag, self.typeset(document).await?))
    }

    /// Compiles the document to PDF/A.
    ///
    /// # Errors
    /// `busy` if the queue is full.
    pub async fn typeset(&self, document: Document) -> Result<Vec<u8>> {
        self.run(move |compiler| {
            let compile = || compiler.compile(&document);
            if document.confidential {
                without_logs(compile)
            } else {
                compile()
            }
        })
        .await
    }

    /// Draws `data` as SVG.
    ///
    /// # Errors
    /// `busy` if the queue is full.
    pub async fn draw(&self, template: Template, data: &impl Serialize) -> Result<String> {
        let data = serde_json::to_value(data).map_err(Error::internal)?;
        self.run(move |compiler| compiler.draw(template, &data))
            .await
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Compiler) -> std::result::Result<T, CompileError> + Send + 'static,
    ) -> Result<T> {
        let queued = self
            .queue
            .clone()
            .try_acquire_owned()
            .map_err(|_| Error::new(Code::Busy).header("retry-after", "1"))?;
        let permit = self
            .running
            .clone()
            .acquire_owned()
            .await
            .map_err(Error::internal)?;
        let compiler = Arc::clone(&self.compiler);
        // A compilation cannot be cancelled: the permits are held until it ends, even if the client
        // disconnects.
        let working = tokio::task::spawn_blocking(move || {
            let done = work(&compiler);
            drop((permit, queued));
            done
        });
        working
            .await
            .map_err(Error::internal)?
            .map_err(Error::internal)
    }
}
