//! The mirror of the customer's folder in Google Drive (SOP step 2): a working copy for staff. The
//! database stays the record. Background jobs write the copy, so a failure blocks no file. Off
//! unless configured.

mod entry;
mod files;
mod folders;
pub mod jobs;
mod orders;
pub mod store;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use self::orders::{MirrorDocument, MirrorFolder};
use crate::error::Result;
use crate::gateways::drive::Drive;
use crate::ids::{ApplicationId, DocumentId, OfficeId};
use crate::jobs::queue;
use crate::secrecy::SealingKey;

/// The mirror; `None` if it is off. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Mirror(Option<Arc<DriveAccess>>);

#[derive(Debug)]
struct DriveAccess {
    drive: Drive,
    /// Seals the stored upload sessions.
    sessions: SealingKey,
}

impl Mirror {
    /// A mirror in this Drive.
    pub fn new(drive: Drive, sessions: SealingKey) -> Self {
        Self(Some(Arc::new(DriveAccess { drive, sessions })))
    }

    /// Queues the mirror of an application: its folder and all its documents. Does not call Drive
    /// itself.
    pub async fn begin(
        &self,
        connection: &mut PgConnection,
        office: OfficeId,
        application: ApplicationId,
        now: DateTime<Utc>,
    ) -> Result<()> {
        if self.0.is_none() {
            return Ok(());
        }
        store::begin(connection, office, application, now).await?;
        queue(connection, &MirrorFolder { application }, now).await
    }

    /// Queues a later document, if its application is mirrored.
    pub async fn add(
        &self,
        connection: &mut PgConnection,
        application: ApplicationId,
        document: DocumentId,
        now: DateTime<Utc>,
    ) -> Result<()> {
        if self.0.is_some() && store::add(connection, application, document).await? {
            queue(connection, &MirrorDocument { document }, now).await
        } else {
            Ok(())
        }
    }
}
