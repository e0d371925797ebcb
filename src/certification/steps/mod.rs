//! The steps of the SOP: one file for each task, with its form and its handler. The two initials
//! share one file; `start_application` creates the draft before step 1.

pub(crate) mod amend_application;
pub(crate) mod attach_document;
pub(crate) mod cancel_billing;
pub(crate) mod complete_application;
pub(crate) mod dispatch_audit_notice;
pub(crate) mod draft_audit_notice;
pub mod expire_application;
pub(crate) mod file_application;
pub(crate) mod initial_audit_notice;
pub(crate) mod propose_audit;
pub(crate) mod record_audit_time;
pub(crate) mod record_payment;
pub(crate) mod reject_application;
pub(crate) mod replace_billing;
pub(crate) mod return_audit_notice;
pub(crate) mod sign_audit_notice;
pub(crate) mod start_application;
pub(crate) mod submit_application;
pub(crate) mod verify_documents;
pub(crate) mod void_audit_notice;
pub(crate) mod withdraw_application;

use serde::Deserialize;

use super::form::check_text;
pub(crate) use super::views::AtApplication;
use crate::error::FieldError;
use crate::web::body::Validate;

/// The form for a step that needs a reason.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reason {
    /// The reason; shown to all readers of the application.
    #[schema(
        example = "Ruang lingkup di luar akreditasi kantor ini.",
        min_length = 1,
        max_length = 4000
    )]
    pub reason: String,
}

impl Validate for Reason {
    fn errors(&self) -> Vec<FieldError> {
        let mut faults = Vec::new();
        check_text(&mut faults, "/reason", &self.reason);
        faults
    }
}
