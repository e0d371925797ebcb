//! The service's own keys, and what is sealed under them: every key of the workflow, the key of one case and the salt without which it is nothing, texts of
//! hidden length, files, kept replies. None of this opens an identity: that is `custody`.

pub mod case_key;
pub mod keys;
pub mod padding;
pub mod retries;
pub mod salts;
pub mod scan_permit;
pub mod sealed_file;
pub mod shred_salt;
