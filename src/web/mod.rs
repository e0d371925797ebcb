//! How we speak HTTP: bodies and parameters in, replies and problems out, retries, preconditions, pages. Knows no role and no step.

pub mod body;
pub mod confidential;
pub mod deprecation;
pub mod etags;
pub mod head;
pub mod html;
pub mod known_parameters;
pub mod known_paths;
pub mod limit;
mod objects;
pub mod observe;
pub mod page;
pub mod params;
pub mod pdf;
pub mod problem;
pub mod provided;
pub mod registry;
pub mod reply;
pub mod retry_key;
pub mod shape;
mod shape_of_text;
pub mod silence;
pub mod trace;
mod unquoted;
pub mod wanted;
pub mod work;

pub use body::Body;
pub use page::{Cursor, Page};
pub use params::{At, Query};
pub use pdf::{Pdf, PdfFile};
pub use problem::Problem;
pub use provided::{Provided, provided};
pub use registry::Registry;
pub use reply::Reply;
pub use wanted::{Format, InFormat, Shown, Wanted};
pub use work::Work;
