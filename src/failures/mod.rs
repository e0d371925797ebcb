//! `GET /job-failures`: what the job engine could not do, for administrators: the job's name, how often it was tried and the code of the error. Neither what
//! the job was about nor what the error said, which may quote somebody.

pub mod http;
mod store;
pub mod view;
