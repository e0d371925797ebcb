//! Supervision of long-running tasks: each is restarted with back-off when it ends, panics or
//! hangs, and reports its state and its last success, which `health` shows. A success is completed
//! work, such as a poll of the queue; a task that merely runs has none.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::watch;
use tokio::task::{AbortHandle, JoinHandle};
use tokio::time::{sleep, timeout};

/// The first pause before a restart. The pause doubles with each further restart without a success.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// The longest pause before a restart, so that a task recovers soon after an outage of any length.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// The interval at which the ages of the last successes are checked.
const CHECK: Duration = Duration::from_secs(1);

/// The error of a run of a task.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// The limits of a task.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The largest age of the last success. An older one raises the alarm, and the run is aborted
    /// and restarted.
    pub stale_after: Duration,
    /// How long the task may finish its work when the service stops; at zero it is aborted at once.
    pub grace: Duration,
}

/// The state of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunState {
    /// The task runs, and its last success is recent.
    Running,
    /// The last run ended, and there was no success since.
    Restarting,
    /// The last success is too old: an alarm.
    Stale,
}

impl RunState {
    /// Every state.
    pub const ALL: [Self; 3] = [Self::Running, Self::Restarting, Self::Stale];

    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Restarting => "restarting",
            Self::Stale => "stale",
        }
    }
}

/// A report on a task.
#[derive(Debug, Clone, Copy)]
pub struct TaskReport {
    /// Its name.
    pub name: &'static str,
    /// Its state.
    pub state: RunState,
    /// The time since its last success; none before the first.
    pub since_success: Option<Duration>,
    /// The number of restarts.
    pub restarts: u64,
}

/// The supervisor of a process. Cheap to clone; clones share its state.
#[derive(Debug, Clone)]
pub struct Supervisor {
    tasks: Arc<Mutex<Vec<Heartbeat>>>,
    runs: Arc<Mutex<Vec<JoinHandle<()>>>>,
    stopping: watch::Sender<bool>,
}

impl Default for Supervisor {
    fn default() -> Self {
        Self {
            tasks: Arc::default(),
            runs: Arc::default(),
            stopping: watch::channel(false).0,
        }
    }
}

impl Supervisor {
    /// Registers a task that the supervisor does not run, or a part of a task with its own
    /// successes. It appears in reports and raises alarms like all others.
    pub fn register(&self, name: &'static str, stale_after: Duration) -> Heartbeat {
        let now = Instant::now();
        let record = TaskRecord {
            registered: now,
            begun: now,
            success: None,
            restarts: 0,
            recovering: false,
        };
        let heartbeat = Heartbeat(Arc::new(Task {
            name,
            stale_after,
            alarmed: AtomicBool::new(false),
            record: Mutex::new(record),
        }));
        lock(&self.tasks).push(heartbeat.clone());
        heartbeat
    }

    /// A new supervisor with the registered tasks of this one and without its runs: one service may
    /// run several times in a process.
    #[must_use]
    pub fn renewed(&self) -> Self {
        Self {
            tasks: Arc::new(Mutex::new(lock(&self.tasks).clone())),
            ..Self::default()
        }
    }

    /// Runs `start` repeatedly until the service stops. `start` gets the heartbeat to which it
    /// reports its successes.
    pub fn run<F, R>(&self, name: &'static str, limits: Limits, start: F)
    where
        F: Fn(Heartbeat) -> R + Send + 'static,
        R: Future<Output = Result<(), Failure>> + Send + 'static,
    {
        let heartbeat = self.register(name, limits.stale_after);
        let stopping = self.stopping.subscribe();
        lock(&self.runs).push(tokio::spawn(supervise(heartbeat, limits, stopping, start)));
    }

    /// Logs an alarm when the last success of a task becomes too old, until the service stops.
    pub fn watch(&self) {
        let (tasks, stopping) = (Arc::clone(&self.tasks), self.stopping.subscribe());
        lock(&self.runs).push(tokio::spawn(async move {
            while timeout(CHECK, stopped(stopping.clone())).await.is_err() {
                for task in lock(&tasks).iter() {
                    task.alarm();
                }
            }
        }));
    }

    /// The reports on all tasks.
    pub fn reports(&self) -> Vec<TaskReport> {
        lock(&self.tasks).iter().map(Heartbeat::report).collect()
    }

    /// Updates the metrics from the reports.
    pub fn publish(&self) {
        for report in self.reports() {
            for state in RunState::ALL {
                metrics::gauge!("task_state", "task" => report.name, "state" => state.code())
                    .set(if report.state == state { 1.0 } else { 0.0 });
            }
            metrics::gauge!("task_seconds_since_success", "task" => report.name).set(
                report
                    .since_success
                    .map_or(f64::NAN, |age| age.as_secs_f64()),
            );
            metrics::counter!("task_restarts_total", "task" => report.name)
                .absolute(report.restarts);
        }
    }

    /// Completes when the service stops.
    pub fn stopping(&self) -> impl Future<Output = ()> + Send + use<> {
        stopped(self.stopping.subscribe())
    }

    /// Stops every task and waits until all have ended.
    pub async fn stop(&self) {
        self.stopping.send_replace(true);
        let runs = std::mem::take(&mut *lock(&self.runs));
        for run in runs {
            // A supervision that panicked has ended, too.
            drop(run.await);
        }
    }
}

/// The handle to which a task reports its successes. Cheap to clone; clones belong to the same
/// task.
#[derive(Debug, Clone)]
pub struct Heartbeat(Arc<Task>);

#[derive(Debug)]
struct Task {
    name: &'static str,
    stale_after: Duration,
    /// True if the alarm was logged.
    alarmed: AtomicBool,
    record: Mutex<TaskRecord>,
}

#[derive(Debug)]
struct TaskRecord {
    registered: Instant,
    /// The start of the current run.
    begun: Instant,
    success: Option<Instant>,
    restarts: u64,
    /// True if a run ended and there was no success since.
    recovering: bool,
}

impl Heartbeat {
    /// Records a success.
    pub fn beat(&self) {
        let mut record = lock(&self.0.record);
        record.success = Some(Instant::now());
        record.recovering = false;
    }

    /// Begins a run.
    pub fn begin(&self) {
        lock(&self.0.record).begun = Instant::now();
    }

    /// Ends a run that will be restarted. True if the run had a success.
    pub fn end(&self) -> bool {
        let mut record = lock(&self.0.record);
        record.recovering = true;
        record.restarts += 1;
        record.success.is_some_and(|success| success > record.begun)
    }

    /// Completes when the current run has had no success for too long.
    pub async fn hangs(&self) {
        loop {
            let latest = {
                let record = lock(&self.0.record);
                record
                    .success
                    .map_or(record.begun, |success| success.max(record.begun))
            };
            let Some(left) = self.0.stale_after.checked_sub(latest.elapsed()) else {
                return;
            };
            sleep(left + Duration::from_millis(1)).await;
        }
    }

    fn report(&self) -> TaskReport {
        let record = lock(&self.0.record);
        let state = if record.success.unwrap_or(record.registered).elapsed() >= self.0.stale_after {
            RunState::Stale
        } else if record.recovering {
            RunState::Restarting
        } else {
            RunState::Running
        };
        TaskReport {
            name: self.0.name,
            state,
            since_success: record.success.map(|success| success.elapsed()),
            restarts: record.restarts,
        }
    }

    /// Logs when the task becomes stale, and when it recovers.
    fn alarm(&self) {
        let TaskReport {
            name,
            state,
            since_success,
            restarts,
        } = self.report();
        let stale = state == RunState::Stale;
        if self.0.alarmed.swap(stale, Ordering::Relaxed) == stale {
            return;
        }
        if stale {
            let seconds = since_success.map_or(0, |age| age.as_secs());
            tracing::error!(
                task = name,
                seconds,
                restarts,
                "a task has had no success for too long"
            );
        } else {
            tracing::info!(task = name, restarts, "a task succeeds again");
        }
    }
}

/// Aborts a run when its supervision is dropped, so that no run continues without the supervisor
/// that would restart it.
struct Run(AbortHandle);

impl Drop for Run {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn supervise<F, R>(
    heartbeat: Heartbeat,
    limits: Limits,
    stopping: watch::Receiver<bool>,
    start: F,
) where
    F: Fn(Heartbeat) -> R,
    R: Future<Output = Result<(), Failure>> + Send + 'static,
{
    let mut pause = FIRST_PAUSE;
    loop {
        heartbeat.begin();
        let mut task = tokio::spawn(start(heartbeat.clone()));
        let run = Run(task.abort_handle());
        let cause = tokio::select! {
            ended = &mut task => in_words(ended),
            () = heartbeat.hangs() => "it hung".to_owned(),
            () = stopped(stopping.clone()) => {
                drop(timeout(limits.grace, task).await);
                return;
            }
        };
        drop(run);
        if *stopping.borrow() {
            return;
        }
        if heartbeat.end() {
            pause = FIRST_PAUSE;
        }
        tracing::warn!(task = heartbeat.0.name, %cause, pause_ms = pause.as_millis(), "a task ended and is restarted");
        if timeout(pause, stopped(stopping.clone())).await.is_ok() {
            return;
        }
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// The reason why a run ended. A panic message is not repeated, because it may contain data of the
/// task.
fn in_words(ended: Result<Result<(), Failure>, tokio::task::JoinError>) -> String {
    match ended {
        Ok(Ok(())) => "it ended".to_owned(),
        Ok(Err(failure)) => failure.to_string(),
        Err(_) => "it panicked".to_owned(),
    }
}

/// Completes when the service stops, and when its supervisor no longer exists.
async fn stopped(mut stopping: watch::Receiver<bool>) {
    drop(stopping.wait_for(|stop| *stop).await);
}

/// Ignores poisoning: the data of these mutexes is consistent even after a panic.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use super::*;

    const LIMITS: Limits = Limits {
        stale_after: Duration::from_mins(1),
        grace: Duration::ZERO,
    };

    fn of(supervisor: &Supervisor) -> TaskReport {
        supervisor.reports()[0]
    }

    async fn until(met: impl Fn() -> bool) {
        let waiting = async {
            while !met() {
                sleep(Duration::from_millis(5)).await;
            }
        };
        timeout(Duration::from_secs(20), waiting)
            .await
            .expect("it comes to pass");
    }

    /// A task is restarted after an error, a panic and an end, and is reported as running
    /// only after another success.
    #[tokio::test]
    async fn a_task_is_restarted_however_it_ends() {
        let supervisor = Supervisor::default();
        let runs = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&runs);
        supervisor.run("made_up", LIMITS, move |heartbeat| {
            let run = counted.fetch_add(1, Ordering::Relaxed);
            async move {
                match run {
                    0 => return Err("the server is gone".into()),
                    1 => panic!("a bug"),
                    2 => return Ok(()),
                    _ => {}
                }
                sleep(Duration::from_millis(100)).await;
                heartbeat.beat();
                std::future::pending().await
            }
        });
        until(|| runs.load(Ordering::Relaxed) == 2).await;
        assert_eq!(of(&supervisor).state, RunState::Restarting);
        assert!(of(&supervisor).since_success.is_none());
        until(|| of(&supervisor).state == RunState::Running).await;
        assert_eq!(of(&supervisor).restarts, 3);
        assert!(of(&supervisor).since_success.is_some());
        supervisor.stop().await;
    }

    /// A task that waits for ever on a lost network is aborted and restarted.
    #[tokio::test]
    async fn a_task_that_hangs_is_aborted_and_restarted() {
        struct Dropped(Arc<AtomicUsize>);
        impl Drop for Dropped {
            fn drop(&mut self) {
                self.0.fetch_add(1, Ordering::Relaxed);
            }
        }
        let supervisor = Supervisor::default();
        let (runs, dropped) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let (counted, ended) = (Arc::clone(&runs), Arc::clone(&dropped));
        let limits = Limits {
            stale_after: Duration::from_millis(100),
            ..LIMITS
        };
        supervisor.run("made_up", limits, move |_| {
            counted.fetch_add(1, Ordering::Relaxed);
            let held = Dropped(Arc::clone(&ended));
            async move {
                std::future::pending::<()>().await;
                drop(held);
                Ok(())
            }
        });
        until(|| runs.load(Ordering::Relaxed) == 3).await;
        assert_eq!(
            dropped.load(Ordering::Relaxed),
            2,
            "the hanging runs are gone"
        );
        assert_eq!(of(&supervisor).state, RunState::Stale);
        supervisor.stop().await;
    }

    #[tokio::test]
    async fn a_stop_gives_a_task_its_grace_and_restarts_nothing() {
        let supervisor = Supervisor::default();
        let done = Arc::new(AtomicUsize::new(0));
        let (counted, stopping) = (Arc::clone(&done), supervisor.clone());
        supervisor.run(
            "made_up",
            Limits {
                grace: Duration::from_secs(20),
                ..LIMITS
            },
            move |_| {
                let (counted, stopping) = (Arc::clone(&counted), stopping.stopping());
                async move {
                    stopping.await;
                    sleep(Duration::from_millis(50)).await;
                    counted.fetch_add(1, Ordering::Relaxed);
                    Ok(())
                }
            },
        );
        supervisor.run("endless", LIMITS, |_| std::future::pending());
        supervisor.watch();
        tokio::task::yield_now().await;
        timeout(Duration::from_secs(10), supervisor.stop())
            .await
            .expect("an endless task is aborted");
        assert_eq!(done.load(Ordering::Relaxed), 1);
        assert_eq!(supervisor.renewed().reports().len(), 2);
    }
}
