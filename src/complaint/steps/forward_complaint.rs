//! Step 3: the PJI lead passes the report to the lead of the team concerned.

use actix_web::post;
use serde::Deserialize;

use super::{AtComplaint, put};
use crate::casework::desk::Desk;
use crate::complaint::audit_events;
use crate::complaint::papers::form::prose_fault;
use crate::complaint::papers::of_staff::Kind;
use crate::complaint::screening;
use crate::complaint::sop::{Stage, Task};
use crate::complaint::store;
use crate::complaint::views::ComplaintView;
use crate::error::{FieldError, Result};
use crate::ids::TeamId;
use crate::web::body::Validate;
use crate::web::{At, Body, Reply};

/// To which team, with which words.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Forwarding {
    /// The team concerned (tim terkait).
    pub team: TeamId,
    /// The covering note.
    #[schema(
        example = "Mohon diselesaikan segera.",
        min_length = 1,
        max_length = 5000
    )]
    pub text: String,
}

impl Validate for Forwarding {
    fn errors(&self) -> Vec<FieldError> {
        prose_fault(&self.text, "/text".to_owned(), super::LONGEST)
            .into_iter()
            .collect()
    }
}

/// Forward it to a team (meneruskan kepada ketua tim terkait).
///
/// The team needs a lead and a drafter who may know of the complaint. A refused attempt is in the audit trail.
#[utoipa::path(tag = "complaints", params(AtComplaint), request_body = Forwarding, responses((status = 200, body = ComplaintView)))]
#[post("/complaints/{id}/forwarding")]
pub async fn forward_complaint(
    desk: Desk,
    at: At<AtComplaint>,
    form: Body<Forwarding>,
) -> Result<Reply<ComplaintView>> {
    let mut file = desk.take(at.0.id, Task::ForwardComplaint).await?;
    if let Err(refusal) = screening::team_must_be_free(&mut file, form.0.team).await {
        // Team after team, the refusals would say whom it concerns: whoever tries is written down.
        let services = file.services().clone();
        drop(file);
        audit_events::refused(
            &desk,
            &services,
            at.0.id,
            "forwarding_refused",
            &form.0.team.to_string(),
        )
        .await?;
        return Err(refusal);
    }
    store::assign(&mut file, at.0.id, form.0.team).await?;
    put(&mut file, Kind::Forwarding, form.0.text).await?;
    file.hand_over(Stage::Forwarded).await
}
