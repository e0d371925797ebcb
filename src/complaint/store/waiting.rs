//! What waits on the desk of somebody without a step in the SOP.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::viewer::Viewer;
use crate::complaint::papers::disclosure_file::State;
use crate::error::Result;
use crate::ids::{ComplaintId, DisclosureId};

/// A request of a disclosure, as far as a desk shows it.
pub struct Line {
    /// Which.
    pub id: DisclosureId,
    /// Of which complaint.
    pub case: ComplaintId,
    /// How far it is.
    pub state: State,
    /// When it was made.
    pub requested_at: DateTime<Utc>,
}

/// At most `limit` requests that `viewer`, a custodian, may decide now, the oldest first: not their own, not one they agreed to already, none of a complaint
/// they are barred from, none that stands still.
///
/// # Errors
/// When the server refuses.
pub async fn disclosures(
    connection: &mut PgConnection,
    viewer: &Viewer,
    limit: i64,
) -> Result<Vec<Line>> {
    let rows = sqlx::query_as!(
        Line,
        r#"
        select d.id as "id: DisclosureId", d.case_id as "case: ComplaintId", d.state as "state: State", d.requested_at
        from wbs.disclosure d
        where d.office_id = $1
          and d.state in ('pending', 'seconded')
          and d.requester_id <> $2
          and d.first_by is distinct from $2
          and not wbs.bars(d.case_id, $3)
          and not wbs.is_frozen(d.case_id)
        order by d.requested_at, d.id
        limit $4
        "#,
        viewer.office.map(|office| office.0),
        viewer.user.map(|user| user.0),
        viewer.person,
        limit,
    );
    Ok(rows.fetch_all(connection).await?)
}
