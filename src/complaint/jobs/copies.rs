//! Makes the copies of attachments. The rows without a copy are the queue: a job for each file
//! would keep the minute of its upload. Supervised tasks look every second. Each file is read by a
//! program of its own, with processor time in proportion to its size; a file that needs more waits
//! for the last effort, one at a time and below all other work, and the further files of its sender
//! come last.

use chrono::{DateTime, Utc};
use clean_copy::{Effort, Failure, SourceKind};
use zeroize::Zeroizing;

use crate::casework::file_kind::FileKind;
use crate::complaint::act::begin_as_service;
use crate::complaint::read_transaction::read_as;
use crate::complaint::sealing::sealed_file::{CopyFailure, CopyOutcome, FileInfo};
use crate::complaint::services::ComplaintServices;
pub use crate::complaint::store::attachments::CopyQueue;
use crate::complaint::store::{self, attachments};
use crate::database::Database;
use crate::error::{Code, Error, OrNotFound as _, Result};
use crate::ids::{AttachmentId, ComplaintId};
use crate::sop::gate::Principal;

type Place = (ComplaintId, AttachmentId);

/// Makes the missing copies of one queue. A failure with one attachment does not stop the rest.
///
/// # Errors
/// The first error; the next run repeats what failed.
pub async fn make(
    database: &Database,
    services: &ComplaintServices,
    queue: CopyQueue,
    now: DateTime<Utc>,
    after_each: impl Fn(),
) -> Result<()> {
    let (mut failed, mut done) = (Vec::new(), Ok(()));
    loop {
        let found = read_as(
            database,
            services,
            Principal::System,
            None,
            async |c, _, _| attachments::find_without_copy(c, queue, &failed).await,
        )
        .await?;
        let Some(place) = found else {
            return done;
        };
        if let Err(error) = copy(database, services, place, queue, now).await {
            failed.push(place.1);
            done = done.and(log_failure(error));
            let mut work = begin_as_service(database, services, now).await?;
            attachments::set_back(&mut work, place.0, None).await?;
            work.commit().await?;
        }
        after_each();
    }
}

/// Makes one copy and stores the outcome, or notes that the file needs the last effort.
async fn copy(
    database: &Database,
    services: &ComplaintServices,
    place: Place,
    queue: CopyQueue,
    now: DateTime<Utc>,
) -> Result<()> {
    let (case, id) = place;
    let (key, kind, original) = read_as(
        database,
        services,
        Principal::System,
        None,
        async |c, _, services| {
            let key = store::key_of(c, case, services).await?;
            let found = attachments::find(c, &key, case, id, None)
                .await?
                .or_not_found()?;
            let original = attachments::read_original(c, &key, &found).await?;
            Ok((key, found.meta.kind, original))
        },
    )
    .await?;
    let effort = match queue {
        CopyQueue::Untried => Effort::First,
        CopyQueue::Hard => Effort::Last,
    };
    let made = services.copier.make(source_kind(kind), &original, effort);
    let made = made.await.map_err(Error::internal)?;
    drop(original);
    let mut work = begin_as_service(database, services, now).await?;
    match made {
        Err(Failure::TooComplex) if effort == Effort::First => {
            attachments::set_back(&mut work, case, Some(id)).await?;
        }
        Ok(copy) => {
            let bytes = Zeroizing::new(copy.pdf);
            let text = Zeroizing::new(copy.text);
            let outcome = CopyOutcome::Ready {
                file: FileInfo::of(&bytes),
                left_out: copy.left_out,
            };
            attachments::add_copy(&mut work, &key, place, &outcome, &text, &bytes).await?;
            if effort == Effort::First {
                attachments::set_before_others(&mut work, case).await?;
            }
        }
        Err(failure) => {
            let outcome = CopyOutcome::Failed(failure.into());
            attachments::add_copy(&mut work, &key, place, &outcome, "", &[]).await?;
        }
    }
    work.commit().await
}

fn source_kind(kind: FileKind) -> SourceKind {
    match kind {
        FileKind::Pdf => SourceKind::Pdf,
        FileKind::Jpeg | FileKind::Png => SourceKind::Picture,
        FileKind::Docx => SourceKind::Document,
        FileKind::Xlsx => SourceKind::Spreadsheet,
    }
}

impl From<Failure> for CopyFailure {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Damaged => Self::Damaged,
            Failure::Locked => Self::Locked,
            Failure::TooComplex => Self::TooComplex,
        }
    }
}

/// Logs a failure, without the complaint: a log has the minute. A complaint that was deleted
/// meanwhile is no failure.
fn log_failure(error: Error) -> Result<()> {
    if error.code() == Some(Code::NotFound) {
        return Ok(());
    }
    tracing::error!("the copy of an attachment could not be made");
    Err(error)
}
