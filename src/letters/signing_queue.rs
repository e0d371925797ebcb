//! Orders signatures that take a number from a register: one at a time, first come, first served. A
//! waiting request holds neither a database connection nor a lock, so many signers do not block
//! other users. Each turn is bounded by the timeouts of the database and of the signing provider.
//! Several instances of the service still compete for the lock on the register.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::{Code, Error, Result};

/// Requests that may wait in addition to the active one; more than the office has signers.
const QUEUE_LIMIT: usize = 100;

/// The signing queue. Cheap to clone; one for all workers.
#[derive(Debug, Clone)]
pub struct SigningQueue {
    /// One permit for each active or waiting request.
    queue: Arc<Semaphore>,
    /// The single permit of the active request.
    turn: Arc<Semaphore>,
}

/// The right to sign now; released on drop.
#[derive(Debug)]
pub struct SigningTurn {
    _turn: OwnedSemaphorePermit,
    _queued: OwnedSemaphorePermit,
}

impl Default for SigningQueue {
    fn default() -> Self {
        Self {
            queue: Arc::new(Semaphore::new(QUEUE_LIMIT + 1)),
            turn: Arc::new(Semaphore::new(1)),
        }
    }
}

impl SigningQueue {
    /// Waits for a turn; the turn ends when it is dropped.
    ///
    /// # Errors
    /// `busy` if the queue is full.
    pub async fn acquire(&self) -> Result<SigningTurn> {
        let queued = Arc::clone(&self.queue)
            .try_acquire_owned()
            .map_err(|_| Error::new(Code::Busy).header("retry-after", "5"))?;
        let turn = Arc::clone(&self.turn)
            .acquire_owned()
            .await
            .map_err(Error::internal)?;
        Ok(SigningTurn {
            _turn: turn,
            _queued: queued,
        })
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    #[actix_web::test]
    async fn turns_come_in_the_order_of_asking_and_the_queue_is_not_endless() {
        let queue = SigningQueue::default();
        let first = queue.acquire().await.unwrap();
        let mut waiting: Vec<_> = (0..QUEUE_LIMIT)
            .map(|_| Box::pin(queue.acquire()))
            .collect();
        assert!(waiting.iter_mut().all(|one| one.now_or_never().is_none()));
        assert_eq!(queue.acquire().await.unwrap_err().code(), Some(Code::Busy));
        drop(first);
        assert!(
            (&mut waiting[1]).now_or_never().is_none(),
            "who came later does not go first"
        );
        waiting.remove(0).await.unwrap();
        waiting.pop();
        waiting.remove(0).await.unwrap();
        assert!(
            queue.acquire().now_or_never().is_none(),
            "whoever went away waits no more, and another may"
        );
    }
}
