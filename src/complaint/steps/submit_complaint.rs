//! Step 1: the public reports online. Complaint, identity and receipt are created in one
//! transaction.

use actix_web::{HttpRequest, post};

use crate::casework::desk::permit_new;
use crate::complaint::act::DelayedAct;
use crate::complaint::intake::{self, Submitted};
use crate::complaint::papers::form::ComplaintForm;
use crate::complaint::sop::{Stage, Task};
use crate::error::Result;
use crate::ids::ComplaintId;
use crate::sop::gate::Principal;
use crate::sop::table::Task as _;
use crate::web::{Body, Reply};

/// Report a violation (melaporkan pelanggaran).
///
/// The report is anonymous, or with an identity that is sealed apart and that the handlers of the
/// complaint cannot open. The receipt code is shown once, in this reply; it opens the complaint and
/// cannot be issued again. An `Idempotency-Key` must hold 128 random bits here.
#[utoipa::path(tag = "reporter", request_body = ComplaintForm, responses((status = 201, body = Submitted)), security(()))]
#[post("/complaints")]
pub async fn submit_complaint(
    request: HttpRequest,
    form: Body<ComplaintForm>,
) -> Result<Reply<Submitted>> {
    let permit = permit_new(Task::SubmitComplaint, Stage::Written, Principal::Reporter)?;
    let mut act = DelayedAct::begin(&request, "submission", ComplaintId::random()).await?;
    let submitted = intake::create_online(&mut act, &permit, &form.0).await?;
    let reply = Reply::created("/api/v1/complaints/mine", submitted);
    act.commit(permit.row().task.code(), reply).await
}
