//! SQL of identity, one file per subject, without business rules.

pub(crate) mod acting;
pub(crate) mod integrations;
pub(crate) mod invitation_slips;
pub(crate) mod keys;
pub(crate) mod mail_tokens;
pub(crate) mod names;
pub(crate) mod organisations;
pub(crate) mod passkeys;
pub(crate) mod proposals;
pub(crate) mod roles;
pub(crate) mod root_keys;
pub mod roster;
pub(crate) mod second_factors;
pub(crate) mod sessions;
pub(crate) mod sign_ins;
pub(crate) mod teams;
pub(crate) mod throttle;
pub(crate) mod users;
pub(crate) mod watchers;
