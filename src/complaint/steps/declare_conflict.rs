//! The conflict officer says who may not know of a complaint, or that a suspicion was unfounded.

use actix_web::post;
use serde::Deserialize;

use super::AtComplaint;
use crate::casework::desk::Desk;
use crate::complaint::conflict::ConflictKind;
use crate::complaint::papers::form::prose_fault;
use crate::complaint::screening;
use crate::complaint::sop::Task;
use crate::error::{FieldError, Result};
use crate::ids::UserId;
use crate::web::body::Validate;
use crate::web::{At, Body, Reply};

/// About whom, and why.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConflictForm {
    /// The member of staff.
    pub user: UserId,
    /// Why.
    #[schema(
        example = "Saudara kandung dari terlapor.",
        min_length = 1,
        max_length = 5000
    )]
    pub reason: String,
    /// `true` bars them; `false` lifts a suspicion or an earlier declaration. An accused or recused person stays barred.
    #[serde(default = "yes")]
    #[schema(example = true)]
    pub barred: bool,
}

fn yes() -> bool {
    true
}

impl Validate for ConflictForm {
    fn errors(&self) -> Vec<FieldError> {
        prose_fault(&self.reason, "/reason".to_owned(), super::LONGEST)
            .into_iter()
            .collect()
    }
}

/// Declare a conflict of interest (menetapkan benturan kepentingan).
///
/// Whoever is barred does not know of the complaint any more, from the next request on. When the chain of the SOP breaks by it, the complaint goes outside.
#[utoipa::path(tag = "complaints", params(AtComplaint), request_body = ConflictForm, responses((status = 204)), extensions(("x-problem-codes" = json!(["conflict"]))))]
#[post("/complaints/{id}/conflicts")]
pub async fn declare_conflict(
    desk: Desk,
    at: At<AtComplaint>,
    form: Body<ConflictForm>,
) -> Result<Reply<()>> {
    let ConflictForm {
        user,
        reason,
        barred,
    } = form.0;
    let mut file = desk.take(at.0.id, Task::DeclareConflict).await?;
    screening::must_be_staff(&mut file, user).await?;
    let to = if barred {
        screening::bar(&mut file, user, ConflictKind::Declared, &reason).await?
    } else {
        screening::lift(&mut file, user).await?
    };
    if user == desk.who().user {
        screening::let_go(&mut file).await?;
    }
    file.hand_over_quietly(to, Reply::nothing()).await
}
