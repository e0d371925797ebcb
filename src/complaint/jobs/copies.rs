//! Makes the copies of attachments. The rows without a copy are the queue: a job for each file
//! would keep the minute of its upload. Supervised tasks look every second. Each file is read by a
//! program of its own, with 0.3 seconds of processor time; a file that needs more waits for the last
//! effort, one at a time beside the others, and the further files of its sender come last.

use std::sync::{MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use clean_copy::{Effort, Failure, SourceKind};
use zeroize::Zeroizing;

use crate::casework::file_kind::FileKind;
use crate::complaint::act::begin_as_service;
use crate::complaint::read_transaction::read_as;
use crate::complaint::sealing::sealed_file::{CopyFailure, CopyOutcome, FileInfo};
use crate::complaint::services::ComplaintServices;
use crate::complaint::services::copy_queue::CopyQueue;
use crate::complaint::store::attachments::CopyOrder;
use crate::complaint::store::{self, attachments};
use crate::database::Database;
use crate::error::{Code, Error, OrNotFound as _, Result};
use crate::ids::{AttachmentId, ComplaintId};
use crate::sop::gate::Principal;

type Place = (ComplaintId, AttachmentId);

/// Makes the missing copies with the first effort. A failure with one attachment does not stop the
/// rest.
///
/// # Errors
/// The first error; the next run repeats what failed.
pub async fn make(
    database: &Database,
    services: &ComplaintServices,
    now: DateTime<Utc>,
    after_each: impl Fn(),
) -> Result<()> {
    let (mut tried, mut done) = (Vec::new(), Ok(()));
    loop {
        let order = {
            let queue = queue(services);
            let waiting = tried.iter().chain(&queue.hard).map(|(_, id)| *id);
            CopyOrder {
                skipped: waiting.collect(),
                first: queue.quick().to_vec(),
                last: queue.slow().to_vec(),
            }
        };
        let found = read_as(
            database,
            services,
            Principal::System,
            None,
            async |c, _, _| attachments::find_without_copy(c, &order).await,
        )
        .await?;
        let Some(place) = found else {
            return done;
        };
        tried.push(place);
        let copied = copy(database, services, place, now, Effort::First).await;
        match copied {
            Ok(Copied::Made) => queue(services).note_quick(place.0),
            Ok(Copied::Failed) => {}
            Ok(Copied::NeedsMore) => {
                let mut queue = queue(services);
                queue.note_slow(place.0);
                queue.hard.push(place);
            }
            Err(error) => {
                queue(services).note_slow(place.0);
                done = done.and(log_failure(error));
            }
        }
        after_each();
    }
}

/// Makes the copies that need the last effort. With a failure the attachment is forgotten here, and
/// found without a copy again.
///
/// # Errors
/// The first error.
pub async fn make_hard_ones(
    database: &Database,
    services: &ComplaintServices,
    now: DateTime<Utc>,
    after_each: impl Fn(),
) -> Result<()> {
    let mut done = Ok(());
    loop {
        let Some(place) = queue(services).hard.first().copied() else {
            return done;
        };
        let copied = copy(database, services, place, now, Effort::Last).await;
        queue(services).hard.retain(|other| *other != place);
        if let Err(error) = copied {
            done = done.and(log_failure(error));
        }
        after_each();
    }
}

fn queue(services: &ComplaintServices) -> MutexGuard<'_, CopyQueue> {
    let queue = services.copy_queue.lock();
    queue.unwrap_or_else(PoisonError::into_inner)
}

/// What became of a file.
#[derive(Clone, Copy)]
enum Copied {
    /// A copy was made.
    Made,
    /// No copy can be made.
    Failed,
    /// The file needs the last effort. Nothing was stored.
    NeedsMore,
}

/// Makes one copy and stores the outcome.
async fn copy(
    database: &Database,
    services: &ComplaintServices,
    place: Place,
    now: DateTime<Utc>,
    effort: Effort,
) -> Result<Copied> {
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
    let made = services.copier.make(source_kind(kind), &original, effort);
    let made = made.await.map_err(Error::internal)?;
    drop(original);
    let (outcome, text, bytes) = match made {
        Err(Failure::TooComplex) if effort == Effort::First => return Ok(Copied::NeedsMore),
        Ok(copy) => {
            let bytes = Zeroizing::new(copy.pdf);
            let outcome = CopyOutcome::Ready {
                file: FileInfo::of(&bytes),
                left_out: copy.left_out,
            };
            (outcome, Zeroizing::new(copy.text), bytes)
        }
        Err(failure) => (
            CopyOutcome::Failed(failure.into()),
            Zeroizing::default(),
            Zeroizing::default(),
        ),
    };
    let mut work = begin_as_service(database, services, now).await?;
    attachments::add_copy(&mut work, &key, place, &outcome, &text, &bytes).await?;
    work.commit().await?;
    Ok(match outcome {
        CopyOutcome::Ready { .. } => Copied::Made,
        CopyOutcome::Failed(_) => Copied::Failed,
    })
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
