//! The reporter's identity: how it is given, how it is sealed to the custodian, and the part of it that a disclosure lets out. It can be opened with the
//! custodian's passphrase only, and nothing here can be shown, copied or written by accident.

mod checks;
mod disclosed;
mod field;
mod given;
pub mod opening_code;
pub mod pickup;
mod private_text;
mod sealed;

pub use disclosed::Disclosed;
pub use field::IdentityField;
pub use given::Identity;
pub use sealed::{open_identity, seal_identity, sealed_to};
