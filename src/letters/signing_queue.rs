//! Whose turn it is to sign under a number of a register: one letter after another, in the order in which they came. Who waits here holds neither a connection
//! nor a lock, so that a crowd of signers keeps nobody else waiting. Each turn is bounded by the time-outs of the database and of whoever signs, so the queue
//! moves; several instances of the service still meet at the register itself.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::{Code, Error, Result};

/// How many may wait beside the one whose turn it is: more people than an office has.
const WAITING: usize = 100;

/// The queue. Cheap to clone; one for all workers.
#[derive(Debug, Clone)]
pub struct SigningQueue {
    /// One for everybody who signs or waits.
    places: Arc<Semaphore>,
    /// The one that is the turn.
    turn: Arc<Semaphore>,
}

/// A turn; over when it is dropped.
#[derive(Debug)]
pub struct SigningTurn {
    _turn: OwnedSemaphorePermit,
    _place: OwnedSemaphorePermit,
}

impl Default for SigningQueue {
    fn default() -> Self {
        Self {
            places: Arc::new(Semaphore::new(WAITING + 1)),
            turn: Arc::new(Semaphore::new(1)),
        }
    }
}

impl SigningQueue {
    /// Waits for a turn.
    ///
    /// # Errors
    /// `busy` when too many wait.
    pub async fn wait(&self) -> Result<SigningTurn> {
        let place = Arc::clone(&self.places)
            .try_acquire_owned()
            .map_err(|_| Error::new(Code::Busy).header("retry-after", "5"))?;
        let turn = Arc::clone(&self.turn)
            .acquire_owned()
            .await
            .map_err(Error::internal)?;
        Ok(SigningTurn {
            _turn: turn,
            _place: place,
        })
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    #[actix_web::test]
    async fn turns_come_in_the_order_of_asking_and_the_queue_is_not_endless() {
        let turns = SigningQueue::default();
        let first = turns.wait().await.unwrap();
        let mut waiting: Vec<_> = (0..WAITING).map(|_| Box::pin(turns.wait())).collect();
        assert!(waiting.iter_mut().all(|one| one.now_or_never().is_none()));
        assert_eq!(turns.wait().await.unwrap_err().code(), Some(Code::Busy));
        drop(first);
        assert!(
            (&mut waiting[1]).now_or_never().is_none(),
            "who came later does not go first"
        );
        waiting.remove(0).await.unwrap();
        waiting.pop();
        waiting.remove(0).await.unwrap();
        assert!(
            turns.wait().now_or_never().is_none(),
            "whoever went away waits no more, and another may"
        );
    }
}
