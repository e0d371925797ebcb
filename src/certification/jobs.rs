//! The jobs of certification.

use serde::{Deserialize, Serialize};

use crate::casework::jobs::Job;
use crate::ids::ApplicationId;

/// Expires an application whose confirmation was not answered in time. Queued with the confirmation sheet.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct ExpireConfirmation {
    /// The application.
    pub application: ApplicationId,
    /// The proposal that waits for its answer.
    pub seq: i16,
}

impl Job for ExpireConfirmation {
    const NAME: &'static str = "expire_confirmation";

    fn key(&self) -> String {
        format!("expire_confirmation:{}", self.application)
    }
}
