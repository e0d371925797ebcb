//! Closes a breach. The closing watcher must not be the declarer. Undecided disclosure requests
//! continue; grants that expired in the meantime stay expired.

use chrono::{DateTime, Utc};

use super::forms::{AtBreach, Closing, time_error};
use super::texts::key_of;
use super::views::BreachSummary;
use crate::casework::desk::Desk;
use crate::complaint::act::{Lock, StaffAct, StaffEvent};
use crate::complaint::store::breaches::{self as store, BreachRow, NewClosing};
use crate::complaint::store::freezing;
use crate::error::{Code, Error, FieldError, Result, fault};
use crate::web::Reply;

/// Closes a breach.
///
/// # Errors
/// `not_found`; `four_eyes` for the declarer; `conflict` when the breach is closed;
/// `invalid_content` when a required notice is missing or a time is impossible.
pub(super) async fn close(
    desk: &Desk,
    at: AtBreach,
    form: Closing,
) -> Result<Reply<BreachSummary>> {
    let (who, now) = (desk.signed_in(), desk.request_time().now);
    let mut act = StaffAct::begin(desk, Lock::Breaches).await?;
    let (viewer, services, connection) = act.parts();
    // Lock before the checks: prevents a second closing, and texts written while they are being
    // deleted.
    store::lock(connection, at.id).await?;
    let found = store::find(connection, viewer, at.id)
        .await?
        .ok_or_else(|| Error::new(Code::NotFound))?;
    if found.declared_by == who.user {
        return Err(Error::new(Code::FourEyes).detail(
            "Anda yang menyatakan pelanggaran ini; penutupan dilakukan oleh penjaga identitas atau auditor lain.",
            "You declared this breach; another custodian or auditor must close it.",
        ));
    }
    if found.closed_at.is_some() {
        return Err(Error::new(Code::Conflict).detail(
            "Pelanggaran ini sudah ditutup.",
            "This breach is closed already.",
        ));
    }
    let faults = errors(&form, &found, now);
    if !faults.is_empty() {
        return Err(Error::invalid(faults));
    }
    let Closing {
        done,
        reporters_notified_at,
        authority_notified_at,
    } = form;
    let key = key_of(services, at.id, found.wrapped.as_deref()).await?;
    let closed = NewClosing {
        by: who.user,
        at: now,
        reporters_notified_at,
        authority_notified_at,
        done: &done,
    };
    store::close(connection, key.as_ref(), at.id, &closed).await?;
    let stored = store::find(connection, viewer, at.id)
        .await?
        .ok_or_else(|| Error::new(Code::NotFound))?;
    act.continue_as_service().await?;
    let unfrozen = freezing::live_disclosures(&mut act, at.id, false).await?;
    let event =
        StaffEvent::on_breach(at.id, "close_breach").with_effect(unfrozen, "thaw_disclosure");
    act.commit(event, Reply::ok(BreachSummary::of(&stored)))
        .await
}

/// Errors of the form: a notice that the law requires and that is not recorded, and impossible
/// times.
fn errors(form: &Closing, found: &BreachRow, now: DateTime<Utc>) -> Vec<FieldError> {
    let notices = [
        (
            "/reporters_notified_at",
            form.reporters_notified_at,
            found.reporters_notified_at,
        ),
        (
            "/authority_notified_at",
            form.authority_notified_at,
            found.authority_notified_at,
        ),
    ];
    let wrong = notices
        .into_iter()
        .filter_map(|(pointer, given, recorded)| match given {
            Some(moment) => time_error(pointer, moment, found.discovered_at, now),
            None if recorded.is_none() && found.kind.needs_notice() => Some(fault(
                pointer,
                "missing_field",
                "Pemberitahuan tertulis wajib diberikan.",
                "The law requires a written notice.",
            )),
            None => None,
        });
    wrong.collect()
}
