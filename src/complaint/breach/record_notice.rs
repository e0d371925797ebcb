//! Records a written notice of an open breach. The 72-hour alarm checks these records.

use super::forms::{Addressee, AtBreach, NoticeRecord, time_error};
use super::views::BreachSummary;
use crate::casework::desk::Desk;
use crate::complaint::audit_events;
use crate::complaint::sealing::retries;
use crate::complaint::services::ComplaintServices;
use crate::complaint::store::breaches as store;
use crate::complaint::store::viewer::Viewer;
use crate::error::{Code, Error, Result};
use crate::sop::gate::Principal;
use crate::web::{IdempotentWrite, Reply};

/// Records a notice, once for each recipient.
///
/// # Errors
/// `not_found`; `invalid_content` for a time before the discovery or in the future; `conflict` when
/// the notice is recorded already or the breach is closed.
pub(super) async fn record_notice(
    desk: &Desk,
    at: AtBreach,
    form: NoticeRecord,
) -> Result<Reply<BreachSummary>> {
    let (services, who, now) = (
        ComplaintServices::of(desk.request())?,
        desk.signed_in(),
        desk.request_time().now,
    );
    let under = retries::sealed_under_for_staff(desk.request(), &services.keys, who.user)?;
    let mut work =
        IdempotentWrite::begin_sealed(desk.database(), desk.request(), under, now).await?;
    let viewer = Viewer::set_context(&mut work, Principal::User(who), None, &services.keys).await?;
    let found = store::find(&mut work, &viewer, at.id)
        .await?
        .ok_or_else(|| Error::new(Code::NotFound))?;
    let NoticeRecord { to, sent_at } = form;
    if let Some(wrong) = time_error("/sent_at", sent_at, found.discovered_at, now) {
        return Err(Error::invalid(vec![wrong]));
    }
    let (reporters, authority, detail) = match to {
        Addressee::Reporters => (Some(sent_at), None, "reporters"),
        Addressee::Authority => (None, Some(sent_at), "authority"),
    };
    if !store::record_notice(&mut work, at.id, reporters, authority).await? {
        return Err(Error::new(Code::Conflict).detail(
            "Sudah dicatat, atau pelanggaran sudah ditutup.",
            "It is recorded already, or the breach is closed.",
        ));
    }
    let stored = store::find(&mut work, &viewer, at.id)
        .await?
        .ok_or_else(|| Error::new(Code::NotFound))?;
    audit_events::record_on_breach(
        &mut work,
        desk,
        &services,
        at.id,
        "record_breach_notice",
        Some(detail),
    )
    .await?;
    work.finish(Reply::ok(BreachSummary::of(&stored))).await
}
