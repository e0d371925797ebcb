//! A connection on loan, and how it is made and looked after between two loans.

use std::ops::{Deref, DerefMut};
use std::time::Duration;

use deadpool::managed::{self, Metrics, Object, RecycleError, RecycleResult};
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions as _, Connection as _};

/// A connection that was not used for so long is asked before the next loan.
const RESTED: Duration = Duration::from_secs(2);

/// A connection on loan. It counts as unsettled until somebody says that its work ended well.
pub struct PooledConnection {
    object: Object<Connector>,
}

impl PooledConnection {
    pub(super) fn of(mut object: Object<Connector>) -> Self {
        object.settled = false;
        Self { object }
    }

    /// Says that nothing is pending on the connection: the next borrower need not ask it.
    pub(super) fn mark_clean(&mut self) {
        self.object.settled = true;
    }

    /// Closes the connection instead of giving it back.
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

/// Opens connections, and asks the ones that rested or whose last borrower did not end well.
pub(super) struct Connector {
    options: PgConnectOptions,
}

impl Connector {
    pub(super) fn new(options: PgConnectOptions) -> Self {
        Self { options }
    }
}

pub(super) struct Held {
    connection: PgConnection,
    settled: bool,
}

impl managed::Manager for Connector {
    type Type = Held;
    type Error = sqlx::Error;

    async fn create(&self) -> Result<Held, sqlx::Error> {
        Ok(Held {
            connection: self.options.connect().await?,
            settled: true,
        })
    }

    async fn recycle(&self, held: &mut Held, metrics: &Metrics) -> RecycleResult<sqlx::Error> {
        // Under load it costs nothing; after a pause it finds out that the server was restarted or the network lost, before a request does.
        if !held.settled || metrics.last_used() > RESTED {
            held.connection
                .ping()
                .await
                .map_err(RecycleError::Backend)?;
        }
        Ok(())
    }
}
