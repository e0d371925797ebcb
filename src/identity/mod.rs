//! Stub until the identity slice is merged.
mod signed_in;
pub use signed_in::{Acting, ActingKind, SignedIn};
