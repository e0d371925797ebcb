//! The register of breaches (pelanggaran kerahasiaan): who watches over confidentiality declares that it was broken or tried. Disclosures of what is affected
//! stand still, the law's 72 hours run, the reporters concerned are told, and another of the watchers closes it (design: whistleblowing 4.8, ISO 37002 7.5.5,
//! UU 27/2022 Pasal 46).
//!
//! Both watching roles declare: the custodian is the first to see who asks for what, and the auditor is there when it is the custodian who is meant, or
//! whose key is lost. Neither handles a complaint, and an office has two of them even with one of each.

mod closing;
mod declaring;
mod forms;
pub mod http;
mod noticing;
mod notify;
mod reading;
pub mod reporter;
mod views;
mod watching;
mod words;

pub use self::watching::watch;
pub use self::words::forget;
