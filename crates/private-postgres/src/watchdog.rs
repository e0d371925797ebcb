//! The watchdog: a shell process that starts the server and stops it when this program ends. It
//! reads from a pipe; only this program holds the other end, and the system closes it however the
//! program ends. A planned stop, a forgotten one and `kill -9` therefore have the same effect.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Stdio};
use std::thread;

use super::Error;
use super::cluster_folder::ClusterFolder;

/// Arguments: `pg_ctl`, data folder, server log, server options. The script starts the server
/// itself, because this program could be killed between starting the server and starting the
/// watchdog. Signals that end everything at a terminal must not end the watchdog early, hence the
/// `trap`.
const SCRIPT: &str = r#"
trap '' HUP INT QUIT TERM PIPE
if "$1" start -s -w -t 60 -D "$2" -l "$3" -o "$4" >&2; then
    echo ready
    read -r line
    "$1" stop -s -w -t 60 -m fast -D "$2" >&2 && exit 0
fi
# Too slow to start, or to stop.
"$1" stop -s -w -t 20 -m immediate -D "$2" >/dev/null 2>&1
exit 1
"#;

/// A server's watchdog. Dropping it makes the server stop, without waiting for that.
#[derive(Debug)]
pub(super) struct Watchdog {
    /// `None` after its end.
    child: Option<Child>,
}

impl Watchdog {
    /// Starts the server, and returns when it accepts connections.
    pub(super) fn start(
        cluster_folder: &ClusterFolder,
        pg_ctl: &Path,
        options: &str,
    ) -> Result<Self, Error> {
        let shell = Path::new("/bin/sh");
        let mut child = cluster_folder
            .account()
            .command(shell, cluster_folder.folder())
            .args(["-c", SCRIPT, "watchdog"])
            .args([pg_ctl, &cluster_folder.data(), &cluster_folder.server_log()])
            .arg(options)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // Its messages, and the lock that makes a successor wait.
            .stderr(cluster_folder.tools()?)
            .spawn()
            .map_err(|source| cluster_folder.unrunnable(shell, source))?;
        let mut word = String::new();
        if let Some(stdout) = child.stdout.take() {
            // End of file means that the watchdog ended because the server did not start.
            BufReader::new(stdout).read_line(&mut word).ok();
        }
        let mut watchdog = Self { child: Some(child) };
        if word == "ready\n" {
            return Ok(watchdog);
        }
        watchdog.stop();
        Err(Error::StartFailed {
            folder: cluster_folder.folder().to_owned(),
            output: cluster_folder.tools_log_tail(),
            log: cluster_folder.server_log_tail(),
        })
    }

    /// Makes the server stop and waits for that. True if it succeeded.
    pub(super) fn stop(&mut self) -> bool {
        let Some(mut child) = self.child.take() else {
            return false;
        };
        if let Some(mut pipe) = child.stdin.take() {
            // Closing the pipe is not enough while a process that another thread is just starting
            // holds a copy of this end. A write error means that the watchdog is ending.
            pipe.write_all(b"stop\n").ok();
        }
        child.wait().is_ok_and(|status| status.success())
    }

    /// Kills the watchdog of a dead server, which it need not stop.
    pub(super) fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            // The watchdog may have ended before.
            child.kill().ok();
            child.wait().ok();
        }
    }

    /// The process id, for tests that kill it.
    #[cfg(test)]
    pub(super) fn process(&self) -> Option<u32> {
        self.child.as_ref().map(Child::id)
    }
}

impl Drop for Watchdog {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            drop(child.stdin.take());
            // Waits so that no zombie remains; if this program ends first, the system reaps the
            // process.
            thread::Builder::new().spawn(move || child.wait()).ok();
        }
    }
}
