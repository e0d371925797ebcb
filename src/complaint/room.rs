//! Room for files in memory: so many of reporters at once, and of those so many under the cleaner. Whoever comes later waits a while, then is told to come
//! back.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use crate::error::{Code, Error, Result};

/// How many files of reporters are in memory at once, on their way in or out.
const SEATS: usize = 8;
/// How many are being cleaned at once: a PDF unpacks to many times its size.
const CLEANERS: usize = 2;
/// How long one waits for either.
const PATIENCE: Duration = Duration::from_secs(20);
/// When to come back, in seconds.
const LATER: &str = "10";

/// The room. Cheap to clone; clones share it.
#[derive(Debug, Clone)]
pub struct Room {
    seats: Arc<Semaphore>,
    cleaners: Arc<Semaphore>,
    patience: Duration,
}

/// A place in the room, free again when dropped.
#[derive(Debug)]
pub struct Seat(#[expect(dead_code, reason = "held, not used")] OwnedSemaphorePermit);

impl Room {
    /// Room for so many.
    #[must_use]
    pub fn of(seats: usize, cleaners: usize, patience: Duration) -> Self {
        Self { seats: Arc::new(Semaphore::new(seats)), cleaners: Arc::new(Semaphore::new(cleaners)), patience }
    }

    /// A seat for one file.
    ///
    /// # Errors
    /// `busy` when none comes free in time.
    pub async fn seat(&self) -> Result<Seat> {
        self.wait_for(&self.seats).await
    }

    /// The cleaner, for one file.
    ///
    /// # Errors
    /// `busy` when it does not come free in time.
    pub async fn cleaner(&self) -> Result<Seat> {
        self.wait_for(&self.cleaners).await
    }

    async fn wait_for(&self, places: &Arc<Semaphore>) -> Result<Seat> {
        let place = timeout(self.patience, Arc::clone(places).acquire_owned()).await;
        let place = place.map_err(|_| Error::new(Code::Busy).header("retry-after", LATER))?;
        place.map(Seat).map_err(Error::internal)
    }
}

impl Default for Room {
    fn default() -> Self {
        Self::of(SEATS, CLEANERS, PATIENCE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[actix_web::test]
    async fn who_finds_no_seat_waits_and_is_then_told_to_come_back() {
        let room = Room::of(1, 1, Duration::from_millis(200));
        let first = room.seat().await.unwrap();
        assert_eq!(room.clone().seat().await.unwrap_err().code(), Some(Code::Busy));
        room.cleaner().await.unwrap();
        let waiting = actix_web::rt::spawn({
            let room = room.clone();
            async move { room.seat().await.map(|_| ()) }
        });
        tokio::task::yield_now().await;
        drop(first);
        waiting.await.unwrap().unwrap();
    }
}
