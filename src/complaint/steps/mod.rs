//! The steps of the SOP, a file each, named after its task: the form it takes and the two or three lines between taking the file and handing it over.

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
use crate::complaint::papers::form::prose_fault;
use crate::complaint::papers::of_staff::{Kind, Text};
use crate::complaint::sop::Task;
use crate::complaint::store::papers;
use crate::error::{FieldError, Result};
use crate::ids::ComplaintId;
use crate::web::body::Validate;

/// The longest note of the office, in characters.
const LONGEST: usize = 5_000;

/// A complaint, in the path.
#[derive(Debug, Clone, Copy, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Path)]
pub struct AtComplaint {
    /// Id of the complaint.
    pub id: ComplaintId,
}

/// Words of the office: an order, a covering note, a reason.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ComplaintNote {
    /// What it says.
    #[schema(
        example = "Mohon ditanggapi sesuai prosedur.",
        min_length = 1,
        max_length = 5000
    )]
    pub text: String,
}

impl Validate for ComplaintNote {
    fn errors(&self) -> Vec<FieldError> {
        prose_fault(&self.text, "/text".to_owned(), LONGEST)
            .into_iter()
            .collect()
    }
}

/// Puts words of the person who took the file into it.
async fn put(file: &mut OpenFile<Task>, kind: Kind, text: String) -> Result<()> {
    let (now, author) = (file.now(), file.signed_in()?.user);
    let (header, connection) = file.parts();
    papers::add(connection, header, kind, Some(author), &Text { text }, now).await
}
