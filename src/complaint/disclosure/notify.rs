//! Notifies the custodians that can decide a request, and then its requester. The notification
//! never holds the purpose or the result.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use crate::casework::announce::{About, Notice, NotificationKind, notify_by_tag};
use crate::casework::desk::Desk;
use crate::complaint::services::ComplaintServices;
use crate::complaint::store::disclosures as store;
use crate::error::Result;
use crate::identity::roster;
use crate::identity::signed_in::today;
use crate::ids::{ComplaintId, OfficeId, UserId};
use crate::sop::role::Role;

/// Tags of the custodians that can decide a request today: of the office of the caller, not in
/// `but`, not barred from the complaint.
pub(super) async fn eligible_custodians(
    connection: &mut PgConnection,
    services: &ComplaintServices,
    desk: &Desk,
    case: ComplaintId,
    but: &[UserId],
) -> Result<Vec<Vec<u8>>> {
    let holders = roster::holders(
        connection,
        desk.signed_in().office,
        Role::IdentityCustodian,
        today(desk.request_time().now),
    )
    .await?;
    let others = holders.iter().filter(|holder| !but.contains(&holder.user));
    let tags: Vec<_> = others
        .map(|holder| services.keys.person_tag(holder.user).to_vec())
        .collect();
    store::filter_not_barred(connection, case, &tags).await
}

/// Notifies `deciders` that a request waits for a decision.
pub(super) async fn notify_custodians(
    connection: &mut PgConnection,
    of: (OfficeId, ComplaintId),
    deciders: &[Vec<u8>],
    now: DateTime<Utc>,
) -> Result<()> {
    notify_by_tag(
        connection,
        &Notice::of(
            of.0,
            About::Complaint(of.1),
            NotificationKind::DisclosureWaits,
        ),
        deciders,
        now,
    )
    .await
}

/// Notifies the requester of a decision; the notification is the same for grant and denial.
pub(super) async fn notify_requester(
    connection: &mut PgConnection,
    of: (OfficeId, ComplaintId),
    requester: &[Vec<u8>],
    now: DateTime<Utc>,
) -> Result<()> {
    notify_by_tag(
        connection,
        &Notice::of(
            of.0,
            About::Complaint(of.1),
            NotificationKind::DisclosureDecided,
        ),
        requester,
        now,
    )
    .await
}
