//! What the compiler sees while one paper is set: the forms, the typeface, the paper's own data. No disk, no network, no clock.

use chrono::Datelike as _;
use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, Source};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, World};

use super::assets::{Assets, file_id};
use super::document::Document;

/// The name under which a form finds the paper's data.
pub(super) const DATA: &str = "data.json";
/// The name under which it finds the QR code.
pub(super) const QR: &str = "qr.svg";

/// One paper about to be set.
pub(super) struct Sheet<'a> {
    stock: &'a Assets,
    main: FileId,
    data: (FileId, Bytes),
    qr: Option<(FileId, Bytes)>,
    pictures: Vec<(FileId, Bytes)>,
    today: Option<Datetime>,
}

impl<'a> Sheet<'a> {
    pub(super) fn of(stock: &'a Assets, paper: &Document, main: FileId) -> Option<Self> {
        let data = Bytes::from_string(stock.printable(&paper.data).to_string());
        let qr = match &paper.qr {
            Some(qr) => Some((file_id(QR)?, Bytes::new(qr.clone()))),
            None => None,
        };
        let pictures = paper
            .pictures
            .iter()
            .map(|(name, picture)| Some((file_id(name)?, Bytes::new(picture.clone()))));
        Some(Self {
            stock,
            main,
            data: (file_id(DATA)?, data),
            qr,
            pictures: pictures.collect::<Option<_>>()?,
            today: day(paper),
        })
    }
}

/// The day a paper is of, for the compiler.
pub(super) fn day(paper: &Document) -> Option<Datetime> {
    let (month, day) = (
        u8::try_from(paper.date.month()).ok()?,
        u8::try_from(paper.date.day()).ok()?,
    );
    Datetime::from_ymd(paper.date.year(), month, day)
}

fn absent(id: FileId) -> FileError {
    FileError::NotFound(id.vpath().get_without_slash().into())
}

impl World for Sheet<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &self.stock.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.stock.book
    }

    fn main(&self) -> FileId {
        self.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        self.stock.source(id).cloned().ok_or_else(|| absent(id))
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        let own = [Some(&self.data), self.qr.as_ref()]
            .into_iter()
            .flatten()
            .chain(&self.pictures);
        own.into_iter()
            .find(|(known, _)| *known == id)
            .map(|(_, bytes)| bytes.clone())
            .ok_or_else(|| absent(id))
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.stock.faces.get(index).cloned()
    }

    /// The day of the paper: whoever asks twice gets one answer.
    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        self.today
    }
}
