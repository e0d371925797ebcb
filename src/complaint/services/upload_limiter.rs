//! Limits of files in memory: files of all reporters, and files of one complaint. A request waits
//! for a permit and is then refused with `busy`.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use crate::error::{Code, Error, Result};
use crate::ids::ComplaintId;

/// Files of reporters in memory at once, uploads and downloads together.
const MAX_FILES: usize = 16;
/// Files of one complaint, so that one reporter cannot take all permits.
const MAX_FILES_PER_CASE: usize = 2;
/// Time that a request waits for a permit.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(20);
/// Interval of the check whether other requests wait, for a transfer beyond its guaranteed time.
const CONTENTION_POLL: Duration = Duration::from_secs(1);
/// `Retry-After` in seconds.
const RETRY_AFTER_SECONDS: &str = "10";

/// The limiter. Clones share its permits.
#[derive(Debug, Clone)]
pub struct UploadLimiter {
    files: Arc<Semaphore>,
    cases: Arc<Mutex<HashMap<ComplaintId, Weak<Semaphore>>>>,
    acquire_timeout: Duration,
}

/// A permit, released on drop.
#[derive(Debug)]
pub struct UploadPermit {
    _case_permit: OwnedSemaphorePermit,
    permit: OwnedSemaphorePermit,
}

impl UploadPermit {
    /// Whether all permits are taken, so that other requests may be waiting.
    pub fn is_contended(&self) -> bool {
        self.permit.semaphore().available_permits() == 0
    }

    /// Runs `work`. After `fair` it runs only while permits are free; none when it was stopped
    /// because other requests wait.
    pub async fn run<T>(&self, guaranteed: Duration, work: impl Future<Output = T>) -> Option<T> {
        let mut work = std::pin::pin!(work);
        if let Ok(done) = timeout(guaranteed, &mut work).await {
            return Some(done);
        }
        while !self.is_contended() {
            if let Ok(done) = timeout(CONTENTION_POLL, &mut work).await {
                return Some(done);
            }
        }
        None
    }
}

impl UploadLimiter {
    /// Creates a limiter with these limits.
    pub fn with_limits(files: usize, acquire_timeout: Duration) -> Self {
        Self {
            files: Arc::new(Semaphore::new(files)),
            cases: Arc::default(),
            acquire_timeout,
        }
    }

    /// Acquires a permit for one file of `case`.
    ///
    /// # Errors
    /// `busy` when no permit becomes free in time.
    pub async fn acquire(&self, case: ComplaintId) -> Result<UploadPermit> {
        let case_permit = self.acquire_from(self.case_permits(case)).await?;
        Ok(UploadPermit {
            _case_permit: case_permit,
            permit: self.acquire_from(Arc::clone(&self.files)).await?,
        })
    }

    /// The semaphore of one complaint, kept while a request holds or waits for a permit.
    fn case_permits(&self, case: ComplaintId) -> Arc<Semaphore> {
        let mut cases = self.cases.lock().unwrap_or_else(PoisonError::into_inner);
        cases.retain(|_, permits| permits.strong_count() > 0);
        cases.get(&case).and_then(Weak::upgrade).unwrap_or_else(|| {
            let permits = Arc::new(Semaphore::new(MAX_FILES_PER_CASE));
            cases.insert(case, Arc::downgrade(&permits));
            permits
        })
    }

    async fn acquire_from(&self, permits: Arc<Semaphore>) -> Result<OwnedSemaphorePermit> {
        let permits = timeout(self.acquire_timeout, permits.acquire_owned()).await;
        permits
            .map_err(|_| Error::new(Code::Busy).header("retry-after", RETRY_AFTER_SECONDS))?
            .map_err(Error::internal)
    }
}

impl Default for UploadLimiter {
    fn default() -> Self {
        Self::with_limits(MAX_FILES, ACQUIRE_TIMEOUT)
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
        let uploads = UploadLimiter::with_limits(1, Duration::from_millis(200));
        let first = uploads.acquire(case()).await.unwrap();
        assert_eq!(
            uploads.clone().acquire(case()).await.unwrap_err().code(),
            Some(Code::Busy)
        );
        let waiting = actix_web::rt::spawn({
            let uploads = uploads.clone();
            async move { uploads.acquire(case()).await.map(|_| ()) }
        });
        tokio::task::yield_now().await;
        drop(first);
        waiting.await.unwrap().unwrap();
    }

    /// A slow sender may continue while no other request waits.
    #[actix_web::test]
    async fn whoever_takes_long_gives_way_when_every_seat_is_taken() {
        let (uploads, guaranteed) = (
            UploadLimiter::with_limits(2, Duration::from_millis(50)),
            Duration::from_millis(50),
        );
        let permit = uploads.acquire(case()).await.unwrap();
        let slow = || tokio::time::sleep(Duration::from_millis(200));
        assert_eq!(permit.run(guaranteed, slow()).await, Some(()));
        let other = uploads.acquire(case()).await.unwrap();
        assert_eq!(permit.run(guaranteed, slow()).await, None);
        assert_eq!(
            permit.run(guaranteed, std::future::ready(7)).await,
            Some(7),
            "what takes no long is not asked"
        );
        drop(other);
        assert_eq!(permit.run(guaranteed, slow()).await, Some(()));
    }

    #[actix_web::test]
    async fn one_reporter_does_not_fill_the_room() {
        let (uploads, greedy) = (
            UploadLimiter::with_limits(4, Duration::from_millis(50)),
            case(),
        );
        let taken = [
            uploads.acquire(greedy).await.unwrap(),
            uploads.acquire(greedy).await.unwrap(),
        ];
        assert_eq!(
            uploads.acquire(greedy).await.unwrap_err().code(),
            Some(Code::Busy)
        );
        uploads.acquire(case()).await.unwrap();
        drop(taken);
        uploads.acquire(greedy).await.unwrap();
        uploads.acquire(case()).await.unwrap();
        assert_eq!(
            uploads.cases.lock().unwrap().len(),
            1,
            "who has gone is forgotten"
        );
    }
}
