//! Custodians decide on disclosures while fifty connections report and read. The measurement shows
//! how much longer those requests wait than without decisions, and how much memory the service uses
//! meanwhile (abuse case 45). Each grant opens a key file with its passphrase: Argon2id over 64
//! MiB, one at a time.

use std::cell::{Cell, RefCell};
use std::fmt::Write as _;
use std::time::Duration;

use service_desk::complaint::custody::wrapped_key::WrappedKey;

use super::CALLERS;
use super::operations::{HEADS, Operation, Requests};
use super::report::Pace;
use super::seed::Complaints;
use crate::client::{Connection, LoadResult, load, request};
use crate::office::PASSWORD;
use crate::process::Server;
use crate::report::median;
use crate::{Options, Outcome};

/// The number of custodians that decide at the same time.
pub(super) const CUSTODIANS: u32 = 2;
/// Prepared requests for each second of a load: more than a machine opens key files in a second.
const REQUESTS_PER_SECOND: u64 = 16;
/// The operations of the other callers.
const OPERATIONS: [Operation; 2] = [Operation::Submit, Operation::Case];
/// Longer than any load.
const FOREVER: Duration = Duration::from_hours(24);
/// The interval between two readings of memory.
const MEMORY_INTERVAL: Duration = Duration::from_millis(100);

/// One load, with or without decisions.
struct Trial {
    operation: Operation,
    pace: Pace,
    deciding: bool,
    crowd: LoadResult,
    decided: LoadResult,
    /// The highest memory reading, in MB.
    memory: f64,
}

/// Prepares disclosure requests for the custodians to decide.
struct DisclosureQueue<'a> {
    server: &'a Server,
    complaints: &'a Complaints,
    heads: &'a [String],
    custodians: Vec<String>,
    /// The body of every decision: each opens the key file anew.
    grant: String,
    /// The number of requests that heads have made.
    asked: u64,
    /// Decisions that are ready to be sent.
    waiting: RefCell<Vec<Vec<u8>>>,
}

/// Measures each load alone and beside deciding custodians, in turn.
pub async fn measure(
    server: &Server,
    complaints: &Complaints,
    (heads, custodians): (&[String], Vec<String>),
    key: &WrappedKey,
    wish: &Options,
) -> Outcome<String> {
    let grant = serde_json::json!({"grant": true, "reason": "Alasan cukup.", "custodian_key": key, "passphrase": PASSWORD}).to_string();
    let mut office = DisclosureQueue {
        server,
        complaints,
        heads,
        custodians,
        grant,
        asked: 0,
        waiting: RefCell::default(),
    };
    let before = server.memory()?;
    let mut trials = Vec::new();
    for round in 0..wish.rounds {
        for operation in OPERATIONS {
            for pace in Pace::ALL {
                // The order alternates, so that changes of the machine's speed affect both equally.
                for deciding in [round % 2 == 1, round % 2 == 0] {
                    trials.push(
                        office
                            .trial(operation, pace, deciding, wish.seconds)
                            .await?,
                    );
                }
            }
        }
    }
    Ok(to_markdown(&trials, before))
}

impl DisclosureQueue<'_> {
    async fn trial(
        &mut self,
        operation: Operation,
        pace: Pace,
        deciding: bool,
        seconds: u64,
    ) -> Outcome<Trial> {
        if deciding {
            self.request_disclosures(usize::try_from(REQUESTS_PER_SECOND * (seconds + 1))?)
                .await?;
        }
        let mut requests = Requests {
            operation,
            complaints: self.complaints,
            tokens: Some(self.heads),
            made: 0,
        };
        load(
            self.server.address,
            CALLERS,
            Duration::from_millis(300),
            Duration::ZERO,
            || requests.next(),
        )
        .await?;
        let is_over = Cell::new(false);
        let crowd = async {
            let found = load(
                self.server.address,
                CALLERS,
                Duration::from_secs(seconds),
                pace.pause(),
                || requests.next(),
            )
            .await;
            is_over.set(true);
            found
        };
        let custodians = if deciding {
            usize::try_from(CUSTODIANS)?
        } else {
            0
        };
        let decisions = || {
            if is_over.get() {
                None
            } else {
                self.waiting.borrow_mut().pop()
            }
        };
        let decisions = load(
            self.server.address,
            custodians,
            FOREVER,
            Duration::ZERO,
            decisions,
        );
        let (crowd, decided, memory) =
            tokio::join!(crowd, decisions, peak_memory(self.server, &is_over));
        let (crowd, decided, memory) = (crowd?, decided?, memory?);
        if crowd.done() == 0 || decided.refused > 0 || deciding && decided.done() == 0 {
            let what = operation.name();
            return Err(format!(
                "{what}: {} done; {} decisions made, {} refused",
                crowd.done(),
                decided.done(),
                decided.refused
            )
            .into());
        }
        if deciding && self.waiting.borrow().is_empty() {
            return Err(
                format!("{} decisions were too few for {seconds} s", decided.done()).into(),
            );
        }
        Ok(Trial {
            operation,
            pace,
            deciding,
            crowd,
            decided,
            memory,
        })
    }

    /// Makes requests as heads until `count` decisions are ready, each for another complaint or by
    /// another head.
    async fn request_disclosures(&mut self, count: usize) -> Outcome<()> {
        let mut connection = Connection::open(self.server.address).await?;
        let form = r#"{"fields":["name"],"purpose":"consent","reason":"Pelapor minta dihubungi."}"#;
        while self.waiting.borrow().len() < count {
            let head = &self.heads[usize::try_from(self.asked % HEADS)?];
            let case = self
                .complaints
                .long
                .get(usize::try_from(self.asked / HEADS)?)
                .ok_or("every head has asked of every long complaint")?;
            self.asked += 1;
            let path = format!("/api/v1/complaints/{case}/disclosures");
            let reply = connection
                .exchange(&request("POST", &path, &bearer(head), Some(form)))
                .await?;
            let said = String::from_utf8_lossy(connection.body(&reply)).into_owned();
            match reply.status {
                201 => {}
                // The complaint is hidden from this head, or the retention period of its identity
                // has passed.
                404 | 409 => continue,
                status => {
                    return Err(format!("a request for a disclosure: {status}: {said}").into());
                }
            }
            let said: serde_json::Value = serde_json::from_str(&said)?;
            let id = said["id"].as_str().ok_or("a request without an id")?;
            let custodian = &self.custodians[usize::try_from(self.asked)? % self.custodians.len()];
            let decision = request(
                "POST",
                &format!("{path}/{id}/decision"),
                &bearer(custodian),
                Some(&self.grant),
            );
            self.waiting.borrow_mut().push(decision);
        }
        Ok(())
    }
}

fn bearer(token: &str) -> String {
    format!("authorization: Bearer {token}\r\n")
}

/// The highest memory reading until `is_over`, in MB.
async fn peak_memory(server: &Server, is_over: &Cell<bool>) -> Outcome<f64> {
    let mut most: f64 = 0.0;
    while !is_over.get() {
        most = most.max(server.memory()?);
        tokio::time::sleep(MEMORY_INTERVAL).await;
    }
    Ok(most)
}

/// The medians of all rounds as Markdown.
fn to_markdown(trials: &[Trial], before: f64) -> String {
    let mut page = format!(
        "### While custodians decide: {CUSTODIANS} of them, {CALLERS} connections beside\n\n\
         | operation | pace | p95 ms alone | p95 ms beside | beside ÷ alone | requests/s alone | beside | refused | decisions/s | a decision, p50 ms | memory MB alone | beside | p95 target |\n\
         |---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|---|\n"
    );
    for operation in OPERATIONS {
        for pace in Pace::ALL {
            let pick = |deciding, field: &dyn Fn(&Trial) -> f64| {
                let of = trials.iter().filter(|trial| {
                    (trial.operation, trial.pace, trial.deciding) == (operation, pace, deciding)
                });
                median(of.map(field).collect())
            };
            let p95 = |deciding| pick(deciding, &|trial| trial.crowd.percentile(95));
            let rate = |deciding| pick(deciding, &|trial| trial.crowd.rate());
            let memory = |deciding| pick(deciding, &|trial| trial.memory);
            let (decisions, one) = (
                pick(true, &|trial| trial.decided.rate()),
                pick(true, &|trial| trial.decided.percentile(50)),
            );
            let refused: usize = trials
                .iter()
                .filter(|trial| trial.operation == operation && trial.pace == pace)
                .map(|trial| trial.crowd.refused)
                .sum();
            let (alone, beside) = (p95(false), p95(true));
            let verdict = if beside < operation.target() {
                "reached"
            } else {
                "**missed**"
            };
            // Writing to a String cannot fail.
            let _ = writeln!(
                page,
                "| {} | {} | {alone:.1} | {beside:.1} | **{:.2}** | {:.0} | {:.0} | {refused} | {decisions:.1} | {one:.0} | {:.0} | {:.0} | < {}: {verdict} |",
                operation.name(),
                pace.name(),
                beside / alone,
                rate(false),
                rate(true),
                memory(false),
                memory(true),
                operation.target(),
            );
        }
    }
    let _ = writeln!(
        page,
        "\n- memory before all of it: {before:.0} MB; a key file being opened takes 67 MB of it"
    );
    page
}
