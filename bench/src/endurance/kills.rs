//! The service and PostgreSQL are killed under writes.

use std::rc::Rc;
use std::time::{Duration, Instant};

use super::{Service, World, events, pause, writers};
use crate::client::{Connection, request};
use crate::office::Office;
use crate::process::Server;
use crate::{Outcome, READY_PATH};

const WRITERS: usize = 8;
/// The time between a start and the next kill, in milliseconds.
const UP: u64 = 700;
/// The goal: ready again within this time.
const BACK_WITHIN: Duration = Duration::from_secs(2);
/// Gross excess: the trial fails.
const TOO_LATE: Duration = Duration::from_secs(10);

const fn rounds(long: bool) -> u32 {
    if long { 50 } else { 4 }
}

/// Kills the service again and again.
pub async fn of_service(
    world: &Rc<World>,
    service: &Service<'_>,
    office: &Office,
    mut server: Server,
    long: bool,
) -> Outcome<(Server, String)> {
    let address = server.address;
    let stream = events::follow(world).await;
    let writing = writers::start(world, WRITERS);
    let mut slowest = Duration::ZERO;
    for _ in 0..rounds(long) {
        pause(UP).await;
        let killed = Instant::now();
        server.kill().await?;
        server = service.start_at(office, Some(address)).await?;
        slowest = slowest.max(killed.elapsed());
    }
    pause(UP).await;
    end(world, writing).await?;
    let seen = events::whole(world, stream).await?;
    Ok((server, report("the service", rounds(long), slowest, &seen)?))
}

/// Kills PostgreSQL, and single backends of the service, in turn.
pub async fn of_postgres(
    world: &Rc<World>,
    office: &Office,
    server: Server,
    long: bool,
) -> Outcome<(Server, String)> {
    let trial = async {
        let stream = events::follow(world).await;
        let writing = writers::start(world, WRITERS);
        let mut slowest = Duration::ZERO;
        for round in 0..rounds(long) {
            pause(UP).await;
            let pid = if round.is_multiple_of(2) {
                office.main_process()?
            } else {
                office.backend_of_service().await?
            };
            let killed = Instant::now();
            crate::process::kill(pid).await?;
            slowest = slowest.max(until_writable(world, office, killed).await?);
        }
        pause(UP).await;
        end(world, writing).await?;
        let broken = world.record.borrow().broken;
        if broken > 0 {
            return Err(format!("{broken} connections to the service broke").into());
        }
        let seen = events::whole(world, stream).await?;
        until_jobs_are_done(office).await?;
        report("PostgreSQL or a backend", rounds(long), slowest, &seen)
    };
    let text = tokio::select! {
        text = trial => text?,
        lost = office.keep_running() => return Err(lost.into()),
    };
    Ok((server, text))
}

fn report(what: &str, times: u32, slowest: Duration, seen: &str) -> Outcome<String> {
    let verdict = if slowest < BACK_WITHIN {
        "reached"
    } else {
        "**missed**"
    };
    let text = format!(
        "- {what} killed {times} times; back within {:.2} s at worst (goal 2 s: {verdict})\n{seen}",
        slowest.as_secs_f64()
    );
    if slowest > TOO_LATE {
        Err(text.into())
    } else {
        Ok(text)
    }
}

/// Lets the writers finish their acts.
pub async fn end(world: &World, writing: Vec<tokio::task::JoinHandle<()>>) -> Outcome<()> {
    world.over.set(true);
    for writer in writing {
        tokio::time::timeout(Duration::from_secs(30), writer)
            .await
            .map_err(|_| "a writer gets no answer")??;
    }
    Ok(())
}

/// Waits until PostgreSQL has ended its sessions and the service writes again.
pub async fn until_writable(world: &World, office: &Office, killed: Instant) -> Outcome<Duration> {
    let ready = request("GET", READY_PATH, "", None);
    let acts = world.record.borrow().acknowledged();
    loop {
        pause(5).await;
        if killed.elapsed() > Duration::from_secs(30) {
            return Err("the service does not write again".into());
        }
        let Ok(mut connection) = Connection::open(world.address.get()).await else {
            continue;
        };
        let is_ready = connection
            .exchange(&ready)
            .await
            .is_ok_and(|reply| reply.status == 200);
        if is_ready && world.record.borrow().acknowledged() > acts + WRITERS && office.is_up().await
        {
            return Ok(killed.elapsed());
        }
    }
}

/// Waits until no job is overdue and none has failed for good.
async fn until_jobs_are_done(office: &Office) -> Outcome<()> {
    let mut owner = office.as_owner().await?;
    for _ in 0..300 {
        let waiting: i64 = sqlx::query_scalar(
            "select count(*) from graphile_worker._private_jobs where run_at < now() - interval '2 seconds'",
        )
        .fetch_one(&mut owner)
        .await?;
        if waiting == 0 {
            return Ok(());
        }
        pause(100).await;
    }
    Err("jobs are left undone".into())
}
