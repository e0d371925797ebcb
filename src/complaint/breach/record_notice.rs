//! Records a written notice of an open breach. The 72-hour alarm checks these records.

use super::forms::{Addressee, AtBreach, NoticeRecord, time_error};
use super::views::BreachSummary;
use crate::casework::desk::Desk;
use crate::complaint::act::{Lock, StaffAct, StaffEvent};
use crate::complaint::store::breaches as store;
use crate::error::{Code, Error, Result};
use crate::web::Reply;

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
    let mut act = StaffAct::begin(desk, Lock::Rows).await?;
    let now = act.now();
    let (viewer, _, connection) = act.parts();
    let found = store::find(connection, viewer, at.id)
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
    if !store::record_notice(connection, at.id, reporters, authority).await? {
        return Err(Error::new(Code::Conflict).detail(
            "Sudah dicatat, atau pelanggaran sudah ditutup.",
            "It is recorded already, or the breach is closed.",
        ));
    }
    let stored = store::find(connection, viewer, at.id)
        .await?
        .ok_or_else(|| Error::new(Code::NotFound))?;
    let event = StaffEvent::on_breach(at.id, "record_breach_notice").with_detail(detail);
    act.commit(event, Reply::ok(BreachSummary::of(&stored)))
        .await
}
