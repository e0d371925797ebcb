//! Reconciliation: a statement of the treasury is uploaded, its rows are matched with what is
//! recorded, and the rest waits for a person. Nothing is booked without a person's word.

pub(crate) mod http;
pub(crate) mod statement;
