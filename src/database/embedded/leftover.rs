//! Deals with what an earlier server left: one that is still running because its watchdog was killed with it, or the pid file of one that was
//! killed. Must only be called by who holds the folder, and with no watchdog at work.

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::EmbeddedError;
use super::binaries::Binaries;
use super::home::Home;

/// A number no process has. The server takes the pid file for stale then, but still finds the old one's shared memory by it and refuses to start
/// while children of the old server use that; removing the file would lose this safeguard.
const NOBODY: &str = "2147483647";

/// How long the processes of a killed server may take to end when they are told to; then they are killed.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// What the pid file says about the server of a data folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trace {
    /// It runs.
    Running,
    /// It was killed: the pid file is there, the process is not.
    Killed,
    /// It stopped in order.
    Stopped,
}

/// Looks for the server of this data folder.
pub(super) fn trace(data: &Path) -> Trace {
    match fs::read(data.join("postmaster.pid")) {
        Err(_) => Trace::Stopped,
        Ok(bytes) => match process_in(&String::from_utf8_lossy(&bytes)) {
            Some(process) if serves(process, data) => Trace::Running,
            Some(_) | None => Trace::Killed,
        },
    }
}

/// Ends what a killed server left running: a busy backend does not notice that its server is gone, and no server starts beside it. Only for when no server
/// runs. Where there is no `/proc`, a start is tried until they have ended by themselves.
pub(super) fn end_orphans(home: &Home) -> Result<(), EmbeddedError> {
    let data = home.data();
    for signal in ["-QUIT", "-KILL"] {
        let left = orphans(&data);
        if left.is_empty() {
            return Ok(());
        }
        tracing::warn!(
            count = left.len(),
            signal,
            "ending the processes of a killed private PostgreSQL"
        );
        let words: Vec<String> = ["-c", r#"kill "$@" 2>/dev/null"#, "kill", signal]
            .into_iter()
            .map(str::to_owned)
            .chain(left)
            .collect();
        home.run(
            Path::new("/bin/sh"),
            &words.iter().map(Path::new).collect::<Vec<_>>(),
        )?;
        let since = Instant::now();
        while !orphans(&data).is_empty() && since.elapsed() < LAST_WORDS {
            sleep(Duration::from_millis(20));
        }
    }
    Ok(())
}

/// The processes of PostgreSQL that work in this data folder: each has it as its working directory.
fn orphans(data: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    let processes = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let works_here = |process: &String| {
        fs::read_link(format!("/proc/{process}/cwd")).is_ok_and(|folder| folder == data)
            && fs::read(format!("/proc/{process}/cmdline"))
                .is_ok_and(|line| line.starts_with(b"postgres:"))
    };
    processes
        .filter(|name| name.bytes().all(|byte| byte.is_ascii_digit()))
        .filter(works_here)
        .collect()
}

/// Stops a server that still runs on the data and makes its pid file harmless. Says whether there was anything: if so, children of the old server
/// may need a moment more.
///
/// It is stopped, not taken over: its settings may be old ones, and it has no watchdog.
pub(super) fn settle(home: &Home, binaries: &Binaries) -> Result<bool, EmbeddedError> {
    let data = home.data();
    let file = data.join("postmaster.pid");
    let Ok(bytes) = fs::read(&file) else {
        return Ok(false);
    };
    match process_in(&String::from_utf8_lossy(&bytes)) {
        Some(process) if serves(process, &data) => {
            tracing::warn!(
                "a private PostgreSQL (process {process}) was left running in {}; stopping it",
                data.display()
            );
            stop(home, binaries)?;
        }
        Some(_) => disown(home, &file)?,
        // Cut short by a power cut; the server would take it for one being written.
        None => fs::remove_file(&file).map_err(EmbeddedError::at(&file))?,
    }
    Ok(true)
}

/// Stops the running server, first with a checkpoint, then without.
fn stop(home: &Home, binaries: &Binaries) -> Result<(), EmbeddedError> {
    let data = home.data();
    for (mode, seconds) in [("fast", "60"), ("immediate", "20")] {
        let words = ["stop", "-s", "-w", "-m", mode, "-t", seconds, "-D"].map(Path::new);
        let arguments = [&words[..], &[&data]].concat();
        if home.run(&binaries.program("pg_ctl"), &arguments)?.success() {
            return Ok(());
        }
    }
    Err(EmbeddedError::Unstopped {
        folder: home.folder().to_owned(),
        said: home.tools_said(),
    })
}

/// Writes [`NOBODY`] into a stale pid file. Without that the server would not start if the number in it belongs to some other process by now,
/// which is usual after a restart of a container. The server's user does it: what lies in the data folder is that user's to write, not root's.
fn disown(home: &Home, file: &Path) -> Result<(), EmbeddedError> {
    const SCRIPT: &str = r#"{ echo "$2"; tail -n +2 "$1"; } > "$1.new" && mv -f "$1.new" "$1""#;
    let arguments = ["-c", SCRIPT, "disown"].map(Path::new);
    let arguments = [&arguments[..], &[file, Path::new(NOBODY)]].concat();
    if home.run(Path::new("/bin/sh"), &arguments)?.success() {
        Ok(())
    } else {
        Err(EmbeddedError::Unstarted {
            folder: home.folder().to_owned(),
            said: home.tools_said(),
            log: String::new(),
        })
    }
}

/// The process id in the text of a pid file; a server in single-user mode writes it negative.
fn process_in(text: &str) -> Option<u32> {
    text.lines()
        .next()?
        .trim()
        .trim_start_matches('-')
        .parse()
        .ok()
}

/// Whether the process is a server of this data folder, and not one that merely got the number later.
fn serves(process: u32, data: &Path) -> bool {
    let sought = [b" -D ", data.as_os_str().as_bytes(), b" "].concat();
    command_line(process).is_some_and(|line| line.windows(sought.len()).any(|part| part == sought))
}

/// The command line of a running process, its words separated by blanks; none for a dead one or a zombie.
pub(super) fn command_line(process: u32) -> Option<Vec<u8>> {
    let line = if Path::new("/proc/self/cmdline").exists() {
        let mut line = fs::read(format!("/proc/{process}/cmdline")).ok()?;
        line.iter_mut()
            .filter(|byte| **byte == 0)
            .for_each(|byte| *byte = b' ');
        line
    } else {
        let ps = Command::new("/bin/ps")
            .args(["-ww", "-o", "command=", "-p"])
            .arg(process.to_string())
            .output();
        ps.ok().filter(|ps| ps.status.success())?.stdout
    };
    Some(line).filter(|line| !line.is_empty())
}

#[cfg(test)]
mod tests {
    use super::process_in;

    #[test]
    fn the_pid_file_tells_the_process() {
        assert_eq!(process_in("4711\n/data/pg\n1763900000\n5432\n"), Some(4711));
        assert_eq!(process_in("-4711\n/data/pg\n"), Some(4711));
        assert_eq!(process_in(""), None);
        assert_eq!(process_in("\0\0\0\0"), None);
    }
}
