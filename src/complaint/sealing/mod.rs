//! Encryption with the service's own keys: the keys of the workflow, the key and the shred salt of
//! a case, padded texts, files and stored replies. None of these keys opens an identity; see
//! `custody`.

pub mod case_key;
pub mod keys;
pub(crate) mod padding;
pub(crate) mod retries;
pub mod salts;
pub(crate) mod scan_permit;
pub(crate) mod sealed_file;
