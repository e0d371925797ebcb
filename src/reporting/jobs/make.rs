//! A job at work: the document goes into the store piece by piece, and how far it is goes into the job's row. An attempt that fails or is cut short
//! leaves nothing that the next one, or the sweep, does not take away.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use futures_util::TryStreamExt as _;
use uuid::Uuid;

use super::store;
use crate::casework::worker::JobContext;
use crate::error::{Error, Result};
use crate::gateways::document_store::DocumentStore;
use crate::reporting::realization::document;
use crate::reporting::realization::pages::ReportSource;
use crate::reporting::realization::report_request::ReportRequest;
use crate::typesetting::Typesetter;

/// Where results lie in the store.
const FOLDER: &str = "reports/";
/// How often the row is told how far it is.
const TOLD: Duration = Duration::from_millis(500);

/// Makes the report of job `id`. Done again it does nothing; after a failure it begins anew.
///
/// # Errors
/// When the database or the store refuses; the job then counts as failed.
pub async fn make(desk: &JobContext, typesetter: &Typesetter, id: Uuid) -> Result<()> {
    let key = format!("{FOLDER}{}", Uuid::new_v4());
    let now = desk.clock.now();
    let Some(due) = desk
        .database
        .read(async |c| store::take(c, id, &key, now).await)
        .await?
    else {
        return Ok(());
    };
    if let Some(left_over) = &due.left_over {
        desk.documents.delete(left_over).await?;
    }
    let seen = Arc::new(AtomicI64::new(0));
    let source = ReportSource {
        database: desk.database.clone(),
        calendars: desk.calendars.clone(),
        office: due.office,
        filter: due.asked.filter.clone(),
        now,
        rows_read: Arc::clone(&seen),
    };
    let watching = tell(desk, id, &seen);
    let writing = Box::pin(write(
        (&desk.documents, typesetter),
        source,
        &due.asked,
        &key,
    ));
    let written = tokio::select! {
        written = writing => written,
        never = watching => never,
    };
    match written {
        Ok(size) => {
            let kept = desk
                .database
                .read(async |c| {
                    store::finish(c, id, &key, &due.asked, size, desk.clock.now()).await
                })
                .await?;
            if kept {
                Ok(())
            } else {
                desk.documents.delete(&key).await
            }
        }
        Err(error) => {
            desk.database
                .read(async |c| store::fail(c, id, &key).await)
                .await?;
            Err(error)
        }
    }
}

/// Tells the job's row how far it is, for as long as it is awaited.
async fn tell(desk: &JobContext, id: Uuid, rows_read: &AtomicI64) -> Result<i64> {
    let mut moments = tokio::time::interval(TOLD);
    loop {
        moments.tick().await;
        let rows = rows_read.load(Ordering::Relaxed);
        desk.database
            .read(async |c| store::progress(c, id, rows).await)
            .await?;
    }
}

/// Writes the document to the store and gives its size.
async fn write(
    (documents, typesetter): (&DocumentStore, &Typesetter),
    source: ReportSource,
    asked: &ReportRequest,
    key: &str,
) -> Result<i64> {
    let arriving = DocumentStore::quarantine_key();
    let mut writer = documents.writer(&arriving).await?;
    let copied = async {
        let mut pieces = document::stream_document(source, asked, typesetter).await?;
        let mut size = 0;
        while let Some(piece) = pieces.try_next().await? {
            size += piece.len();
            writer.write(piece).await?;
        }
        writer.finish().await?;
        documents.promote(&arriving, key).await?;
        i64::try_from(size).map_err(Error::internal)
    };
    let copied = copied.await;
    if copied.is_err() {
        documents.delete(&arriving).await?;
    }
    copied
}

/// Takes away what has expired.
///
/// # Errors
/// When the database or the store refuses.
pub async fn sweep(desk: &JobContext) -> Result<()> {
    let now = desk.clock.now();
    for (id, key) in desk
        .database
        .read(async |c| store::expired(c, now).await)
        .await?
    {
        if let Some(key) = key {
            desk.documents.delete(&key).await?;
        }
        desk.database
            .read(async |c| store::forget(c, id).await)
            .await?;
    }
    Ok(())
}
