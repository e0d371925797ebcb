//! Before step 1: the customer creates a draft.

use actix_web::{HttpRequest, post};

use crate::casework::desk::Desk;
use crate::casework::journal::act_entry;
use crate::casework::workflow::Workflow as _;
use crate::certification::form::ApplicationForm;
use crate::certification::sop::Task;
use crate::certification::store;
use crate::certification::views::{ApplicationView, START};
use crate::certification::workflow::view;
use crate::error::{Code, Error, Result};
use crate::identity::{AllowedRoles, Restricted};
use crate::ids::ApplicationId;
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
    let caller = desk.signed_in();
    let entry = act_entry(caller, Task::SUBJECT, id.0, START, None);
    let record = store::add(&mut work, id, customer, &entry, form.0, now).await?;
    let (view, version) = view(
        &mut work,
        record,
        Principal::User(caller),
        desk.request_time(),
    )
    .await?;
    work.finish(Reply::created(format!("/api/v1/applications/{id}"), view).version(version))
        .await
}
