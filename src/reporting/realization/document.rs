//! The record as a document of any size, whose memory does not grow with the record.

use std::pin::Pin;

use bytes::Bytes;
use futures_util::stream::{self, Stream, StreamExt as _, TryStreamExt as _};
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};

use super::asked::Asked;
use super::columns::columns;
use super::pages::Source;
use super::summary::{RealizationSummary, Sums};
use super::{chart, csv, letter, xlsx};
use crate::error::{Error, Result};
use crate::typesetting::{Template, Typesetter};

/// A document, piece by piece.
pub type Pieces = Pin<Box<dyn Stream<Item = Result<Bytes>> + Send>>;

/// How much of a file is read at a time.
const PIECE: usize = 64 << 10;

/// The sums over everything that `source` gives.
///
/// # Errors
/// When the server refuses.
pub async fn summary(source: Source) -> Result<RealizationSummary> {
    let mut sums = Sums::default();
    let mut pages = std::pin::pin!(source.pages());
    while let Some(page) = pages.try_next().await? {
        for row in &page {
            sums.add(row);
        }
    }
    Ok(sums.summary())
}

/// Every row, for any spreadsheet.
///
/// # Errors
/// When the database refuses.
pub async fn csv(source: Source, asked: &Asked) -> Result<Pieces> {
    let columns = columns(asked.language());
    let head = stream::iter([csv::head(&columns)]);
    begun(head.chain(source.pages().map(move |page| csv::rows(&columns, &page?)))).await
}

/// Every row and the sums, as a workbook.
///
/// # Errors
/// When the database or the disk refuses.
pub async fn xlsx(source: Source, asked: &Asked) -> Result<Pieces> {
    begun(read_back(xlsx::file(source, asked).await?)).await
}

/// A chart of the sums, as SVG.
///
/// # Errors
/// When the database refuses; `busy` when too many papers wait to be set.
pub async fn chart(source: Source, asked: &Asked, typesetter: &Typesetter) -> Result<Bytes> {
    let chart = chart::chart(asked.chart, &summary(source).await?, asked);
    Ok(typesetter.draw(Template::Chart, &chart).await?.into())
}

/// The sums and the charts as a letter (PDF/A).
///
/// # Errors
/// When the database refuses; `busy` when too many papers wait to be set.
pub async fn report(source: Source, asked: &Asked, typesetter: &Typesetter) -> Result<Bytes> {
    let made = source.now;
    let paper = letter::letter(&summary(source).await?, asked, made)?;
    Ok(typesetter.set(paper).await?.into())
}

/// The first piece is fetched here: what goes wrong before it is a refusal, not a reply that breaks off.
async fn begun(pieces: impl Stream<Item = Result<Bytes>> + Send + 'static) -> Result<Pieces> {
    let mut pieces: Pieces = Box::pin(pieces);
    let first = pieces.try_next().await?;
    Ok(Box::pin(stream::iter(first.map(Ok)).chain(pieces)))
}

fn read_back(file: std::fs::File) -> impl Stream<Item = Result<Bytes>> {
    let start = (tokio::fs::File::from_std(file), true);
    stream::try_unfold(start, |(mut file, fresh)| async move {
        if fresh {
            file.seek(std::io::SeekFrom::Start(0))
                .await
                .map_err(Error::internal)?;
        }
        let mut piece = Vec::with_capacity(PIECE);
        let mut part = (&mut file).take(PIECE as u64);
        let read = part
            .read_to_end(&mut piece)
            .await
            .map_err(Error::internal)?;
        Ok(if read == 0 {
            None
        } else {
            Some((piece.into(), (file, false)))
        })
    })
}
