//! The custodian's key: what identities are sealed to, and the file under a passphrase that alone opens them and that the service does not have.

pub mod custodian;
pub(super) mod envelope;
pub mod key_file;
pub mod wrapped_key;
