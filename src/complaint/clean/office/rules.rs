//! Elements and attributes of Office's XML, by local name, that identify persons or refer to
//! external content.

/// Elements that are dropped with their content.
pub(super) const DROPPED: [&str; 53] = [
    // Persons, devices and revisions.
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
    // Code, and content that is fetched, computed or filled in.
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

/// Elements that are dropped while their content is kept.
pub(super) const UNWRAPPED: [&str; 3] = ["fldSimple", "smartTag", "customXml"];

/// Elements that lose their text: authors of comments, and source references of charts.
pub(super) const EMPTIED: [&str; 2] = ["author", "f"];

/// Elements that are kept without a dropped relationship. Other elements with a dropped
/// relationship are dropped.
pub(super) const KEPT_UNLINKED: [&str; 2] = ["hyperlink", "pageSetup"];

/// Attributes that refer to a relationship, with any prefix.
pub(super) const RELATIONSHIP_ATTRIBUTES: [&str; 9] = [
    "id", "embed", "link", "pict", "relid", "dm", "lo", "qs", "cs",
];

/// Treatment of an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AttributeRule {
    Kept,
    Dropped,
    /// The schema requires the attribute, so its value is replaced.
    Replaced(&'static str),
}

/// Treatment of `prefix:name` of `element`.
pub(super) fn attribute_rule(element: &str, prefix: &str, name: &str) -> AttributeRule {
    let is_drawing = matches!(element, "docPr" | "cNvPr");
    match name {
        "author" | "ed" if !prefix.is_empty() => AttributeRule::Replaced("-"),
        "name" if is_drawing => AttributeRule::Replaced(""),
        "date" | "dateUtc" | "initials" | "paraId" | "textId" | "uid" | "anchorId" | "editId"
            if !prefix.is_empty() =>
        {
            AttributeRule::Dropped
        }
        "descr" | "alt" | "href" | "gfxdata" | "tooltip" | "cm" | "vm" | "codeName"
        | "userName" | "macro" => AttributeRule::Dropped,
        "title" if is_drawing || prefix == "o" => AttributeRule::Dropped,
        _ if name.starts_with("rsid") => AttributeRule::Dropped,
        // Scripts of VML drawings.
        _ if prefix.is_empty() && name.starts_with("on") => AttributeRule::Dropped,
        _ => AttributeRule::Kept,
    }
}
