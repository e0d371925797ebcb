//! Disclosures (pembukaan identitas). A handler of a complaint requests part of its reporter's
//! identity, a custodian other than the requester decides with a key file and passphrase, and the
//! requester opens the granted fields once, within 15 minutes (design: whistleblowing 4.8). No
//! person decides their own request, and without a custodian nothing is opened.

mod custodian;
mod decide;
mod expiry;
mod forms;
mod freezing;
pub mod http;
mod notice;
mod notify;
mod open;
mod passphrase;
mod request;
mod views;
mod waiting;

pub use self::expiry::expire;
pub use self::waiting::{WaitingDisclosure, waiting};
