//! What waits for a custodian's decision, for their desk.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::custodian::DECIDERS;
use crate::casework::desk::Desk;
use crate::complaint::papers::disclosure_file::State;
use crate::complaint::read_transaction;
use crate::complaint::store::waiting as store;
use crate::error::Result;
use crate::ids::{ComplaintId, DisclosureId};

/// A request that waits for your decision (permintaan pembukaan identitas yang menunggu). What it asks for, and why, is in `GET /disclosures`.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct WaitingDisclosure {
    /// Its id.
    pub id: DisclosureId,
    /// The complaint. Who decides sees nothing of it.
    pub complaint: ComplaintId,
    /// `pending`, or `seconded` when another custodian has agreed.
    pub state: State,
    /// When it was made.
    pub requested_at: DateTime<Utc>,
}

/// At most `limit` requests that whoever is at `desk` may decide now, the oldest first; nothing for who is no custodian.
///
/// # Errors
/// When the server refuses.
pub async fn waiting(desk: &Desk, limit: i64) -> Result<Vec<WaitingDisclosure>> {
    if desk.who().must_be_one_of(DECIDERS).is_err() {
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
