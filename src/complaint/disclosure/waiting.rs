//! Disclosure requests on the desk of a custodian.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::custodian::DECIDERS;
use crate::casework::desk::Desk;
use crate::complaint::papers::disclosure_file::State;
use crate::complaint::read_transaction;
use crate::complaint::store::waiting as store;
use crate::error::Result;
use crate::ids::{ComplaintId, DisclosureId};

/// A request that waits for your decision (permintaan pembukaan identitas yang menunggu). `GET
/// /disclosures` shows its fields and reason.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct WaitingDisclosure {
    /// Id of the request.
    pub id: DisclosureId,
    /// The complaint. The custodian cannot read it.
    pub complaint: ComplaintId,
    /// `pending`, or `seconded` when another custodian has agreed.
    pub state: State,
    /// When the request was made.
    pub requested_at: DateTime<Utc>,
}

/// Lists at most `limit` requests that the caller may decide now, oldest first; none for other
/// roles.
pub async fn waiting(desk: &Desk, limit: i64) -> Result<Vec<WaitingDisclosure>> {
    if desk.signed_in().must_be_one_of(DECIDERS).is_err() {
        return Ok(Vec::new());
    }
    let lines = read_transaction::read(desk, async |c, viewer, _| {
        store::disclosures(c, viewer, limit).await
    })
    .await?;
    Ok(lines
        .into_iter()
        .map(|line| WaitingDisclosure {
            id: line.id,
            complaint: line.case,
            state: line.state,
            requested_at: line.requested_at,
        })
        .collect())
}
