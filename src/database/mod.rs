//! PostgreSQL: a few connections for each worker, units of work, migrations, and the private server of `cargo run` and `cargo test`.

pub mod embedded;
pub mod migrate;
mod pool;
mod unit;

pub use pool::{Database, Lease};
pub use unit::Unit;
