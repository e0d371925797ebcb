//! PostgreSQL: a few connections for each worker, units of work, migrations, and the private server of `cargo run` and `cargo test`.

pub mod discretion;
pub mod embedded;
mod lease;
pub mod migrate;
mod pool;
pub mod roles;
mod unit;

pub use lease::Lease;
pub use pool::Database;
pub use unit::Unit;
