//! Step 6, initials (paraf): the SS lead for the letter, the PJI lead for the cost. The second
//! initial moves the file on.

use actix_web::post;
use serde::Deserialize;

use super::AtApplication;
use crate::casework::desk::Desk;
use crate::certification::notice::drafting;
use crate::certification::notice::store::Initial;
use crate::certification::sop::Task;
use crate::certification::views::ApplicationView;
use crate::error::Result;
use crate::web::body::Validate;
use crate::web::{Body, PathParam, Reply};

/// The part of the notice that a paraf covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum InitialAs {
    /// The letter (Ketua Tim SS).
    Letter,
    /// The cost (Ketua Tim PJI).
    Cost,
}

/// The form for a paraf.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InitialForm {
    /// The part of the notice.
    pub r#as: InitialAs,
    /// The `content_sha256` you saw; if given, it must match the draft.
    #[serde(default)]
    #[schema(
        example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        min_length = 64,
        max_length = 64
    )]
    pub content_sha256: Option<String>,
}

impl Validate for InitialForm {}

/// Initial the audit notice (paraf).
///
/// A paraf covers the SHA-256 of the notice's canonical JSON. Both initials are required before
/// signature. One person may not draft the notice and give both initials: the last of the three
/// acts needs a second person.
#[utoipa::path(
    tag = "audit notice", params(AtApplication), request_body = InitialForm, responses((status = 200, body = ApplicationView)),
    extensions(("x-tasks" = json!(["initial_notice_letter", "initial_notice_cost"])), ("x-problem-codes" = json!(["conflict", "four_eyes", "stale_version"])))
)]
#[post("/applications/{id}/audit-notice/initials")]
pub async fn initial_audit_notice(
    desk: Desk,
    at: PathParam<AtApplication>,
    form: Body<InitialForm>,
) -> Result<Reply<ApplicationView>> {
    let (task, which) = match form.0.r#as {
        InitialAs::Letter => (Task::InitialNoticeLetter, Initial::Letter),
        InitialAs::Cost => (Task::InitialNoticeCost, Initial::Cost),
    };
    let mut file = desk.take(at.0.id, task).await?;
    let stage = drafting::initial(&mut file, which, form.0.content_sha256.as_deref()).await?;
    file.hand_over(stage).await
}
