//! The papers of a complaint, as store, steps and views know them: form, messages, papers of the
//! office, attachments, and the files on breaches, disclosures and retaliation.

pub(crate) mod attached;
pub(crate) mod breach_file;
pub(crate) mod disclosure_file;
pub mod form;
pub(crate) mod history;
pub(crate) mod message;
pub mod of_staff;
pub(crate) mod retaliation_file;
