//! API of the reporter: sessions, the own complaint, messages to the office and national channels.

pub mod auth;
pub mod context;
pub mod next_steps;
pub mod own_complaint;
pub mod sessions;
