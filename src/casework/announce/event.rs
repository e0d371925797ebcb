//! An event of an application, for event streams and webhooks. There are no events of complaints: a
//! receiver outside the office may not know that a complaint exists.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::ids::ApplicationId;
use crate::jobs::Job;
use crate::sop::code_schema;
use crate::sop::codes::{StageCode, TaskCode};

/// The kinds of event.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema,
)]
pub enum EventKind {
    /// An application changed its stage.
    #[serde(rename = "application.stage_changed")]
    StageChanged,
    /// The e-billing of an application was paid.
    #[serde(rename = "application.billing_paid")]
    BillingPaid,
}

impl EventKind {
    /// Every kind.
    pub const ALL: [Self; 2] = [Self::StageChanged, Self::BillingPaid];

    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::StageChanged => "application.stage_changed",
            Self::BillingPaid => "application.billing_paid",
        }
    }
}

// The schemes are above this room; the contract adds their codes.
code_schema!(SchemeCode, "Code of a scheme.", []);

/// The data of an event: the stage of the application and the step that moved it. It contains no
/// name and no free text.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ApplicationEvent {
    /// The application.
    pub application: ApplicationId,
    /// The application number, once submitted (nomor permohonan).
    #[schema(example = "P-2026-00001")]
    pub number: Option<String>,
    /// The service applied for.
    #[schema(value_type = SchemeCode)]
    pub scheme: String,
    /// The stage before.
    #[schema(value_type = StageCode)]
    pub from_stage: String,
    /// The stage now.
    #[schema(value_type = StageCode)]
    pub stage: String,
    /// The task of the SOP.
    #[schema(value_type = TaskCode)]
    pub task: String,
    /// The numbered step, if the task is one.
    #[schema(example = 2)]
    pub step: Option<u8>,
    /// The customer's round.
    #[schema(example = 1)]
    pub round: i16,
    /// Counts the changes of this application and orders its events.
    #[schema(example = 4)]
    pub version: i64,
}

/// The job that creates the webhook deliveries of an event. `publish_event` in the database queues
/// it.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct FanOutEvent {
    /// The event.
    pub event: Uuid,
}

impl Job for FanOutEvent {
    const NAME: &'static str = "spread_event";

    fn key(&self) -> String {
        format!("{}:{}", Self::NAME, self.event)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_database_queues_the_job_as_it_is_read() {
        let event = Uuid::from_u128(7);
        let job = FanOutEvent { event };
        assert_eq!(
            serde_json::to_value(job).unwrap(),
            serde_json::json!({"event": event})
        );
        assert_eq!(
            (FanOutEvent::NAME, job.key()),
            ("spread_event", format!("spread_event:{event}"))
        );
    }

    #[test]
    fn a_kind_has_one_name_in_json_and_in_the_database() {
        for kind in EventKind::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.code());
        }
    }
}
