//! The edges of our world: what we reach that is not our own.

pub mod document_store;
pub mod signing;
