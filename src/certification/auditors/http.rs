//! `/auditors`: the list of auditors. The SS lead maintains it; the roles that plan audits read it,
//! and a person with an account reads and declares about itself.

use actix_web::{HttpRequest, get, patch, post};
use chrono::{Days, NaiveDate};
use serde::Deserialize;
use serde_json::Value;

use super::bookings::{self, BookedFor, NewBooking};
use super::calendar::AuditorCalendar;
use super::store::{self, Purpose};
use super::{
    AuditorForm, AuditorRecord, AuditorSummary, AuditorView, DeclarationForm, Relation, Span,
};
use crate::casework::desk::Desk;
use crate::casework::journal::act_entry;
use crate::error::{Code, Error, FieldError, Result, fault};
use crate::identity::signed_in::today;
use crate::identity::{AllowedRoles, Restricted, SignedIn};
use crate::ids::{AuditorId, UserId};
use crate::journal;
use crate::sop::role::{Role, codes};
use crate::web::body::Validate;
use crate::web::calendar_file::{CalendarFormat, JsonOrCalendar};
use crate::web::idempotent_write::required_if_match;
use crate::web::merge_patch::{patch_errors, patched};
use crate::web::page::{PageQuery, page_size};
use crate::web::params::invalid_parameter;
use crate::web::{Body, Cursor, IdempotentWrite, Page, PathParam, Provided, Query, Reply};

/// Days shown from `from` on if a calendar's `to` is left out.
const DEFAULT_DAYS: u64 = 92;
/// The most days a calendar shows.
const MAX_DAYS: i64 = 731;

/// The roles that keep the list of auditors.
#[derive(Debug)]
pub struct RosterKeepers;

impl AllowedRoles for RosterKeepers {
    const ROLES: &'static [Role] = &[Role::SsLead];
}
/// The roles that read the list of auditors.
#[derive(Debug)]
pub struct RosterReaders;

impl AllowedRoles for RosterReaders {
    const ROLES: &'static [Role] = &[
        Role::SsLead,
        Role::PjiLead,
        Role::PjiStaff,
        Role::OperationsStaff,
        Role::Head,
    ];
}

/// Path of an auditor.
#[derive(Debug, Clone, Copy, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Path)]
pub struct AtAuditor {
    /// Id of the auditor.
    pub id: AuditorId,
}

/// Add an auditor (auditor).
///
/// Adds a person to the list of auditors for audit teams.
#[utoipa::path(
    tag = "auditors", request_body = AuditorForm, responses((status = 201, body = AuditorView)),
    extensions(("x-roles" = json!(codes(RosterKeepers::ROLES))), ("x-problem-codes" = json!(["conflict"])))
)]
#[post("/auditors")]
pub async fn add_auditor(
    desk: Restricted<RosterKeepers, Desk>,
    form: Body<AuditorForm>,
    request: HttpRequest,
) -> Result<Reply<AuditorView>> {
    let desk = desk.0;
    let mut work = begin(&desk, &request).await?;
    let (id, now, caller) = (AuditorId::at(work.now()), work.now(), desk.signed_in());
    must_be_known(&mut work, caller, form.0.user_id, &form.0).await?;
    store::add(&mut work, caller.office, id, &form.0, now).await?;
    set_parts(&mut work, caller, id, &form.0).await?;
    let note = relation_changes(&[], &form.0.relations);
    record(&mut work, caller, id, "add_auditor", note.as_deref()).await?;
    let stored = store::find(&mut work, caller.office, id, Purpose::Show).await?;
    let version = stored.version;
    let location = format!("/api/v1/auditors/{id}");
    work.finish(Reply::created(location, AuditorView::from(stored)).version(version))
        .await
}

/// List the auditors (daftar auditor).
///
/// Newest first.
#[utoipa::path(tag = "auditors", params(PageQuery), responses((status = 200, body = Page<AuditorSummary>)), extensions(("x-roles" = json!(codes(RosterReaders::ROLES)))))]
#[get("/auditors")]
pub async fn list_auditors(
    desk: Restricted<RosterReaders, Desk>,
    query: Query<PageQuery>,
    cursor: Provided<Cursor>,
) -> Result<Reply<Page<AuditorSummary>>> {
    let desk = desk.0;
    let limit = page_size(query.0.limit)?;
    let after = cursor.0.read(query.0.cursor.as_deref(), "auditors", &())?;
    let rows = desk
        .database()
        .read(async |c| store::list(c, desk.signed_in().office, after, limit + 1).await)
        .await?;
    cursor
        .0
        .page(rows, limit, "auditors", &(), |row| {
            (row.created_at, row.id.0)
        })
        .map(Reply::page)
}

/// Read an auditor (auditor).
///
/// With days, relations and declarations. Open to the roles that plan audits, and to the person.
#[utoipa::path(tag = "audit teams", params(AtAuditor), responses((status = 200, body = AuditorView)), extensions(("x-roles" = json!(["staff"]))))]
#[get("/auditors/{id}")]
pub async fn read_auditor(desk: Desk, at: PathParam<AtAuditor>) -> Result<Reply<AuditorView>> {
    let stored = find_readable(&desk, at.0.id).await?;
    let version = stored.version;
    Ok(Reply::ok(AuditorView::from(stored)).version(version))
}

/// A JSON merge patch (RFC 7396): given members replace those of the auditor, lists as a whole; null
/// removes a member.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(transparent)]
#[schema(value_type = Object, example = json!({"unavailable": [{"kind": "leave", "first_day": "2026-07-20", "last_day": "2026-07-24"}]}))]
pub struct AuditorPatch(Value);

impl Validate for AuditorPatch {
    fn errors(&self) -> Vec<FieldError> {
        patch_errors(&self.0)
    }
}

/// Change an auditor (mengubah auditor).
///
/// Takes a JSON merge patch (RFC 7396) of the record: competences, days of leave and other work,
/// relations to customers, retirement. Days on which the person is booked for an audit are refused
/// with `schedule_conflict`, which names the audit. An account with which the person declared stays
/// (`conflict`). `If-Match` with the version you saw is required.
#[utoipa::path(
    tag = "audit teams", params(AtAuditor, ("If-Match" = String, Header, description = "ETag of the version you change")),
    request_body = AuditorPatch, responses((status = 200, body = AuditorView)),
    extensions(("x-roles" = json!(codes(RosterKeepers::ROLES))), ("x-problem-codes" = json!(["conflict", "schedule_conflict"])))
)]
#[patch("/auditors/{id}")]
pub async fn change_auditor(
    desk: Restricted<RosterKeepers, Desk>,
    at: PathParam<AtAuditor>,
    patch: Body<AuditorPatch>,
    request: HttpRequest,
) -> Result<Reply<AuditorView>> {
    let seen = required_if_match(&request)?;
    let (desk, id) = (desk.0, at.0.id);
    let mut work = begin(&desk, &request).await?;
    let caller = desk.signed_in();
    let before = store::find(&mut work, caller.office, id, Purpose::Change).await?;
    if !seen.admits(before.version) {
        return Err(Error::new(Code::StaleVersion));
    }
    let form: AuditorForm = patched(&before.form, patch.0.0)?;
    let account_changes = form.user_id != before.form.user_id;
    if account_changes && before.has_own_declaration() {
        return Err(Error::new(Code::Conflict).detail(
            "Orang ini membuat pernyataan sendiri dengan akunnya: akun itu tetap pada catatannya.",
            "This person made declarations with the account: the account stays on the record.",
        ));
    }
    let account = form.user_id.filter(|_| account_changes);
    must_be_known(&mut work, caller, account, &form).await?;
    store::change(&mut work, id, &form).await?;
    set_parts(&mut work, caller, id, &form).await?;
    let note = relation_changes(&before.form.relations, &form.relations);
    record(&mut work, caller, id, "change_auditor", note.as_deref()).await?;
    let stored = store::find(&mut work, caller.office, id, Purpose::Show).await?;
    let version = stored.version;
    work.finish(Reply::ok(AuditorView::from(stored)).version(version))
        .await
}

/// Declare a conflict of interest (pernyataan benturan kepentingan).
///
/// The person's own statement about one customer: a conflict, or none. The latest one counts and
/// bars audits like a relation of the record. Only the person may declare; for a person without an
/// account the keeper of the list enters the signed statement.
#[utoipa::path(
    tag = "audit teams", params(AtAuditor), request_body = DeclarationForm, responses((status = 200, body = AuditorView)),
    extensions(("x-roles" = json!(["staff"])))
)]
#[post("/auditors/{id}/declarations")]
pub async fn declare_impartiality(
    desk: Desk,
    at: PathParam<AtAuditor>,
    form: Body<DeclarationForm>,
    request: HttpRequest,
) -> Result<Reply<AuditorView>> {
    let id = at.0.id;
    let mut work = begin(&desk, &request).await?;
    let (caller, now) = (desk.signed_in(), work.now());
    let before = store::find(&mut work, caller.office, id, Purpose::Change).await?;
    let may = before.form.user_id.map_or_else(
        || caller.must_be_one_of(RosterKeepers::ROLES).is_ok(),
        |user| user == caller.user,
    );
    if !may {
        return Err(if is_readable(caller, &before) {
            Error::new(Code::Forbidden)
        } else {
            Error::new(Code::NotFound)
        });
    }
    let customers = [form.0.customer_id];
    let (_, strangers) = store::unknown(&mut work, caller.office, None, &customers).await?;
    if !strangers.is_empty() {
        return Err(Error::invalid(vec![unknown_customer("/customer_id")]));
    }
    store::declare(&mut work, id, &form.0, caller.user, now).await?;
    record(&mut work, caller, id, "declare_impartiality", None).await?;
    let stored = store::find(&mut work, caller.office, id, Purpose::Show).await?;
    let version = stored.version;
    work.finish(Reply::ok(AuditorView::from(stored)).version(version))
        .await
}

/// The days of a calendar, and its format.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CalendarQuery {
    /// The first day; default today.
    #[param(example = "2026-07-01")]
    pub from: Option<NaiveDate>,
    /// The last day, at most two years later; default three months later.
    #[param(example = "2026-09-30")]
    pub to: Option<NaiveDate>,
    /// `json` or `ics`; default `json`.
    #[param(inline)]
    pub format: Option<CalendarFormat>,
}

/// Read the calendar of an auditor (kalender auditor).
///
/// Audits, leave and other work; as iCalendar for calendar programs. An audit shows its
/// application if you may see it. Open to the roles that plan audits, and to the person.
#[utoipa::path(
    tag = "audit teams", params(AtAuditor, CalendarQuery),
    responses((status = 200, content((AuditorCalendar = "application/json"), (String = "text/calendar")))),
    extensions(("x-roles" = json!(["staff"])))
)]
#[get("/auditors/{id}/calendar")]
pub async fn read_auditor_calendar(
    desk: Desk,
    at: PathParam<AtAuditor>,
    query: Query<CalendarQuery>,
) -> Result<JsonOrCalendar<AuditorCalendar>> {
    let auditor = find_readable(&desk, at.0.id).await?;
    let from = query
        .0
        .from
        .unwrap_or_else(|| today(desk.request_time().now));
    let to = query.0.to.unwrap_or_else(|| {
        from.checked_add_days(Days::new(DEFAULT_DAYS))
            .unwrap_or(from)
    });
    if !(0..=MAX_DAYS).contains(&(to - from).num_days()) {
        return Err(invalid_parameter(
            "to",
            "Hari terakhir sesudah hari pertama, paling jauh dua tahun.",
            "The last day comes after the first, at most two years later.",
        ));
    }
    let days: Span = (from, to);
    let rows = desk
        .database()
        .read(async |c| store::bookings::calendar(c, desk.signed_in(), at.0.id, days).await)
        .await?;
    let calendar = AuditorCalendar::of(at.0.id, rows)?;
    Ok(match query.0.format.unwrap_or_default() {
        CalendarFormat::Json => JsonOrCalendar::Json(Reply::ok(calendar)),
        CalendarFormat::Ics => JsonOrCalendar::Calendar {
            name: "auditor.ics",
            text: calendar.to_icalendar(&auditor.form.name),
        },
    })
}

async fn begin(desk: &Desk, request: &HttpRequest) -> Result<IdempotentWrite> {
    IdempotentWrite::begin(
        desk.database(),
        request,
        desk.signed_in().user.0,
        desk.request_time().now,
    )
    .await
}

async fn record(
    work: &mut IdempotentWrite,
    caller: &SignedIn,
    id: AuditorId,
    task: &'static str,
    note: Option<&str>,
) -> Result<()> {
    let now = work.now();
    journal::add(work, &act_entry(caller, "auditor", id.0, task, note), now).await
}

/// The removed and the added relations, for the journal: customer, kind and last day of each. The
/// record keeps the present ones only.
fn relation_changes(before: &[Relation], after: &[Relation]) -> Option<String> {
    let missing = |from: &[Relation], other: &[Relation], said: &str| -> Vec<String> {
        from.iter()
            .filter(|one| {
                !other.iter().any(|same| {
                    (one.customer_id, one.kind, one.until)
                        == (same.customer_id, same.kind, same.until)
                })
            })
            .map(|one| {
                let kind: &str = one.kind.into();
                let until = one.until.map(|day| format!(" s.d. {day}"));
                let until = until.unwrap_or_default();
                format!("{said}: {} {kind}{until}", one.customer_id)
            })
            .collect()
    };
    let mut lines = missing(before, after, "Hubungan dihapus");
    lines.extend(missing(after, before, "Hubungan ditambah"));
    (!lines.is_empty()).then(|| lines.join("\n"))
}

/// Refuses an `account` that is no active member of staff, and customers of other offices.
async fn must_be_known(
    work: &mut IdempotentWrite,
    caller: &SignedIn,
    account: Option<UserId>,
    form: &AuditorForm,
) -> Result<()> {
    let customers: Vec<_> = form.relations.iter().map(|one| one.customer_id).collect();
    let (is_staff, strangers) = store::unknown(work, caller.office, account, &customers).await?;
    let mut faults = Vec::new();
    if !is_staff {
        faults.push(fault(
            "/user_id",
            "not_staff",
            "Bukan pegawai aktif kantor ini.",
            "Not an active member of staff of this office.",
        ));
    }
    let unknown = customers
        .iter()
        .enumerate()
        .filter(|(_, customer)| strangers.contains(customer));
    faults.extend(unknown.map(|(i, _)| unknown_customer(&format!("/relations/{i}/customer_id"))));
    if faults.is_empty() {
        Ok(())
    } else {
        Err(Error::invalid(faults))
    }
}

fn unknown_customer(pointer: &str) -> FieldError {
    fault(
        pointer,
        "unknown_customer",
        "Bukan pelanggan kantor ini.",
        "Not a customer of this office.",
    )
}

/// Replaces the relations and the days of leave and other work.
async fn set_parts(
    work: &mut IdempotentWrite,
    caller: &SignedIn,
    id: AuditorId,
    form: &AuditorForm,
) -> Result<()> {
    store::set_relations(work, id, &form.relations).await?;
    store::bookings::release_unavailability(work, id).await?;
    let away: Vec<_> = form
        .unavailable
        .iter()
        .enumerate()
        .map(|(i, one)| NewBooking {
            auditor: id,
            subject: BookedFor::Unavailable(one.kind),
            days: (one.first_day, one.last_day),
            note: one.note.clone(),
            pointer: format!("/unavailable/{i}"),
        })
        .collect();
    let now = work.now();
    bookings::book(work, caller, &away, now).await
}

/// True if the caller plans audits or is this person.
fn is_readable(caller: &SignedIn, auditor: &AuditorRecord) -> bool {
    caller.must_be_one_of(RosterReaders::ROLES).is_ok() || auditor.form.user_id == Some(caller.user)
}

async fn find_readable(desk: &Desk, id: AuditorId) -> Result<AuditorRecord> {
    let caller = desk.signed_in();
    let found = desk
        .database()
        .read(async |c| store::find(c, caller.office, id, Purpose::Show).await)
        .await?;
    if is_readable(caller, &found) {
        Ok(found)
    } else {
        Err(Error::new(Code::NotFound))
    }
}
