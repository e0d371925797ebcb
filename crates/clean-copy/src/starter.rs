//! Starts the program, hands it the file, and ends it when it takes too long.

use std::io;
use std::os::unix::process::ExitStatusExt as _;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use rustix::process::Signal;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, Command};
use tokio::time::{sleep, timeout};

use crate::program::{Reply, UNPROTECTED};
use crate::{ARGUMENT, Effort, Failure, MAX_COPY, MAX_TEXT, SourceKind};

/// Most time that a copy may take by the clock.
const LONGEST: Duration = Duration::from_secs(20);

/// A copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CleanCopy {
    /// The PDF.
    pub pdf: Vec<u8>,
    /// Number of things left out: pages, pictures, hidden and deleted text, hidden sheets, rows
    /// and columns, characters without a glyph.
    pub left_out: u64,
    /// The visible text, as far as the file says it in letters.
    pub text: String,
}

/// Starts the program for each file.
#[derive(Debug, Clone)]
pub struct Starter {
    program: PathBuf,
}

impl Starter {
    /// Copies are made by the binary of this process, also when its file has been replaced by a
    /// newer one.
    pub fn of_this_binary() -> Self {
        let linux = || PathBuf::from("/proc/self/exe");
        Self::new(if cfg!(target_os = "linux") {
            linux()
        } else {
            std::env::current_exe().unwrap_or_else(|_| linux())
        })
    }

    /// Copies are made by the binary `program`, which calls [`crate::run_if_asked`].
    pub fn new(program: PathBuf) -> Self {
        Self { program }
    }

    /// Makes the copy of `file`. A program that used up its processor time or memory, or broke
    /// down, says that the file is too complex; after the first effort the caller tries once more,
    /// with the last.
    ///
    /// # Errors
    /// When the program cannot be started, cannot give up its rights, is ended by others, or does
    /// not end in time on a busy machine: no fault of the file.
    pub async fn make(
        &self,
        kind: SourceKind,
        file: &[u8],
        effort: Effort,
    ) -> io::Result<Result<CleanCopy, Failure>> {
        let mut child = Command::new(&self.program)
            .args([ARGUMENT, effort.as_str()])
            .env_clear()
            // The allocator of the service would reserve more at once than the program may have.
            .env("MIMALLOC_ARENA_RESERVE", "16384")
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        let (pid, time) = (child.id(), effort.time(file.len()));
        let talked = tokio::select! {
            talked = talk(&mut child, kind, file) => Some(talked),
            () = uses_up(pid, time) => None,
            () = sleep(LONGEST) => None,
        };
        // Read before the end of the process is taken note of, for then it is gone.
        let used = pid.and_then(processor_time);
        let Some(talked) = talked else {
            child.kill().await?;
            return if used.is_none_or(|used| used >= time) {
                Ok(Err(Failure::TooComplex))
            } else {
                Err(io::ErrorKind::TimedOut.into())
            };
        };
        // It has ended, or is about to; a program that does not is killed.
        let Ok(ended) = timeout(Duration::from_secs(1), child.wait()).await else {
            child.kill().await?;
            return talked.map_or_else(|_| Err(io::ErrorKind::TimedOut.into()), Ok);
        };
        let ended = ended?;
        // The kernel limits what it counts by ticks, and tells what it measures: less, on a busy
        // machine.
        let used_up = used.is_none_or(|used| 2 * used >= time);
        if ended.code() == Some(UNPROTECTED.into()) {
            return Err(io::Error::other(
                "the program that makes clean copies could not give up its rights",
            ));
        }
        match (talked, ended.signal()) {
            (Ok(outcome), _) => Ok(outcome),
            (Err(_), Some(signal)) if !is_of_the_file(signal, used_up) => {
                let why = format!("signal {signal} of others ended a program of copies");
                Err(io::Error::other(why))
            }
            (Err(_), _) => Ok(Err(Failure::TooComplex)),
        }
    }
}

/// Whether the signal that ended the program is the file's doing: the limit of processor time, a
/// lack of memory, or a fault. The kernel also kills where the whole machine lacks memory.
fn is_of_the_file(signal: i32, used_up: bool) -> bool {
    let faults = [
        Signal::XCPU,
        Signal::SEGV,
        Signal::ABORT,
        Signal::BUS,
        Signal::ILL,
        Signal::TRAP,
        Signal::FPE,
        Signal::SYS,
    ];
    faults.into_iter().any(|fault| fault.as_raw() == signal)
        || (signal == Signal::KILL.as_raw() && used_up)
}

/// Completes when the process has used this much processor time. Where `/proc` does not tell it,
/// the kernel's limit ends the program.
async fn uses_up(pid: Option<u32>, most: Duration) {
    loop {
        sleep(Duration::from_millis(20)).await;
        if pid
            .and_then(processor_time)
            .is_some_and(|used| used >= most)
        {
            return;
        }
    }
}

/// The user and system time of a process: fields 14 and 15 of `stat`, in hundredths of a second.
fn processor_time(pid: u32) -> Option<Duration> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, fields) = stat.rsplit_once(") ")?;
    let ticks = fields.split(' ').skip(11).take(2);
    let ticks: u64 = ticks.filter_map(|field| field.parse::<u64>().ok()).sum();
    Some(Duration::from_millis(10 * ticks))
}

/// Sends the file and reads the reply; an error when the program ended before.
async fn talk(
    child: &mut Child,
    kind: SourceKind,
    file: &[u8],
) -> io::Result<Result<CleanCopy, Failure>> {
    let closed = || io::Error::from(io::ErrorKind::BrokenPipe);
    let mut input = child.stdin.take().ok_or_else(closed)?;
    let mut output = child.stdout.take().ok_or_else(closed)?;
    input.write_all(file).await?;
    input.write_all(&[kind as u8]).await?;
    drop(input);
    let length = usize::try_from(output.read_u32().await?).map_err(io::Error::other)?;
    // JSON writes a control character in six bytes.
    let mut head = exactly(length, 6 * MAX_TEXT + 1024)?;
    output.read_exact(&mut head).await?;
    Ok(match serde_json::from_slice(&head)? {
        Reply::Failed(failure) => Err(failure),
        Reply::Made {
            size,
            left_out,
            text,
        } => {
            let mut pdf = exactly(size, 2 * MAX_COPY)?;
            output.read_exact(&mut pdf).await?;
            Ok(CleanCopy {
                pdf,
                left_out,
                text,
            })
        }
    })
}

/// A buffer of `length` bytes. It is made at once: a growing vector would leave copies in memory.
fn exactly(length: usize, most: usize) -> io::Result<Vec<u8>> {
    if length > most {
        return Err(io::ErrorKind::InvalidData.into());
    }
    Ok(vec![0; length])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_others_ended_says_nothing_of_its_file() {
        for (signal, used_up, of_the_file) in [
            (Signal::XCPU, false, true),
            (Signal::SEGV, false, true),
            (Signal::ABORT, false, true),
            (Signal::KILL, true, true),
            (Signal::KILL, false, false),
            (Signal::TERM, true, false),
            (Signal::HUP, false, false),
        ] {
            assert_eq!(is_of_the_file(signal.as_raw(), used_up), of_the_file);
        }
    }
}
