//! Silence while a confidential exchange is worked on: whatever any layer, store or library logs meanwhile is dropped, a panic is not described, and a
//! reply that breaks off does not say why. Work that is handed to another thread or task is outside, unless it is done `silently`
//! there.

use std::cell::Cell;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use actix_web::body::{BodySize, BoxBody, MessageBody};
use bytes::Bytes;
use tracing::Dispatch;

thread_local! {
    static SILENT: Cell<bool> = const { Cell::new(false) };
}

/// A future that is silent whenever it is worked on, and when it is dropped.
pub struct NoLogs<F>(Option<Pin<Box<F>>>);

impl<F> NoLogs<F> {
    /// This future, silent.
    pub fn new(future: F) -> Self {
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

/// A body that is silent while it is made. actix logs the error of a body that breaks off: here it is a blank one.
pub struct SilentBody(BoxBody);

impl SilentBody {
    /// This body, silent.
    pub fn new(body: BoxBody) -> Self {
        Self(body)
    }
}

impl MessageBody for SilentBody {
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

/// What `work` gives, done in silence: for work that is handed to another thread.
pub fn without_logs<T>(work: impl FnOnce() -> T) -> T {
    struct Before(bool);
    impl Drop for Before {
        fn drop(&mut self) {
            SILENT.set(self.0);
        }
    }
    let _before = Before(SILENT.replace(true));
    tracing::dispatcher::with_default(&Dispatch::none(), work)
}

/// From now on a panic is logged by its place in our source and never with its message, which may quote what people told us; in a confidential exchange not
/// even that, since the place says what was asked for.
pub fn install_redacting_panic_hook() {
    std::panic::set_hook(Box::new(|panic| {
        if !SILENT.get() {
            let place = panic
                .location()
                .map(ToString::to_string)
                .unwrap_or_default();
            tracing::error!(place, "panicked");
        }
    }));
}
