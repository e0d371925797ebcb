//! A transaction that owns its connection. Without a commit it is rolled back at once, also when
//! the request was cancelled.

use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicU64, Ordering};

use sqlx::postgres::PgConnection;

use super::pooled_connection::PooledConnection;
use crate::error::Result;

/// The transactions that this process began, and those of them that ended.
static BEGUN: AtomicU64 = AtomicU64::new(0);
static ENDED: AtomicU64 = AtomicU64::new(0);

/// The number of transactions that this process has begun, without reads, if none of them is open.
/// While the number stays the same, this process has changed no sign-in.
pub fn begun_if_none_is_open() -> Option<u64> {
    let ended = ENDED.load(Ordering::SeqCst);
    let begun = BEGUN.load(Ordering::SeqCst);
    (begun == ended).then_some(begun)
}

/// Counts a transaction as open until dropped.
struct Counted;

impl Counted {
    fn begin() -> Self {
        BEGUN.fetch_add(1, Ordering::SeqCst);
        Self
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        ENDED.fetch_add(1, Ordering::SeqCst);
    }
}

/// How the server plans the statements of a reading transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Planning {
    /// As it finds cheapest, mostly once for all values.
    Usual,
    /// For the values of each statement. For a list, because a plan for any values expects a page to
    /// cover most of the table and scans it.
    ForValues,
}

/// An open transaction.
pub struct Transaction {
    /// `Some` until the transaction ends.
    connection: Option<PooledConnection>,
    /// `Some` until the transaction ends, its rollback included; `None` for a read.
    counted: Option<Counted>,
    /// Whether its locks end before the commit is on the disk.
    locks_end_early: bool,
}

impl Transaction {
    pub(super) async fn begin(connection: PooledConnection) -> Result<Self> {
        Self::begin_counted(connection, "begin", Some(Counted::begin())).await
    }

    pub(super) async fn begin_read(
        connection: PooledConnection,
        planning: Planning,
    ) -> Result<Self> {
        let statement = match planning {
            Planning::Usual => "begin",
            Planning::ForValues => "begin; set local plan_cache_mode = force_custom_plan",
        };
        Self::begin_counted(connection, statement, None).await
    }

    async fn begin_counted(
        connection: PooledConnection,
        statement: &'static str,
        counted: Option<Counted>,
    ) -> Result<Self> {
        let mut transaction = Self {
            connection: Some(connection),
            counted,
            locks_end_early: false,
        };
        sqlx::raw_sql(statement).execute(&mut *transaction).await?;
        Ok(transaction)
    }

    /// Lets the commit end the locks of this transaction before it waits for the disk, so that
    /// transactions that hold one lock in turn become durable together. For a lock that many
    /// need. A later commit is never on the disk without an earlier one.
    pub fn end_locks_early(&mut self) {
        self.locks_end_early = true;
    }

    /// Commits. Afterwards the changes survive a power failure.
    ///
    /// # Errors
    /// When the server rejects the commit; then nothing was changed.
    pub async fn commit(mut self) -> Result<()> {
        // The empty message is a transaction of its own, which is on the disk only after this one.
        let statement = if self.locks_end_early {
            "set local synchronous_commit = off; commit; select pg_logical_emit_message(true, '', '')"
        } else {
            "commit"
        };
        sqlx::raw_sql(statement).execute(&mut *self).await?;
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
        let counted = self.counted.take();
        runtime.spawn(async move {
            match sqlx::raw_sql("rollback").execute(&mut *connection).await {
                Ok(_) => connection.mark_clean(),
                Err(_) => connection.discard(),
            }
            drop(counted);
        });
    }
}
