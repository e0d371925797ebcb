//! The steps of the SOP, one file for each task, with its form and its handler.

pub mod acknowledge_answer;
pub mod assess_retaliation;
pub mod declare_conflict;
pub mod declare_out_of_scope;
pub mod dispose_complaint;
pub mod draft_answer;
pub mod enter_paper_complaint;
pub mod forward_complaint;
pub mod hold_complaint;
pub mod recall_complaint;
pub mod recuse_from_complaint;
pub mod refer_complaint;
pub mod release_complaint;
pub mod reopen_complaint;
pub mod report_retaliation;
pub mod resolve_complaint;
pub mod return_answer;
pub mod settle_externally;
pub mod sign_answer;
pub mod submit_complaint;
pub mod warn_staff;
pub mod write_to_reporter;

use serde::Deserialize;

use crate::casework::desk::OpenFile;
use crate::complaint::papers::form::prose_error;
use crate::complaint::papers::of_staff::{PaperKind, PaperText};
use crate::complaint::sop::Task;
use crate::complaint::store::papers;
use crate::error::{FieldError, Result};
use crate::ids::ComplaintId;
use crate::web::body::Validate;

/// Longest note of the office in characters.
const MAX_NOTE_CHARS: usize = 5_000;

/// Path of a complaint.
#[derive(Debug, Clone, Copy, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Path)]
pub struct AtComplaint {
    /// Id of the complaint.
    pub id: ComplaintId,
}

/// A text of the office: an order, a covering note or a reason.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ComplaintNote {
    /// Text.
    #[schema(
        example = "Mohon ditanggapi sesuai prosedur.",
        min_length = 1,
        max_length = 5000
    )]
    pub text: String,
}

impl Validate for ComplaintNote {
    fn errors(&self) -> Vec<FieldError> {
        prose_error(&self.text, "/text".to_owned(), MAX_NOTE_CHARS)
            .into_iter()
            .collect()
    }
}

/// Adds a text of the person that took the file.
async fn add_note(file: &mut OpenFile<Task>, kind: PaperKind, text: String) -> Result<()> {
    let (now, author) = (file.now(), file.signed_in()?.user);
    let (header, connection) = file.parts();
    papers::add(
        connection,
        header,
        kind,
        Some(author),
        &PaperText { text },
        now,
    )
    .await
}
