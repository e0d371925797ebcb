//! Attachments of complaints: received into memory, stored sealed, and copied afterwards by a
//! program of its own. The copies are sent to the reporter and the handlers; originals are sent for
//! a granted disclosure.

pub(crate) mod download;
pub(crate) mod http;
pub(crate) mod scans;
