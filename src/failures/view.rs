//! How a failed job is shown.

use chrono::{DateTime, Utc};
use serde::Serialize;

/// A job that failed and was not done since.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct JobFailureView {
    /// Its number in the engine's queue.
    #[schema(example = 4711)]
    pub id: i64,
    /// What it was to do.
    #[schema(example = "spread_event")]
    pub task: String,
    /// The code of the last error.
    #[schema(example = "busy")]
    pub code: String,
    /// How often it was tried.
    #[schema(example = 3)]
    pub attempts: i32,
    /// How often it is tried at most.
    #[schema(example = 25)]
    pub most_attempts: i32,
    /// When it last failed.
    pub failed_at: DateTime<Utc>,
    /// When it is tried again; null when it was given up.
    pub next_at: Option<DateTime<Utc>>,
}
