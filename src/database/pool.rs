//! A few connections held by each worker. sqlx's own pool pings at every release and wakes other threads; this one asks only a connection
//! that rested, or whose last use was not seen to end well (`design: connections`).

use std::time::Duration;

use deadpool::managed::{Pool, PoolError, QueueMode};
use sqlx::postgres::{PgConnectOptions, PgConnection};

use super::pooled_connection::{Connector, PooledConnection};
use super::transaction::Transaction;
use crate::error::{Code, Error, Result};

/// How long a request waits for a connection before it is told to come back.
const PATIENCE: Duration = Duration::from_secs(3);

/// The connections of one worker. Cheap to clone; give every worker its own.
#[derive(Clone)]
pub struct Database {
    pool: Pool<Connector>,
}

impl Database {
    /// At most `size` connections with these options, opened when first needed.
    ///
    /// # Panics
    /// Never: the pool's settings are complete.
    #[must_use]
    pub fn new(options: PgConnectOptions, size: usize) -> Self {
        let options = options.options([
            ("statement_timeout", "30s"),
            ("lock_timeout", "5s"),
            ("idle_in_transaction_session_timeout", "30s"),
            ("timezone", "UTC"),
        ]);
        let pool = Pool::builder(Connector::new(options))
            .max_size(size)
            .queue_mode(QueueMode::Lifo)
            .runtime(deadpool::Runtime::Tokio1)
            .wait_timeout(Some(PATIENCE))
            .create_timeout(Some(PATIENCE))
            .recycle_timeout(Some(PATIENCE))
            .build()
            .expect("a runtime is named, so the time-outs can be kept");
        Self { pool }
    }

    /// Runs a read on a connection. What `with` gives back is what the caller gets.
    ///
    /// # Errors
    /// What `with` says, or `busy` when no connection came free in time.
    pub async fn read<T>(
        &self,
        with: impl AsyncFnOnce(&mut PgConnection) -> Result<T>,
    ) -> Result<T> {
        let mut connection = self.connection().await?;
        let outcome = with(&mut connection).await;
        if outcome.is_ok() {
            connection.mark_clean();
        }
        outcome
    }

    /// Opens a transaction. Dropped without a commit it rolls back.
    ///
    /// # Errors
    /// `busy` when no connection came free in time.
    pub async fn begin(&self) -> Result<Transaction> {
        Transaction::begin(self.connection().await?).await
    }

    /// A connection for as long as it is held.
    ///
    /// # Errors
    /// `busy` when none came free in time.
    pub async fn connection(&self) -> Result<PooledConnection> {
        match self.pool.get().await {
            Ok(object) => Ok(PooledConnection::of(object)),
            Err(PoolError::Timeout(_)) => Err(Error::new(Code::Busy).header("retry-after", "1")),
            Err(PoolError::Backend(error)) => {
                tracing::error!(%error, "the database cannot be reached");
                Err(Error::new(Code::Busy).header("retry-after", "5"))
            }
            Err(other) => Err(Error::internal(other)),
        }
    }

    /// Whether the server takes writes, without writing. A standby, and a server that was told to only read, answer no.
    ///
    /// # Errors
    /// When the server cannot be reached.
    pub async fn takes_writes(&self) -> Result<bool> {
        let asked = sqlx::query_scalar!(
            r#"select not pg_is_in_recovery() and current_setting('transaction_read_only') = 'off' as "writes!""#
        );
        self.read(async |connection| Ok(asked.fetch_one(connection).await?))
            .await
    }

    /// Closes the connections; leases still out are closed when they come back.
    pub fn close(&self) {
        self.pool.close();
    }
}
