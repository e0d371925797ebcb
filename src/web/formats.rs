//! Checks of the JSON Schema `format` keyword.

use chrono::{DateTime, NaiveDate, NaiveTime};

/// True if `text` has `format`, or if `format` is not one that is checked here.
pub fn fits(text: &str, format: Option<&str>) -> bool {
    match format {
        Some("uuid") => uuid::Uuid::parse_str(text).is_ok(),
        Some("date") => text.parse::<NaiveDate>().is_ok(),
        Some("date-time") => DateTime::parse_from_rfc3339(text).is_ok(),
        Some("time") => text.parse::<NaiveTime>().is_ok(),
        Some(_) | None => true,
    }
}

/// True if `format` is a date or a date with time.
pub fn is_date(format: Option<&str>) -> bool {
    matches!(format, Some("date" | "date-time"))
}

/// A sample text of `format`: an early one, or a late one.
pub fn sample(format: Option<&str>, late: bool) -> &'static str {
    let (one, other) = match format {
        Some("uuid") => (
            "0197dd1c-6a80-7c3e-8f5a-2b6d1e9c4a70",
            "0197dd1c-6a80-4c3e-8f5a-2b6d1e9c4a71",
        ),
        Some("date") => ("1990-01-01", "2090-12-31"),
        Some("date-time") => ("1990-01-01T00:00:00Z", "2090-12-31T00:00:00Z"),
        Some("time") => ("00:00:00", "23:59:59"),
        Some("email") => ("siti@contoh.example", "budi@contoh.example"),
        Some("uri") => ("https://contoh.example/satu", "https://contoh.example/dua"),
        Some(_) | None => ("contoh", "lain"),
    };
    if late { other } else { one }
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn only_formats_that_we_know_are_judged() {
        assert!(
            fits("0197dd1c-6a80-7c3e-8f5a-2b6d1e9c4a70", Some("uuid")) && !fits("x", Some("uuid"))
        );
        assert!(fits("2026-07-06", Some("date")) && !fits("2026-07-36", Some("date")));
        assert!(
            fits("2026-07-06T01:00:00+07:00", Some("date-time"))
                && !fits("2026-07-06", Some("date-time"))
        );
        assert!(fits("07:30:00", Some("time")) && !fits("7.30", Some("time")));
        assert!(fits("x", Some("email")) && fits("x", None));
    }
}
