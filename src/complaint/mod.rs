//! Whistle-blowing (penanganan whistle blowing): SOP 2 from a complaint to the acknowledged answer, with the reporter protected from everybody.

pub mod case_key;
mod check_symbol;
pub mod custodian;
pub mod custodian_key;
mod envelope;
pub mod identity;
pub mod keys;
pub mod opening_code;
pub mod padding;
pub mod pickup;
pub mod receipt;
pub mod receipt_code;
pub mod receipt_kind;
pub mod receipt_signer;
pub mod shred_salt;
pub mod wrapped_key;
