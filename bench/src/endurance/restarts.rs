//! Two instances behind `HAProxy` are restarted in turn while callers read and write.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;
use std::rc::Rc;

use tokio::process::{Child, Command};

use super::record::Record;
use super::{Service, World, pause, writers};
use crate::client::{Connection, request};
use crate::office::Office;
use crate::operations::id;
use crate::process::Server;
use crate::{Outcome, READY_PATH};

const READERS: usize = 16;
const WRITERS: usize = 8;

/// Restarts the instances in turn.
pub async fn measure(
    world: &Rc<World>,
    service: &Service<'_>,
    office: &Office,
    first: Server,
    long: bool,
) -> Outcome<(Server, String)> {
    let second = service.start(office).await?;
    let balancer = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let addresses = [first.address, second.address];
    let mut haproxy = start_haproxy(service.folder, balancer, addresses)?;
    world.address.set(balancer);
    until_open(balancer).await?;
    let reading: Vec<_> = (0..READERS)
        .map(|n| tokio::task::spawn_local(read(Rc::clone(world), n)))
        .collect();
    let writing = writers::start(world, WRITERS);
    let mut instances = [Some(first), Some(second)];
    let restarts = if long { 200 } else { 4 };
    for n in 0..restarts {
        let turn = n % 2;
        if let Some(instance) = instances[turn].take() {
            instance.stop().await?;
        }
        instances[turn] = Some(service.start_at(office, Some(addresses[turn])).await?);
        // The balancer takes the instance back before the other one leaves.
        pause(500).await;
    }
    world.over.set(true);
    for writer in writing {
        writer.await?;
    }
    let mut reads = 0;
    for reader in reading {
        reads += reader.await??;
    }
    haproxy.kill().await?;
    let text = outcome(&world.record.borrow(), restarts, reads)?;
    let [first, second] = instances;
    if let Some(second) = second {
        second.stop().await?;
    }
    Ok((first.ok_or("the first instance is gone")?, text))
}

/// How many of the requests failed; an error when one did.
fn outcome(record: &Record, restarts: usize, reads: usize) -> Outcome<String> {
    let requests = reads + record.acknowledged();
    let failed = record.broken + record.refused + record.wrong.len();
    let text = format!(
        "- {restarts} restarts of two instances behind HAProxy: {failed} of {requests} requests failed"
    );
    if failed == 0 {
        return Ok(text);
    }
    let first = record.wrong.first();
    Err(format!(
        "{text}: {} connections broken, {} answered 503, {first:?}",
        record.broken, record.refused
    )
    .into())
}

/// Reads applications until the trial is over, and returns how many.
async fn read(world: Rc<World>, reader: usize) -> Result<usize, std::io::Error> {
    let mut connection = Connection::open(world.address.get()).await?;
    let token = &world.tokens.staff[reader % world.tokens.staff.len()];
    let mut made = 0;
    while !world.over.get() {
        let n = 1 + crate::scattered((made * READERS + reader) as u64) % 900;
        let path = format!("/api/v1/applications/{}", id("00000000", n));
        let headers = format!("authorization: Bearer {token}\r\n");
        let outcome = connection
            .exchange(&request("GET", &path, &headers, None))
            .await;
        match outcome {
            Ok(reply) if reply.status == 200 => made += 1,
            Ok(reply) => {
                let said = String::from_utf8_lossy(connection.body(&reply)).into_owned();
                world
                    .record
                    .borrow_mut()
                    .wrong
                    .push(format!("{}: {said}", reply.status));
            }
            Err(_) => {
                world.record.borrow_mut().broken += 1;
                connection = Connection::open(world.address.get()).await?;
            }
        }
    }
    Ok(made)
}

fn start_haproxy(folder: &Path, at: SocketAddr, instances: [SocketAddr; 2]) -> Outcome<Child> {
    let [first, second] = instances;
    let check = "check inter 200ms fall 2 rise 1";
    let settings = format!(
        "global\n    maxconn 1000\ndefaults\n    mode http\n    timeout connect 2s\n    timeout client 60s\n    timeout server 60s\n    timeout check 2s\n    retries 3\n    option redispatch\n    option httpchk GET {READY_PATH}\nlisten desk\n    bind {at}\n    balance roundrobin\n    server first {first} {check}\n    server second {second} {check}\n"
    );
    let file = folder.join("haproxy.cfg");
    std::fs::write(&file, settings)?;
    Command::new("haproxy")
        .arg("-db")
        .arg("-f")
        .arg(&file)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| {
            format!("haproxy cannot be started ({error}); Debian has it as package haproxy").into()
        })
}

async fn until_open(address: SocketAddr) -> Outcome<()> {
    for _ in 0..100 {
        if let Ok(mut connection) = Connection::open(address).await
            && let Ok(reply) = connection
                .exchange(&request("GET", READY_PATH, "", None))
                .await
            && reply.status == 200
        {
            return Ok(());
        }
        pause(50).await;
    }
    Err("HAProxy does not answer".into())
}
