//! Suppression of logs while a confidential request is handled: log records of any layer, store or
//! library are dropped, a panic is not described, and a reply that breaks off does not say why.
//! Work that is handed to another thread or task is not covered unless it runs inside
//! `without_logs` there.

use std::cell::Cell;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use actix_web::body::{BodySize, BoxBody, MessageBody};
use bytes::Bytes;
use tracing::Dispatch;

thread_local! {
    static LOGS_OFF: Cell<bool> = const { Cell::new(false) };
}

/// A future that is polled and dropped without logs.
pub(crate) struct NoLogs<F>(Option<Pin<Box<F>>>);

impl<F> NoLogs<F> {
    /// Wraps `future`.
    pub(crate) fn new(future: F) -> Self {
        Self(Some(Box::pin(future)))
    }
}

impl<F: Future> Future for NoLogs<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        match &mut self.0 {
            Some(future) => without_logs(|| future.as_mut().poll(context)),
            None => Poll::Pending,
        }
    }
}

impl<F> Drop for NoLogs<F> {
    fn drop(&mut self) {
        let future = self.0.take();
        without_logs(|| drop(future));
    }
}

/// A response body that is produced without logs. actix logs the error of a body that breaks off;
/// this wrapper replaces the error by one without details.
pub(crate) struct NoLogsBody(BoxBody);

impl NoLogsBody {
    /// Wraps `body`.
    pub(crate) fn new(body: BoxBody) -> Self {
        Self(body)
    }
}

impl MessageBody for NoLogsBody {
    type Error = io::Error;

    fn size(&self) -> BodySize {
        self.0.size()
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, io::Error>>> {
        let piece = without_logs(|| Pin::new(&mut self.0).poll_next(context));
        piece.map(|piece| {
            piece.map(|piece| piece.map_err(|_| io::Error::other("a reply broke off")))
        })
    }

    fn try_into_bytes(self) -> Result<Bytes, Self> {
        self.0.try_into_bytes().map_err(Self)
    }
}

/// Runs `work` without logs. Use it for work that is handed to another thread.
pub fn without_logs<T>(work: impl FnOnce() -> T) -> T {
    struct Before(bool);
    impl Drop for Before {
        fn drop(&mut self) {
            LOGS_OFF.set(self.0);
        }
    }
    let _before = Before(LOGS_OFF.replace(true));
    tracing::dispatcher::with_default(&Dispatch::none(), work)
}

/// Installs a panic hook that logs the source location of a panic and never its message, which may
/// contain personal data. During a confidential request it logs nothing, because the location would
/// reveal which operation was requested.
pub fn install_redacting_panic_hook() {
    std::panic::set_hook(Box::new(|panic| {
        if !LOGS_OFF.get() {
            let place = panic
                .location()
                .map(ToString::to_string)
                .unwrap_or_default();
            tracing::error!(place, "panicked");
        }
    }));
}
