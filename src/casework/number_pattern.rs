//! Patterns for register numbers: text with placeholders. Patterns are data, because the ministry
//! decides and changes them.

use chrono::{DateTime, Datelike as _, Utc};

use crate::error::{FieldError, fault};
use crate::sop::working_time::WIB;

/// Months in Roman numerals, as letter numbers write them.
pub const ROMAN_MONTHS: [&str; 12] = [
    "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII",
];
/// The maximum length of a pattern, in characters.
const MAX_LENGTH: usize = 120;
/// The maximum width of a zero-padded sequence.
const MAX_WIDTH: usize = 9;

/// A parsed pattern: literal text and placeholders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern(Vec<Segment>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Segment {
    Text(String),
    /// `{seq}`, or zero-padded: `{seq:5}`.
    Sequence(usize),
    /// `{year}`.
    Year,
    /// `{month}`, two digits.
    Month,
    /// `{month_roman}`.
    RomanMonth,
}

impl Pattern {
    /// Parses a pattern. It must contain the sequence and the year: without them two letters could
    /// get the same number.
    ///
    /// # Errors
    /// The field errors, at `/pattern`.
    pub fn parse(text: &str) -> Result<Self, Vec<FieldError>> {
        let wrong = |id: String, en: String| vec![fault("/pattern", "wrong_value", id, en)];
        if text.trim() != text
            || text.is_empty()
            || text.chars().count() > MAX_LENGTH
            || text.chars().any(char::is_control)
        {
            return Err(wrong(
                "Isi 1 sampai 120 karakter.".to_owned(),
                "1 to 120 characters.".to_owned(),
            ));
        }
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let known = after
                .split_once('}')
                .and_then(|(name, after)| Some((placeholder(name)?, after)));
            let Some((found, after)) = known else {
                let known = "{seq}, {seq:5}, {year}, {month}, {month_roman}";
                return Err(wrong(
                    format!("Pengganti yang dikenal: {known}."),
                    format!("The placeholders are: {known}."),
                ));
            };
            pieces.extend((!before.is_empty()).then(|| Segment::Text(before.to_owned())));
            pieces.push(found);
            rest = after;
        }
        pieces.extend((!rest.is_empty()).then(|| Segment::Text(rest.to_owned())));
        let has = |wanted: fn(&Segment) -> bool| pieces.iter().any(wanted);
        if rest.contains('}')
            || !has(|piece| matches!(piece, Segment::Sequence(_)))
            || !has(|piece| matches!(piece, Segment::Year))
        {
            return Err(wrong(
                "Pola harus memuat {seq} dan {year}.".to_owned(),
                "It must hold {seq} and {year}.".to_owned(),
            ));
        }
        Ok(Self(pieces))
    }

    /// Formats the number `sequence` in the register of the year of `at` (WIB).
    pub fn format(&self, sequence: i32, at: DateTime<Utc>) -> String {
        let local = at.with_timezone(&WIB);
        let pieces = self.0.iter().map(|piece| match piece {
            Segment::Text(text) => text.clone(),
            Segment::Sequence(width) => format!("{sequence:0width$}"),
            Segment::Year => local.year().to_string(),
            Segment::Month => format!("{:02}", local.month()),
            Segment::RomanMonth => ROMAN_MONTHS[local.month0() as usize].to_owned(),
        });
        pieces.collect()
    }
}

fn placeholder(name: &str) -> Option<Segment> {
    match name {
        "seq" => Some(Segment::Sequence(0)),
        "year" => Some(Segment::Year),
        "month" => Some(Segment::Month),
        "month_roman" => Some(Segment::RomanMonth),
        _ => name
            .strip_prefix("seq:")?
            .parse()
            .ok()
            .filter(|width| (1..=MAX_WIDTH).contains(width))
            .map(Segment::Sequence),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_puts_sequence_and_time_into_its_text() {
        let at = "2026-12-31T17:30:00Z".parse().unwrap();
        let written = |text: &str| Pattern::parse(text).unwrap().format(7, at);
        assert_eq!(
            written("B/{seq}/BSKJI/BSPJI-Palembang/PA/{month_roman}/{year}"),
            "B/7/BSKJI/BSPJI-Palembang/PA/I/2027",
            "the year is Palembang's"
        );
        assert_eq!(written("P-{year}-{seq:5}"), "P-2027-00007");
        assert_eq!(written("{seq}.{month}.{year}"), "7.01.2027");
    }

    #[test]
    fn a_pattern_that_would_give_one_number_twice_or_is_none_is_refused() {
        for wrong in [
            "",
            "B/{seq}",
            "B/{year}",
            "{seq}/{year}/{office}",
            "{seq}/{year",
            "{seq}}/{year}}",
            "{seq:0}/{year}",
            "{seq:x}/{year}",
            " {seq}{year}",
            "{seq}\n{year}",
        ] {
            assert!(Pattern::parse(wrong).is_err(), "{wrong}");
        }
        assert!(Pattern::parse(&format!("{{seq}}/{{year}}/{}", "x".repeat(120))).is_err());
    }
}
