//! Allowlists of the dictionary entries that a page needs. Entries that are not listed for their
//! kind are dropped.

/// Kind of a dictionary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DictionaryKind {
    /// A node of the page tree.
    Pages,
    /// A page.
    Page,
    /// An annotation: note, link or field on a page.
    Annotation,
    /// An entry of the outline (table of contents).
    Outline,
    /// Any other dictionary that a page draws with.
    Other,
}

impl DictionaryKind {
    /// Whether the entry `key` is kept.
    pub(super) fn keeps(self, key: &[u8]) -> bool {
        match self {
            Self::Pages => PAGES.contains(&key),
            Self::Page => PAGE.contains(&key),
            Self::Annotation => ANNOTATION.contains(&key),
            Self::Outline => OUTLINE.contains(&key),
            Self::Other => true,
        }
    }

    /// Whether a text under `key` is kept: texts of annotations and the outline, and names of fonts
    /// and layers.
    pub(super) fn keeps_text(self, key: &[u8]) -> bool {
        match self {
            Self::Pages | Self::Page => false,
            Self::Annotation => matches!(key, b"Contents" | b"DA"),
            Self::Outline => key == b"Title",
            Self::Other => matches!(
                key,
                b"Name" | b"CharSet" | b"Registry" | b"Ordering" | b"FontFamily" | b"Panose"
            ),
        }
    }
}

/// Entries kept of a page tree node.
const PAGES: &[&[u8]] = &[
    b"Type",
    b"Parent",
    b"Kids",
    b"Count",
    b"Resources",
    b"MediaBox",
    b"CropBox",
    b"Rotate",
];
/// Entries kept of a page.
const PAGE: &[&[u8]] = &[
    b"Type",
    b"Parent",
    b"Resources",
    b"MediaBox",
    b"CropBox",
    b"BleedBox",
    b"TrimBox",
    b"ArtBox",
    b"Contents",
    b"Rotate",
    b"Group",
    b"Annots",
    b"UserUnit",
];
/// Entries kept of an annotation.
const ANNOTATION: &[&[u8]] = &[
    b"Type",
    b"Subtype",
    b"Rect",
    b"AP",
    b"AS",
    b"F",
    b"Border",
    b"BS",
    b"BE",
    b"C",
    b"IC",
    b"Dest",
    b"QuadPoints",
    b"InkList",
    b"L",
    b"LE",
    b"Vertices",
    b"RD",
    b"Name",
    b"Contents",
    b"DA",
    b"Q",
    b"CA",
    b"OC",
];
/// Entries kept of an outline entry.
const OUTLINE: &[&[u8]] = &[
    b"Type", b"Title", b"Parent", b"Prev", b"Next", b"First", b"Last", b"Count", b"Dest", b"C",
    b"F",
];
/// Entries kept of the catalog, besides the page tree.
pub(super) const CATALOG: &[&[u8]] = &[b"Outlines", b"PageMode", b"PageLayout", b"OCProperties"];

/// Annotations that are displayed by themselves. Attachments, sounds, films, models and screens are
/// not among them.
pub(super) const SHOWN_ANNOTATIONS: &[&[u8]] = &[
    b"Link",
    b"Text",
    b"FreeText",
    b"Line",
    b"Square",
    b"Circle",
    b"Polygon",
    b"PolyLine",
    b"Highlight",
    b"Underline",
    b"Squiggly",
    b"StrikeOut",
    b"Stamp",
    b"Caret",
    b"Ink",
    b"Widget",
];

/// Entries that are always dropped: metadata, private data, attachments, scripts, actions and
/// external files.
pub(super) const DROPPED_KEYS: &[&[u8]] = &[
    b"Metadata",
    b"PieceInfo",
    b"LastModified",
    b"AA",
    b"OpenAction",
    b"JS",
    b"JavaScript",
    b"EF",
    b"RF",
    b"AF",
    b"EmbeddedFiles",
    b"OPI",
    b"Thumb",
    b"StructParent",
    b"StructParents",
    b"Alternates",
    b"Ref",
    b"Usage",
    b"User",
    b"CreatorInfo",
    b"Info",
    b"ID",
    b"XFA",
    b"Encrypt",
    b"PtData",
    b"Measure",
];
/// Entries of a stream that refer to external files.
pub(super) const EXTERNAL_KEYS: &[&[u8]] = &[b"F", b"FFilter", b"FDecodeParms", b"DL", b"Length"];

/// Types of objects that are always dropped.
pub(super) const DROPPED_TYPES: &[&[u8]] = &[
    b"Catalog",
    b"Metadata",
    b"EmbeddedFile",
    b"Filespec",
    b"Action",
    b"Sig",
    b"DocTimeStamp",
    b"StructElem",
    b"StructTreeRoot",
    b"XRef",
    b"ObjStm",
    b"Rendition",
];
/// Types of actions that are always dropped.
pub(super) const DROPPED_ACTIONS: &[&[u8]] = &[
    b"GoToR",
    b"GoToE",
    b"GoToDp",
    b"Launch",
    b"Thread",
    b"URI",
    b"Sound",
    b"Movie",
    b"Hide",
    b"Named",
    b"SubmitForm",
    b"ResetForm",
    b"ImportData",
    b"JavaScript",
    b"SetOCGState",
    b"Rendition",
    b"Trans",
    b"GoTo3DView",
    b"RichMediaExecute",
];
