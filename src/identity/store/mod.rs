//! SQL of identity, one file per subject, without business rules.

pub mod acting;
pub mod integrations;
pub mod invitation_slips;
pub mod keys;
pub mod mail_tokens;
pub mod names;
pub mod organisations;
pub mod proposals;
pub mod roles;
pub mod roster;
pub mod sessions;
pub mod teams;
pub mod throttle;
pub mod users;
pub mod watchers;
