//! The reporter's side of the counter: the ways in, what they see of their complaint, what they write to it, and where else they can turn.

pub mod auth;
pub mod context;
pub mod next_steps;
pub mod other_channels;
pub mod own_complaint;
pub mod sessions;
