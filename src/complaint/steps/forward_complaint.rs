//! Step 3: the PJI lead forwards the complaint to the lead of the team concerned.

use actix_web::post;
use serde::Deserialize;

use super::{AtComplaint, add_note};
use crate::casework::desk::Desk;
use crate::complaint::audit_events::{self, StaffEvent};
use crate::complaint::papers::form::prose_error;
use crate::complaint::papers::of_staff::PaperKind;
use crate::complaint::screening;
use crate::complaint::sop::{Stage, Task};
use crate::complaint::store;
use crate::complaint::views::ComplaintView;
use crate::error::{FieldError, Result};
use crate::ids::TeamId;
use crate::web::body::Validate;
use crate::web::{Body, PathParam, Reply};

/// Team and covering note.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Forwarding {
    /// Team concerned (tim terkait).
    pub team: TeamId,
    /// Covering note.
    #[schema(
        example = "Mohon diselesaikan segera.",
        min_length = 1,
        max_length = 5000
    )]
    pub text: String,
}

impl Validate for Forwarding {
    fn errors(&self) -> Vec<FieldError> {
        prose_error(&self.text, "/text".to_owned(), super::MAX_NOTE_CHARS)
            .into_iter()
            .collect()
    }
}

/// Forward a complaint to a team (meneruskan kepada ketua tim terkait).
///
/// The team needs a lead and a drafter that may know of the complaint. A refused attempt is
/// recorded in the audit trail.
#[utoipa::path(tag = "complaints", params(AtComplaint), request_body = Forwarding, responses((status = 200, body = ComplaintView)))]
#[post("/complaints/{id}/forwarding")]
pub async fn forward_complaint(
    desk: Desk,
    at: PathParam<AtComplaint>,
    form: Body<Forwarding>,
) -> Result<Reply<ComplaintView>> {
    let mut file = desk.take(at.0.id, Task::ForwardComplaint).await?;
    if let Err(refusal) = screening::require_free_team(&mut file, form.0.team).await {
        // Refusals for team after team would reveal the person concerned, so each attempt is
        // recorded.
        let services = file.services().clone();
        drop(file);
        let team = form.0.team.to_string();
        let event = StaffEvent::on_case(at.0.id, "forwarding_refused").with_detail(team.as_str());
        audit_events::record_refusal(&desk, &services, event).await?;
        return Err(refusal);
    }
    store::assign_team(&mut file, at.0.id, form.0.team).await?;
    add_note(&mut file, PaperKind::Forwarding, form.0.text).await?;
    file.hand_over(Stage::Forwarded).await
}
