//! What every paper is set from: the compiler's library, the forms, the typeface. Made ready once.

use serde_json::Value;
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt as _};

use super::fonts;
use super::printable::printable;
use super::template::{SHARED, Template};

/// Library, forms and typeface.
pub(super) struct Stock {
    pub(super) library: LazyHash<Library>,
    pub(super) book: LazyHash<FontBook>,
    pub(super) faces: Vec<Font>,
    sources: Vec<(FileId, Source)>,
}

impl Stock {
    /// Everything, with other texts for the forms that `changed` knows. None when a form has a name that the compiler does not take.
    pub(super) fn new(changed: impl Fn(&str) -> Option<String>) -> Option<Self> {
        let faces = fonts::faces();
        let texts = Template::ALL
            .into_iter()
            .map(|template| (template.file(), template.text()))
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

    /// `value` without what the typeface cannot show.
    pub(super) fn printable(&self, value: &Value) -> Value {
        printable(value, &|c| fonts::can_show(&self.faces, c))
    }

    /// The form with this id.
    pub(super) fn source(&self, id: FileId) -> Option<&Source> {
        self.sources
            .iter()
            .find(|(known, _)| *known == id)
            .map(|(_, source)| source)
    }
}

/// The compiler's id for a file of ours.
pub(super) fn file_id(name: &str) -> Option<FileId> {
    VirtualPath::new(name)
        .ok()
        .map(|path| FileId::new(RootedPath::new(VirtualRoot::Project, path)))
}
