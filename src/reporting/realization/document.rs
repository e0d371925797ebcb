//! The record in one of its shapes, as pieces of bytes: what is sent at once, and what a job writes down. The first piece is there when this returns,
//! so that what goes wrong before it is a refusal and not a reply that breaks off.

use std::pin::Pin;

use bytes::Bytes;
use futures_util::stream::{self, Stream, StreamExt as _, TryStreamExt as _};
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};

use super::asked::Asked;
use super::columns::columns;
use super::pages::Source;
use super::row::RealizationRow;
use super::shapes::Format;
use super::summary::{RealizationSummary, Sums};
use super::{chart, csv, letter, xlsx};
use crate::error::{Error, Result};
use crate::typesetting::Typesetter;

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

/// The document that was asked for.
///
/// # Errors
/// When the database or the disk refuses.
pub async fn pieces(source: Source, asked: &Asked, typesetter: &Typesetter) -> Result<Pieces> {
    let pieces: Pieces = match asked.format {
        Format::Json => Box::pin(json(source)),
        Format::Csv => Box::pin(comma_separated(source, asked)),
        Format::Xlsx => Box::pin(read_back(xlsx::file(source, asked).await?)),
        Format::Svg => {
            let drawn = chart::draw(asked.chart, &summary(source).await?, asked);
            Box::pin(stream::iter([Ok(drawn.into())]))
        }
        Format::Pdf => {
            let made = source.now;
            let paper = letter::letter(&summary(source).await?, asked, made)?;
            Box::pin(stream::iter([typesetter.set(paper).await.map(Bytes::from)]))
        }
    };
    begun(pieces).await
}

async fn begun(mut pieces: Pieces) -> Result<Pieces> {
    let first = pieces.try_next().await?;
    Ok(Box::pin(stream::iter(first.map(Ok)).chain(pieces)))
}

fn comma_separated(source: Source, asked: &Asked) -> impl Stream<Item = Result<Bytes>> + use<> {
    let columns = columns(asked.language());
    let head = csv::head(&columns);
    stream::iter([head]).chain(source.pages().map(move |page| csv::rows(&columns, &page?)))
}

/// Every row and then the sums, as one JSON document; only a job makes it so.
fn json(source: Source) -> impl Stream<Item = Result<Bytes>> {
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
