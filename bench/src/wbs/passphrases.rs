//! Whether the time to refuse a custodian's key file reveals the reason: a wrong passphrase or a
//! changed file (abuse case 22).

use std::fmt::Write as _;
use std::time::Instant;

use service_desk::complaint::custody::key_file::{new_custodian_key, unwrap};
use service_desk::complaint::custody::wrapped_key::WrappedKey;

use super::welch::{Comparison, Sample, THRESHOLD};
use crate::Outcome;

/// The samples of each kind; one takes a fifth of a second.
const SAMPLES: usize = 60;

/// Opens a file with a wrong passphrase and a changed file with the right one, in turn, in this
/// process.
pub fn refusals() -> Outcome<String> {
    let (right, wrong) = (
        "empat belas kapal di Musi".to_owned().into(),
        "empat belas kapal di Ogan".to_owned().into(),
    );
    let (_, file) = new_custodian_key(&right).map_err(|_| "no key was made")?;
    let mut changed = serde_json::to_value(&file)?;
    let sealed = changed["sealed"]
        .as_str()
        .ok_or("the file has nothing sealed")?;
    let other = if sealed.starts_with('A') { "B" } else { "A" };
    changed["sealed"] = format!("{other}{}", &sealed[1..]).into();
    let changed: WrappedKey = serde_json::from_value(changed)?;
    let mut kinds = [
        ("a wrong passphrase", &file, &wrong),
        ("a changed file", &changed, &right),
    ]
    .map(|(name, file, phrase)| {
        (
            Sample {
                name,
                micros: Vec::new(),
            },
            file,
            phrase,
        )
    });
    for turn in 0..2 * SAMPLES {
        // The order alternates, so that changes of the machine's speed affect both equally.
        let (sample, file, phrase) = &mut kinds[(turn + turn / 2) % 2];
        let begun = Instant::now();
        if unwrap(file, phrase).is_some() {
            return Err("a file that must be refused was opened".into());
        }
        sample.micros.push(begun.elapsed().as_secs_f64() * 1e6);
    }
    let [(one, ..), (other, ..)] = &kinds;
    let found = Comparison::of(one, other);
    let mut page = format!(
        "### Custodians' files: {SAMPLES} of each kind, refused\n\n| kind | median µs |\n|---|--:|\n"
    );
    for sample in [one, other] {
        let _ = writeln!(page, "| {} | {:.0} |", sample.name, sample.median());
    }
    let told = if found.are_distinguishable() {
        "**can**"
    } else {
        "cannot"
    };
    let _ = writeln!(
        page,
        "\n- verdict: they {told} be told apart (t = {:.2}, {:.2} without the slowest tenth; bound {THRESHOLD}); a difference of {:.0} µs would have been seen",
        found.whole, found.cropped, found.detectable_from
    );
    Ok(page)
}
