//! The one integration binary: users call the whole service over HTTP, on a real PostgreSQL, and
//! every reply is validated against the contract.

#![expect(
    clippy::unwrap_used,
    reason = "in a test, what is not there is the failure"
)]
#![expect(
    clippy::needless_pass_by_value,
    reason = "a story reads better with its bodies written where they are sent"
)]

mod audit;
mod certification;
mod complaint;
mod contract_quality;
mod demo;
mod identity;
mod letters;
mod mail;
mod manners;
mod news;
mod operations;
mod outages;
mod papers;
mod reporting;
mod settings;
mod support;
