//! The Typst `World` of one compilation: templates, fonts and the data of the document or drawing.
//! It has no access to the disk, the network or the clock.

use chrono::{Datelike as _, NaiveDate};
use serde_json::Value;
use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, Source};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, World};

use super::assets::{Assets, file_id};
use super::template::Template;

/// File name under which a template reads the document's data.
pub(super) const DATA: &str = "data.json";
/// File name under which a template reads the QR code.
pub(super) const QR: &str = "qr.svg";

/// One document or drawing during its compilation.
pub(super) struct DocumentWorld<'a> {
    assets: &'a Assets,
    main: FileId,
    files: Vec<(FileId, Bytes)>,
    today: Option<Datetime>,
}

impl<'a> DocumentWorld<'a> {
    pub(super) fn new(
        assets: &'a Assets,
        template: Template,
        data: &Value,
        (qr, today): (Option<&[u8]>, Option<Datetime>),
    ) -> Option<Self> {
        let data = Bytes::from_string(assets.printable(data).to_string());
        let qr = qr.map(|qr| (QR, Bytes::new(qr.to_vec())));
        let files = [(DATA, data)].into_iter().chain(qr);
        Some(Self {
            assets,
            main: file_id(template.file_name())?,
            files: files
                .map(|(name, bytes)| Some((file_id(name)?, bytes)))
                .collect::<Option<_>>()?,
            today,
        })
    }
}

/// The date of a document as a Typst date.
pub(super) fn document_date(date: NaiveDate) -> Option<Datetime> {
    let (month, day) = (
        u8::try_from(date.month()).ok()?,
        u8::try_from(date.day()).ok()?,
    );
    Datetime::from_ymd(date.year(), month, day)
}

fn not_found(id: FileId) -> FileError {
    FileError::NotFound(id.vpath().get_without_slash().into())
}

impl World for DocumentWorld<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &self.assets.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.assets.book
    }

    fn main(&self) -> FileId {
        self.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        self.assets.source(id).cloned().ok_or_else(|| not_found(id))
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        self.files
            .iter()
            .find(|(known, _)| *known == id)
            .map(|(_, bytes)| bytes.clone())
            .ok_or_else(|| not_found(id))
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.assets.faces.get(index).cloned()
    }

    /// The document's date instead of the current date, so that the output is reproducible.
    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        self.today
    }
}
