//! The surfacing times setting.

use std::collections::BTreeSet;

use chrono::NaiveTime;

/// The start of office hours, and the end of the lunch break.
pub(super) const DEFAULT: &str = "07:30,13:00";

/// Parses a list like `07:30,13:00`: at least one time, sorted, without duplicates.
pub(super) fn times(list: &str) -> Result<Vec<NaiveTime>, String> {
    let time = |text: &str| {
        let wrong = |_| {
            format!(
                "SURFACING_TIMES: `{text}` is not a time like 07:30; separate several by commas"
            )
        };
        NaiveTime::parse_from_str(text.trim(), "%H:%M").map_err(wrong)
    };
    let times = list
        .split(',')
        .map(time)
        .collect::<Result<BTreeSet<_>, _>>()?;
    Ok(times.into_iter().collect())
}
