//! Room for files in memory: so many of reporters at once, few of one complaint, and of those so many under the cleaner. Whoever comes later waits a while,
//! then is told to come back.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use crate::error::{Code, Error, Result};
use crate::ids::ComplaintId;

/// How many files of reporters are in memory at once, on their way in or out.
const SEATS: usize = 16;
/// How many of one complaint: one reporter must not fill the room.
const OF_ONE_CASE: usize = 2;
/// How many are being cleaned at once: a PDF unpacks to many times its size.
const CLEANERS: usize = 2;
/// How long one waits for either.
const PATIENCE: Duration = Duration::from_secs(20);
/// How often a seat that was held for long looks whether others wait.
const LOOK: Duration = Duration::from_secs(1);
/// When to come back, in seconds.
const LATER: &str = "10";

/// The room. Cheap to clone; clones share it.
#[derive(Debug, Clone)]
pub struct UploadLimiter {
    seats: Arc<Semaphore>,
    cases: Arc<Mutex<HashMap<ComplaintId, Weak<Semaphore>>>>,
    cleaners: Arc<Semaphore>,
    patience: Duration,
}

/// A place in the room, free again when dropped.
#[derive(Debug)]
pub struct UploadPermit {
    _of_the_case: Option<OwnedSemaphorePermit>,
    of_all: OwnedSemaphorePermit,
}

impl UploadPermit {
    /// Whether every seat of its kind is taken, so that others may be waiting for this one.
    #[must_use]
    pub fn is_wanted(&self) -> bool {
        self.of_all.semaphore().available_permits() == 0
    }

    /// Waits for `work` while it is in the seat; after `fair`, only as long as the seat is not wanted. None when others need it.
    pub async fn lend<T>(&self, fair: Duration, work: impl Future<Output = T>) -> Option<T> {
        let mut work = std::pin::pin!(work);
        if let Ok(done) = timeout(fair, &mut work).await {
            return Some(done);
        }
        while !self.is_wanted() {
            if let Ok(done) = timeout(LOOK, &mut work).await {
                return Some(done);
            }
        }
        None
    }
}

impl UploadLimiter {
    /// Room for so many.
    #[must_use]
    pub fn of(seats: usize, cleaners: usize, patience: Duration) -> Self {
        Self {
            seats: Arc::new(Semaphore::new(seats)),
            cases: Arc::default(),
            cleaners: Arc::new(Semaphore::new(cleaners)),
            patience,
        }
    }

    /// A seat for one file of `case`.
    ///
    /// # Errors
    /// `busy` when none comes free in time.
    pub async fn seat(&self, case: ComplaintId) -> Result<UploadPermit> {
        let of_the_case = self.wait_for(self.places_of(case)).await?;
        Ok(UploadPermit {
            _of_the_case: Some(of_the_case),
            of_all: self.wait_for(Arc::clone(&self.seats)).await?,
        })
    }

    /// The cleaner, for one file.
    ///
    /// # Errors
    /// `busy` when it does not come free in time.
    pub async fn cleaner(&self) -> Result<UploadPermit> {
        Ok(UploadPermit {
            _of_the_case: None,
            of_all: self.wait_for(Arc::clone(&self.cleaners)).await?,
        })
    }

    /// The places of one complaint: remembered as long as somebody has or waits for one.
    fn places_of(&self, case: ComplaintId) -> Arc<Semaphore> {
        let mut cases = self.cases.lock().unwrap_or_else(PoisonError::into_inner);
        cases.retain(|_, places| places.strong_count() > 0);
        cases.get(&case).and_then(Weak::upgrade).unwrap_or_else(|| {
            let places = Arc::new(Semaphore::new(OF_ONE_CASE));
            cases.insert(case, Arc::downgrade(&places));
            places
        })
    }

    async fn wait_for(&self, places: Arc<Semaphore>) -> Result<OwnedSemaphorePermit> {
        let place = timeout(self.patience, places.acquire_owned()).await;
        place
            .map_err(|_| Error::new(Code::Busy).header("retry-after", LATER))?
            .map_err(Error::internal)
    }
}

impl Default for UploadLimiter {
    fn default() -> Self {
        Self::of(SEATS, CLEANERS, PATIENCE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case() -> ComplaintId {
        ComplaintId::random()
    }

    #[actix_web::test]
    async fn who_finds_no_seat_waits_and_is_then_told_to_come_back() {
        let room = UploadLimiter::of(1, 1, Duration::from_millis(200));
        let first = room.seat(case()).await.unwrap();
        assert_eq!(
            room.clone().seat(case()).await.unwrap_err().code(),
            Some(Code::Busy)
        );
        room.cleaner().await.unwrap();
        let waiting = actix_web::rt::spawn({
            let room = room.clone();
            async move { room.seat(case()).await.map(|_| ()) }
        });
        tokio::task::yield_now().await;
        drop(first);
        waiting.await.unwrap().unwrap();
    }

    /// Row 30: a slow sender may take long, but not while others wait.
    #[actix_web::test]
    async fn whoever_takes_long_gives_way_when_every_seat_is_taken() {
        let (room, fair) = (
            UploadLimiter::of(2, 1, Duration::from_millis(50)),
            Duration::from_millis(50),
        );
        let seat = room.seat(case()).await.unwrap();
        let slow = || tokio::time::sleep(Duration::from_millis(200));
        assert_eq!(seat.lend(fair, slow()).await, Some(()));
        let other = room.seat(case()).await.unwrap();
        assert_eq!(seat.lend(fair, slow()).await, None);
        assert_eq!(
            seat.lend(fair, std::future::ready(7)).await,
            Some(7),
            "what takes no long is not asked"
        );
        drop(other);
        assert_eq!(seat.lend(fair, slow()).await, Some(()));
    }

    #[actix_web::test]
    async fn one_reporter_does_not_fill_the_room() {
        let (room, greedy) = (UploadLimiter::of(4, 1, Duration::from_millis(50)), case());
        let taken = [
            room.seat(greedy).await.unwrap(),
            room.seat(greedy).await.unwrap(),
        ];
        assert_eq!(
            room.seat(greedy).await.unwrap_err().code(),
            Some(Code::Busy)
        );
        room.seat(case()).await.unwrap();
        drop(taken);
        room.seat(greedy).await.unwrap();
        room.seat(case()).await.unwrap();
        assert_eq!(
            room.cases.lock().unwrap().len(),
            1,
            "who has gone is forgotten"
        );
    }
}
