//! Attachments of complaints on their way in and out: received into memory, cleaned, kept sealed; and the clean copies given back.

mod copying;
mod download;
pub mod http;
