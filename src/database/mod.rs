//! PostgreSQL: connection pool per worker, transactions, roles and migrations.

pub mod log_settings;
pub mod migrate;
mod pool;
mod pooled_connection;
pub mod roles;
mod transaction;

pub use pool::Database;
pub(crate) use transaction::{Planning, Transaction, begun_if_none_is_open};
