//! Step 1 on paper: a clerk enters a paper complaint and cannot read it back. The slip for the
//! reporter carries an activation code for one use.

use actix_web::post;
use chrono::NaiveDate;
use serde::Deserialize;

use crate::casework::desk::{Desk, permit_new};
use crate::complaint::act::DelayedAct;
use crate::complaint::intake::{self, Entered};
use crate::complaint::papers::form::ComplaintForm;
use crate::complaint::sop::{Stage, Task};
use crate::error::{FieldError, Result};
use crate::ids::ComplaintId;
use crate::sop::gate::Principal;
use crate::sop::table::Task as _;
use crate::web::body::Validate;
use crate::web::{Body, Reply};

/// A paper complaint.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PaperForm {
    /// Content of the paper.
    pub form: ComplaintForm,
    /// Day of receipt; today when left out. At most 30 days ago.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date, example = "2026-07-06")]
    pub received_on: Option<NaiveDate>,
}

impl Validate for PaperForm {
    fn errors(&self) -> Vec<FieldError> {
        let below = |fault: FieldError| FieldError {
            pointer: format!("/form{}", fault.pointer),
            ..fault
        };
        self.form.errors().into_iter().map(below).collect()
    }
}

/// Type in a report on paper (memasukkan pengaduan tertulis).
///
/// The complaint cannot be read back and appears in no list of the clerk. The activation code is
/// printed on the slip; the reporter exchanges it within 30 days for a receipt code, and a second
/// use is refused and raises an alarm. With `scan_permit` you may add scans of the paper for an
/// hour. An `Idempotency-Key` must hold 128 random bits here.
#[utoipa::path(tag = "complaints", request_body = PaperForm, responses((status = 201, body = Entered)), extensions(("x-random-key" = json!(true)), ("x-problem-codes" = json!(["idempotency_in_flight", "idempotency_key_reused"]))))]
#[post("/complaints/paper")]
pub async fn enter_paper_complaint(desk: Desk, form: Body<PaperForm>) -> Result<Reply<Entered>> {
    let permit = permit_new(
        Task::EnterPaperComplaint,
        Stage::Written,
        Principal::User(desk.signed_in()),
    )?;
    let (clerk, case) = (desk.signed_in().user, ComplaintId::random());
    let scope = format!("paper|{clerk}");
    let mut act = DelayedAct::begin_entry(desk.request(), &scope, case, clerk).await?;
    let PaperForm { form, received_on } = form.0;
    let entered = intake::create_from_paper(&mut act, &permit, &form, clerk, received_on).await?;
    let reply = Reply::created("/api/v1/complaints/activations", entered);
    act.commit(permit.row().task.code(), reply).await
}
