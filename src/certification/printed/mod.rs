//! The papers of certification as they are printed. Each takes what the caller may read anyway and says how it stands on paper; setting it is the
//! typesetter's work.

mod application_letter;
mod audit_confirmation;
mod deficiency_sheet;
pub mod notice;
pub mod samples;
mod words;

pub use application_letter::{ApplicationLetter, application_letter};
pub use audit_confirmation::audit_confirmation;
pub use deficiency_sheet::deficiency_sheet;
pub use notice::{AuditNotice, Billing, audit_notice};
