//! Whose turn it is to sign under a number of a register: one letter after another, in the order in which they came. Who waits here holds neither a connection
//! nor a lock, so that a crowd of signers keeps nobody else waiting and nobody of it is sent away. Several instances of the service still meet at the register itself.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use crate::error::{Code, Error, Result};

/// How long somebody waits for their turn before they are told to come back: less than what proxies wait for us.
const PATIENCE: Duration = Duration::from_secs(50);

/// The queue. Cheap to clone; one for all workers.
#[derive(Debug, Clone)]
pub struct Turns(Arc<Semaphore>);

/// A turn; over when it is dropped.
#[derive(Debug)]
pub struct Turn(#[expect(dead_code, reason = "it is held, and given back when it is dropped")] OwnedSemaphorePermit);

impl Default for Turns {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(1)))
    }
}

impl Turns {
    /// Waits for a turn.
    ///
    /// # Errors
    /// `busy` when it does not come in time.
    pub async fn wait(&self) -> Result<Turn> {
        self.wait_at_most(PATIENCE).await
    }

    async fn wait_at_most(&self, patience: Duration) -> Result<Turn> {
        let waited = timeout(patience, Arc::clone(&self.0).acquire_owned()).await;
        let permit = waited.map_err(|_| Error::new(Code::Busy).header("retry-after", "5"))?;
        permit.map(Turn).map_err(Error::internal)
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    #[actix_web::test]
    async fn turns_come_in_the_order_of_asking_and_patience_ends() {
        let turns = Turns::default();
        let first = turns.wait().await.unwrap();
        let (mut second, mut third) = (Box::pin(turns.wait()), Box::pin(turns.wait()));
        assert!((&mut second).now_or_never().is_none() && (&mut third).now_or_never().is_none());
        drop(first);
        assert!((&mut third).now_or_never().is_none(), "who came later does not go first");
        let second = second.await.unwrap();
        assert_eq!(turns.wait_at_most(Duration::ZERO).await.unwrap_err().code(), Some(Code::Busy));
        drop(second);
        third.await.unwrap();
    }
}
