//! The printed documents of certification. Each function turns data that the caller may read into a
//! `Document`; `typesetting` compiles the document.

mod application_letter;
mod audit_confirmation;
mod audit_time_sheet;
mod billing_sheet;
mod deficiency_sheet;
pub(crate) mod notice;
pub mod samples;
mod words;

pub(crate) use application_letter::{ApplicationLetter, application_letter};
pub(crate) use audit_confirmation::audit_confirmation;
pub(crate) use audit_time_sheet::audit_time_sheet;
pub(crate) use billing_sheet::billing_sheet;
pub(crate) use deficiency_sheet::deficiency_sheet;
pub(crate) use notice::{AuditNotice, audit_notice};
