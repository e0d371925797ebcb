//! Cells as people and their spreadsheets write them: rupiah with Indonesian or English separators,
//! days and times in the usual orders.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use serde::de::Error as _;
use serde::{Deserialize as _, Deserializer};

use crate::sop::working_time::WIB;

/// Whole rupiah: `9000000`, `9.000.000`, `9.000.000,00`, `9,000,000.00`, `9000000.00`,
/// `Rp 9.000.000,-`. A separator before three digits groups thousands, because rupiah have two
/// decimals at most; decimals other than zero are refused.
pub fn rupiah(text: &str) -> Option<i64> {
    let (sign, text) = text
        .strip_prefix('-')
        .map_or((1, text), |text| (-1, text.trim_start()));
    let text = ["Rp.", "Rp", "IDR"]
        .iter()
        .find_map(|unit| text.strip_prefix(unit))
        .unwrap_or(text)
        .trim();
    let (whole, decimal_mark) = [(",00", ','), (",-", ','), (".00", '.')]
        .iter()
        .find_map(|(end, mark)| Some((text.strip_suffix(end)?, Some(*mark))))
        .unwrap_or((text, None));
    let separator = whole.chars().find(|c| !c.is_ascii_digit());
    let groups: Vec<&str> = match separator {
        Some(mark) if matches!(mark, '.' | ',') && Some(mark) != decimal_mark => {
            whole.split(mark).collect()
        }
        Some(_) => return None,
        None => vec![whole],
    };
    let is_grouped = groups.len() == 1
        || (1..=3).contains(&groups[0].len()) && groups[1..].iter().all(|group| group.len() == 3);
    let digits = groups.concat();
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let amount: i64 = (is_grouped && is_number).then(|| digits.parse().ok())??;
    Some(sign * amount)
}

/// A day: `2026-07-06`, `06/07/2026`, `06-07-2026`, `06.07.2026`.
pub fn day(text: &str) -> Option<NaiveDate> {
    ["%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y"]
        .iter()
        .find_map(|format| NaiveDate::parse_from_str(text, format).ok())
}

/// A moment in WIB, a moment with its offset, or a day, which gives its beginning in WIB.
pub fn moment(text: &str) -> Option<DateTime<Utc>> {
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Some(at.to_utc());
    }
    let text = text.strip_suffix("WIB").unwrap_or(text).trim_end();
    let (date, time) = text
        .split_once([' ', 'T'])
        .map_or((text, None), |(date, time)| (date, Some(time.trim())));
    let time = match time {
        Some(time) => ["%H:%M:%S%.f", "%H:%M", "%H.%M.%S", "%H.%M"]
            .iter()
            .find_map(|format| NaiveTime::parse_from_str(time, format).ok())?,
        None => NaiveTime::MIN,
    };
    let local = NaiveDateTime::new(day(date)?, time);
    Some(local.and_local_timezone(WIB).single()?.to_utc())
}

/// Reads a cell with `read`.
fn read<'de, D: Deserializer<'de>, T>(
    from: D,
    read: impl Fn(&str) -> Option<T>,
) -> Result<T, D::Error> {
    let text = String::deserialize(from)?;
    read(&text).ok_or_else(|| D::Error::custom("the cell cannot be read"))
}

/// Reads a cell of [`rupiah`].
pub fn amount<'de, D: Deserializer<'de>>(from: D) -> Result<i64, D::Error> {
    read(from, rupiah)
}

/// Reads a filled cell of [`rupiah`].
pub fn some_amount<'de, D: Deserializer<'de>>(from: D) -> Result<Option<i64>, D::Error> {
    amount(from).map(Some)
}

/// Reads a cell of [`day`].
pub fn date<'de, D: Deserializer<'de>>(from: D) -> Result<NaiveDate, D::Error> {
    read(from, day)
}

/// Reads a filled cell of [`day`].
pub fn some_date<'de, D: Deserializer<'de>>(from: D) -> Result<Option<NaiveDate>, D::Error> {
    date(from).map(Some)
}

/// Reads `true` or `false` in any case: spreadsheets write `TRUE`.
pub fn yes<'de, D: Deserializer<'de>>(from: D) -> Result<bool, D::Error> {
    read(from, |text| text.to_lowercase().parse().ok())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_amount_with_separators_is_read_only_where_it_has_one_meaning() {
        for (text, expected) in [
            ("9.000.000", Some(9_000_000)),
            ("9,000,000", Some(9_000_000)),
            ("9,000,000.00", Some(9_000_000)),
            ("9000000.00", Some(9_000_000)),
            ("9000000,00", Some(9_000_000)),
            ("Rp. 9.000.000,-", Some(9_000_000)),
            ("IDR 9,000,000", Some(9_000_000)),
            ("9.000", Some(9_000)),
            ("9,000", Some(9_000)),
            ("-1", Some(-1)),
            ("0", Some(0)),
            // A group of four digits, or of a decimal: another number may be meant.
            ("9000.000", None),
            ("9.00.000", None),
            ("9.000,000.00", None),
            ("9.000.00", None),
            ("9.000,5", None),
            ("9,5", None),
            (".000", None),
            ("1E6", None),
            ("", None),
            ("Rp", None),
            ("99999999999999999999", None),
        ] {
            assert_eq!(rupiah(text), expected, "{text}");
        }
    }

    #[test]
    fn a_moment_is_read_as_spreadsheets_write_it() {
        for text in [
            "2026-07-06 08:30:00",
            "2026-07-06T08:30:00",
            "2026-07-06 08:30:00.0",
            "2026-07-06 08:30",
            "06/07/2026 08:30",
            "6/7/2026 8:30:00",
            "06-07-2026 08.30.00",
            "06.07.2026 08.30 WIB",
            "2026-07-06T01:30:00Z",
        ] {
            let read = moment(text).map(|at| at.to_rfc3339());
            assert_eq!(read.as_deref(), Some("2026-07-06T01:30:00+00:00"), "{text}");
        }
        for text in ["2026-07-06", "06/07/2026"] {
            let read = moment(text).map(|at| at.to_rfc3339());
            assert_eq!(read.as_deref(), Some("2026-07-05T17:00:00+00:00"), "{text}");
        }
        for text in [
            "",
            "kemarin",
            "31/02/2026",
            "2026-07-06 25:00",
            "07/13/2026",
        ] {
            assert_eq!(moment(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn an_amount_is_read_in_every_spelling(amount in 1_i64..1_000_000_000_000) {
            let grouped = crate::typesetting::rupiah(amount);
            let english = grouped.replace("Rp", "").replace('.', ",");
            for text in [
                amount.to_string(),
                format!("{amount}.00"),
                grouped.clone(),
                format!("{grouped},00"),
                grouped.replace("Rp", "Rp "),
                english.clone(),
                format!("{english}.00"),
            ] {
                prop_assert_eq!(rupiah(&text), Some(amount), "{}", text);
            }
        }

        #[test]
        fn no_text_panics(text in "\\PC{0,30}") {
            rupiah(&text);
            day(&text);
            moment(&text);
        }
    }
}
