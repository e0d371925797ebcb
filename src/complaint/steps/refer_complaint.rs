//! Outside the office: the head or the conflict officer gives it away.

use actix_web::post;

use super::{AtComplaint, ComplaintNote, put};
use crate::casework::desk::Desk;
use crate::complaint::papers::of_staff::Kind;
use crate::complaint::sop::{Stage, Task};
use crate::error::Result;
use crate::web::{At, Body, Reply};

/// Refer it outside (mengalihkan ke luar kantor).
///
/// The external handler takes it over. Whoever referred it keeps seeing it, unless they are barred.
#[utoipa::path(tag = "complaints", params(AtComplaint), request_body = ComplaintNote, responses((status = 204)))]
#[post("/complaints/{id}/referral")]
pub async fn refer_complaint(
    desk: Desk,
    at: At<AtComplaint>,
    form: Body<ComplaintNote>,
) -> Result<Reply<()>> {
    let mut file = desk.take(at.0.id, Task::ReferComplaint).await?;
    put(&mut file, Kind::Referral, form.0.text).await?;
    file.hand_over_quietly(Stage::ReferredExternally, Reply::nothing())
        .await
}
