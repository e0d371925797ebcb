//! Before step 1: the customer begins a draft.

use actix_web::{HttpRequest, post};

use crate::casework::desk::Desk;
use crate::casework::journal::of_act;
use crate::casework::ledger;
use crate::casework::workflow::{Asking, Workflow as _};
use crate::certification::form::ApplicationForm;
use crate::certification::sop::{SOP, Stage, Task};
use crate::certification::store;
use crate::certification::views::ApplicationView;
use crate::error::{Code, Error, Result};
use crate::ids::ApplicationId;
use crate::journal;
use crate::sop::role::{Role, codes};
use crate::web::{Body, IdempotentWrite, Reply};

/// Who may begin one.
const APPLICANTS: &[Role] = &[Role::Customer];

/// Begin an application (konsep permohonan).
///
/// Makes a draft of the customer's own; it has no number until it is submitted. Gaps are allowed until then.
#[utoipa::path(
    tag = "certification", request_body = ApplicationForm, responses((status = 201, body = ApplicationView)),
    extensions(("x-roles" = json!(codes(APPLICANTS))))
)]
#[post("/applications")]
pub async fn start_application(
    desk: Desk,
    form: Body<ApplicationForm>,
    request: HttpRequest,
) -> Result<Reply<ApplicationView>> {
    desk.who().must_be_one_of(APPLICANTS)?;
    let customer = desk
        .who()
        .customer
        .ok_or_else(|| Error::new(Code::Forbidden))?;
    let mut work = IdempotentWrite::begin(
        desk.database(),
        &request,
        desk.who().user.0,
        desk.request_time().now,
    )
    .await?;
    let (id, now) = (ApplicationId::at(work.now()), work.now());
    store::add(&mut work, id, customer, desk.who(), &form.0, now).await?;
    ledger::begin(
        &mut work,
        &SOP,
        (desk.who().office, id.0),
        Stage::Draft,
        0,
        now,
    )
    .await?;
    journal::add(
        &mut work,
        &of_act(desk.who(), Task::SUBJECT, id.0, "start_application", None),
        now,
    )
    .await?;
    let (view, version) = Task::show(
        &mut work,
        id,
        Asking::Person(desk.who()),
        desk.request_time(),
        &(),
    )
    .await?;
    work.finish(Reply::created(format!("/api/v1/applications/{id}"), view).version(version))
        .await
}
