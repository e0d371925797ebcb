//! Gap-free registers. A number is taken in the transaction that uses it, under a lock on the
//! counter row, so a rollback leaves no gap. The format of a number is a versioned pattern
//! (`number_pattern`).

use chrono::{DateTime, Datelike as _, Utc};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;

use super::number_pattern::Pattern;
use crate::error::{Code, Error, OnConstraint as _, Result};
use crate::ids::{OfficeId, UserId};
use crate::sop::working_time::WIB;

/// A register; numbers run per calendar year (WIB).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = NumberSeries)]
pub enum Series {
    /// Nomor permohonan.
    Application,
    /// Nomor lembar kekurangan dokumen.
    DeficiencySheet,
    /// Nomor surat pemberitahuan audit.
    AuditNotice,
}

impl Series {
    /// Each register with its code and its default pattern, used until the office adds one. The
    /// office's own pattern was not found (design: certification 2.6): the defaults are
    /// placeholders.
    const ROWS: [(Self, &'static str, &'static str); 3] = [
        (Self::Application, "application", "P-{year}-{seq:5}"),
        (
            Self::DeficiencySheet,
            "deficiency_sheet",
            "LK-{year}-{seq:5}",
        ),
        (
            Self::AuditNotice,
            "audit_notice",
            "B/{seq}/BSKJI/BSPJI-Palembang/PA/{month_roman}/{year}",
        ),
    ];

    /// Every register.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::ROWS.iter().map(|(series, _, _)| *series)
    }

    fn code(self) -> &'static str {
        Self::ROWS[self as usize].1
    }

    fn default_pattern(self) -> &'static str {
        Self::ROWS[self as usize].2
    }
}

/// A number taken from a register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Number {
    /// The position in the year's register, from 1.
    pub sequence: i32,
    /// The calendar year.
    pub year: i32,
    /// The formatted number.
    pub written: String,
}

/// Takes the next number of `series` for the year of `now`. Concurrent callers wait until this
/// transaction ends.
pub async fn take_number(
    connection: &mut PgConnection,
    office: OfficeId,
    series: Series,
    now: DateTime<Utc>,
) -> Result<Number> {
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
    .fetch_one(&mut *connection)
    .await?;
    let kept = pattern(connection, office, series).await?;
    let pattern = Pattern::parse(&kept.pattern)
        .map_err(|_| Error::internal("a stored number pattern does not pass today's checks"))?;
    Ok(Number {
        sequence,
        year,
        written: pattern.format(sequence, now),
    })
}

/// A version of a pattern; version 0 is the built-in default.
#[derive(Debug)]
pub struct StoredPattern {
    /// The version.
    pub version: i32,
    /// The pattern text.
    pub pattern: String,
    /// The reason for this version.
    pub reason: Option<String>,
    /// When it came into force.
    pub created_at: Option<DateTime<Utc>>,
}

/// The pattern in force.
pub async fn pattern(
    connection: &mut PgConnection,
    office: OfficeId,
    series: Series,
) -> Result<StoredPattern> {
    let row = sqlx::query!(
        "select version, pattern, reason, created_at from number_pattern where office_id = $1 and series = $2 order by version desc limit 1",
        office.0,
        series.code(),
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map_or_else(
        || StoredPattern {
            version: 0,
            pattern: series.default_pattern().to_owned(),
            reason: None,
            created_at: None,
        },
        |row| StoredPattern {
            version: row.version,
            pattern: row.pattern,
            reason: Some(row.reason),
            created_at: Some(row.created_at),
        },
    ))
}

/// Adds the next version of a pattern and returns its number.
///
/// # Errors
/// `overtaken` when another request added a version at the same time.
pub async fn add_pattern(
    connection: &mut PgConnection,
    (office, by): (OfficeId, UserId),
    series: Series,
    said: (&str, &str),
    now: DateTime<Utc>,
) -> Result<i32> {
    sqlx::query_scalar!(
        r#"
        insert into number_pattern (office_id, series, version, pattern, reason, created_by, created_at)
        select $1, $2, coalesce(max(version), 0) + 1, $3, $4, $5, $6
        from number_pattern
        where office_id = $1
          and series = $2
        returning version
        "#,
        office.0,
        series.code(),
        said.0,
        said.1,
        by.0,
        now,
    )
    .fetch_one(connection)
    .await
    .on_constraint("number_pattern_pkey", || Error::new(Code::Overtaken))
}
