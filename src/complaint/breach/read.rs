//! Reads the register. The list and the single breach apply the same visibility rule, and each
//! reading is recorded in the audit trail.

use std::collections::HashMap;

use super::forms::AtBreach;
use super::texts;
use super::views::{Breach, BreachLine, BreachSummary};
use crate::casework::desk::Desk;
use crate::complaint::audit_events::{self, StaffEvent};
use crate::complaint::read_transaction;
use crate::complaint::store::breaches::{self as store, BreachCursor};
use crate::error::{Code, Error, Result};
use crate::ids::BreachId;
use crate::web::page::{PageQuery, page_size};
use crate::web::{Cursor, Page};

/// A page of the register, with the breaches that the caller may know of.
pub(super) async fn list(
    desk: &Desk,
    query: &PageQuery,
    cursor: &Cursor,
) -> Result<Page<BreachLine>> {
    let limit = page_size(query.limit)?;
    let after = cursor.read(query.cursor.as_deref(), "breaches", &())?;
    let (rows, numbers) = read_transaction::read(desk, async |c, viewer, services| {
        let rows = store::list(c, viewer, after, limit + 1).await?;
        let ids: Vec<_> = rows.iter().map(|stored| stored.id).collect();
        let numbers = by_breach(store::affected_numbers(c, &ids).await?);
        let event = StaffEvent::on_trail("read_breaches");
        audit_events::record(c, desk, services, event).await?;
        Ok((rows, numbers))
    })
    .await?;
    Ok(cursor
        .page(rows, limit, "breaches", &(), BreachCursor::of)?
        .map(|stored| line(&stored, &numbers)))
}

/// One breach with its version.
///
/// # Errors
/// `not_found`, also when the caller may not know of the breach.
pub(super) async fn read(desk: &Desk, at: AtBreach) -> Result<(Breach, i64)> {
    read_transaction::read(desk, async |c, viewer, services| {
        let stored = store::find(c, viewer, at.id)
            .await?
            .ok_or_else(|| Error::new(Code::NotFound))?;
        let numbers = by_breach(store::affected_numbers(c, &[at.id]).await?);
        let (happened, done) = texts::open(services, &stored).await?;
        let event = StaffEvent::on_breach(at.id, "read_breach");
        audit_events::record(c, desk, services, event).await?;
        Ok((
            Breach {
                line: line(&stored, &numbers),
                happened,
                done,
            },
            stored.version,
        ))
    })
    .await
}

fn line(stored: &store::BreachRow, numbers: &HashMap<BreachId, Vec<String>>) -> BreachLine {
    let affected =
        (!stored.affects_all).then(|| numbers.get(&stored.id).cloned().unwrap_or_default());
    BreachLine {
        summary: BreachSummary::of(stored),
        affected,
    }
}

fn by_breach(numbers: Vec<(BreachId, String)>) -> HashMap<BreachId, Vec<String>> {
    let mut all: HashMap<_, Vec<_>> = HashMap::new();
    for (breach, number) in numbers {
        all.entry(breach).or_default().push(number);
    }
    all
}
