//! HTTP: bodies and parameters, replies and problems, idempotency, preconditions, pages. This
//! module knows neither roles nor steps.

pub mod body;
pub mod body_reader;
pub(crate) mod calendar_file;
pub(crate) mod client_address;
pub(crate) mod confidential;
pub(crate) mod deprecation;
pub(crate) mod etags;
mod formats;
pub(crate) mod head_requests;
pub(crate) mod html;
pub(crate) mod idempotency_key;
pub(crate) mod idempotent_write;
pub(crate) mod known_parameters;
pub(crate) mod merge_patch;
pub(crate) mod method_guard;
pub mod no_logs;
pub(crate) mod observe;
pub(crate) mod operations;
pub(crate) mod page;
pub(crate) mod params;
pub(crate) mod pdf;
pub mod problem;
pub(crate) mod provided;
pub(crate) mod random_key;
pub(crate) mod rate_limit;
mod redact;
pub(crate) mod registry;
pub(crate) mod reply;
pub(crate) mod requested_format;
pub(crate) mod schema_validation;
pub mod scope;
mod strict_json;
pub(crate) mod trace;

pub(crate) use body::Body;
pub(crate) use idempotent_write::IdempotentWrite;
pub(crate) use page::{Cursor, Page};
pub(crate) use params::{PathParam, Query};
pub(crate) use pdf::{Pdf, PdfFile};
pub(crate) use problem::Problem;
pub(crate) use provided::{Provided, provided};
pub(crate) use registry::Registry;
pub use reply::Reply;
pub(crate) use requested_format::{Format, FormatQuery, JsonOrPdf, RequestedFormat};
