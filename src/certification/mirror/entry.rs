//! The entry in the journal when the folder of a filing is mirrored: once, by the service, in the transaction of what completed it.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::store::{self, Mirrored};
use crate::casework::workflow::Workflow as _;
use crate::certification::sop::Task;
use crate::error::Result;
use crate::ids::ApplicationId;
use crate::journal::{self, Entry};

/// What was done, as the timeline shows it.
const MIRROR_FOLDER: &str = "mirror_folder";

/// Writes the entry if `application` is now mirrored and was not before.
///
/// # Errors
/// When the server refuses.
pub(super) async fn enter_if_mirrored(
    connection: &mut PgConnection,
    application: ApplicationId,
    now: DateTime<Utc>,
) -> Result<()> {
    let Some(Mirrored {
        office,
        round,
        draft,
    }) = store::finish(connection, application, now).await?
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
