//! The shell process that starts the server for us and stops it when we are gone. It waits at the end of a pipe whose other end only we hold; the
//! system closes that end however we go, so a planned stop, a forgotten one and `kill -9` are all the same to it.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Stdio};
use std::thread;

use super::EmbeddedError;
use super::home::Home;

/// Arguments: `pg_ctl`, data folder, server log, server options. It starts the server itself, for if it only came after, we could be killed in
/// between. What ends everything at a terminal must not end it early, hence the `trap`.
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

/// A server's watchdog. Dropping it lets the server stop, but does not wait for that.
#[derive(Debug)]
pub(super) struct Watchdog {
    /// None when it has ended or is being stopped.
    child: Option<Child>,
}

impl Watchdog {
    /// Starts the server, and returns when it accepts connections.
    pub(super) fn start(home: &Home, pg_ctl: &Path, options: &str) -> Result<Self, EmbeddedError> {
        let shell = Path::new("/bin/sh");
        let mut child = home
            .account()
            .command(shell, home.folder())
            .args(["-c", SCRIPT, "watchdog"])
            .args([pg_ctl, &home.data(), &home.server_log()])
            .arg(options)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // Its messages, and the lock that tells a successor it is still at work.
            .stderr(home.tools()?)
            .spawn()
            .map_err(|source| home.unrunnable(shell, source))?;
        let mut word = String::new();
        if let Some(told) = child.stdout.take() {
            // Silence is an answer too: the watchdog ended, because the server did not start.
            BufReader::new(told).read_line(&mut word).ok();
        }
        let mut watchdog = Self { child: Some(child) };
        if word == "ready\n" {
            return Ok(watchdog);
        }
        watchdog.stop();
        Err(EmbeddedError::Unstarted {
            folder: home.folder().to_owned(),
            said: home.tools_said(),
            log: home.server_said(),
        })
    }

    /// Lets the server stop and waits for it. Whether that went as it should.
    pub(super) fn stop(&mut self) -> bool {
        let Some(mut child) = self.child.take() else {
            return false;
        };
        if let Some(mut pipe) = child.stdin.take() {
            // Closing would do, unless a process that some other thread is just starting holds a copy of our end. If nobody listens, the end is near.
            pipe.write_all(b"stop\n").ok();
        }
        child.wait().is_ok_and(|status| status.success())
    }

    /// Ends it outright, for when its server is gone: it has nothing to stop.
    pub(super) fn end(&mut self) {
        if let Some(mut child) = self.child.take() {
            // It may have ended before.
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
            // Only so that no zombie stays behind; if the program ends first, the system does it.
            thread::Builder::new().spawn(move || child.wait()).ok();
        }
    }
}
