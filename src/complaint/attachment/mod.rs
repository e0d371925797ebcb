//! Attachments of complaints: received into memory, cleaned and stored sealed. Clean copies are
//! sent to the reporter and the handlers; originals are sent for a granted disclosure.

mod cleaning;
pub(crate) mod download;
pub(crate) mod http;
pub(crate) mod scans;
