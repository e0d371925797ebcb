//! The papers of a complaint, as store, steps and views know them: form, messages, papers of the
//! office, attachments, and the files on breaches, disclosures and retaliation.

pub mod attached;
pub mod breach_file;
pub mod disclosure_file;
pub mod form;
pub mod history;
pub mod message;
pub mod of_staff;
pub mod retaliation_file;
