//! A flood of random receipt codes at full speed while an honest reporter signs in with a valid
//! code. The measurement shows whether a random code opens a complaint, how long the honest
//! reporter waits, and how much memory the service keeps afterwards (abuse case 25).

use std::cell::Cell;
use std::fmt::Write as _;
use std::time::Duration;

use service_desk::complaint::receipt::code::ReceiptCode;

use super::CALLERS;
use super::seed::Complaints;
use crate::Outcome;
use crate::client::{load, request};
use crate::process::Server;

/// Longer than any flood.
const FOREVER: Duration = Duration::from_hours(24);
/// The pause of the honest reporter before each attempt.
const PAUSE: Duration = Duration::from_millis(20);
/// The target: milliseconds within which 95 of 100 honest attempts are answered.
const TARGET: f64 = 100.0;

/// Sends `guesses` random codes.
pub async fn guesses(server: &Server, complaints: &Complaints, guesses: usize) -> Outcome<String> {
    let (made, entered, is_over) = (Cell::new(0), Cell::new(0), Cell::new(false));
    let honest = || {
        entered.set(entered.get() + 1);
        (!is_over.get())
            .then(|| session(&complaints.codes[entered.get() * 7 % complaints.codes.len()].0))
    };
    let calm = load(server.address, 1, Duration::from_secs(3), PAUSE, honest).await?;
    let before = server.memory()?;
    let flood = async {
        let guess = || {
            made.set(made.get() + 1);
            (made.get() <= guesses).then(|| session(&ReceiptCode::random().formatted()))
        };
        let flood = load(server.address, CALLERS, FOREVER, Duration::ZERO, guess).await;
        is_over.set(true);
        flood
    };
    let (flood, honest) = tokio::join!(flood, load(server.address, 1, FOREVER, PAUSE, honest));
    let (flood, honest, after) = (flood?, honest?, server.memory()?);
    let waited = honest.percentile(95);
    let mut page = format!(
        "### A flood of codes: {guesses} at random over {CALLERS} connections, within {:.0} s\n\n",
        flood.seconds
    );
    let _ = writeln!(
        page,
        "- {} opened something, {} were refused",
        flood.done(),
        flood.refused
    );
    let verdict = if waited < TARGET {
        "reached"
    } else {
        "**missed**"
    };
    let _ = writeln!(
        page,
        "- the honest reporter signs in within {waited:.1} ms (p95 of {}, {} refused; alone {:.1} ms; target {TARGET} ms: {verdict})",
        honest.done(),
        honest.refused,
        calm.percentile(95)
    );
    let _ = writeln!(
        page,
        "- memory of the service: {before:.0} MB before, {after:.0} MB after"
    );
    Ok(page)
}

fn session(code: &str) -> Vec<u8> {
    request(
        "POST",
        "/api/v1/complaints/sessions",
        "",
        Some(&format!(r#"{{"receipt_code":"{code}"}}"#)),
    )
}
