//! A server under test in a process of its own: started, polled until it is ready, measured through
//! `/proc`, stopped.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use tokio::process::{Child, Command};

use crate::Outcome;
use crate::client::{Connection, request};

pub struct Server {
    pub name: &'static str,
    pub address: SocketAddr,
    /// The time from the start of the process until it was ready.
    pub started_in: Duration,
    child: Child,
    pid: u32,
}

impl Server {
    /// Starts `program` with only these environment variables and waits until `ready` is answered
    /// with 200.
    pub async fn start(
        name: &'static str,
        program: &Path,
        variables: &[(&str, String)],
        ready: &str,
    ) -> Outcome<Self> {
        Self::start_at(name, program, variables, ready, None).await
    }

    /// The same, at `address` if one is given.
    pub async fn start_at(
        name: &'static str,
        program: &Path,
        variables: &[(&str, String)],
        ready: &str,
        address: Option<SocketAddr>,
    ) -> Outcome<Self> {
        let address = match address {
            Some(address) => address,
            None => std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?,
        };
        let begun = Instant::now();
        let mut command = Command::new(program);
        command
            .env_clear()
            .envs(variables.iter().map(|(name, value)| (*name, value)))
            .env("LISTEN", address.to_string());
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        let pid = child.id().ok_or("the server is gone at once")?;
        let mut server = Self {
            name,
            address,
            started_in: Duration::ZERO,
            child,
            pid,
        };
        while !is_ready(address, ready).await {
            if let Some(status) = server.child.try_wait()? {
                return Err(format!("{name} ended with {status}").into());
            }
            if begun.elapsed() > Duration::from_secs(30) {
                return Err(format!("{name} is not ready after 30 s").into());
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        server.started_in = begun.elapsed();
        Ok(server)
    }

    /// Waits until the server has recovered from closed database connections: all of several fresh
    /// connections, on any worker, are answered.
    pub async fn recover(&self, ready: &str) -> Outcome<()> {
        for _ in 0..50 {
            let answers =
                futures_util::future::join_all((0..16).map(|_| is_ready(self.address, ready)))
                    .await;
            if answers.into_iter().all(|ready| ready) {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Err(format!("{} does not recover", self.name).into())
    }

    /// Sends the termination signal and waits for the end of the process.
    pub async fn stop(mut self) -> Outcome<()> {
        Command::new("kill")
            .arg(self.pid.to_string())
            .status()
            .await?;
        self.child.wait().await?;
        Ok(())
    }

    /// Kills the process without warning.
    pub async fn kill(mut self) -> Outcome<()> {
        Ok(self.child.kill().await?)
    }

    /// The user and system time so far, in seconds, of the process and its children.
    pub fn processor_seconds(&self) -> Outcome<f64> {
        self.sum(processor_seconds_of)
    }

    /// The proportional set size in MB, of the process and its children.
    pub fn memory(&self) -> Outcome<f64> {
        self.sum(memory_of)
    }

    fn sum(&self, of: impl Fn(u32) -> Outcome<f64>) -> Outcome<f64> {
        let children = std::fs::read_to_string(format!("/proc/{0}/task/{0}/children", self.pid))?;
        let children = children.split_whitespace().map(str::parse::<u32>);
        let mut sum = of(self.pid)?;
        for child in children {
            sum += of(child?)?;
        }
        Ok(sum)
    }
}

/// Fields 14 and 15 of `stat`, which count hundredths of a second.
fn processor_seconds_of(pid: u32) -> Outcome<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
    let after_name = stat
        .rsplit_once(") ")
        .map(|(_, rest)| rest)
        .ok_or("stat is not as expected")?;
    let ticks: u32 = after_name
        .split(' ')
        .skip(11)
        .take(2)
        .filter_map(|field| field.parse::<u32>().ok())
        .sum();
    Ok(f64::from(ticks) / 100.0)
}

fn memory_of(pid: u32) -> Outcome<f64> {
    let rollup = std::fs::read_to_string(format!("/proc/{pid}/smaps_rollup"))?;
    let line = rollup
        .lines()
        .find_map(|line| line.strip_prefix("Pss:"))
        .ok_or("smaps_rollup is not as expected")?;
    Ok(line.trim().trim_end_matches(" kB").parse::<f64>()? * 1024.0 / 1e6)
}

/// Kills the process `pid` without warning.
pub async fn kill(pid: u32) -> Outcome<()> {
    Command::new("kill")
        .args(["-KILL", &pid.to_string()])
        .status()
        .await?;
    Ok(())
}

async fn is_ready(address: SocketAddr, path: &str) -> bool {
    let Ok(mut connection) = Connection::open(address).await else {
        return false;
    };
    connection
        .exchange(&request("GET", path, "", None))
        .await
        .is_ok_and(|reply| reply.status == 200)
}
