//! How the numbers of a register are written: text with placeholders, kept as data, because an office's pattern is decided elsewhere and changes.

use chrono::{DateTime, Datelike as _, Utc};

use crate::error::{FieldError, fault};
use crate::sop::working_time::WIB;

/// The months as numbers of letters write them.
pub const ROMAN_MONTHS: [&str; 12] = [
    "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII",
];
/// The longest pattern, in characters.
const LONGEST: usize = 120;
/// The most digits a sequence is filled up to.
const WIDEST: usize = 9;

/// A pattern: text, and what is put in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern(Vec<Piece>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    /// `{seq}`, or filled up with zeros: `{seq:5}`.
    Sequence(usize),
    /// `{year}`.
    Year,
    /// `{month}`, two digits.
    Month,
    /// `{month_roman}`.
    RomanMonth,
}

impl Pattern {
    /// The pattern that `text` is. It must hold the sequence and the year: without them two letters would bear one number.
    ///
    /// # Errors
    /// Every fault, at `/pattern`.
    pub fn parse(text: &str) -> Result<Self, Vec<FieldError>> {
        let wrong = |id: String, en: String| vec![fault("/pattern", "wrong_value", id, en)];
        if text.trim() != text
            || text.is_empty()
            || text.chars().count() > LONGEST
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
                .and_then(|(name, after)| Some((piece(name)?, after)));
            let Some((found, after)) = known else {
                let known = "{seq}, {seq:5}, {year}, {month}, {month_roman}";
                return Err(wrong(
                    format!("Pengganti yang dikenal: {known}."),
                    format!("The placeholders are: {known}."),
                ));
            };
            pieces.extend((!before.is_empty()).then(|| Piece::Text(before.to_owned())));
            pieces.push(found);
            rest = after;
        }
        pieces.extend((!rest.is_empty()).then(|| Piece::Text(rest.to_owned())));
        let has = |wanted: fn(&Piece) -> bool| pieces.iter().any(wanted);
        if rest.contains('}')
            || !has(|piece| matches!(piece, Piece::Sequence(_)))
            || !has(|piece| matches!(piece, Piece::Year))
        {
            return Err(wrong(
                "Pola harus memuat {seq} dan {year}.".to_owned(),
                "It must hold {seq} and {year}.".to_owned(),
            ));
        }
        Ok(Self(pieces))
    }

    /// The number of this place in the register of the year of `at` (WIB).
    #[must_use]
    pub fn write(&self, sequence: i32, at: DateTime<Utc>) -> String {
        let local = at.with_timezone(&WIB);
        let pieces = self.0.iter().map(|piece| match piece {
            Piece::Text(text) => text.clone(),
            Piece::Sequence(width) => format!("{sequence:0width$}"),
            Piece::Year => local.year().to_string(),
            Piece::Month => format!("{:02}", local.month()),
            Piece::RomanMonth => ROMAN_MONTHS[local.month0() as usize].to_owned(),
        });
        pieces.collect()
    }
}

fn piece(name: &str) -> Option<Piece> {
    match name {
        "seq" => Some(Piece::Sequence(0)),
        "year" => Some(Piece::Year),
        "month" => Some(Piece::Month),
        "month_roman" => Some(Piece::RomanMonth),
        _ => name
            .strip_prefix("seq:")?
            .parse()
            .ok()
            .filter(|width| (1..=WIDEST).contains(width))
            .map(Piece::Sequence),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_puts_sequence_and_time_into_its_text() {
        let at = "2026-12-31T17:30:00Z".parse().unwrap();
        let written = |text: &str| Pattern::parse(text).unwrap().write(7, at);
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
