//! A handler steps back: from now on they do not know of the complaint any more, and it goes outside when nobody is left to carry it.

use actix_web::post;

use super::{AtComplaint, ComplaintNote};
use crate::casework::desk::Desk;
use crate::complaint::conflict::ConflictKind;
use crate::complaint::screening;
use crate::complaint::sop::Task;
use crate::error::Result;
use crate::web::{At, Body, Reply};

/// Step back from a complaint (mengundurkan diri).
///
/// The reason is read by the conflict officer. When the chain of the SOP breaks by it, the complaint goes outside the office.
#[utoipa::path(tag = "complaints", params(AtComplaint), request_body = ComplaintNote, responses((status = 204)))]
#[post("/complaints/{id}/recusal")]
pub async fn recuse_from_complaint(
    desk: Desk,
    at: At<AtComplaint>,
    form: Body<ComplaintNote>,
) -> Result<Reply<()>> {
    let mut file = desk.take(at.0.id, Task::RecuseFromComplaint).await?;
    let to = screening::bar(
        &mut file,
        desk.who().user,
        ConflictKind::Recused,
        &form.0.text,
    )
    .await?;
    screening::let_go(&mut file).await?;
    file.hand_over_quietly(to, Reply::nothing()).await
}
