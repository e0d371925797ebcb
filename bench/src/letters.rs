//! Letters: the time to typeset a document, and whether memory stays constant over a thousand of
//! them.

use std::time::{Duration, Instant};

use service_desk::certification::printed::samples;
use service_desk::typesetting::{Compiler, Typesetter};

use crate::{Outcome, cores, print};

/// The letters of one measurement, the number of times that each sample is typeset, and the letters
/// over which memory is measured.
const COUNTS: [u32; 3] = [300, 20, 1_000];
/// The same with `--brief`.
const BRIEF: [u32; 3] = [5, 1, 40];
/// How many letters are requested at the same time.
const CONCURRENT: u32 = 32;

/// Runs the measurement in this process and prints Markdown.
pub async fn measure(brief: bool) -> Outcome<()> {
    let [letters, times_each, many_letters] = if brief { BRIEF } else { COUNTS };
    let begun = Instant::now();
    let press = Compiler::new()?;
    let ready = begun.elapsed();
    let first = timed(&press, 0)?;
    print(&format!(
        "{} cores, one thread unless said otherwise; the letter is the signed audit notice: two pages, two tables, a QR code\n",
        cores()
    ));
    print(&format!(
        "- the press is ready after {}, its first letter takes {}",
        ms(ready),
        ms(first)
    ));

    print("\n| letter of two pages | p50 ms | p95 ms | p99 ms |\n|---|--:|--:|--:|");
    row(
        "another one each time",
        (1..=letters)
            .map(|seed| timed(&press, seed))
            .collect::<Outcome<_>>()?,
    );
    row(
        "the same again and again",
        (0..letters)
            .map(|_| timed(&press, 0))
            .collect::<Outcome<_>>()?,
    );

    print("\n| paper | p50 ms | KB |\n|---|--:|--:|");
    for (name, paper) in samples::all()?
        .into_iter()
        .chain(service_desk::complaint::printed::samples::all()?)
    {
        let size = press.compile(&paper)?.len();
        let mut times = Vec::new();
        for _ in 0..times_each {
            let begun = Instant::now();
            press.compile(&paper)?;
            times.push(begun.elapsed());
        }
        times.sort_unstable();
        print(&format!(
            "| {name} | {:.1} | {} |",
            millis(times[times.len() / 2]),
            size / 1000
        ));
    }
    drop(press);
    typeset_many(many_letters).await
}

/// Typesets `letters` different letters, `CROWD` at a time as the service does, and prints the
/// memory before, in between and after.
async fn typeset_many(letters: u32) -> Outcome<()> {
    let typesetter = Typesetter::for_this_machine()?;
    let mut seen = vec![(0, memory()?)];
    let begun = Instant::now();
    for crowd in 0..letters.div_ceil(CONCURRENT) {
        let seeds = crowd * CONCURRENT..((crowd + 1) * CONCURRENT).min(letters);
        let papers = seeds
            .map(|seed| samples::letter(1_000_000 + seed))
            .collect::<Result<Vec<_>, _>>()?;
        for set in futures_util::future::join_all(
            papers.into_iter().map(|paper| typesetter.typeset(paper)),
        )
        .await
        {
            set?;
        }
        let done = ((crowd + 1) * CONCURRENT).min(letters);
        if [CONCURRENT, 7 * CONCURRENT, 15 * CONCURRENT, letters].contains(&done) {
            seen.push((done, memory()?));
        }
    }
    let seconds = begun.elapsed().as_secs_f64();
    print(&format!(
        "\n{letters} different letters, {CONCURRENT} asked for at once: {seconds:.1} s, {:.0}/s\n",
        f64::from(letters) / seconds
    ));
    print("| letters set | memory MB |\n|--:|--:|");
    for (done, memory) in seen {
        print(&format!("| {done} | {memory:.1} |"));
    }
    Ok(())
}

fn timed(press: &Compiler, seed: u32) -> Outcome<Duration> {
    let paper = samples::letter(seed)?;
    let begun = Instant::now();
    press.compile(&paper)?;
    Ok(begun.elapsed())
}

fn row(name: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let at = |percent: usize| millis(times[(times.len() * percent / 100).min(times.len() - 1)]);
    print(&format!(
        "| {name} | {:.1} | {:.1} | {:.1} |",
        at(50),
        at(95),
        at(99)
    ));
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn ms(time: Duration) -> String {
    format!("{:.1} ms", millis(time))
}

fn memory() -> Outcome<f64> {
    let rollup = std::fs::read_to_string("/proc/self/smaps_rollup")?;
    let line = rollup
        .lines()
        .find_map(|line| line.strip_prefix("Pss:"))
        .ok_or("smaps_rollup is not as expected")?;
    Ok(line.trim().trim_end_matches(" kB").parse::<f64>()? * 1024.0 / 1e6)
}
