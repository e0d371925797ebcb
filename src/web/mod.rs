//! How we speak HTTP: bodies and parameters in, replies and problems out, retries, preconditions, pages. Knows no role and no step.

pub mod body;
pub mod confidential;
pub mod head;
pub mod known_paths;
pub mod limit;
mod objects;
pub mod observe;
pub mod page;
pub mod params;
pub mod problem;
pub mod provided;
pub mod reply;
pub mod silence;
mod unquoted;
pub mod work;

pub use body::Body;
pub use page::{Cursor, Page};
pub use params::{At, Query};
pub use problem::Problem;
pub use provided::{Provided, provided};
pub use reply::Reply;
pub use work::Work;
