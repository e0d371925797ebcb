//! What the compiler sees while one paper or drawing is set: the forms, the typeface, its own data. No disk, no network, no clock.

use chrono::{Datelike as _, NaiveDate};
use serde_json::Value;
use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, Source};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, World};

use super::stock::{Stock, file_id};
use super::template::Template;

/// The name under which a form finds the paper's data.
pub(super) const DATA: &str = "data.json";
/// The name under which it finds the QR code.
pub(super) const QR: &str = "qr.svg";

/// One paper or drawing about to be set.
pub(super) struct Sheet<'a> {
    stock: &'a Stock,
    main: FileId,
    files: Vec<(FileId, Bytes)>,
    today: Option<Datetime>,
}

impl<'a> Sheet<'a> {
    pub(super) fn of(
        stock: &'a Stock,
        template: Template,
        data: &Value,
        (qr, today): (Option<&[u8]>, Option<Datetime>),
    ) -> Option<Self> {
        let data = Bytes::from_string(stock.printable(data).to_string());
        let qr = qr.map(|qr| (QR, Bytes::new(qr.to_vec())));
        let files = [(DATA, data)].into_iter().chain(qr);
        Some(Self {
            stock,
            main: file_id(template.file())?,
            files: files
                .map(|(name, bytes)| Some((file_id(name)?, bytes)))
                .collect::<Option<_>>()?,
            today,
        })
    }
}

/// The day a paper is of, for the compiler.
pub(super) fn day(date: NaiveDate) -> Option<Datetime> {
    let (month, day) = (
        u8::try_from(date.month()).ok()?,
        u8::try_from(date.day()).ok()?,
    );
    Datetime::from_ymd(date.year(), month, day)
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
        self.files
            .iter()
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
