//! The register of breaches, for the watchers (custodians and internal auditors). The list and the
//! single breach apply the same visibility rule, and each reading is recorded in the audit trail. A
//! declaration freezes every disclosure of the affected complaints and notifies the other watchers
//! in the same transaction. The closing watcher must not be the declarer; undecided requests then
//! continue, and grants that expired in the meantime stay expired.

use std::collections::HashMap;

use actix_web::{get, post};
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgConnection;

use super::forms::{Addressee, AtBreach, Closing, Declaration, NoticeRecord, time_error};
use super::notify;
use super::texts::{self, key_of, new_key};
use super::views::{Breach, BreachLine, BreachSummary};
use crate::casework::desk::Desk;
use crate::complaint::act::{Lock, StaffAct, StaffEvent};
use crate::complaint::alarms::{AlarmKind, Watchers};
use crate::complaint::audit_events;
use crate::complaint::read_transaction;
use crate::complaint::store::breaches::{
    self as store, BreachCursor, BreachRow, NewBreach, NewClosing,
};
use crate::error::{Code, Error, FieldError, OrNotFound as _, Result, fault};
use crate::identity::{AllowedRoles, Restricted};
use crate::ids::{BreachId, ComplaintId};
use crate::sop::role::codes;
use crate::web::page::{PageQuery, page_size};
use crate::web::{Body, Cursor, Page, PathParam, Provided, Query, Reply};

/// Declare a breach (menyatakan pelanggaran kerahasiaan).
///
/// For custodians and internal auditors: confidentiality was broken, or an attempt was made to
/// identify a reporter. Until the closing, no disclosure of an affected complaint is requested,
/// decided or opened (`disclosures_frozen`), and the affected reporters find a notice at `GET
/// /complaints/mine`. The law gives 3 x 24 hours to notify them and the authority in writing (UU
/// 27/2022 Pasal 46): record both with `POST …/notices`. A complaint that you may not know of is
/// refused like one that does not exist.
#[utoipa::path(tag = "breaches", request_body = Declaration, responses((status = 201, body = BreachSummary)),
    extensions(("x-roles" = json!(codes(Watchers::ROLES)))))]
#[post("/breaches")]
pub async fn declare_breach(
    desk: Restricted<Watchers, Desk>,
    form: Body<Declaration>,
) -> Result<Reply<BreachSummary>> {
    Box::pin(declare(&desk.0, form.0)).await
}

/// List the breaches (daftar pelanggaran kerahasiaan).
///
/// For custodians and internal auditors, newest first. Shows only the affected complaints that you
/// may know of; a breach of complaints from which you are barred is left out. Each reading is
/// recorded in the audit trail.
#[utoipa::path(tag = "breaches", params(PageQuery), responses((status = 200, body = Page<BreachLine>)), extensions(("x-roles" = json!(codes(Watchers::ROLES)))))]
#[get("/breaches")]
pub async fn list_breaches(
    desk: Restricted<Watchers, Desk>,
    query: Query<PageQuery>,
    cursor: Provided<Cursor>,
) -> Result<Reply<Page<BreachLine>>> {
    list(&desk.0, &query.0, &cursor.0).await.map(Reply::page)
}

/// Read a breach (pelanggaran kerahasiaan).
///
/// With the numbers of the named complaints that you may know of. The texts are shown unless you
/// are barred from a complaint that the breach names.
#[utoipa::path(tag = "breaches", params(AtBreach), responses((status = 200, body = Breach)), extensions(("x-roles" = json!(codes(Watchers::ROLES)))))]
#[get("/breaches/{id}")]
pub async fn read_breach(
    desk: Restricted<Watchers, Desk>,
    at: PathParam<AtBreach>,
) -> Result<Reply<Breach>> {
    let (breach, version) = read(&desk.0, at.0).await?;
    Ok(Reply::ok(breach).version(version))
}

/// Record a notice (mencatat pemberitahuan tertulis).
///
/// Records when the affected reporters or the authority were notified in writing: once for each,
/// while the breach is open. Until both are recorded, an alarm is raised twelve hours before the
/// deadline and at the deadline.
#[utoipa::path(tag = "breaches", params(AtBreach), request_body = NoticeRecord, responses((status = 200, body = BreachSummary)),
    extensions(("x-roles" = json!(codes(Watchers::ROLES))), ("x-problem-codes" = json!(["conflict"]))))]
#[post("/breaches/{id}/notices")]
pub async fn record_breach_notice(
    desk: Restricted<Watchers, Desk>,
    at: PathParam<AtBreach>,
    form: Body<NoticeRecord>,
) -> Result<Reply<BreachSummary>> {
    record_notice(&desk.0, at.0, form.0).await
}

/// Close a breach (menutup pelanggaran kerahasiaan).
///
/// For a watcher other than the declarer (`four_eyes`). Records the measures taken and the times of
/// the notices; an attempt needs no notice by law. Undecided requests for disclosure continue; a
/// grant older than 15 minutes stays expired.
#[utoipa::path(tag = "breaches", params(AtBreach), request_body = Closing, responses((status = 200, body = BreachSummary)),
    extensions(("x-roles" = json!(codes(Watchers::ROLES))), ("x-problem-codes" = json!(["four_eyes", "conflict"]))))]
#[post("/breaches/{id}/closing")]
pub async fn close_breach(
    desk: Restricted<Watchers, Desk>,
    at: PathParam<AtBreach>,
    form: Body<Closing>,
) -> Result<Reply<BreachSummary>> {
    Box::pin(close(&desk.0, at.0, form.0)).await
}

/// A page of the register, with the breaches that the caller may know of.
pub(super) async fn list(
    desk: &Desk,
    query: &PageQuery,
    cursor: &Cursor,
) -> Result<Page<BreachLine>> {
    let limit = page_size(query.limit)?;
    let after = cursor.read(query.cursor.as_deref(), "breaches", &())?;
    let (rows, numbers) = read_transaction::read(desk, async |c, viewer, services| {
        let rows = store::list(c, viewer, after, limit + 1).await?;
        let ids: Vec<_> = rows.iter().map(|stored| stored.id).collect();
        let numbers = by_breach(store::affected_numbers(c, &ids).await?);
        let event = StaffEvent::on_trail("read_breaches");
        audit_events::record(c, desk, services, event).await?;
        Ok((rows, numbers))
    })
    .await?;
    Ok(cursor
        .page(rows, limit, "breaches", &(), BreachCursor::of)?
        .map(|stored| line(&stored, &numbers)))
}

/// One breach with its version.
///
/// # Errors
/// `not_found`, also when the caller may not know of the breach.
pub(super) async fn read(desk: &Desk, at: AtBreach) -> Result<(Breach, i64)> {
    read_transaction::read(desk, async |c, viewer, services| {
        let stored = store::find(c, viewer, at.id).await?.or_not_found()?;
        let numbers = by_breach(store::affected_numbers(c, &[at.id]).await?);
        let (happened, done) = texts::open(services, &stored).await?;
        let event = StaffEvent::on_breach(at.id, "read_breach");
        audit_events::record(c, desk, services, event).await?;
        Ok((
            Breach {
                line: line(&stored, &numbers),
                happened,
                done,
            },
            stored.version,
        ))
    })
    .await
}

fn line(stored: &store::BreachRow, numbers: &HashMap<BreachId, Vec<String>>) -> BreachLine {
    let affected =
        (!stored.affects_all).then(|| numbers.get(&stored.id).cloned().unwrap_or_default());
    BreachLine {
        summary: BreachSummary::of(stored),
        affected,
    }
}

fn by_breach(numbers: Vec<(BreachId, String)>) -> HashMap<BreachId, Vec<String>> {
    let mut all: HashMap<_, Vec<_>> = HashMap::new();
    for (breach, number) in numbers {
        all.entry(breach).or_default().push(number);
    }
    all
}

/// Maximum age of a discovery. An older time is probably a typing error, and its 72 hours would
/// have passed already.
const MAX_DISCOVERY_AGE: TimeDelta = TimeDelta::days(366);

/// Declares a breach.
///
/// # Errors
/// `invalid_content` for a complaint that the declarer may not know of, and for a discovery in the
/// future or more than a year ago.
pub(super) async fn declare(desk: &Desk, form: Declaration) -> Result<Reply<BreachSummary>> {
    let (caller, now) = (desk.signed_in(), desk.request_time().now);
    let mut act = StaffAct::begin(desk, Lock::Breaches).await?;
    let (viewer, services, connection) = act.parts();
    let Declaration {
        kind,
        happened,
        discovered_at,
        complaints,
        all,
    } = form;
    if discovered_at > now {
        return Err(Error::invalid(vec![fault(
            "/discovered_at",
            "in_the_future",
            "Waktu tersebut belum tiba.",
            "The time is in the future.",
        )]));
    }
    if discovered_at < now - MAX_DISCOVERY_AGE {
        return Err(Error::invalid(vec![fault(
            "/discovered_at",
            "in_the_past",
            "Lebih dari setahun yang lalu.",
            "The time is more than a year ago.",
        )]));
    }
    let named = resolve_complaints(connection, &complaints.unwrap_or_default()).await?;
    let id = BreachId::random();
    let (key, wrapped) = new_key(services, id).await?;
    let new = NewBreach {
        id,
        office: caller.office,
        kind,
        all,
        named: &named,
        discovered_at,
        by: caller.user,
        at: now,
        wrapped,
        happened: &happened,
    };
    store::add(connection, &key, &new).await?;
    let stored = store::find(connection, viewer, id).await?.or_not_found()?;
    // Only the service's context sees the frozen requests and the recipients.
    act.continue_as_service().await?;
    let (_, services, connection) = act.parts();
    notify::notify_watchers(
        connection,
        services,
        (caller.office, id),
        Some(caller.user),
        now,
    )
    .await?;
    let frozen = store::live_disclosures(connection, id, true).await?;
    let event = StaffEvent::on_breach(id, AlarmKind::BreachDeclared.code())
        .with_detail(kind.code())
        .with_effect(frozen, "freeze_disclosure");
    let place = format!("/api/v1/breaches/{id}");
    act.commit(event, Reply::created(place, BreachSummary::of(&stored)))
        .await
}

/// Resolves numbers and ids to complaints. The refusal is the same for a complaint that does not
/// exist, is not released, belongs to another office, or is barred to the declarer.
async fn resolve_complaints(
    connection: &mut PgConnection,
    names: &[String],
) -> Result<Vec<ComplaintId>> {
    let found = store::lock_named(connection, names).await?;
    let missing = found.iter().enumerate().filter(|(_, case)| case.is_none());
    let faults: Vec<_> = missing
        .map(|(i, _)| {
            fault(
                format!("/complaints/{i}"),
                "unknown_value",
                "Pengaduan tidak dikenal.",
                "The complaint is unknown.",
            )
        })
        .collect();
    if faults.is_empty() {
        Ok(found.into_iter().flatten().collect())
    } else {
        Err(Error::invalid(faults))
    }
}

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
        .or_not_found()?;
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
        .or_not_found()?;
    let event = StaffEvent::on_breach(at.id, "record_breach_notice").with_detail(detail);
    act.commit(event, Reply::ok(BreachSummary::of(&stored)))
        .await
}

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
    let (caller, now) = (desk.signed_in(), desk.request_time().now);
    let mut act = StaffAct::begin(desk, Lock::Breaches).await?;
    let (viewer, services, connection) = act.parts();
    // Lock before the checks: prevents a second closing, and texts written while they are being
    // deleted.
    store::lock(connection, at.id).await?;
    let found = store::find(connection, viewer, at.id)
        .await?
        .or_not_found()?;
    if found.declared_by == caller.user {
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
        by: caller.user,
        at: now,
        reporters_notified_at,
        authority_notified_at,
        done: &done,
    };
    store::close(connection, key.as_ref(), at.id, &closed).await?;
    let stored = store::find(connection, viewer, at.id)
        .await?
        .or_not_found()?;
    act.continue_as_service().await?;
    let unfrozen = store::live_disclosures(&mut act, at.id, false).await?;
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
