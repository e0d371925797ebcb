//! Which entries of which dictionaries a page needs to be shown. Whatever is not named here for its kind does not come along.

/// What a dictionary is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A node of the tree of pages.
    Pages,
    /// A page.
    Page,
    /// A note, link or field on a page.
    Note,
    /// An entry of the table of contents.
    Outline,
    /// Anything a page draws with.
    Other,
}

impl Kind {
    /// Whether the entry `key` of it is kept.
    pub(super) fn keeps(self, key: &[u8]) -> bool {
        match self {
            Self::Pages => PAGES.contains(&key),
            Self::Page => PAGE.contains(&key),
            Self::Note => NOTE.contains(&key),
            Self::Outline => OUTLINE.contains(&key),
            Self::Other => true,
        }
    }

    /// Whether a text under `key` of it is kept: what notes and the table of contents say, and what fonts and layers are called.
    pub(super) fn keeps_text(self, key: &[u8]) -> bool {
        match self {
            Self::Pages | Self::Page => false,
            Self::Note => matches!(key, b"Contents" | b"DA"),
            Self::Outline => key == b"Title",
            Self::Other => matches!(
                key,
                b"Name" | b"CharSet" | b"Registry" | b"Ordering" | b"FontFamily" | b"Panose"
            ),
        }
    }
}

/// Entries kept of a node.
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
/// Entries kept of a note.
const NOTE: &[&[u8]] = &[
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
/// Entries kept of an entry of the table of contents.
const OUTLINE: &[&[u8]] = &[
    b"Type", b"Title", b"Parent", b"Prev", b"Next", b"First", b"Last", b"Count", b"Dest", b"C",
    b"F",
];
/// Entries kept of the catalog, beside the tree of pages.
pub(super) const CATALOG: &[&[u8]] = &[b"Outlines", b"PageMode", b"PageLayout", b"OCProperties"];

/// Notes that show what they are by themselves. Attachments, sounds, films, models and screens are not among them.
pub(super) const SHOWN: &[&[u8]] = &[
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

/// Entries that never come along: metadata, private data, attachments, scripts, actions and files elsewhere.
pub(super) const NEVER: &[&[u8]] = &[
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
/// Entries of a stream that point outside the file.
pub(super) const ELSEWHERE: &[&[u8]] = &[b"F", b"FFilter", b"FDecodeParms", b"DL", b"Length"];

/// Objects that never come along, by what they call themselves.
pub(super) const NEVER_TYPES: &[&[u8]] = &[
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
/// Actions by their kind.
pub(super) const ACTIONS: &[&[u8]] = &[
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
