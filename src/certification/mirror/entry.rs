//! The journal entry for a completed mirror: written once, in the transaction that completed it.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::store::{self, MirroredApplication};
use crate::casework::workflow::Workflow as _;
use crate::certification::sop::Task;
use crate::error::Result;
use crate::ids::ApplicationId;
use crate::journal::{self, Entry};

/// Code of the entry in the timeline.
const MIRROR_FOLDER: &str = "mirror_folder";

/// Journals that the mirror of `application` is complete, if it has become so now.
pub(super) async fn record_if_complete(
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
