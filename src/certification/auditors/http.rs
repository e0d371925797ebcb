//! `GET|POST /auditors`: the list of auditors. The SS lead maintains it; the roles that plan audits
//! read it.

use actix_web::{HttpRequest, get, post};

use super::{AuditorForm, AuditorView, store};
use crate::casework::desk::Desk;
use crate::casework::journal::act_entry;
use crate::error::Result;
use crate::identity::{AllowedRoles, Restricted};
use crate::ids::AuditorId;
use crate::journal;
use crate::sop::role::{Role, codes};
use crate::web::page::{PageQuery, page_size};
use crate::web::{Body, Cursor, IdempotentWrite, Page, Provided, Query, Reply};

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

/// Add an auditor (auditor).
///
/// Adds a person to the list of auditors for audit teams.
#[utoipa::path(tag = "auditors", request_body = AuditorForm, responses((status = 201, body = AuditorView)), extensions(("x-roles" = json!(codes(RosterKeepers::ROLES)))))]
#[post("/auditors")]
pub async fn add_auditor(
    desk: Restricted<RosterKeepers, Desk>,
    form: Body<AuditorForm>,
    request: HttpRequest,
) -> Result<Reply<AuditorView>> {
    let desk = desk.0;
    let mut work = IdempotentWrite::begin(
        desk.database(),
        &request,
        desk.signed_in().user.0,
        desk.request_time().now,
    )
    .await?;
    let (id, now) = (AuditorId::at(work.now()), work.now());
    store::add(&mut work, desk.signed_in().office, id, &form.0, now).await?;
    journal::add(
        &mut work,
        &act_entry(desk.signed_in(), "auditor", id.0, "add_auditor", None),
        now,
    )
    .await?;
    let AuditorForm {
        name,
        schemes,
        may_lead,
    } = form.0;
    work.finish(Reply::created(
        "/api/v1/auditors",
        AuditorView {
            id,
            name,
            schemes,
            may_lead,
            active: true,
            created_at: now,
        },
    ))
    .await
}

/// List the auditors (daftar auditor).
///
/// Newest first.
#[utoipa::path(tag = "auditors", params(PageQuery), responses((status = 200, body = Page<AuditorView>)), extensions(("x-roles" = json!(codes(RosterReaders::ROLES)))))]
#[get("/auditors")]
pub async fn list_auditors(
    desk: Restricted<RosterReaders, Desk>,
    query: Query<PageQuery>,
    cursor: Provided<Cursor>,
) -> Result<Reply<Page<AuditorView>>> {
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
