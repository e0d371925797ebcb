//! A watcher records that a written notice was given, while the breach is open: the alarm of the 72 hours looks for it.

use super::forms::{Addressee, AtBreach, NoticeRecord, wrong_moment};
use super::views::BreachSummary;
use crate::casework::desk::Desk;
use crate::casework::workflow::Asking;
use crate::complaint::audit_events;
use crate::complaint::sealing::retries;
use crate::complaint::services::ComplaintServices;
use crate::complaint::store::breaches as store;
use crate::complaint::store::viewer::Viewer;
use crate::error::{Code, Error, Result};
use crate::web::{IdempotentWrite, Reply};

/// Records it, once for each addressee.
///
/// # Errors
/// `not_found`; `invalid_content` for a moment before the discovery or to come; `conflict` when it is recorded already or the breach is closed; a stored reply
/// when this was answered before.
pub(super) async fn record_notice(
    desk: &Desk,
    at: AtBreach,
    form: NoticeRecord,
) -> Result<Reply<BreachSummary>> {
    let (services, who, now) = (
        ComplaintServices::of(desk.request())?,
        desk.who(),
        desk.request_time().now,
    );
    let under = retries::of_staff(desk.request(), &services.keys, who.user)?;
    let mut work =
        IdempotentWrite::begin_sealed(desk.database(), desk.request(), under, now).await?;
    let viewer = Viewer::enter(&mut work, Asking::Person(who), None, &services.keys).await?;
    let found = store::find(&mut work, &viewer, at.id)
        .await?
        .ok_or_else(|| Error::new(Code::NotFound))?;
    let NoticeRecord { to, sent_at } = form;
    if let Some(wrong) = wrong_moment("/sent_at", sent_at, found.discovered_at, now) {
        return Err(Error::invalid(vec![wrong]));
    }
    let (reporters, authority, told) = match to {
        Addressee::Reporters => (Some(sent_at), None, "reporters"),
        Addressee::Authority => (None, Some(sent_at), "authority"),
    };
    if !store::note_notice(&mut work, at.id, reporters, authority).await? {
        return Err(Error::new(Code::Conflict).detail(
            "Sudah dicatat, atau pelanggaran sudah ditutup.",
            "It is recorded already, or the breach is closed.",
        ));
    }
    let stored = store::find(&mut work, &viewer, at.id)
        .await?
        .ok_or_else(|| Error::new(Code::NotFound))?;
    audit_events::of_breach(
        &mut work,
        desk,
        &services,
        at.id,
        "record_breach_notice",
        Some(told),
    )
    .await?;
    work.finish(Reply::ok(BreachSummary::of(&stored))).await
}
