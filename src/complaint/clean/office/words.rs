//! The words of Office's XML that carry traces of people, or lead elsewhere, by their local names.

/// Elements that go with all they contain.
pub(super) const DROPPED: [&str; 53] = [
    // People, machines and revisions.
    "rsid",
    "rsids",
    "docVars",
    "absPath",
    "revisionPtr",
    "fileSharing",
    "fileVersion",
    "customWorkbookViews",
    "customSheetViews",
    "permStart",
    "permEnd",
    "proofErr",
    "fileRecoveryPr",
    "smartTags",
    "extLst",
    "customProperties",
    "cellWatches",
    "customXmlPr",
    "customXmlInsRangeStart",
    "customXmlDelRangeStart",
    "customXmlMoveFromRangeStart",
    "customXmlMoveToRangeStart",
    // Code, and what is fetched, computed or filled in.
    "attachedTemplate",
    "externalReferences",
    "pivotCaches",
    "oleObjects",
    "controls",
    "control",
    "OLEObject",
    "ddeLink",
    "definedNames",
    "webPublishItems",
    "webPublishing",
    "dataValidations",
    "dataBinding",
    "altChunk",
    "subDoc",
    "script",
    "instrText",
    "delInstrText",
    "fldChar",
    "ffData",
    "hlinkClick",
    "hlinkHover",
    "hlinkMouseOver",
    "externalData",
    "userShapes",
    "audioFile",
    "videoFile",
    "wavAudioFile",
    "quickTimeFile",
    "calculatedColumnFormula",
    "totalsRowFormula",
];

/// Elements that go while what they contain stays.
pub(super) const UNWRAPPED: [&str; 3] = ["fldSimple", "smartTag", "customXml"];

/// Elements whose text goes: the authors of comments, and where a chart's figures came from.
pub(super) const EMPTIED: [&str; 2] = ["author", "f"];

/// Elements that lose only the relationship when it leads nowhere; others go as a whole.
pub(super) const FREED: [&str; 2] = ["hyperlink", "pageSetup"];

/// Attributes that refer to a relationship, under whatever prefix.
pub(super) const REFERRING: [&str; 9] = [
    "id", "embed", "link", "pict", "relid", "dm", "lo", "qs", "cs",
];

/// What becomes of an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Kept,
    Dropped,
    /// The schema wants it, so it stays and says nothing.
    Says(&'static str),
}

/// What becomes of `prefix:name` of `element`.
pub(super) fn fate(element: &str, prefix: &str, name: &str) -> Fate {
    let is_drawing = matches!(element, "docPr" | "cNvPr");
    match name {
        "author" | "ed" if !prefix.is_empty() => Fate::Says("-"),
        "name" if is_drawing => Fate::Says(""),
        "date" | "dateUtc" | "initials" | "paraId" | "textId" | "uid" | "anchorId" | "editId"
            if !prefix.is_empty() =>
        {
            Fate::Dropped
        }
        "descr" | "alt" | "href" | "gfxdata" | "tooltip" | "cm" | "vm" | "codeName"
        | "userName" | "macro" => Fate::Dropped,
        "title" if is_drawing || prefix == "o" => Fate::Dropped,
        _ if name.starts_with("rsid") => Fate::Dropped,
        // Scripts of the old drawings.
        _ if prefix.is_empty() && name.starts_with("on") => Fate::Dropped,
        _ => Fate::Kept,
    }
}
