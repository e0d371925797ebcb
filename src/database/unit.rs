//! One unit of work: a transaction that owns its connection. Not committed means rolled back, at once, also when the request was cancelled.

use std::ops::{Deref, DerefMut};

use sqlx::postgres::PgConnection;

use super::lease::Lease;
use crate::error::Result;

/// An open transaction.
pub struct Unit {
    /// There until the unit ends.
    lease: Option<Lease>,
}

impl Unit {
    pub(super) async fn begin(lease: Lease) -> Result<Self> {
        let mut unit = Self { lease: Some(lease) };
        sqlx::raw_sql("begin").execute(&mut *unit).await?;
        Ok(unit)
    }

    /// Makes it so.
    ///
    /// # Errors
    /// When the server refuses; then nothing has happened.
    pub async fn commit(mut self) -> Result<()> {
        sqlx::raw_sql("commit").execute(&mut *self).await?;
        if let Some(mut lease) = self.lease.take() {
            lease.settle();
        }
        Ok(())
    }

    /// Ends it without a trace, and waits for that: whoever is answered next finds no lock of it.
    pub async fn abandon(mut self) {
        let ended = sqlx::raw_sql("rollback").execute(&mut *self).await;
        if let (Ok(_), Some(mut lease)) = (ended, self.lease.take()) {
            lease.settle();
        }
    }
}

impl Deref for Unit {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        self.lease
            .as_ref()
            .expect("only commit and drop take the lease, and both end the unit")
    }
}

impl DerefMut for Unit {
    fn deref_mut(&mut self) -> &mut PgConnection {
        self.lease
            .as_mut()
            .expect("only commit and drop take the lease, and both end the unit")
    }
}

impl Drop for Unit {
    /// A refused or cancelled request must not hold its row locks until its connection is used again.
    fn drop(&mut self) {
        let Some(mut lease) = self.lease.take() else {
            return;
        };
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            return lease.discard();
        };
        runtime.spawn(async move {
            match sqlx::raw_sql("rollback").execute(&mut *lease).await {
                Ok(_) => lease.settle(),
                Err(_) => lease.discard(),
            }
        });
    }
}
