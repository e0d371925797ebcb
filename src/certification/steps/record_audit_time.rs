//! Beside the steps: operations staff record the audit time. The stage does not change.

use actix_web::post;

use super::AtApplication;
use crate::casework::desk::Desk;
use crate::certification::audit_time::{AuditTime, AuditTimeForm, store};
use crate::certification::sop::Task;
use crate::error::{Error, Result};
use crate::web::{Body, PathParam, Reply};

/// Record the audit time (menghitung waktu audit).
///
/// Calculated from the table of IAF MD 5 for ISO 9001, ISO 14001 and ISO 45001: effective personnel,
/// days of the table, a third for surveillance and two thirds for recertification, adjustments with
/// their reasons, half days. Every other rule is applied by hand, with the reason. The record is
/// kept; a correction is the next record.
#[utoipa::path(tag = "audit teams", params(AtApplication), request_body = AuditTimeForm, responses((status = 200, body = AuditTime)), extensions(("x-task" = json!("record_audit_time"))))]
#[post("/applications/{id}/audit-time")]
pub async fn record_audit_time(
    desk: Desk,
    at: PathParam<AtApplication>,
    form: Body<AuditTimeForm>,
) -> Result<Reply<AuditTime>> {
    let mut file = desk.take(at.0.id, Task::RecordAuditTime).await?;
    let (id, stage, now) = (at.0.id, file.header().stage, file.now());
    let by = file.signed_in()?.clone();
    let result = form
        .0
        .calculate(&file.header().file.form)
        .map_err(Error::invalid)?;
    store::add(&mut file, id, (form.0, result), &by, now).await?;
    let recorded = store::latest(&mut file, id)
        .await?
        .ok_or_else(|| Error::internal("the audit time that was just added is missing"))?;
    file.hand_over_with(stage, |_| Reply::ok(recorded)).await
}
