//! API of the reporter: sessions, the own complaint, messages to the office and national channels.

pub(crate) mod auth;
pub(crate) mod context;
pub(crate) mod next_steps;
pub(crate) mod own_complaint;
pub(crate) mod session;
pub(crate) mod sessions;
