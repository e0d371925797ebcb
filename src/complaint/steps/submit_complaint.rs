//! Step 1: the public reports on line. Complaint, identity and receipt come to be in one transaction, or nothing does.

use actix_web::{HttpRequest, post};

use crate::casework::calendars::Calendars;
use crate::casework::desk::admit;
use crate::casework::workflow::{Asking, RequestTime};
use crate::clock::Clock;
use crate::complaint::intake::{self, Channel, Submitted};
use crate::complaint::papers::form::ComplaintForm;
use crate::complaint::sealing::retries;
use crate::complaint::services::ComplaintServices;
use crate::complaint::sop::{Stage, Task};
use crate::database::Database;
use crate::error::Result;
use crate::web::{Body, IdempotentWrite, Provided, Reply};

/// Report a violation (melaporkan pelanggaran).
///
/// Anonymous, or with an identity that is sealed apart and that nobody who handles the complaint can open. The receipt code is shown once, in this reply:
/// it opens the complaint, and nobody can make it anew. An `Idempotency-Key` must hold 128 random bits here.
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
    let permit = admit(Task::SubmitComplaint, Stage::Written, Asking::Reporter)?;
    let under = retries::sealed_under(&request, &services.0.keys, "submission")?;
    let mut work = IdempotentWrite::begin_sealed(&database.0, &request, under, at.now).await?;
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
