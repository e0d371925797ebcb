//! The custodian's key pair: identities are sealed to the public key; the private key is in a
//! passphrase-protected file that the service does not have.

pub mod custodian;
pub(super) mod envelope;
pub mod key_file;
pub mod wrapped_key;
