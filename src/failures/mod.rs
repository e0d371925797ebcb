//! `GET /job-failures`: failed background jobs, for administrators: the job's name, the number of
//! attempts and the error code. Neither the payload nor the error text is shown, because both may
//! contain personal data.

pub mod http;
mod store;
pub mod view;
