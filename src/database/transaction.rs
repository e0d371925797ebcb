//! A transaction that owns its connection. Without a commit it is rolled back at once, also when
//! the request was cancelled.

use std::ops::{Deref, DerefMut};

use sqlx::postgres::PgConnection;

use super::pooled_connection::PooledConnection;
use crate::error::Result;

/// An open transaction.
pub struct Transaction {
    /// `Some` until the transaction ends.
    connection: Option<PooledConnection>,
}

impl Transaction {
    pub(super) async fn begin(connection: PooledConnection) -> Result<Self> {
        let mut transaction = Self {
            connection: Some(connection),
        };
        sqlx::raw_sql("begin").execute(&mut *transaction).await?;
        Ok(transaction)
    }

    /// Commits.
    ///
    /// # Errors
    /// When the server rejects the commit; then nothing was changed.
    pub async fn commit(mut self) -> Result<()> {
        sqlx::raw_sql("commit").execute(&mut *self).await?;
        if let Some(mut connection) = self.connection.take() {
            connection.mark_clean();
        }
        Ok(())
    }

    /// Rolls back and waits for completion, so that the caller's next request finds no lock of this
    /// transaction.
    pub async fn rollback(mut self) {
        let ended = sqlx::raw_sql("rollback").execute(&mut *self).await;
        if let (Ok(_), Some(mut connection)) = (ended, self.connection.take()) {
            connection.mark_clean();
        }
    }
}

impl Deref for Transaction {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        self.connection
            .as_ref()
            .expect("only commit and drop take the connection, and both end the transaction")
    }
}

impl DerefMut for Transaction {
    fn deref_mut(&mut self) -> &mut PgConnection {
        self.connection
            .as_mut()
            .expect("only commit and drop take the connection, and both end the transaction")
    }
}

impl Drop for Transaction {
    /// Rolls back at once: a rejected or cancelled request must not hold its row locks until its
    /// connection is used again.
    fn drop(&mut self) {
        let Some(mut connection) = self.connection.take() else {
            return;
        };
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            return connection.discard();
        };
        runtime.spawn(async move {
            match sqlx::raw_sql("rollback").execute(&mut *connection).await {
                Ok(_) => connection.mark_clean(),
                Err(_) => connection.discard(),
            }
        });
    }
}
