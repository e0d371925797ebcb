//! Tasks on the desk of roles without a step in the SOP.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::viewer::Viewer;
use crate::complaint::papers::disclosure_file::State;
use crate::error::Result;
use crate::ids::{ComplaintId, DisclosureId};

/// Desk row of a disclosure request.
pub struct WaitingDisclosureRow {
    /// Id of the request.
    pub id: DisclosureId,
    /// The complaint.
    pub case: ComplaintId,
    /// State of the request.
    pub state: State,
    /// When the request was made.
    pub requested_at: DateTime<Utc>,
}

/// Lists at most `limit` requests that the custodian `viewer` may decide now, oldest first.
/// Excluded are the viewer's own requests, requests the viewer has seconded, complaints from which
/// the viewer is barred, and frozen requests.
pub async fn disclosures(
    connection: &mut PgConnection,
    viewer: &Viewer,
    limit: i64,
) -> Result<Vec<WaitingDisclosureRow>> {
    let rows = sqlx::query_as!(
        WaitingDisclosureRow,
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
