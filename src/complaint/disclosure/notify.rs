//! Who must act on a request is told of it: whoever may decide it, and then whoever asked. Never of which complaint, what for, or how it ended.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use crate::casework::announce::{Kind, tell_by_tag};
use crate::casework::desk::Desk;
use crate::complaint::announcing::bare;
use crate::complaint::services::ComplaintServices;
use crate::complaint::store::disclosures as store;
use crate::error::Result;
use crate::identity::roster;
use crate::identity::signed_in::today;
use crate::ids::{ComplaintId, OfficeId, UserId};
use crate::sop::role::Role;

/// The tags of those who can decide a request of the office of `desk`: custodians today, none of `but`, none barred from the complaint.
///
/// # Errors
/// When the server refuses.
pub(super) async fn deciders(
    connection: &mut PgConnection,
    services: &ComplaintServices,
    desk: &Desk,
    case: ComplaintId,
    but: &[UserId],
) -> Result<Vec<Vec<u8>>> {
    let holders = roster::holders(
        connection,
        desk.who().office,
        Role::IdentityCustodian,
        today(desk.request_time().now),
    )
    .await?;
    let others = holders.iter().filter(|holder| !but.contains(&holder.user));
    let tags: Vec<_> = others
        .map(|holder| services.keys.person_tag(holder.user).to_vec())
        .collect();
    store::free(connection, case, &tags).await
}

/// Tells `deciders` that a request waits for one of them.
///
/// # Errors
/// When the server refuses.
pub(super) async fn waits(
    connection: &mut PgConnection,
    of: (OfficeId, ComplaintId),
    deciders: &[Vec<u8>],
    now: DateTime<Utc>,
) -> Result<()> {
    tell_by_tag(
        connection,
        &bare(of.0, of.1, Kind::DisclosureWaits),
        deciders,
        now,
    )
    .await
}

/// Tells the requester that it is decided: granted or denied alike.
///
/// # Errors
/// When the server refuses.
pub(super) async fn decided(
    connection: &mut PgConnection,
    of: (OfficeId, ComplaintId),
    requester: &[Vec<u8>],
    now: DateTime<Utc>,
) -> Result<()> {
    tell_by_tag(
        connection,
        &bare(of.0, of.1, Kind::DisclosureDecided),
        requester,
        now,
    )
    .await
}
