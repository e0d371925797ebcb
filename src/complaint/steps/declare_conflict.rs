//! The conflict officer declares a conflict of interest, or lifts an unfounded suspicion.

use actix_web::post;
use serde::Deserialize;

use super::AtComplaint;
use crate::casework::desk::Desk;
use crate::complaint::conflict::ConflictKind;
use crate::complaint::papers::form::prose_error;
use crate::complaint::screening;
use crate::complaint::sop::Task;
use crate::error::{FieldError, Result};
use crate::ids::UserId;
use crate::web::body::Validate;
use crate::web::{Body, PathParam, Reply};

/// A declaration about a member of staff.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConflictForm {
    /// Member of staff.
    pub user: UserId,
    /// Reason.
    #[schema(
        example = "Saudara kandung dari terlapor.",
        min_length = 1,
        max_length = 5000
    )]
    pub reason: String,
    /// `true` bars the person; `false` lifts a suspicion or an earlier declaration. An accused or
    /// recused person stays barred.
    #[serde(default = "yes")]
    #[schema(example = true)]
    pub barred: bool,
}

fn yes() -> bool {
    true
}

impl Validate for ConflictForm {
    fn errors(&self) -> Vec<FieldError> {
        prose_error(&self.reason, "/reason".to_owned(), super::MAX_NOTE_CHARS)
            .into_iter()
            .collect()
    }
}

/// Declare a conflict of interest (menetapkan benturan kepentingan).
///
/// From the next request on, the barred person cannot see the complaint. When a role of the SOP is
/// left without a holder, the complaint is referred outside the office.
#[utoipa::path(tag = "complaints", params(AtComplaint), request_body = ConflictForm, responses((status = 204)), extensions(("x-problem-codes" = json!(["conflict"]))))]
#[post("/complaints/{id}/conflicts")]
pub async fn declare_conflict(
    desk: Desk,
    at: PathParam<AtComplaint>,
    form: Body<ConflictForm>,
) -> Result<Reply<()>> {
    let ConflictForm {
        user,
        reason,
        barred,
    } = form.0;
    let mut file = desk.take(at.0.id, Task::DeclareConflict).await?;
    screening::require_staff(&mut file, user).await?;
    let to = if barred {
        screening::bar(&mut file, user, ConflictKind::Declared, &reason).await?
    } else {
        screening::lift(&mut file, user).await?
    };
    if user == desk.signed_in().user {
        screening::continue_as_service(&mut file).await?;
    }
    file.hand_over_without_view(to, Reply::no_content()).await
}
