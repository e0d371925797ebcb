//! `GET|POST /acting-appointments`, `POST /acting-appointments/{id}/confirmation`, `POST
//! /acting-appointments/{id}/revocation`.

use actix_web::{HttpRequest, get, post};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::clock::Clock;
use crate::database::Database;
use crate::error::{Code, Error, FieldError, Result};
use crate::identity::acting::{self, Appointment};
use crate::identity::journal::record_refusal;
use crate::identity::signed_in::{ActingKind, today};
use crate::identity::store::acting::{self as store, AppointmentRow};
use crate::identity::{Admins, Restricted};
use crate::ids::{AppointmentId, UserId};
use crate::sop::role::Role;
use crate::web::body::Validate;
use crate::web::body::line_error;
use crate::web::page::{PageQuery, page_size};
use crate::web::{Body, Cursor, IdempotentWrite, Page, PathParam, Provided, Query, Reply};

/// An appointment to act for the head.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct AppointmentView {
    /// The appointment.
    pub id: AppointmentId,
    /// The acting person.
    pub user_id: UserId,
    /// Their name (nama).
    #[schema(example = "Budi Santoso")]
    pub display_name: String,
    /// The role.
    pub role: Role,
    /// `plh` while the head is away, `plt` while the post is vacant.
    pub kind: ActingKind,
    /// The first day (WIB).
    #[schema(example = "2026-07-06")]
    pub first_day: NaiveDate,
    /// The last day (WIB), included.
    #[schema(example = "2026-07-10")]
    pub last_day: NaiveDate,
    /// Number of the letter of appointment (nomor surat perintah).
    #[schema(example = "B/512/BSPJI-Palembang/KP/VII/2026")]
    pub decree_number: String,
    /// True if it is in force today.
    pub in_force: bool,
    /// When it was entered.
    pub created_at: DateTime<Utc>,
    /// When a second administrator confirmed it. Until then it has no effect.
    pub confirmed_at: Option<DateTime<Utc>>,
    /// When it was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
    /// When a first administrator proposed to revoke it. It stays in force until a second one does
    /// the same.
    pub revocation_proposed_at: Option<DateTime<Utc>>,
    /// The author of that proposal.
    pub revocation_proposed_by: Option<UserId>,
}

impl AppointmentView {
    fn of(row: AppointmentRow, on: NaiveDate) -> Result<Self> {
        let unknown = || Error::internal("an appointment has an unknown role or kind");
        Ok(Self {
            id: AppointmentId(row.id),
            user_id: UserId(row.user_id),
            display_name: row.display_name,
            role: Role::from_code(&row.role).ok_or_else(unknown)?,
            kind: ActingKind::from_code(&row.kind).ok_or_else(unknown)?,
            in_force: row.confirmed_at.is_some()
                && row.revoked_at.is_none()
                && (row.first_day..=row.last_day).contains(&on),
            first_day: row.first_day,
            last_day: row.last_day,
            decree_number: row.decree_number,
            created_at: row.created_at,
            confirmed_at: row.confirmed_at,
            revoked_at: row.revoked_at,
            revocation_proposed_at: row.revocation_proposed_at,
            revocation_proposed_by: row.revocation_proposed_by.map(UserId),
        })
    }
}

/// The reason for revoking an appointment.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Revocation {
    /// The reason (alasan).
    #[schema(
        example = "Kepala Balai kembali lebih awal dari dinas luar",
        min_length = 1,
        max_length = 300
    )]
    pub reason: String,
}

impl Validate for Revocation {
    fn errors(&self) -> Vec<FieldError> {
        line_error(&self.reason, "/reason", 300)
            .into_iter()
            .collect()
    }
}

/// List acting appointments (daftar Plh./Plt.).
///
/// Lists past, current and future appointments to act for the head, the latest entry first. For
/// administrators.
#[utoipa::path(tag = "identity", params(PageQuery), responses((status = 200, description = "A page of appointments", body = Page<AppointmentView>)), extensions(("x-roles" = json!(["admin"]))))]
#[get("/acting-appointments")]
pub async fn list_acting_appointments(
    caller: Restricted<Admins>,
    query: Query<PageQuery>,
    database: Provided<Database>,
    cursor: Provided<Cursor>,
    clock: Provided<Clock>,
) -> Result<Reply<Page<AppointmentView>>> {
    let (caller, Query(query), Provided(cursor)) = (caller.0, query, cursor);
    let (limit, on) = (page_size(query.limit)?, today(clock.0.now()));
    let after: Option<(DateTime<Utc>, Uuid)> = cursor.read(
        query.cursor.as_deref(),
        "acting-appointments",
        &caller.office,
    )?;
    let rows = database
        .0
        .read(async |connection| store::list(connection, caller.office, after, limit + 1).await)
        .await?;
    let page = cursor.page(rows, limit, "acting-appointments", &caller.office, |row| {
        (row.created_at, row.id)
    })?;
    Ok(Reply::page(
        page.try_map(|row| AppointmentView::of(row, on))?,
    ))
}

/// Appoint a person to act for the head (tunjuk Plh./Plt.).
///
/// After confirmation by a second administrator the person holds the role from the first to the
/// last day, both included, and letters show `Plh.` or `Plt.`. Two appointments to the same post
/// must not overlap. Administrators cannot appoint themselves. For administrators.
#[utoipa::path(tag = "identity", request_body = Appointment, responses((status = 201, description = "The appointment", body = AppointmentView)),
    extensions(("x-roles" = json!(["admin"])), ("x-problem-codes" = json!(["conflict"]))))]
#[post("/acting-appointments")]
pub async fn create_acting_appointment(
    caller: Restricted<Admins>,
    request: HttpRequest,
    database: Provided<Database>,
    clock: Provided<Clock>,
    form: Body<Appointment>,
) -> Result<Reply<AppointmentView>> {
    let done = async {
        let mut work =
            IdempotentWrite::begin(&database.0, &request, caller.0.user.0, clock.0.now()).await?;
        let id = acting::appoint(&mut work, &caller.0, &form.0).await?;
        let (view, version) = find_view(&mut work, &caller, id).await?;
        work.finish(
            Reply::created(format!("/api/v1/acting-appointments/{id}"), view).version(version),
        )
        .await
    };
    record_refusal(
        &database.0,
        &caller.0,
        "create_acting_appointment_refused",
        clock.0.now(),
        done.await,
    )
    .await
}

/// Confirm an acting appointment (kukuhkan penunjukan Plh./Plt.).
///
/// A second administrator must confirm it, because a person acting for the head can read
/// complaints. For administrators.
#[utoipa::path(tag = "identity", params(("id" = AppointmentId, Path, description = "The appointment")),
    responses((status = 200, description = "The appointment as it is now", body = AppointmentView)),
    extensions(("x-roles" = json!(["admin"])), ("x-problem-codes" = json!(["conflict"]))))]
#[post("/acting-appointments/{id}/confirmation")]
pub async fn confirm_acting_appointment(
    caller: Restricted<Admins>,
    request: HttpRequest,
    at: PathParam<AppointmentId>,
    database: Provided<Database>,
    clock: Provided<Clock>,
) -> Result<Reply<AppointmentView>> {
    let done = async {
        let mut work =
            IdempotentWrite::begin(&database.0, &request, caller.0.user.0, clock.0.now()).await?;
        acting::confirm(&mut work, &caller.0, at.0).await?;
        let (view, version) = find_view(&mut work, &caller, at.0).await?;
        work.finish(Reply::ok(view).version(version)).await
    };
    record_refusal(
        &database.0,
        &caller.0,
        "confirm_acting_appointment_refused",
        clock.0.now(),
        done.await,
    )
    .await
}

/// Revoke an acting appointment (cabut penunjukan Plh./Plt.).
///
/// From the next request on the person does not hold the role. Letters signed before stay valid.
/// Revoking a confirmed appointment that has not ended takes two administrators: the first request
/// stores a proposal, and the same request by another administrator carries it out. For
/// administrators.
#[utoipa::path(tag = "identity", request_body = Revocation, params(("id" = AppointmentId, Path, description = "The appointment")),
    responses((status = 200, description = "The appointment as it is now", body = AppointmentView)),
    extensions(("x-roles" = json!(["admin"])), ("x-problem-codes" = json!(["conflict"]))))]
#[post("/acting-appointments/{id}/revocation")]
pub async fn revoke_acting_appointment(
    caller: Restricted<Admins>,
    request: HttpRequest,
    at: PathParam<AppointmentId>,
    database: Provided<Database>,
    clock: Provided<Clock>,
    form: Body<Revocation>,
) -> Result<Reply<AppointmentView>> {
    let mut work =
        IdempotentWrite::begin(&database.0, &request, caller.0.user.0, clock.0.now()).await?;
    acting::revoke(&mut work, &caller.0, at.0, &form.0.reason).await?;
    let (view, version) = find_view(&mut work, &caller, at.0).await?;
    work.finish(Reply::ok(view).version(version)).await
}

async fn find_view(
    work: &mut IdempotentWrite,
    caller: &Restricted<Admins>,
    id: AppointmentId,
) -> Result<(AppointmentView, i64)> {
    let row = store::find(work, caller.0.office, id)
        .await?
        .ok_or_else(|| Error::new(Code::NotFound))?;
    let version = row.version;
    Ok((AppointmentView::of(row, today(work.now()))?, version))
}
