//! The connection pool of a worker. sqlx's own pool pings at every release and wakes other threads;
//! this pool pings a connection only after a pause, or when its last use did not end cleanly
//! (`design: connections`).

use std::time::Duration;

use deadpool::managed::{Pool, PoolError, QueueMode};
use sqlx::postgres::{PgConnectOptions, PgConnection};

use super::pooled_connection::{Connector, PooledConnection};
use super::transaction::{Planning, Transaction};
use crate::error::{Code, Error, Result};

/// How long a request waits for a connection before it gets 503.
const TIMEOUT: Duration = Duration::from_secs(3);

/// The connection pool of one worker. Cheap to clone; give every worker its own.
#[derive(Clone)]
pub struct Database {
    pool: Pool<Connector>,
}

impl Database {
    /// A pool of at most `size` connections, opened on demand.
    ///
    /// # Panics
    /// Never: the settings of the pool are complete.
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
            .wait_timeout(Some(TIMEOUT))
            .create_timeout(Some(TIMEOUT))
            .recycle_timeout(Some(TIMEOUT))
            .build()
            .expect("a runtime is named, so the time-outs can be kept");
        Self { pool }
    }

    /// Runs a read on a connection and returns its result.
    ///
    /// # Errors
    /// The error of `with`, or `busy` when no connection became free in time.
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

    /// Begins a transaction. Dropped without a commit it is rolled back.
    ///
    /// # Errors
    /// `busy` when no connection became free in time.
    pub async fn begin(&self) -> Result<Transaction> {
        Transaction::begin(self.connection().await?).await
    }

    /// Begins a transaction that reads, and at most records the reading. It must change nothing of
    /// sessions, accounts, roles, appointments and second factors: sign-ins stay in memory.
    ///
    /// # Errors
    /// `busy` when no connection became free in time.
    pub async fn begin_read(&self, planning: Planning) -> Result<Transaction> {
        Transaction::begin_read(self.connection().await?, planning).await
    }

    /// Takes a connection out of the pool; dropping it returns it.
    ///
    /// # Errors
    /// `busy` when no connection became free in time.
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

    /// True if the server accepts writes; determined without writing. False on a standby and on a
    /// read-only server.
    pub async fn is_writable(&self) -> Result<bool> {
        let asked = sqlx::query_scalar!(
            r#"select not pg_is_in_recovery() and current_setting('transaction_read_only') = 'off' as "writes!""#
        );
        self.read(async |connection| Ok(asked.fetch_one(connection).await?))
            .await
    }

    /// Closes the pool; connections in use are closed when they are returned.
    pub fn close(&self) {
        self.pool.close();
    }
}
