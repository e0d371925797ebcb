//! The papers of certification as they are printed. Each takes what the caller may read anyway and says how it stands on paper; setting it is the
//! typesetter's work.

pub mod notice;
mod words;

pub use notice::{AuditNotice, audit_notice};
