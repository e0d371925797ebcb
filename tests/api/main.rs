//! The one integration binary: people call the whole service over HTTP, on a real PostgreSQL, and every reply is held against the contract.

#![expect(clippy::unwrap_used, reason = "in a test, what is not there is the failure")]

mod certification;
mod contract_quality;
mod identity;
mod manners;
mod operations;
mod support;
