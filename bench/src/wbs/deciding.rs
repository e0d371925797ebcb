//! Custodians decide on disclosures while fifty connections report and read: how much longer those wait than they do alone, and what the service takes of
//! memory meanwhile (design: whistleblowing 5, case 45). Each grant opens a key file with its passphrase: Argon2id over 64 MiB, one at a time.

use std::cell::{Cell, RefCell};
use std::fmt::Write as _;
use std::time::Duration;

use service_desk::complaint::custody::wrapped_key::WrappedKey;

use super::CALLERS;
use super::operations::{HEADS, Operation, Requests};
use super::report::Pace;
use super::seed::Complaints;
use crate::client::{Connection, Found, load, request};
use crate::office::PASSWORD;
use crate::process::Server;
use crate::report::median;
use crate::{Outcome, Wish, tokens};

/// Who decide at once.
const CUSTODIANS: u32 = 2;
/// Requests for each second of a load: more than a machine opens key files in one.
const A_SECOND: u64 = 16;
/// What the others do.
const OPERATIONS: [Operation; 2] = [Operation::Submit, Operation::Case];
/// Longer than any load.
const FOREVER: Duration = Duration::from_hours(24);
/// How often memory is looked at.
const LOOK: Duration = Duration::from_millis(100);

/// One load, with or without decisions meanwhile.
struct Trial {
    operation: Operation,
    pace: Pace,
    deciding: bool,
    crowd: Found,
    decided: Found,
    /// The most that was seen, in MB.
    memory: f64,
}

/// Those who ask and those who decide.
struct Office<'a> {
    server: &'a Server,
    complaints: &'a Complaints,
    heads: &'a [String],
    custodians: Vec<String>,
    /// The body of every decision: each opens the key file anew.
    grant: String,
    /// How often a head has asked.
    asked: u64,
    /// Decisions nobody has sent yet.
    waiting: RefCell<Vec<Vec<u8>>>,
}

/// Measures each load alone and beside deciding custodians, in turn.
pub async fn beside_others(
    server: &Server,
    complaints: &Complaints,
    heads: &[String],
    key: &WrappedKey,
    wish: &Wish,
) -> Outcome<String> {
    let grant = serde_json::json!({"grant": true, "reason": "Alasan cukup.", "custodian_key": key, "passphrase": PASSWORD}).to_string();
    let custodians = tokens(server, "custodian", CUSTODIANS).await?;
    let mut office = Office {
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
                // Now one first, now the other: whatever the machine does meanwhile happens to both.
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
    Ok(page(&trials, before))
}

impl Office<'_> {
    async fn trial(
        &mut self,
        operation: Operation,
        pace: Pace,
        deciding: bool,
        seconds: u64,
    ) -> Outcome<Trial> {
        if deciding {
            self.ask(usize::try_from(A_SECOND * (seconds + 1))?).await?;
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
        let (crowd, decided, memory) = tokio::join!(crowd, decisions, most(self.server, &is_over));
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

    /// Lets heads ask until so many decisions wait, each of another complaint or by another head.
    async fn ask(&mut self, count: usize) -> Outcome<()> {
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
                // It is hidden from this head, or its identity's time is over.
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

/// The most memory that is seen until it is over, in MB.
async fn most(server: &Server, is_over: &Cell<bool>) -> Outcome<f64> {
    let mut most: f64 = 0.0;
    while !is_over.get() {
        most = most.max(server.memory()?);
        tokio::time::sleep(LOOK).await;
    }
    Ok(most)
}

/// Medians of all rounds.
fn page(trials: &[Trial], before: f64) -> String {
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
