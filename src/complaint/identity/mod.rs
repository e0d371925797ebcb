//! The reporter's identity: declaration, sealing to the custodian, and the fields that a disclosure
//! hands out. Only the custodian's passphrase opens an identity; the types have no `Display` or
//! `Clone` and are serialized only for sealing and for a granted disclosure.

mod disclosed;
mod given;
pub(crate) mod opening_code;
pub(crate) mod pickup;
mod sealed;

pub(crate) use disclosed::Disclosed;
pub use given::{Identity, IdentityField};
pub use sealed::{custodian_fingerprint, open_identity, seal_identity};
