//! Makes the record in one of its formats. A CSV file or a workbook is a stream of chunks, so memory
//! use does not depend on the number of rows. The first chunk is ready when the call returns, so an
//! early failure becomes an error reply instead of a broken body.

use std::pin::Pin;

use bytes::Bytes;
use futures_util::stream::{self, Stream, StreamExt as _, TryStreamExt as _};
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};

use super::columns::columns;
use super::pages::ReportSource;
use super::report_request::ReportRequest;
use super::summary::{RealizationSummary, Sums};
use super::{chart, csv, letter, xlsx};
use crate::error::{Error, Result};
use crate::typesetting::{Template, Typesetter};

/// A document as a stream of chunks.
pub(crate) type DocumentStream = Pin<Box<dyn Stream<Item = Result<Bytes>> + Send>>;

/// The chunk size for reading a file.
const CHUNK: usize = 64 << 10;

/// Computes the sums over all rows of `source`.
pub async fn summary(source: ReportSource) -> Result<RealizationSummary> {
    let mut sums = Sums::default();
    let mut pages = std::pin::pin!(source.pages());
    while let Some(page) = pages.try_next().await? {
        for row in &page {
            sums.add(row);
        }
    }
    Ok(sums.summary())
}

/// Every row, as CSV.
pub async fn csv(source: ReportSource, request: &ReportRequest) -> Result<DocumentStream> {
    let columns = columns(request.language());
    let header = stream::iter([csv::header(&columns)]);
    let rows = source.pages().map(move |page| csv::rows(&columns, &page?));
    with_first_chunk(header.chain(rows)).await
}

/// Every row and a sheet of sums, as a workbook.
pub async fn xlsx(source: ReportSource, request: &ReportRequest) -> Result<DocumentStream> {
    with_first_chunk(file_stream(xlsx::file(source, request).await?)).await
}

/// The requested chart of the sums, as SVG.
///
/// # Errors
/// `busy` if the queue of the typesetter is full.
pub(crate) async fn chart(
    source: ReportSource,
    request: &ReportRequest,
    typesetter: &Typesetter,
) -> Result<Bytes> {
    let chart = chart::chart(request.chart, &summary(source).await?, request);
    Ok(typesetter.draw(Template::Chart, &chart).await?.into())
}

/// The sums and the charts, as a letter (PDF/A).
///
/// # Errors
/// `busy` if the queue of the typesetter is full.
pub(crate) async fn report(
    source: ReportSource,
    request: &ReportRequest,
    typesetter: &Typesetter,
) -> Result<Bytes> {
    let now = source.now;
    let letter = letter::letter(&summary(source).await?, request, now)?;
    Ok(typesetter.typeset(letter).await?.into())
}

/// Fetches the first chunk before the reply begins, so that an error until then becomes an error
/// reply.
async fn with_first_chunk(
    chunks: impl Stream<Item = Result<Bytes>> + Send + 'static,
) -> Result<DocumentStream> {
    let mut pieces: DocumentStream = Box::pin(chunks);
    let first = pieces.try_next().await?;
    Ok(Box::pin(stream::iter(first.map(Ok)).chain(pieces)))
}

fn file_stream(file: std::fs::File) -> impl Stream<Item = Result<Bytes>> {
    let start = (tokio::fs::File::from_std(file), true);
    stream::try_unfold(start, |(mut file, fresh)| async move {
        if fresh {
            file.seek(std::io::SeekFrom::Start(0))
                .await
                .map_err(Error::internal)?;
        }
        let mut piece = Vec::with_capacity(CHUNK);
        let mut part = (&mut file).take(CHUNK as u64);
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
