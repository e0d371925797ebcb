//! Gateways to external systems.

pub mod document_store;
pub mod drive;
pub mod mail;
pub mod signing;
