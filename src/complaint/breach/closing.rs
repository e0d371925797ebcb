//! Another watcher than who declared a breach closes it. What waits for a decision goes on; what was granted and has run out meanwhile is over.

use chrono::{DateTime, Utc};

use super::forms::{AtBreach, Closing, wrong_moment};
use super::views::BreachSummary;
use super::words::key_of;
use crate::casework::desk::Desk;
use crate::casework::workflow::Asking;
use crate::complaint::audit_events;
use crate::complaint::sealing::retries;
use crate::complaint::services::ComplaintServices;
use crate::complaint::store::breaches::{self as store, Closed, Stored};
use crate::complaint::store::freezing;
use crate::complaint::store::viewer::Viewer;
use crate::error::{Code, Error, FieldError, Result, fault};
use crate::web::{IdempotentWrite, Reply};

/// Closes it.
///
/// # Errors
/// `not_found`; `four_eyes` for who declared it; `conflict` when it is closed; `invalid_content` without the notices it takes, or for a moment that cannot be;
/// a stored reply when this was answered before.
pub(super) async fn close(
    desk: &Desk,
    at: AtBreach,
    form: Closing,
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
    freezing::stop_disclosures(&mut work, who.office).await?;
    // First the lock, then the question: nobody closes twice, and no words are written while they are shredded.
    store::lock(&mut work, at.id).await?;
    let found = store::find(&mut work, &viewer, at.id)
        .await?
        .ok_or_else(|| Error::new(Code::NotFound))?;
    if found.declared_by == who.user {
        return Err(Error::new(Code::FourEyes).detail(
            "Anda yang menyatakannya; penjaga identitas atau auditor lain yang menutup.",
            "You declared it; another custodian or auditor closes it.",
        ));
    }
    if found.closed_at.is_some() {
        return Err(Error::new(Code::Conflict).detail(
            "Pelanggaran ini sudah ditutup.",
            "This breach is closed already.",
        ));
    }
    let faults = faults(&form, &found, now);
    if !faults.is_empty() {
        return Err(Error::invalid(faults));
    }
    let Closing {
        done,
        reporters_notified_at,
        authority_notified_at,
    } = form;
    let key = key_of(&services, at.id, found.wrapped.as_deref()).await?;
    let closed = Closed {
        by: who.user,
        at: now,
        reporters_notified_at,
        authority_notified_at,
        done: &done,
    };
    store::close(&mut work, key.as_ref(), at.id, &closed).await?;
    let stored = store::find(&mut work, &viewer, at.id)
        .await?
        .ok_or_else(|| Error::new(Code::NotFound))?;
    Viewer::enter(&mut work, Asking::Service, None, &services.keys).await?;
    let thawed = freezing::live(&mut work, at.id, false).await?;
    audit_events::of_breach(&mut work, desk, &services, at.id, "close_breach", None).await?;
    for case in thawed {
        audit_events::act(&mut work, desk, &services, case, "thaw_disclosure").await?;
    }
    work.finish(Reply::ok(BreachSummary::of(&stored))).await
}

/// Every fault: a notice that the law wants and nobody recorded, and moments that cannot be.
fn faults(form: &Closing, found: &Stored, now: DateTime<Utc>) -> Vec<FieldError> {
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
        .filter_map(|(place, given, recorded)| match given {
            Some(moment) => wrong_moment(place, moment, found.discovered_at, now),
            None if recorded.is_none() && found.kind.needs_notice() => Some(fault(
                place,
                "missing_field",
                "Pemberitahuan tertulis wajib diberikan.",
                "The law wants a written notice.",
            )),
            None => None,
        });
    wrong.collect()
}
