//! Before step 1: the customer creates a draft.

use actix_web::{HttpRequest, post};

use crate::casework::desk::Desk;
use crate::casework::journal::act_entry;
use crate::casework::ledger;
use crate::casework::workflow::Workflow as _;
use crate::certification::form::ApplicationForm;
use crate::certification::sop::{SOP, Stage, Task};
use crate::certification::store;
use crate::certification::views::{ApplicationView, START};
use crate::error::{Code, Error, Result};
use crate::identity::{AllowedRoles, Restricted};
use crate::ids::ApplicationId;
use crate::journal;
use crate::sop::gate::Principal;
use crate::sop::role::{Role, codes};
use crate::web::{Body, IdempotentWrite, Reply};

/// The roles that may apply.
#[derive(Debug)]
pub struct Applicants;

impl AllowedRoles for Applicants {
    const ROLES: &'static [Role] = &[Role::Customer];
}

/// Begin an application (konsep permohonan).
///
/// Creates a draft. It gets its number at submission and may be incomplete until then.
#[utoipa::path(
    tag = "certification", request_body = ApplicationForm, responses((status = 201, body = ApplicationView)),
    extensions(("x-roles" = json!(codes(Applicants::ROLES))))
)]
#[post("/applications")]
pub async fn start_application(
    desk: Restricted<Applicants, Desk>,
    form: Body<ApplicationForm>,
    request: HttpRequest,
) -> Result<Reply<ApplicationView>> {
    let desk = desk.0;
    let customer = desk
        .signed_in()
        .customer
        .ok_or_else(|| Error::new(Code::Forbidden))?;
    let mut work = IdempotentWrite::begin(
        desk.database(),
        &request,
        desk.signed_in().user.0,
        desk.request_time().now,
    )
    .await?;
    let (id, now) = (ApplicationId::at(work.now()), work.now());
    store::add(&mut work, id, customer, desk.signed_in(), &form.0, now).await?;
    ledger::begin(
        &mut work,
        &SOP,
        (desk.signed_in().office, id.0),
        Stage::Draft,
        0,
        now,
    )
    .await?;
    journal::add(
        &mut work,
        &act_entry(desk.signed_in(), Task::SUBJECT, id.0, START, None),
        now,
    )
    .await?;
    let (view, version) = Task::show(
        &mut work,
        id,
        Principal::User(desk.signed_in()),
        desk.request_time(),
        &(),
    )
    .await?;
    work.finish(Reply::created(format!("/api/v1/applications/{id}"), view).version(version))
        .await
}
