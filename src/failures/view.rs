//! A failed job in replies.

use chrono::{DateTime, Utc};
use serde::Serialize;

/// A job that failed and has not succeeded since.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct JobFailureView {
    /// The job id in the engine's queue.
    #[schema(example = 4711)]
    pub id: i64,
    /// The name of the job.
    #[schema(example = "spread_event")]
    pub task: String,
    /// The code of the last error.
    #[schema(example = "busy")]
    pub code: String,
    /// The number of attempts.
    #[schema(example = 3)]
    pub attempts: i32,
    /// The maximum number of attempts.
    #[schema(example = 25)]
    pub most_attempts: i32,
    /// When it last failed.
    pub failed_at: DateTime<Utc>,
    /// When the next attempt is due; null when the job was given up.
    pub next_at: Option<DateTime<Utc>>,
}
