//! A complaint and its papers, as store, steps and views know them: what the reporter tells, what people of the office write on its road, what is attached,
//! and the files that are opened about it.

pub mod attached;
pub mod breach_file;
pub mod disclosure_file;
pub mod form;
pub mod history;
pub mod message;
pub mod of_staff;
pub mod retaliation_file;
