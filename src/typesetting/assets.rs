//! Compiler assets: the Typst standard library, the templates and the fonts, loaded once.

use serde_json::Value;
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt as _};

use super::fonts;
use super::printable::printable;
use super::template::{SHARED, Template};

/// The Typst standard library, the template sources and the fonts.
pub(super) struct Assets {
    pub(super) library: LazyHash<Library>,
    pub(super) book: LazyHash<FontBook>,
    pub(super) faces: Vec<Font>,
    sources: Vec<(FileId, Source)>,
}

impl Assets {
    /// Loads all assets. `changed` may replace the source of a template by its file name. Returns
    /// `None` if Typst rejects a template's file name.
    pub(super) fn new(changed: impl Fn(&str) -> Option<String>) -> Option<Self> {
        let faces = fonts::faces();
        let texts = Template::ALL
            .into_iter()
            .map(|template| (template.file_name(), template.source()))
            .chain(SHARED);
        let source = |(name, text): (&str, &str)| {
            file_id(name).map(|id| {
                (
                    id,
                    Source::new(id, changed(name).unwrap_or_else(|| text.to_owned())),
                )
            })
        };
        Some(Self {
            library: LazyHash::new(Library::default()),
            book: LazyHash::new(FontBook::from_fonts(&faces)),
            sources: texts.map(source).collect::<Option<_>>()?,
            faces,
        })
    }

    /// Replaces the characters of `value` that the fonts cannot show.
    pub(super) fn printable(&self, value: &Value) -> Value {
        printable(value, &|c| fonts::can_show(&self.faces, c))
    }

    /// The template source with this id.
    pub(super) fn source(&self, id: FileId) -> Option<&Source> {
        self.sources
            .iter()
            .find(|(known, _)| *known == id)
            .map(|(_, source)| source)
    }
}

/// The Typst file id of a template or data file.
pub(super) fn file_id(name: &str) -> Option<FileId> {
    VirtualPath::new(name)
        .ok()
        .map(|path| FileId::new(RootedPath::new(VirtualRoot::Project, path)))
}
