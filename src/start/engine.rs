//! The job engine as a supervised task. Each successful poll of the queue counts as a success; an
//! idle engine polls once a second. The timetable of the engine reports its own successes, once a
//! minute.

use std::any::Any;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use graphile_worker::{
    BoxFuture, Database as EngineDatabase, DatabaseDriver, DbError, DbExecutor, DbParams, DbRow,
    DbTransaction, NotificationStream, WorkerRecoveryConfig,
};
use sqlx::postgres::PgPoolOptions;

use super::Failure;
use super::jobs::job_options;
use crate::app::Service;
use crate::casework::worker;
use crate::supervisor::{Heartbeat, Limits, Supervisor};

/// The engine polls every second; four slow jobs may delay the polls.
const LIMITS: Limits = Limits {
    stale_after: Duration::from_mins(2),
    grace: Duration::from_secs(30),
};
/// The timetable has an entry for every minute.
const TIMETABLE_STALE_AFTER: Duration = Duration::from_secs(150);
/// The longest wait for a connection of the engine.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);

/// The state of the engine that outlives a single run.
#[derive(Clone)]
struct Engine {
    service: Service,
    supervisor: Supervisor,
    timetable: Heartbeat,
    /// Ids of workers of this process that have ended. Their jobs are unlocked at once, without
    /// waiting until their heartbeat is stale.
    ended: Arc<Mutex<Vec<String>>>,
}

/// Runs the engine under the supervisor.
pub(super) fn supervise(service: &Service, supervisor: &Supervisor) {
    let engine = Engine {
        service: service.clone(),
        supervisor: supervisor.clone(),
        timetable: supervisor.register("timetable", TIMETABLE_STALE_AFTER),
        ended: Arc::default(),
    };
    supervisor.run("jobs", LIMITS, move |heartbeat| {
        run(engine.clone(), heartbeat)
    });
}

/// One run of the engine, on new connections: those of the previous run may be broken without an
/// error yet.
async fn run(engine: Engine, heartbeat: Heartbeat) -> Result<(), Failure> {
    let pool = PgPoolOptions::new()
        .max_connections(3)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .connect_lazy_with(engine.service.database.clone());
    let (options, _) = job_options(&engine.service, pool.clone())?;
    let observed = ObservedDatabase {
        inner: pool.clone().into(),
        polls: heartbeat,
        timetable: engine.timetable.clone(),
    };
    let worker = options
        .database(EngineDatabase::new(observed))
        .worker_recovery(recovery())
        .worker_shutdown(worker::shutdown_on(engine.supervisor.stopping()))
        .init()
        .await?;
    engine.timetable.begin();
    let ended: Vec<_> = engine
        .ended
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .clone();
    if !ended.is_empty() {
        let ids: Vec<_> = ended.iter().map(String::as_str).collect();
        worker.create_utils().force_unlock_workers(&ids).await?;
        engine
            .ended
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .retain(|id| !ended.contains(id));
    }
    let outcome = tokio::select! {
        outcome = worker.run() => outcome,
        () = engine.timetable.hangs() => return Err("the timetable hangs".into()),
    };
    engine
        .ended
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(worker.worker_id().clone());
    // The worker holds connections while it exists, and closing the pool would wait for them.
    drop(worker);
    outcome?;
    pool.close().await;
    Ok(())
}

/// Jobs of a worker that died with its process stay locked until the worker's heartbeat is this
/// old; then another worker takes them.
fn recovery() -> WorkerRecoveryConfig {
    WorkerRecoveryConfig::default()
        .heartbeat_interval(Duration::from_secs(15))
        .sweep_interval(Duration::from_secs(20))
        .sweep_threshold(Duration::from_mins(1))
        .recovery_delay(Duration::from_secs(1))
}

/// The engine's connections, which report successful polls.
#[derive(Debug)]
struct ObservedDatabase {
    inner: EngineDatabase,
    polls: Heartbeat,
    timetable: Heartbeat,
}

impl DbExecutor for ObservedDatabase {
    fn execute<'a>(
        &'a self,
        sql: &'a str,
        params: DbParams,
    ) -> BoxFuture<'a, Result<u64, DbError>> {
        Box::pin(async move {
            let outcome = self.inner.execute(sql, params).await;
            // Only one statement of the engine contains this word: it queues the due entries of the
            // timetable. Every instance runs the statement, and the first one queues.
            if outcome.is_ok() && sql.contains("known_crontabs") {
                self.timetable.beat();
            }
            outcome
        })
    }

    fn fetch_all<'a>(
        &'a self,
        sql: &'a str,
        params: DbParams,
    ) -> BoxFuture<'a, Result<Vec<DbRow>, DbError>> {
        Box::pin(async move {
            let outcome = self.inner.fetch_all(sql, params).await;
            // The statement that takes the next job is an update even when the queue is empty, so
            // it fails on a read-only server.
            if outcome.is_ok() && sql.contains("locked_by = $1") {
                self.polls.beat();
            }
            outcome
        })
    }
}

impl DatabaseDriver for ObservedDatabase {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn begin(&self) -> BoxFuture<'_, Result<DbTransaction, DbError>> {
        Box::pin(self.inner.begin())
    }

    fn listen<'a>(
        &'a self,
        channel: &'a str,
    ) -> BoxFuture<'a, Result<Option<NotificationStream>, DbError>> {
        Box::pin(self.inner.listen(channel))
    }
}
