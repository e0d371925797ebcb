//! What the job engine does for reports: makes them, and takes them away when they have expired.

use graphile_worker::{IntoTaskHandlerResult, TaskHandler, WorkerContext, WorkerOptions};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::make;
use crate::casework::jobs::Job;
use crate::casework::worker::JobContext;
use crate::error::{Error, Result};
use crate::typesetting::Typesetter;

/// Makes one report.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct MakeReport {
    /// The job.
    pub job: Uuid,
}

impl Job for MakeReport {
    const NAME: &'static str = "make_report";

    fn key(&self) -> String {
        format!("{}:{}", Self::NAME, self.job)
    }
}

impl TaskHandler for MakeReport {
    const IDENTIFIER: &'static str = <Self as Job>::NAME;

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        let (Some(desk), Some(typesetter)) = (
            context.get_ext::<JobContext>(),
            context.get_ext::<Typesetter>(),
        ) else {
            return Err("the worker has no desk".to_owned());
        };
        make::make(desk, typesetter, self.job)
            .await
            .map_err(|error| error.to_string())
    }
}

/// Every hour: reports that have expired are taken away. The timetable hands it `null`.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct SweepReports;

impl TaskHandler for SweepReports {
    const IDENTIFIER: &'static str = "sweep_reports";

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        let Some(desk) = context.get_ext::<JobContext>() else {
            return Err("the worker has no desk".to_owned());
        };
        make::sweep(desk).await.map_err(|error| error.to_string())
    }
}

/// The engine's options with the jobs of reports.
///
/// # Errors
/// When the timetable cannot be read.
pub fn define(options: WorkerOptions, typesetter: Typesetter) -> Result<WorkerOptions> {
    let options = options
        .add_extension(typesetter)
        .define_job::<MakeReport>()
        .define_job::<SweepReports>();
    options
        .with_cron("29 * * * * sweep_reports")
        .map_err(|error| Error::internal(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::SweepReports;

    #[test]
    fn the_timetable_hands_over_null() {
        assert!(serde_json::from_str::<SweepReports>("null").is_ok());
    }
}
