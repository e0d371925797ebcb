//! A handler recuses: the handler cannot see the complaint any more, and the complaint is referred
//! outside the office when a role of the SOP is left without a holder.

use actix_web::post;

use super::{AtComplaint, ComplaintNote};
use crate::casework::desk::Desk;
use crate::complaint::conflict::ConflictKind;
use crate::complaint::screening;
use crate::complaint::sop::Task;
use crate::error::Result;
use crate::web::{Body, PathParam, Reply};

/// Step back from a complaint (mengundurkan diri).
///
/// The conflict officer reads the reason. When a role of the SOP is left without a holder, the
/// complaint is referred outside the office.
#[utoipa::path(tag = "complaints", params(AtComplaint), request_body = ComplaintNote, responses((status = 204)))]
#[post("/complaints/{id}/recusal")]
pub async fn recuse_from_complaint(
    desk: Desk,
    at: PathParam<AtComplaint>,
    form: Body<ComplaintNote>,
) -> Result<Reply<()>> {
    let mut file = desk.take(at.0.id, Task::RecuseFromComplaint).await?;
    let to = screening::bar(
        &mut file,
        desk.signed_in().user,
        ConflictKind::Recused,
        &form.0.text,
    )
    .await?;
    screening::continue_as_service(&mut file).await?;
    file.hand_over_without_view(to, Reply::no_content()).await
}
