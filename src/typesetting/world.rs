//! The Typst `World` of one compilation: templates, fonts and the document's own data. It has no
//! access to the disk, the network or the clock.

use chrono::Datelike as _;
use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, Source};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, World};

use super::assets::{Assets, file_id};
use super::document::Document;

/// File name under which a template reads the document's data.
pub(super) const DATA: &str = "data.json";
/// File name under which a template reads the QR code.
pub(super) const QR: &str = "qr.svg";

/// One document during its compilation.
pub(super) struct DocumentWorld<'a> {
    assets: &'a Assets,
    main: FileId,
    data: (FileId, Bytes),
    qr: Option<(FileId, Bytes)>,
    pictures: Vec<(FileId, Bytes)>,
    today: Option<Datetime>,
}

impl<'a> DocumentWorld<'a> {
    pub(super) fn new(assets: &'a Assets, document: &Document, main: FileId) -> Option<Self> {
        let data = Bytes::from_string(assets.printable(&document.data).to_string());
        let qr = match &document.qr {
            Some(qr) => Some((file_id(QR)?, Bytes::new(qr.clone()))),
            None => None,
        };
        let pictures = document
            .pictures
            .iter()
            .map(|(name, picture)| Some((file_id(name)?, Bytes::new(picture.clone()))));
        Some(Self {
            assets,
            main,
            data: (file_id(DATA)?, data),
            qr,
            pictures: pictures.collect::<Option<_>>()?,
            today: document_date(document),
        })
    }
}

/// The document's date as a Typst date.
pub(super) fn document_date(document: &Document) -> Option<Datetime> {
    let (month, day) = (
        u8::try_from(document.date.month()).ok()?,
        u8::try_from(document.date.day()).ok()?,
    );
    Datetime::from_ymd(document.date.year(), month, day)
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
        let files = [Some(&self.data), self.qr.as_ref()]
            .into_iter()
            .flatten()
            .chain(&self.pictures);
        files
            .into_iter()
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
