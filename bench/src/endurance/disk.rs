//! The disk is full under writes, and has room again.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::rc::Rc;
use std::time::{Duration, Instant};

use super::{World, kills, pause, writers};
use crate::Outcome;
use crate::office::Office;
use crate::process::Server;

const WRITERS: usize = 8;
/// How long the disk stays full, in milliseconds.
const FULL: u64 = 4_000;
/// The goal: acts are acknowledged again within this time.
const BACK_WITHIN: Duration = Duration::from_secs(10);

/// Fills the file system of `folder` again and again.
pub async fn measure(
    world: &Rc<World>,
    office: &Office,
    server: Server,
    folder: &Path,
    long: bool,
) -> Outcome<(Server, String)> {
    let rounds = if long { 20 } else { 2 };
    let trial = async {
        let writing = writers::start(world, WRITERS);
        let mut slowest = Duration::ZERO;
        for _ in 0..rounds {
            pause(1_000).await;
            let filler = folder.join("filler");
            fill(&filler)?;
            pause(FULL).await;
            // What the service gave back meanwhile is filled too.
            fill(&filler)?;
            std::fs::remove_file(&filler)?;
            let room = Instant::now();
            slowest = slowest.max(kills::until_writable(world, office, room).await?);
        }
        pause(1_000).await;
        kills::end(world, writing).await?;
        let refused = world.record.borrow().refused;
        if refused == 0 {
            return Err("no act was refused, so the disk was never full".into());
        }
        let verdict = if slowest < BACK_WITHIN {
            "reached"
        } else {
            "**missed**"
        };
        Ok::<_, Box<dyn std::error::Error + Send + Sync>>(format!(
            "- the disk full {rounds} times for {} s; acts again within {:.2} s of room at worst (goal {} s: {verdict})",
            FULL / 1000,
            slowest.as_secs_f64(),
            BACK_WITHIN.as_secs()
        ))
    };
    // PostgreSQL ends when it cannot write its log, and starts when there is room.
    let supervised = async {
        loop {
            office.keep_running().await;
            pause(500).await;
        }
    };
    let text = tokio::select! {
        text = trial => text?,
        () = supervised => unreachable!("it never ends"),
    };
    Ok((server, text))
}

/// Appends to `file` until the file system has no room.
fn fill(file: &Path) -> Outcome<()> {
    let mut file = File::options().create(true).append(true).open(file)?;
    for piece in [1 << 20, 4 << 10, 1] {
        let zeros = vec![0; piece];
        while file.write_all(&zeros).is_ok() {}
    }
    Ok(())
}
