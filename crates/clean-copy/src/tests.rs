//! What the program can still do once it has given up its rights. Each attempt runs in a process of
//! its own, this test program started again.

#![expect(
    clippy::disallowed_methods,
    reason = "the started process learns its attempt by it"
)]

use std::env;
use std::fs::File;
use std::net::TcpStream;
use std::process::Command;

use rustix::time::{ClockId, clock_gettime};

use crate::jail;

const ATTEMPT: &str = "ATTEMPT_OF_A_CLEAN_COPY";

/// Runs the attempt in a process without rights; true when it succeeded there.
fn succeeds(attempt: &str) -> bool {
    let started = Command::new(env::current_exe().unwrap())
        .args(["--exact", "tests::attempt", "--test-threads", "1"])
        .env(ATTEMPT, attempt)
        .output()
        .unwrap();
    started.status.code() == Some(42)
}

/// Not a test of its own: the process that `succeeds` starts.
#[test]
fn attempt() {
    let Ok(attempt) = env::var(ATTEMPT) else {
        return;
    };
    let opened = File::open("/proc/self/status");
    jail::enter(crate::Effort::Last).unwrap();
    let succeeded = match attempt.as_str() {
        "nothing" => true,
        "open a file" => File::open("/etc/passwd").is_ok(),
        "write a file" => File::create("/tmp/clean-copy-was-here").is_ok(),
        "read what was open before" => {
            std::io::Read::read(&mut opened.unwrap(), &mut [0; 8]).is_ok()
        }
        "connect" => TcpStream::connect("127.0.0.1:9").is_ok_and(|_| true),
        "resolve a name" => std::net::ToSocketAddrs::to_socket_addrs("localhost:80")
            .is_ok_and(|mut all| all.next().is_some()),
        "start a program" => Command::new("/bin/true").spawn().is_ok(),
        "start a thread" => std::thread::Builder::new().spawn(|| {}).is_ok(),
        "take 200 MB" => vec![1_u8; 200 << 20][7] == 1,
        "take 300 MB" => vec![1_u8; 300 << 20][7] == 1,
        "compute for ever" => {
            let used = || clock_gettime(ClockId::ProcessCPUTime).tv_sec;
            while used() < 20 {}
            true
        }
        other => panic!("{other}"),
    };
    std::process::exit(if succeeded { 42 } else { 7 });
}

#[test]
fn a_program_that_makes_a_copy_has_no_file_no_network_and_no_process() {
    assert!(succeeds("nothing") && succeeds("take 200 MB"));
    for attempt in [
        "open a file",
        "write a file",
        "read what was open before",
        "connect",
        "resolve a name",
        "start a program",
        "start a thread",
    ] {
        assert!(!succeeds(attempt), "{attempt}");
    }
}

#[test]
fn a_program_that_makes_a_copy_has_two_seconds_and_256_megabytes() {
    assert!(!succeeds("take 300 MB"));
    assert!(!succeeds("compute for ever"), "the kernel ends it");
}

#[test]
fn a_small_file_delays_others_little_and_a_large_one_has_more_time() {
    let first = |size| crate::Effort::First.time(size).as_millis();
    assert_eq!([0, 700, 2 << 20, 64 << 20].map(first), [80, 80, 489, 800]);
    assert_eq!(crate::Effort::Last.time(700).as_millis(), 2_000);
}
