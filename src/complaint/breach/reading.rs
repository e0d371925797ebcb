//! Reading the register: the list and one breach by the same rule, each reading written into the trail.

use std::collections::HashMap;

use super::forms::AtBreach;
use super::views::{Breach, BreachLine, BreachSummary};
use super::words;
use crate::casework::desk::Desk;
use crate::complaint::audit_events;
use crate::complaint::read_transaction;
use crate::complaint::store::breaches::{self as store, Place};
use crate::error::{Code, Error, Result};
use crate::ids::BreachId;
use crate::web::page::{PageQuery, size};
use crate::web::{Cursor, Page};

/// A page of the register, as the person at `desk` may know of it.
///
/// # Errors
/// `invalid_parameter`, `invalid_cursor`.
pub(super) async fn page(
    desk: &Desk,
    query: &PageQuery,
    cursor: &Cursor,
) -> Result<Page<BreachLine>> {
    let limit = size(query.limit)?;
    let after = cursor.read(query.cursor.as_deref(), "breaches", &())?;
    let (rows, numbers) = read_transaction::read(desk, async |c, viewer, services| {
        let rows = store::list(c, viewer, after, limit + 1).await?;
        let ids: Vec<_> = rows.iter().map(|stored| stored.id).collect();
        let numbers = by_breach(store::affected(c, &ids).await?);
        audit_events::read_breaches(c, desk, services).await?;
        Ok((rows, numbers))
    })
    .await?;
    Ok(cursor
        .page(rows, limit, "breaches", &(), Place::of)?
        .map(|stored| line(&stored, &numbers)))
}

/// One breach, with its version.
///
/// # Errors
/// `not_found`, also when it is not theirs to know of.
pub(super) async fn read(desk: &Desk, at: AtBreach) -> Result<(Breach, i64)> {
    read_transaction::read(desk, async |c, viewer, services| {
        let stored = store::find(c, viewer, at.id)
            .await?
            .ok_or_else(|| Error::new(Code::NotFound))?;
        let numbers = by_breach(store::affected(c, &[at.id]).await?);
        let (happened, done) = words::open(services, &stored).await?;
        audit_events::of_breach(c, desk, services, at.id, "read_breach", None).await?;
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

fn line(stored: &store::Stored, numbers: &HashMap<BreachId, Vec<String>>) -> BreachLine {
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
