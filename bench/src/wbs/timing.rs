//! Whether the response time reveals the kind of a refused code, or the presence of an identity in
//! a submission. The kinds alternate in random order over one keep-alive connection, so that
//! changes of the machine's speed affect all of them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::time::Instant;

use service_desk::complaint::receipt::code::ReceiptCode;
use service_desk::secrecy::random_bytes;

use super::operations::form;
use super::seed::Complaints;
use super::welch::{Comparison, Sample, THRESHOLD};
use crate::Outcome;
use crate::client::{Connection, request};
use crate::process::Server;

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A kind of request, and its body for the number of the sample.
type RequestKind<'a> = (&'static str, Box<dyn Fn(usize) -> String + 'a>);

/// The replies to one kind: the times, and each distinct reply without the values that differ in
/// every reply (request id, date).
struct Answers {
    sample: Sample,
    seen: BTreeSet<(u16, String, String, usize)>,
}

/// Compares the kinds of receipt codes.
pub async fn codes(server: &Server, complaints: &Complaints, samples: usize) -> Outcome<String> {
    let known = |i: usize| {
        complaints.codes[i.wrapping_mul(7) % complaints.codes.len()]
            .0
            .clone()
    };
    let kinds: [RequestKind<'_>; 7] = [
        (
            "malformed",
            Box::new(|i| known(i).replacen(|c: char| c.is_ascii_alphanumeric(), "U", 1)),
        ),
        (
            "near miss: last symbol changed",
            Box::new(|i| near_miss(&known(i), 25)),
        ),
        (
            "near miss with a right check symbol",
            Box::new(|i| near_miss_with_valid_check(&known(i))),
        ),
        (
            "never given out",
            Box::new(|_| ReceiptCode::random().formatted().to_string()),
        ),
        (
            "of a deleted complaint",
            Box::new(|i| complaints.deleted[i % complaints.deleted.len()].clone()),
        ),
        (
            "of an expired slip",
            Box::new(|i| complaints.slips[i % complaints.slips.len()].clone()),
        ),
        (VALID, Box::new(known)),
    ];
    let kinds = kinds.map(|(name, code)| -> RequestKind<'_> {
        (
            name,
            Box::new(move |i| format!(r#"{{"receipt_code":"{}"}}"#, code(i))),
        )
    });
    let answers = measure(server, "/api/v1/complaints/sessions", &kinds, samples).await?;
    let mut page = format!(
        "### Receipt codes: {samples} of each kind\n\n{}",
        means(&answers)
    );
    let refused: Vec<_> = answers
        .iter()
        .filter(|answers| answers.sample.name != VALID)
        .collect();
    let alike = refused
        .iter()
        .all(|answers| answers.seen == refused[0].seen)
        && refused[0].seen.len() == 1;
    let (status, _, _, length) = refused[0].seen.first().ok_or("no answer")?;
    let verdict = if alike {
        "the same"
    } else {
        "**not** the same"
    };
    let _ = writeln!(
        page,
        "\n- refusals: status, headers and body of all kinds are {verdict} ({status}, {length} bytes of body) but for date and request id"
    );
    if !alike {
        for answers in &refused {
            let _ = writeln!(page, "  - {}: {:?}", answers.sample.name, answers.seen);
        }
    }
    page += &pairs(&answers);
    let (valid, others) = answers.split_last().ok_or("no kinds")?;
    let told = pairs_of(others)
        .into_iter()
        .filter(|(_, _, found)| found.are_distinguishable())
        .count();
    let control = others
        .iter()
        .all(|one| Comparison::of(&valid.sample, &one.sample).are_distinguishable());
    let _ = writeln!(
        page,
        "\n- verdict: {told} of {} pairs of refusals can be told apart (|t| > {THRESHOLD}); the control {}",
        pairs_of(others).len(),
        if control {
            "can, so the test sees"
        } else {
            "**cannot**, so the test proves nothing"
        }
    );
    Ok(page)
}

const VALID: &str = "control: a code that opens";

/// Compares anonymous and confidential submissions.
pub async fn submissions(server: &Server, samples: usize) -> Outcome<String> {
    let kinds: [RequestKind<'_>; 2] = [
        ("anonymous", Box::new(|_| form(false))),
        ("confidential", Box::new(|_| form(true))),
    ];
    let answers = measure(server, "/api/v1/complaints", &kinds, samples).await?;
    let shape = |answers: &Answers| {
        answers
            .seen
            .iter()
            .map(|(status, headers, _, length)| (*status, headers.clone(), *length))
            .collect::<BTreeSet<_>>()
    };
    let alike = shape(&answers[0]) == shape(&answers[1]);
    let told = Comparison::of(&answers[0].sample, &answers[1].sample).are_distinguishable();
    let mut page = format!(
        "### Submissions: {samples} of each kind\n\n{}{}",
        means(&answers),
        pairs(&answers)
    );
    let _ = writeln!(
        page,
        "\n- status, headers and length of the answers are {}\n- verdict: they can {}be told apart by the time",
        if alike {
            "the same"
        } else {
            "**not** the same"
        },
        if told { "" } else { "not " }
    );
    Ok(page)
}

/// Sends `samples` requests of each kind, in random order.
async fn measure(
    server: &Server,
    path: &str,
    kinds: &[RequestKind<'_>],
    samples: usize,
) -> Outcome<Vec<Answers>> {
    let mut connection = Connection::open(server.address).await?;
    let mut order: Vec<usize> = (0..kinds.len() * samples)
        .map(|i| i % kinds.len())
        .collect();
    shuffle(&mut order);
    let mut answers: Vec<_> = kinds
        .iter()
        .map(|(name, _)| Answers {
            sample: Sample {
                name,
                micros: Vec::with_capacity(samples),
            },
            seen: BTreeSet::new(),
        })
        .collect();
    // Warms connections, plans and branch predictors.
    for i in 0..300 {
        connection
            .exchange(&request(
                "POST",
                path,
                "",
                Some(&kinds[i % kinds.len()].1(i)),
            ))
            .await?;
    }
    // All requests are built before the first is sent. Otherwise the time to build one would decide
    // how long the server was idle before it.
    let mut turns = BTreeMap::<usize, usize>::new();
    let mut written = Vec::with_capacity(order.len());
    for kind in order {
        let turn = turns.entry(kind).or_default();
        *turn += 1;
        written.push((kind, request("POST", path, "", Some(&kinds[kind].1(*turn)))));
    }
    for (kind, asked) in written {
        let sent = Instant::now();
        let reply = connection.exchange(&asked).await?;
        let micros = sent.elapsed().as_nanos();
        let (head, body) = (
            String::from_utf8_lossy(connection.head(&reply)),
            String::from_utf8_lossy(connection.body(&reply)),
        );
        #[expect(clippy::cast_precision_loss, reason = "nanoseconds of a benchmark")]
        answers[kind].sample.micros.push(micros as f64 / 1e3);
        if answers[kind].seen.len() < 3 {
            let body_shape = if reply.status < 300 {
                String::new()
            } else {
                without_request_id(&head, &body)
            };
            answers[kind].seen.insert((
                reply.status,
                stable_headers(&head),
                body_shape,
                body.len(),
            ));
        }
    }
    Ok(answers)
}

/// The headers without the values that differ in each reply.
fn stable_headers(head: &str) -> String {
    let line = |line: &str| match line.split_once(": ") {
        Some((name, value))
            if ["date", "x-request-id"].contains(&name.to_ascii_lowercase().as_str()) =>
        {
            format!("{name}: {}", value.len())
        }
        _ => line.to_owned(),
    };
    let mut lines: Vec<_> = head.lines().map(line).collect();
    lines.sort();
    lines.join("; ")
}

/// The body without the request id, which the headers carry too.
fn without_request_id(head: &str, body: &str) -> String {
    let name = head.lines().find_map(|line| {
        line.to_ascii_lowercase()
            .strip_prefix("x-request-id: ")
            .map(str::to_owned)
    });
    name.map_or_else(|| body.to_owned(), |name| body.replace(name.trim(), "…"))
}

fn means(answers: &[Answers]) -> String {
    let mut page = "| kind | median µs | mean µs |\n|---|--:|--:|\n".to_owned();
    for Answers { sample, .. } in answers {
        let _ = writeln!(
            page,
            "| {} | {:.1} | {:.1} |",
            sample.name,
            sample.median(),
            sample.mean()
        );
    }
    page
}

fn pairs(answers: &[Answers]) -> String {
    let mut page = "\n| pair | t | t without the slowest tenth | apart µs | seen from µs |\n|---|--:|--:|--:|--:|\n".to_owned();
    for (one, other, found) in pairs_of(answers) {
        let mark = if found.are_distinguishable() {
            "**"
        } else {
            ""
        };
        let _ = writeln!(
            page,
            "| {} · {} | {mark}{:.2}{mark} | {mark}{:.2}{mark} | {:.1} | {:.1} |",
            one, other, found.whole, found.cropped, found.mean_difference, found.detectable_from
        );
    }
    page
}

fn pairs_of(answers: &[Answers]) -> Vec<(&'static str, &'static str, Comparison)> {
    let samples: Vec<_> = answers.iter().map(|answers| &answers.sample).collect();
    let with_later = |i: usize| samples[i + 1..].iter().map(move |other| (i, *other));
    let pairs = (0..samples.len()).flat_map(with_later);
    pairs
        .map(|(i, other)| {
            (
                samples[i].name,
                other.name,
                Comparison::of(samples[i], other),
            )
        })
        .collect()
}

/// `code` with the symbol at `place` replaced by the next one.
fn near_miss(code: &str, place: usize) -> String {
    let mut symbols = 0;
    let changed = |c: char| {
        symbols += usize::from(c != '-');
        let here = c != '-' && symbols == place + 1;
        let at = ALPHABET
            .iter()
            .position(|known| char::from(*known) == c)
            .unwrap_or_default();
        if here {
            char::from(ALPHABET[(at + 1) % 32])
        } else {
            c
        }
    };
    code.chars().map(changed).collect()
}

/// `code` with its last random symbol changed and a matching check symbol.
fn near_miss_with_valid_check(code: &str) -> String {
    let mut near = near_miss(code, 24);
    for _ in 0..32 {
        if ReceiptCode::occurs_in(&near) {
            return near;
        }
        near = near_miss(&near, 25);
    }
    near
}

/// Shuffles in place (Fisher and Yates).
fn shuffle(order: &mut [usize]) {
    for i in (1..order.len()).rev() {
        let random = usize::from_le_bytes(random_bytes());
        order.swap(i, random % (i + 1));
    }
}
