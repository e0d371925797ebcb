//! The mirror of the customer's folder in Google Drive (SOP step 2): a working copy for staff. The
//! database stays the record. Background jobs write the copy, so a failure blocks no file. Off
//! unless configured. The jobs are idempotent: existing files and folders in Drive are found by their
//! mark.

mod files;
mod folders;
pub(crate) mod http;
pub(crate) mod store;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use graphile_worker::{IntoTaskHandlerResult, TaskHandler, WorkerContext, WorkerOptions};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;

use self::store::MirroredApplication;
use crate::casework::worker::JobContext;
use crate::casework::workflow::Workflow as _;
use crate::certification::sop::Task;
use crate::certification::views::MIRROR_FOLDER;
use crate::error::Result;
use crate::gateways::drive::Drive;
use crate::ids::{ApplicationId, DocumentId, OfficeId};
use crate::jobs::{Job, queue};
use crate::journal::{self, Entry};
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

/// Job: creates the folder of an application in Drive, then queues its documents.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct MirrorFolder {
    /// The application.
    pub application: ApplicationId,
}

/// Job: copies one version of a document to Drive.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct MirrorDocument {
    /// The version of the document.
    pub document: DocumentId,
}

impl Job for MirrorFolder {
    const NAME: &'static str = "mirror_folder";
    const QUEUE: Option<&'static str> = Some("drive");

    fn key(&self) -> String {
        format!("mirror-folder:{}", self.application)
    }
}

impl Job for MirrorDocument {
    const NAME: &'static str = "mirror_document";
    const QUEUE: Option<&'static str> = Some("drive");

    fn key(&self) -> String {
        format!("mirror-document:{}", self.document)
    }
}

impl TaskHandler for MirrorFolder {
    const IDENTIFIER: &'static str = <Self as Job>::NAME;

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        let (Some(desk), Some(mirror)) =
            (context.get_ext::<JobContext>(), context.get_ext::<Mirror>())
        else {
            return Err("the worker has no desk".to_owned());
        };
        folders::mirror(desk, mirror, self.application)
            .await
            .map_err(|error| error.to_string())
    }
}

impl TaskHandler for MirrorDocument {
    const IDENTIFIER: &'static str = <Self as Job>::NAME;

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        let (Some(desk), Some(mirror)) =
            (context.get_ext::<JobContext>(), context.get_ext::<Mirror>())
        else {
            return Err("the worker has no desk".to_owned());
        };
        files::mirror(desk, mirror, self.document)
            .await
            .map_err(|error| error.to_string())
    }
}

/// Registers the jobs of the mirror with the job engine.
pub fn define(options: WorkerOptions, mirror: Mirror) -> WorkerOptions {
    options
        .add_extension(mirror)
        .define_job::<MirrorFolder>()
        .define_job::<MirrorDocument>()
}

/// Journals that the mirror of `application` is complete, if it has become so now.
async fn record_if_complete(
    connection: &mut PgConnection,
    application: ApplicationId,
    now: DateTime<Utc>,
) -> Result<()> {
    let Some(MirroredApplication {
        office,
        round,
        draft,
    }) = store::finish_if_complete(connection, application, now).await?
    else {
        return Ok(());
    };
    let entry = Entry {
        office,
        subject: Task::SUBJECT,
        subject_id: application.0,
        actor: None,
        roles: Vec::new(),
        acting: None,
        task: MIRROR_FOLDER,
        step: None,
        moved: None,
        counted: (round, draft),
        note: None,
    };
    journal::add(connection, &entry, now).await
}
