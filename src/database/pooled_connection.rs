//! A pooled connection, and how connections are opened and checked between two uses.

use std::ops::{Deref, DerefMut};
use std::time::Duration;

use deadpool::managed::{self, Metrics, Object, RecycleError, RecycleResult};
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions as _, Connection as _};

/// A connection that was idle for longer is pinged before its next use.
const PING_AFTER: Duration = Duration::from_secs(2);

/// A connection taken from the pool. It counts as unclean until `mark_clean` is called.
pub struct PooledConnection {
    object: Object<Connector>,
}

impl PooledConnection {
    pub(super) fn of(mut object: Object<Connector>) -> Self {
        object.clean = false;
        Self { object }
    }

    /// Marks the connection as clean: no transaction is open, and the next user need not ping it.
    pub(super) fn mark_clean(&mut self) {
        self.object.clean = true;
    }

    /// Closes the connection instead of returning it to the pool.
    pub(super) fn discard(self) {
        drop(Object::take(self.object));
    }
}

impl Deref for PooledConnection {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        &self.object.connection
    }
}

impl DerefMut for PooledConnection {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.object.connection
    }
}

/// Opens connections, and pings those that were idle for long or are unclean.
pub(super) struct Connector {
    options: PgConnectOptions,
}

impl Connector {
    pub(super) fn new(options: PgConnectOptions) -> Self {
        Self { options }
    }
}

pub(super) struct ManagedConnection {
    connection: PgConnection,
    clean: bool,
}

impl managed::Manager for Connector {
    type Type = ManagedConnection;
    type Error = sqlx::Error;

    async fn create(&self) -> Result<ManagedConnection, sqlx::Error> {
        Ok(ManagedConnection {
            connection: self.options.connect().await?,
            clean: true,
        })
    }

    async fn recycle(
        &self,
        held: &mut ManagedConnection,
        metrics: &Metrics,
    ) -> RecycleResult<sqlx::Error> {
        // Under load no ping is sent; after a pause the ping detects a restarted server or a lost
        // network before a request does.
        if !held.clean || metrics.last_used() > PING_AFTER {
            held.connection
                .ping()
                .await
                .map_err(RecycleError::Backend)?;
        }
        Ok(())
    }
}
