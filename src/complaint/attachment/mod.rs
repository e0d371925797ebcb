//! Attachments of complaints on their way in and out: received into memory, cleaned, kept sealed; and given back: the clean copies, and by a disclosure
//! the originals.

mod copying;
pub mod download;
pub mod http;
pub mod scans;
