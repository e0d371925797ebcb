//! HTTP: bodies and parameters, replies and problems, idempotency, preconditions, pages. This
//! module knows neither roles nor steps.

pub mod body;
pub mod body_reader;
pub mod client_address;
pub mod confidential;
pub mod deprecation;
pub mod etags;
mod formats;
pub mod head_requests;
pub mod html;
pub mod idempotency_key;
pub mod idempotent_write;
pub mod known_parameters;
pub mod method_guard;
pub mod negotiated_format;
pub mod no_logs;
pub mod observe;
pub mod operations;
pub mod page;
pub mod params;
pub mod pdf;
pub mod problem;
pub mod provided;
pub mod random_key;
pub mod rate_limit;
mod redact;
pub mod registry;
pub mod reply;
pub mod schema_validation;
pub mod scope;
mod strict_json;
pub mod trace;

pub use body::Body;
pub use idempotent_write::IdempotentWrite;
pub use negotiated_format::{Format, FormatQuery, JsonOrPdf, NegotiatedFormat};
pub use page::{Cursor, Page};
pub use params::{PathParam, Query};
pub use pdf::{Pdf, PdfFile};
pub use problem::Problem;
pub use provided::{Provided, provided};
pub use registry::Registry;
pub use reply::Reply;
