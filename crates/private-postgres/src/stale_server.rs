//! Cleanup after an earlier server: one that still runs because only its watchdog was killed, or
//! the pid file of a killed one. The caller must hold the folder, and no watchdog may be running.

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::Error;
use super::binaries::Binaries;
use super::cluster_folder::ClusterFolder;

/// A process id that no process has. The server takes a pid file with this id for stale, but still
/// finds the old server's shared memory by the file and refuses to start while children of the old
/// server use the memory. Removing the file would lose this protection.
const NO_PROCESS: &str = "2147483647";

/// How long the children of a killed server may take to end after SIGQUIT; then they are killed.
const SIGNAL_TIMEOUT: Duration = Duration::from_secs(1);

/// The state of the server of a data folder, by its pid file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ServerState {
    /// The server runs.
    Running,
    /// The server was killed: the pid file exists, the process does not.
    Killed,
    /// The server stopped regularly.
    Stopped,
}

/// Determines the state of the server of this data folder.
pub(super) fn state(data: &Path) -> ServerState {
    match fs::read(data.join("postmaster.pid")) {
        Err(_) => ServerState::Stopped,
        Ok(bytes) => match process_in(&String::from_utf8_lossy(&bytes)) {
            Some(process) if serves(process, data) => ServerState::Running,
            Some(_) | None => ServerState::Killed,
        },
    }
}

/// Ends the remaining children of a killed server: a busy backend does not notice that its server
/// is gone, and a new server cannot start beside it. Must only be called while no server runs. On
/// systems without `/proc`, starting is retried until they have ended by themselves.
pub(super) fn end_orphans(cluster_folder: &ClusterFolder) -> Result<(), Error> {
    let data = cluster_folder.data();
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
        cluster_folder.run(
            Path::new("/bin/sh"),
            &words.iter().map(Path::new).collect::<Vec<_>>(),
        )?;
        let since = Instant::now();
        while !orphans(&data).is_empty() && since.elapsed() < SIGNAL_TIMEOUT {
            sleep(Duration::from_millis(20));
        }
    }
    Ok(())
}

/// The PostgreSQL processes whose working directory is this data folder.
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

/// Stops a server that still runs on the data and neutralises its pid file. Returns true if there
/// was one; then children of the old server may need another moment.
///
/// A running server is stopped and not reused, because its settings may be outdated and it has no
/// watchdog.
pub(super) fn stop_stale_server(
    cluster_folder: &ClusterFolder,
    binaries: &Binaries,
) -> Result<bool, Error> {
    let data = cluster_folder.data();
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
            stop(cluster_folder, binaries)?;
        }
        Some(_) => neutralise_pid_file(cluster_folder, &file)?,
        // A pid file truncated by a power cut; the server would take it for one that is being
        // written.
        None => fs::remove_file(&file).map_err(Error::at(&file))?,
    }
    Ok(true)
}

/// Stops the running server, first with a checkpoint, then without.
fn stop(cluster_folder: &ClusterFolder, binaries: &Binaries) -> Result<(), Error> {
    let data = cluster_folder.data();
    for (mode, seconds) in [("fast", "60"), ("immediate", "20")] {
        let words = ["stop", "-s", "-w", "-m", mode, "-t", seconds, "-D"].map(Path::new);
        let arguments = [&words[..], &[&data]].concat();
        if cluster_folder
            .run(&binaries.program("pg_ctl"), &arguments)?
            .success()
        {
            return Ok(());
        }
    }
    Err(Error::StopFailed {
        folder: cluster_folder.folder().to_owned(),
        output: cluster_folder.tools_log_tail(),
    })
}

/// Writes [`NO_PROCESS`] into a stale pid file. Without that the server would not start if its
/// process id meanwhile belongs to another process, which is usual after a restart of a container.
/// The command runs as the server's user, because root must not write into that user's data folder.
fn neutralise_pid_file(cluster_folder: &ClusterFolder, file: &Path) -> Result<(), Error> {
    const SCRIPT: &str = r#"{ echo "$2"; tail -n +2 "$1"; } > "$1.new" && mv -f "$1.new" "$1""#;
    let arguments = ["-c", SCRIPT, "disown"].map(Path::new);
    let arguments = [&arguments[..], &[file, Path::new(NO_PROCESS)]].concat();
    if cluster_folder
        .run(Path::new("/bin/sh"), &arguments)?
        .success()
    {
        Ok(())
    } else {
        Err(Error::StartFailed {
            folder: cluster_folder.folder().to_owned(),
            output: cluster_folder.tools_log_tail(),
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

/// True if the process is a server of this data folder, and not another process that got the id
/// later.
fn serves(process: u32, data: &Path) -> bool {
    let sought = [b" -D ", data.as_os_str().as_bytes(), b" "].concat();
    command_line(process).is_some_and(|line| line.windows(sought.len()).any(|part| part == sought))
}

/// The command line of a running process, words separated by blanks; `None` for a dead process or a
/// zombie.
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
