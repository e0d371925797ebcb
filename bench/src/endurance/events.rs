//! A reader of the event stream that comes back with `Last-Event-ID` whenever its connection ends.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

use super::{World, pause};
use crate::Outcome;
use crate::client::request;

/// How often each filed application was told of, and how often the reader came back.
#[derive(Debug, Default)]
pub struct Seen {
    told: HashMap<String, usize>,
    connections: usize,
    resets: usize,
}

/// Starts to read, and returns when the stream is open: it tells of what happens from then on.
pub async fn follow(world: &Rc<World>) -> Rc<RefCell<Seen>> {
    let seen = Rc::new(RefCell::new(Seen::default()));
    let (world, into) = (Rc::clone(world), Rc::clone(&seen));
    tokio::task::spawn_local(async move {
        let mut last = None;
        loop {
            let _ended = read(&world, &into, &mut last).await;
            pause(20).await;
        }
    });
    while seen.borrow().connections == 0 {
        pause(5).await;
    }
    seen
}

async fn read(
    world: &World,
    seen: &RefCell<Seen>,
    last: &mut Option<String>,
) -> std::io::Result<()> {
    let mut stream = TcpStream::connect(world.address.get()).await?;
    let after = last
        .as_ref()
        .map_or_else(String::new, |id| format!("last-event-id: {id}\r\n"));
    let headers = format!(
        "authorization: Bearer {}\r\naccept: text/event-stream\r\n{after}",
        world.tokens.staff[0]
    );
    stream
        .write_all(&request("GET", "/api/v1/events", &headers, None))
        .await?;
    let mut lines = BufReader::new(stream).lines();
    let first = lines.next_line().await?.unwrap_or_default();
    if !first.contains(" 200 ") {
        return Ok(());
    }
    seen.borrow_mut().connections += 1;
    let (mut id, mut of_frame) = (None, None);
    while let Some(line) = lines.next_line().await? {
        if let Some(new) = line.strip_prefix("id: ") {
            id = Some(new.to_owned());
        } else if line == "event: reset" {
            seen.borrow_mut().resets += 1;
        } else if let Some(data) = line.strip_prefix("data: ") {
            let told: serde_json::Value = serde_json::from_str(data).unwrap_or_default();
            if told["type"] == "application.stage_changed"
                && let Some(application) = told["data"]["application"].as_str()
            {
                of_frame = Some(application.to_owned());
            }
        } else if line.is_empty() && id.is_some() {
            // A frame is complete only with its empty line.
            last.clone_from(&id);
            if let Some(application) = of_frame.take() {
                *seen.borrow_mut().told.entry(application).or_default() += 1;
            }
        }
    }
    Ok(())
}

/// Waits until each filed application was told of.
///
/// # Errors
/// A gap, or an application told of twice.
pub async fn whole(world: &World, seen: Rc<RefCell<Seen>>) -> Outcome<String> {
    let filed: Vec<String> = world
        .record
        .borrow()
        .filed
        .iter()
        .map(|n| crate::operations::id(&world.batch, *n))
        .collect();
    let missing = || {
        filed
            .iter()
            .filter(|id| !seen.borrow().told.contains_key(*id))
            .count()
    };
    for _ in 0..100 {
        if missing() == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let twice = seen
        .borrow()
        .told
        .values()
        .filter(|times| **times > 1)
        .count();
    let (gap, seen) = (missing(), seen.borrow());
    let text = format!(
        "- event stream: {} of {} applications told of once over {} connections, {gap} missing, {twice} twice, {} resets",
        filed.len() - gap - twice.min(filed.len() - gap),
        filed.len(),
        seen.connections,
        seen.resets
    );
    if gap + twice + seen.resets > 0 {
        Err(text.into())
    } else {
        Ok(text)
    }
}
