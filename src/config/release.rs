//! The list of surfacing times, as it stands in the settings.

use std::collections::BTreeSet;

use chrono::NaiveTime;

/// When the office opens, and after lunch.
pub(super) const USUAL: &str = "07:30,13:00";

/// The times of a list like `07:30,13:00`: at least one, in order, each once.
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
