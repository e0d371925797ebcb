//! Step 1: the public reports online. Complaint, identity and receipt are created in one
//! transaction.

use actix_web::{HttpRequest, post};

use crate::casework::calendars::Calendars;
use crate::casework::desk::permit_new;
use crate::casework::workflow::RequestTime;
use crate::clock::Clock;
use crate::complaint::intake::{self, Channel, Submitted};
use crate::complaint::papers::form::ComplaintForm;
use crate::complaint::sealing::retries;
use crate::complaint::services::ComplaintServices;
use crate::complaint::sop::{Stage, Task};
use crate::database::Database;
use crate::error::Result;
use crate::sop::gate::Principal;
use crate::web::{Body, IdempotentWrite, Provided, Reply};

/// Report a violation (melaporkan pelanggaran).
///
/// The report is anonymous, or with an identity that is sealed apart and that the handlers of the
/// complaint cannot open. The receipt code is shown once, in this reply; it opens the complaint and
/// cannot be issued again. An `Idempotency-Key` must hold 128 random bits here.
#[utoipa::path(tag = "reporter", request_body = ComplaintForm, responses((status = 201, body = Submitted)), security(()))]
#[post("/complaints")]
pub async fn submit_complaint(
    request: HttpRequest,
    database: Provided<Database>,
    services: Provided<ComplaintServices>,
    clock: Provided<Clock>,
    calendars: Provided<Calendars>,
    form: Body<ComplaintForm>,
) -> Result<Reply<Submitted>> {
    let at = RequestTime {
        now: clock.0.now(),
        calendars: calendars.0,
    };
    let permit = permit_new(Task::SubmitComplaint, Stage::Written, Principal::Reporter)?;
    let sealed_under = retries::sealed_under(&request, &services.0.keys, "submission")?;
    let mut work =
        IdempotentWrite::begin_sealed(&database.0, &request, sealed_under, at.now).await?;
    let submitted = intake::create_online(
        &mut work,
        &permit,
        &form.0,
        Channel::OnLine,
        &at,
        &services.0,
    )
    .await?;
    work.finish(Reply::created("/api/v1/complaints/mine", submitted))
        .await
}
