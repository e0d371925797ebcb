//! Gap-free registers: a number is taken in the transaction that uses it, under a lock on the counter's row, so that a rollback leaves no hole.

use chrono::{DateTime, Datelike as _, Utc};
use sqlx::PgConnection;

use crate::error::Result;
use crate::ids::OfficeId;
use crate::sop::working_time::WIB;

/// The months as numbers of letters write them.
pub const ROMAN_MONTHS: [&str; 12] = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"];

/// A kind of paper with a register of its own; numbers run per calendar year (WIB).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Series {
    /// Nomor permohonan.
    Application,
    /// Nomor lembar kekurangan dokumen.
    DeficiencySheet,
    /// Nomor surat pemberitahuan audit.
    AuditNotice,
}

impl Series {
    fn code(self) -> &'static str {
        match self {
            Self::Application => "application",
            Self::DeficiencySheet => "deficiency_sheet",
            Self::AuditNotice => "audit_notice",
        }
    }

    /// How a number is written. The office's own pattern was not found (design: certification 2.6), so these are placeholders: one place to change.
    fn written(self, sequence: i32, at: DateTime<Utc>) -> String {
        let local = at.with_timezone(&WIB);
        let (year, month) = (local.year(), ROMAN_MONTHS[local.month0() as usize]);
        match self {
            Self::Application => format!("P-{year}-{sequence:05}"),
            Self::DeficiencySheet => format!("LK-{year}-{sequence:05}"),
            Self::AuditNotice => format!("B/{sequence}/BSKJI/BSPJI-Palembang/PA/{month}/{year}"),
        }
    }
}

/// A number taken from a register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Number {
    /// Its place in the year's register, from 1 on.
    pub sequence: i32,
    /// The calendar year.
    pub year: i32,
    /// As it is written.
    pub written: String,
}

/// Takes the next number of `series` for the year of `now`. Others who want one wait until this transaction ends.
///
/// # Errors
/// When the server refuses.
pub async fn take_number(connection: &mut PgConnection, office: OfficeId, series: Series, now: DateTime<Utc>) -> Result<Number> {
    let year = now.with_timezone(&WIB).year();
    let sequence = sqlx::query_scalar!(
        r#"
        insert into number_register (office_id, series, year, last)
        values ($1, $2, $3, 1)
        on conflict (office_id, series, year) do update
        set last = number_register.last + 1
        returning last
        "#,
        office.0,
        series.code(),
        year,
    )
    .fetch_one(connection)
    .await?;
    Ok(Number { sequence, year, written: series.written(sequence, now) })
}
