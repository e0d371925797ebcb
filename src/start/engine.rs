//! The job engine as a supervised task. Its success is a poll of the queue: the engine asks once a second when it is idle. The timetable of the engine has
//! a success of its own, once a minute.

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

/// The engine asks every second; a slow job or four may keep it from asking for a while.
const LIMITS: Limits = Limits {
    stale_after: Duration::from_mins(2),
    grace: Duration::from_secs(30),
};
/// The timetable has an entry for every minute.
const TIMETABLE_STALE_AFTER: Duration = Duration::from_secs(150);
/// How long the engine waits for one of its connections.
const PATIENCE: Duration = Duration::from_secs(5);

/// The engine of a service, through all its runs.
#[derive(Clone)]
struct Engine {
    service: Service,
    supervisor: Supervisor,
    timetable: Heartbeat,
    /// Workers of this process that have ended: the jobs they held are free again at once, and need not wait until their heartbeat is found too old.
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

/// One run of the engine, on connections of its own: those of the run before may be lost without knowing it.
async fn run(engine: Engine, heartbeat: Heartbeat) -> Result<(), Failure> {
    let pool = PgPoolOptions::new()
        .max_connections(3)
        .acquire_timeout(PATIENCE)
        .connect_lazy_with(engine.service.database.clone());
    let (options, _) = job_options(&engine.service, pool.clone())?;
    let watched = Watched {
        inner: pool.clone().into(),
        polls: heartbeat,
        timetable: engine.timetable.clone(),
    };
    let worker = options
        .database(EngineDatabase::new(watched))
        .worker_recovery(recovery())
        .worker_shutdown(worker::stopping(engine.supervisor.stopping()))
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
    // The worker holds connections as long as it lives, and closing would wait for them.
    drop(worker);
    outcome?;
    pool.close().await;
    Ok(())
}

/// A worker that died with its process holds its jobs until its heartbeat is this old; then another worker takes them.
fn recovery() -> WorkerRecoveryConfig {
    WorkerRecoveryConfig::default()
        .heartbeat_interval(Duration::from_secs(15))
        .sweep_interval(Duration::from_secs(20))
        .sweep_threshold(Duration::from_mins(1))
        .recovery_delay(Duration::from_secs(1))
}

/// The engine's connections, which report what succeeds on them.
#[derive(Debug)]
struct Watched {
    inner: EngineDatabase,
    polls: Heartbeat,
    timetable: Heartbeat,
}

impl DbExecutor for Watched {
    fn execute<'a>(
        &'a self,
        sql: &'a str,
        params: DbParams,
    ) -> BoxFuture<'a, Result<u64, DbError>> {
        Box::pin(async move {
            let outcome = self.inner.execute(sql, params).await;
            // The one statement that queues what is due by the timetable; every instance runs it, and the first one queues.
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
            // Taking the next job from the queue is an update, also when there is none: it fails on a server that only reads.
            if outcome.is_ok() && sql.contains("locked_by = $1") {
                self.polls.beat();
            }
            outcome
        })
    }
}

impl DatabaseDriver for Watched {
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
