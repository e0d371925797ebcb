//! Before step 1: the customer amends the draft by a JSON merge patch (RFC 7396).

use actix_web::patch;
use serde_json::Value;

use super::AtApplication;
use crate::casework::desk::Desk;
use crate::certification::sop::{Stage, Task};
use crate::certification::store;
use crate::certification::views::ApplicationView;
use crate::error::{FieldError, Result};
use crate::web::body::Validate;
use crate::web::merge_patch::{patch_errors, patched};
use crate::web::{Body, PathParam, Reply, idempotent_write};

/// A JSON merge patch (RFC 7396): given members replace those of the form; null removes a member.
#[derive(Debug, serde::Deserialize, utoipa::ToSchema)]
#[serde(transparent)]
#[schema(value_type = Object, example = json!({"personnel": {"total": 52, "shifts": 2}}))]
pub struct ApplicationPatch(Value);

impl Validate for ApplicationPatch {
    fn errors(&self) -> Vec<FieldError> {
        patch_errors(&self.0)
    }
}

/// Amend the draft (mengubah konsep permohonan).
///
/// Takes a JSON merge patch (RFC 7396) of the application form. `If-Match` with the version you saw
/// is required.
#[utoipa::path(
    tag = "certification", params(AtApplication, ("If-Match" = String, Header, description = "ETag of the version you change")),
    request_body = ApplicationPatch, responses((status = 200, body = ApplicationView))
)]
#[patch("/applications/{id}")]
pub async fn amend_application(
    desk: Desk,
    at: PathParam<AtApplication>,
    patch: Body<ApplicationPatch>,
) -> Result<Reply<ApplicationView>> {
    idempotent_write::required_if_match(desk.request())?;
    let mut file = desk.take(at.0.id, Task::AmendApplication).await?;
    let form = patched(&file.header().file.form, patch.0.0)?;
    store::amend(&mut file, at.0.id, &form).await?;
    file.hand_over(Stage::Draft).await
}
