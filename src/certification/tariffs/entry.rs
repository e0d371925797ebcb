//! Lists that are valid for a time: the price list, and the composition of cost estimates. An entry
//! is never changed. An import adds entries, ends earlier ones the day before, and shows beforehand
//! what it would do.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::casework::spreadsheet::{TableRow, place};
use crate::error::{Error, FieldError, Result, fault};
use crate::ids::{OfficeId, UserId};
use crate::secrecy::sha256;

/// An entry of a list, valid from a day on, to its last day if there is one.
pub trait Entry: TableRow + Clone + PartialEq + Serialize + Send + Sync {
    /// The act in the journal.
    const IMPORT: &'static str;

    /// Entries with the same key follow each other in time.
    fn key(&self) -> String;
    /// The first day.
    fn valid_from(&self) -> NaiveDate;
    /// The last day; `None` until further notice.
    fn valid_to(&self) -> Option<NaiveDate>;
    /// The same entry with this last day.
    #[must_use]
    fn ending(self, valid_to: Option<NaiveDate>) -> Self;
    /// Faults beyond the types; `at` gives the pointer of a column.
    fn errors(&self, at: &dyn Fn(&str) -> String) -> Vec<FieldError>;

    /// All entries of the office, under a lock that keeps other imports of the list waiting.
    fn locked(
        connection: &mut PgConnection,
        office: OfficeId,
    ) -> impl Future<Output = Result<Vec<(Uuid, Self)>>>;
    /// All entries of the office.
    fn all(
        connection: &mut PgConnection,
        office: OfficeId,
    ) -> impl Future<Output = Result<Vec<(Uuid, Self)>>>;
    /// Adds an entry.
    fn add(
        &self,
        connection: &mut PgConnection,
        office: OfficeId,
        by: Option<UserId>,
        now: DateTime<Utc>,
    ) -> impl Future<Output = Result<()>>;
    /// Sets the last day of entry `id`.
    fn end(
        connection: &mut PgConnection,
        id: Uuid,
        valid_to: Option<NaiveDate>,
    ) -> impl Future<Output = Result<()>>;
}

/// The effect of one row of an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// The entry is new.
    Added,
    /// The entry follows an earlier one, which then ends the day before.
    Follows,
    /// The entry is known; its last day changes.
    Ended,
    /// The entry is known as it is.
    Unchanged,
}

/// One row of an import, and its effect.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Change<T> {
    /// The line in the file; the headings are line 1.
    #[schema(example = 2)]
    pub line: usize,
    /// The effect.
    #[serde(rename = "change")]
    pub kind: ChangeKind,
    /// The entry as it will be.
    pub entry: T,
    /// The stored entry that ends, as it is now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous: Option<T>,
    /// The last day that the stored entry gets.
    pub previous_valid_to: Option<NaiveDate>,
    #[serde(skip)]
    pub(super) previous_id: Option<Uuid>,
}

/// The effects of a file on a list.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ImportPlan<T> {
    /// SHA-256 of the effects, in hex. An import names it, and is refused if the effects have
    /// changed since.
    #[schema(
        example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        pattern = "^[0-9a-f]{64}$"
    )]
    pub plan: String,
    /// Number of entries that are added, those that follow an earlier one included.
    #[schema(example = 1)]
    pub added: usize,
    /// Number of stored entries whose last day changes.
    #[schema(example = 1)]
    pub ended: usize,
    /// Number of rows without an effect.
    #[schema(example = 0)]
    pub unchanged: usize,
    /// Each row of the file with its effect, in the order of the file.
    pub changes: Vec<Change<T>>,
}

impl<T: Entry> ImportPlan<T> {
    /// Plans the import of `rows` into the list of `stored` entries.
    ///
    /// # Errors
    /// `invalid_content` with the cell of each fault.
    pub fn of(rows: Vec<(usize, T)>, stored: &[(Uuid, T)]) -> Result<Self> {
        let mut faults = Vec::new();
        let mut before: HashMap<String, Vec<(usize, &T)>> = HashMap::new();
        for (line, row) in &rows {
            faults.extend(row.errors(&|column| place(*line, column)));
            faults.extend(validity_errors(row, *line));
            let before = before.entry(row.key()).or_default();
            let earlier = before.iter().find(|(_, other)| overlap(row, other));
            faults.extend(earlier.map(|(other, _)| overlap_fault(*line, &format!("/{other}"))));
            before.push((*line, row));
        }
        drop(before);
        let mut changes = Vec::with_capacity(rows.len());
        let mut by_key: HashMap<String, Vec<(Uuid, T)>> = HashMap::new();
        for (id, entry) in stored {
            let entries = by_key.entry(entry.key()).or_default();
            entries.push((*id, entry.clone()));
        }
        for (line, row) in rows {
            let stored = by_key.entry(row.key()).or_default();
            match change(line, row, stored) {
                Ok(change) => {
                    let ended = stored
                        .iter_mut()
                        .find(|(id, _)| Some(*id) == change.previous_id);
                    if let Some((_, ended)) = ended {
                        *ended = ended.clone().ending(change.previous_valid_to);
                    }
                    changes.push(change);
                }
                Err(fault) => faults.push(fault),
            }
        }
        if !faults.is_empty() {
            faults.truncate(100);
            return Err(Error::invalid(faults));
        }
        let count = |kind| changes.iter().filter(|one| one.kind == kind).count();
        let follows = count(ChangeKind::Follows);
        Ok(Self {
            plan: hex::encode(sha256(
                &serde_json::to_vec(&changes).map_err(Error::internal)?,
            )),
            added: count(ChangeKind::Added) + follows,
            ended: count(ChangeKind::Ended) + follows,
            unchanged: count(ChangeKind::Unchanged),
            changes,
        })
    }

    /// Carries the plan out.
    ///
    /// # Errors
    /// `conflict` if the database finds an overlap that the plan does not see.
    pub async fn apply(
        &self,
        connection: &mut PgConnection,
        office: OfficeId,
        by: Option<UserId>,
        now: DateTime<Utc>,
    ) -> Result<()> {
        for change in &self.changes {
            if let Some(id) = change.previous_id {
                T::end(connection, id, change.previous_valid_to).await?;
            }
        }
        for change in &self.changes {
            if matches!(change.kind, ChangeKind::Added | ChangeKind::Follows) {
                change.entry.add(connection, office, by, now).await?;
            }
        }
        Ok(())
    }
}

/// The effect of `row` on the entries `stored` under its key, or its overlap with one that it cannot
/// follow.
fn change<T: Entry>(line: usize, row: T, stored: &[(Uuid, T)]) -> Result<Change<T>, FieldError> {
    let of = |kind, entry, previous: Option<&(Uuid, T)>, previous_valid_to| Change {
        line,
        kind,
        entry,
        previous: previous.map(|(_, previous)| previous.clone()),
        previous_valid_to,
        previous_id: previous.map(|(id, _)| *id),
    };
    let known = stored
        .iter()
        .find(|(_, other)| other.clone().ending(None) == row.clone().ending(None));
    if let Some(known) = known {
        if known.1.valid_to() == row.valid_to() {
            return Ok(of(ChangeKind::Unchanged, row, None, None));
        }
        if stored
            .iter()
            .any(|other| other.0 != known.0 && overlap(&row, &other.1))
        {
            return Err(overlap_fault(line, &row.key()));
        }
        let valid_to = row.valid_to();
        return Ok(of(ChangeKind::Ended, row, Some(known), valid_to));
    }
    let mut overlapping = stored.iter().filter(|(_, other)| overlap(&row, other));
    let Some(previous) = overlapping.next() else {
        return Ok(of(ChangeKind::Added, row, None, None));
    };
    let goes_further = match (previous.1.valid_to(), row.valid_to()) {
        (None, _) | (_, None) => true,
        (Some(previous), Some(row)) => previous <= row,
    };
    if overlapping.next().is_some() || previous.1.valid_from() >= row.valid_from() || !goes_further
    {
        return Err(overlap_fault(line, &row.key()));
    }
    let day_before = row.valid_from().pred_opt();
    Ok(of(ChangeKind::Follows, row, Some(previous), day_before))
}

/// True if the entries share a day.
fn overlap<T: Entry>(one: &T, other: &T) -> bool {
    let ends_before = |one: &T, other: &T| one.valid_to().is_some_and(|to| to < other.valid_from());
    !ends_before(one, other) && !ends_before(other, one)
}

fn overlap_fault(line: usize, with: &str) -> FieldError {
    fault(
        place(line, "valid_from"),
        "overlapping_periods",
        format!("Masa berlakunya tumpang tindih dengan {with}; yang tersimpan tidak diubah."),
        format!("Its validity overlaps with {with}; stored entries are not changed."),
    )
}

fn validity_errors<T: Entry>(row: &T, line: usize) -> Vec<FieldError> {
    let (first, last) = (
        NaiveDate::from_ymd_opt(1945, 1, 1).unwrap_or_default(),
        NaiveDate::from_ymd_opt(9998, 12, 31).unwrap_or_default(),
    );
    let mut faults = Vec::new();
    for (column, day) in [
        ("valid_from", Some(row.valid_from())),
        ("valid_to", row.valid_to()),
    ] {
        if day.is_some_and(|day| !(first..=last).contains(&day)) {
            let (id, en) = ("Tahun 1945 sampai 9998.", "A year from 1945 to 9998.");
            faults.push(fault(place(line, column), "wrong_value", id, en));
        }
    }
    if row.valid_to().is_some_and(|to| to < row.valid_from()) {
        let (id, en) = (
            "Hari terakhir mendahului hari pertama.",
            "The last day is before the first.",
        );
        faults.push(fault(place(line, "valid_to"), "before_first_day", id, en));
    }
    faults
}

#[cfg(test)]
mod tests;
