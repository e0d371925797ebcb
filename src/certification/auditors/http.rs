//! `GET|POST /auditors`: the list that teams are drawn from. The SS lead keeps it; staff who plan audits read it.

use actix_web::{HttpRequest, get, post};

use super::{AuditorForm, AuditorView, store};
use crate::casework::desk::Desk;
use crate::casework::journal::of_act;
use crate::error::Result;
use crate::ids::AuditorId;
use crate::journal;
use crate::sop::role::{Role, codes};
use crate::web::page::{PageQuery, size};
use crate::web::{Body, Cursor, IdempotentWrite, Page, Provided, Query, Reply};

/// Who keeps the list.
const KEEPERS: &[Role] = &[Role::SsLead];
/// Who plans audits and so reads it.
const READERS: &[Role] = &[
    Role::SsLead,
    Role::PjiLead,
    Role::PjiStaff,
    Role::OperationsStaff,
    Role::Head,
];

/// Add an auditor (auditor).
///
/// Puts a person on the list that audit teams are drawn from.
#[utoipa::path(tag = "auditors", request_body = AuditorForm, responses((status = 201, body = AuditorView)), extensions(("x-roles" = json!(codes(KEEPERS)))))]
#[post("/auditors")]
pub async fn add_auditor(
    desk: Desk,
    form: Body<AuditorForm>,
    request: HttpRequest,
) -> Result<Reply<AuditorView>> {
    desk.who().must_be_one_of(KEEPERS)?;
    let mut work = IdempotentWrite::begin(
        desk.database(),
        &request,
        desk.who().user.0,
        desk.request_time().now,
    )
    .await?;
    let (id, now) = (AuditorId::at(work.now()), work.now());
    store::add(&mut work, desk.who().office, id, &form.0, now).await?;
    journal::add(
        &mut work,
        &of_act(desk.who(), "auditor", id.0, "add_auditor", None),
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
#[utoipa::path(tag = "auditors", params(PageQuery), responses((status = 200, body = Page<AuditorView>)), extensions(("x-roles" = json!(codes(READERS)))))]
#[get("/auditors")]
pub async fn list_auditors(
    desk: Desk,
    query: Query<PageQuery>,
    cursor: Provided<Cursor>,
) -> Result<Reply<Page<AuditorView>>> {
    desk.who().must_be_one_of(READERS)?;
    let limit = size(query.0.limit)?;
    let after = cursor.0.read(query.0.cursor.as_deref(), "auditors", &())?;
    let rows = desk
        .database()
        .read(async |c| store::list(c, desk.who().office, after, limit + 1).await)
        .await?;
    cursor
        .0
        .page(rows, limit, "auditors", &(), |row| {
            (row.created_at, row.id.0)
        })
        .map(Reply::page)
}
