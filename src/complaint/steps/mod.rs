//! The steps of the SOP, one file for each task, with its form and its handler.

pub(crate) mod acknowledge_answer;
pub(crate) mod assess_retaliation;
pub(crate) mod declare_conflict;
pub(crate) mod declare_out_of_scope;
pub(crate) mod dispose_complaint;
pub(crate) mod draft_answer;
pub(crate) mod enter_paper_complaint;
pub(crate) mod forward_complaint;
pub(crate) mod hold_complaint;
pub(crate) mod recall_complaint;
pub(crate) mod recuse_from_complaint;
pub(crate) mod refer_complaint;
pub(crate) mod release_complaint;
pub(crate) mod reopen_complaint;
pub(crate) mod report_retaliation;
pub(crate) mod resolve_complaint;
pub(crate) mod return_answer;
pub(crate) mod settle_externally;
pub(crate) mod sign_answer;
pub(crate) mod submit_complaint;
pub(crate) mod warn_staff;
pub(crate) mod write_to_reporter;

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
