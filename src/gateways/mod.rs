//! The edges of our world: what we reach that is not our own.

pub mod document_store;
pub mod drive;
pub mod mail;
pub mod signing;
