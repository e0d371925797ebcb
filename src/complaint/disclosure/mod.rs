//! Disclosures (pembukaan identitas): who handles a complaint asks for part of its reporter's identity, a custodian who is not they decides with a passphrase,
//! and the one who asked opens the granted fields, once, within a quarter of an hour (design: whistleblowing 4.8). Nobody decides in their own matter, and
//! without a custodian nothing is opened.

mod asking;
mod custodian;
mod deciding;
mod expiry;
mod forms;
mod freezing;
pub mod http;
mod notice;
mod notify;
mod opening;
mod passphrase;
mod views;
mod waiting;

pub use self::expiry::expire;
pub use self::waiting::{WaitingDisclosure, waiting};
