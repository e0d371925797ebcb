//! An event: something that happened to an application, for streams and webhooks. There are none of complaints, because a receiver outside the office is
//! nobody who may know that one exists.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use uuid::Uuid;

use super::store;
use crate::casework::jobs::{self, Job};
use crate::error::{Error, Result};
use crate::ids::{ApplicationId, OfficeId};

/// What can happen.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema,
)]
pub enum EventKind {
    /// An application has come to another stage.
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
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::StageChanged => "application.stage_changed",
            Self::BillingPaid => "application.billing_paid",
        }
    }

    /// The kind with this code, if there is one.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// What an event tells of its application: where it is and which step brought it there. No name and nothing anybody wrote.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ApplicationEvent {
    /// The application.
    pub application: ApplicationId,
    /// Its number, once submitted (nomor permohonan).
    #[schema(example = "P-2026-00001")]
    pub number: Option<String>,
    /// The service applied for.
    #[schema(example = "quality_iso9001")]
    pub scheme: String,
    /// Where it was.
    #[schema(example = "submitted")]
    pub from_stage: String,
    /// Where it is.
    #[schema(example = "filed")]
    pub stage: String,
    /// What was done: the task of the SOP.
    #[schema(example = "file_application")]
    pub task: String,
    /// Its numbered step, if it is one.
    #[schema(example = 2)]
    pub step: Option<u8>,
    /// The customer's round.
    #[schema(example = 1)]
    pub round: i16,
    /// Counts the changes of this application: the order of its events.
    #[schema(example = 4)]
    pub version: i64,
}

/// Hands an event on to the webhooks that want it.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct SpreadEvent {
    /// The event.
    pub event: Uuid,
}

impl Job for SpreadEvent {
    const NAME: &'static str = "spread_event";

    fn key(&self) -> String {
        format!("{}:{}", Self::NAME, self.event)
    }
}

/// Writes down that `kind` happened, and queues its way to the webhooks if there are any.
///
/// # Errors
/// When the server refuses.
pub async fn publish(
    connection: &mut PgConnection,
    office: OfficeId,
    kind: EventKind,
    tells: &ApplicationEvent,
    now: DateTime<Utc>,
) -> Result<()> {
    let data = serde_json::to_value(tells).map_err(Error::internal)?;
    let (event, is_wanted) = store::add_event(
        connection,
        office,
        kind.code(),
        tells.application,
        &data,
        now,
    )
    .await?;
    if is_wanted {
        jobs::queue(connection, &SpreadEvent { event }, now).await
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_has_one_name_in_json_and_in_the_database() {
        for kind in EventKind::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.code());
            assert_eq!(EventKind::from_code(kind.code()), Some(kind));
        }
    }
}
