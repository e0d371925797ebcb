//! Makes the record in one of its formats, as a stream of bytes for a reply or a job. The first
//! chunk is ready when the call returns, so an early failure becomes an error reply instead of a
//! broken body.

use std::pin::Pin;

use bytes::Bytes;
use futures_util::stream::{self, Stream, StreamExt as _, TryStreamExt as _};
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};

use super::columns::columns;
use super::formats::Format;
use super::pages::ReportSource;
use super::report_request::ReportRequest;
use super::row::RealizationRow;
use super::summary::{RealizationSummary, Sums};
use super::{chart, csv, letter, xlsx};
use crate::error::{Error, Result};
use crate::typesetting::Typesetter;

/// A document as a stream of chunks.
pub type DocumentStream = Pin<Box<dyn Stream<Item = Result<Bytes>> + Send>>;

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

/// Makes the requested document.
pub async fn stream_document(
    source: ReportSource,
    asked: &ReportRequest,
    typesetter: &Typesetter,
) -> Result<DocumentStream> {
    let pieces: DocumentStream = match asked.format {
        Format::Json => Box::pin(json_stream(source)),
        Format::Csv => Box::pin(csv_stream(source, asked)),
        Format::Xlsx => Box::pin(file_stream(xlsx::file(source, asked).await?)),
        Format::Svg => {
            let drawn = chart::draw(asked.chart, &summary(source).await?, asked);
            Box::pin(stream::iter([Ok(drawn.into())]))
        }
        Format::Pdf => {
            let made = source.now;
            let paper = letter::letter(&summary(source).await?, asked, made)?;
            Box::pin(stream::iter([typesetter
                .typeset(paper)
                .await
                .map(Bytes::from)]))
        }
    };
    with_first_chunk(pieces).await
}

async fn with_first_chunk(mut pieces: DocumentStream) -> Result<DocumentStream> {
    let first = pieces.try_next().await?;
    Ok(Box::pin(stream::iter(first.map(Ok)).chain(pieces)))
}

fn csv_stream(
    source: ReportSource,
    asked: &ReportRequest,
) -> impl Stream<Item = Result<Bytes>> + use<> {
    let columns = columns(asked.language());
    let head = csv::header(&columns);
    stream::iter([head]).chain(source.pages().map(move |page| csv::rows(&columns, &page?)))
}

/// Every row and then the sums, as one JSON document; used by jobs only.
fn json_stream(source: ReportSource) -> impl Stream<Item = Result<Bytes>> {
    enum At<P> {
        Head(P),
        Rows(P, Box<Sums>, &'static str),
        End,
    }
    let start = At::Head(Box::pin(source.pages()));
    stream::try_unfold(start, |at| async move {
        match at {
            At::Head(pages) => Ok(Some((
                Bytes::from_static(b"{\"items\":["),
                At::Rows(pages, Box::default(), ""),
            ))),
            At::Rows(mut pages, mut sums, mut joint) => {
                let Some(page) = pages.try_next().await? else {
                    let sums = serde_json::to_string(&sums.summary()).map_err(Error::internal)?;
                    return Ok(Some((
                        format!("],\"next_cursor\":null,\"summary\":{sums}}}").into(),
                        At::End,
                    )));
                };
                let mut text = Vec::new();
                for row in &page {
                    sums.add(row);
                    text.extend_from_slice(joint.as_bytes());
                    serde_json::to_writer::<_, RealizationRow>(&mut text, row)
                        .map_err(Error::internal)?;
                    joint = ",";
                }
                Ok(Some((text.into(), At::Rows(pages, sums, joint))))
            }
            At::End => Ok(None),
        }
    })
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
