//! The register of breaches (pelanggaran kerahasiaan). A watcher declares that confidentiality was
//! broken or that an attempt was made. Disclosures of the affected complaints are frozen, the
//! statutory 72 hours run, the affected reporters are notified, and another watcher closes the
//! breach (design: whistleblowing 4.8, ISO 37002 7.5.5, UU 27/2022 Pasal 46).
//!
//! Both watching roles can declare: the custodian sees unusual requests first, and the internal
//! auditor acts when a custodian is suspected or has lost a key. Neither role handles complaints,
//! and with one of each an office has two watchers.

mod forms;
pub(crate) mod http;
mod notify;
mod texts;
pub(crate) mod views;

pub use self::notify::raise_due_alarms;
pub use self::texts::shred_texts;
