//! Encryption with the service's own keys: the keys of the workflow, the key and the shred salt of
//! a case, padded texts, files and stored replies. None of these keys opens an identity; see
//! `custody`.

pub mod case_key;
pub mod keys;
pub mod padding;
pub mod retries;
pub mod salts;
pub mod scan_permit;
pub mod sealed_file;
