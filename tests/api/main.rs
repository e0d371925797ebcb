//! The one integration binary: people call the whole service over HTTP, on a real PostgreSQL, and every reply is held against the contract.

mod certification;
mod contract_quality;
mod identity;
mod manners;
mod support;
