//! The mirror of the customer's folder at Google Drive (SOP step 2): a copy for those who work there, written by jobs after the record. Off unless it is set
//! up; its failure holds no file up.

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

/// The mirror; nothing when it is off. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Mirror(Option<Arc<Parts>>);

#[derive(Debug)]
struct Parts {
    drive: Drive,
    /// Seals the sessions of uploads that broke off.
    sessions: SealingKey,
}

impl Mirror {
    /// At this Drive.
    #[must_use]
    pub fn at(drive: Drive, sessions: SealingKey) -> Self {
        Self(Some(Arc::new(Parts { drive, sessions })))
    }

    /// Begins to mirror an application: its folder, and every document it has. Nothing is spoken to Drive yet.
    ///
    /// # Errors
    /// When the server refuses.
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

    /// Mirrors a document that came later, when its application is mirrored.
    ///
    /// # Errors
    /// When the server refuses.
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
