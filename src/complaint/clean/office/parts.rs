//! Allowlist of the visible parts of an Office file. Parts that are not listed are dropped.

use crate::casework::file_kind::FileKind;

/// Parts of a DOCX, with their folder, without their number.
const DOCX_PARTS: [&str; 15] = [
    "word/document",
    "word/styles",
    "word/numbering",
    "word/fonttable",
    "word/footnotes",
    "word/endnotes",
    "word/header",
    "word/footer",
    "word/comments",
    "word/theme/theme",
    "word/charts/chart",
    "word/diagrams/data",
    "word/diagrams/layout",
    "word/diagrams/drawing",
    "word/diagrams/quickstyle",
];
/// Parts of an XLSX, with their folder, without their number.
const XLSX_PARTS: [&str; 12] = [
    "xl/workbook",
    "xl/worksheets/sheet",
    "xl/styles",
    "xl/sharedstrings",
    "xl/theme/theme",
    "xl/comments",
    "xl/comments/comment",
    "xl/drawings/drawing",
    "xl/drawings/vmldrawing",
    "xl/drawings/commentsdrawing",
    "xl/tables/table",
    "xl/charts/chart",
];

/// Whether the part, named in lower case, is a visible part of a file of `kind`.
pub(super) fn is_visible_part(name: &str, kind: FileKind) -> bool {
    let known: &[&str] = if kind == FileKind::Xlsx {
        &XLSX_PARTS
    } else {
        &DOCX_PARTS
    };
    let Some(stem) = name
        .strip_suffix(".xml")
        .or_else(|| name.strip_suffix(".vml"))
    else {
        return false;
    };
    let known_as = |stem: &str| known.contains(&stem) || stem == "word/diagrams/colors";
    // A number of at most five digits: a longer one could be a date or a telephone number.
    let digits = stem.bytes().rev().take_while(u8::is_ascii_digit).count();
    digits <= 5 && known_as(&stem[..stem.len() - digits])
}

/// Whether the part, named in lower case, is a VML drawing.
pub(super) fn is_vml(name: &str) -> bool {
    name.strip_suffix(".vml").is_some()
}

/// Whether the part is a picture by its folder.
pub(super) fn is_picture(name: &str) -> bool {
    name.starts_with("word/media/") || name.starts_with("xl/media/")
}

/// Whether the content type is one of Office's own and without macros.
pub(super) fn is_plain_type(content_type: &str) -> bool {
    let is_own = content_type.starts_with("application/vnd.openxmlformats-officedocument.")
        || content_type.starts_with("application/vnd.ms-office.");
    is_own
        && !content_type.to_lowercase().contains("macro")
        && content_type
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"./+-".contains(&byte))
}

/// Whether a reader would miss the target of a relationship of this type.
pub(super) fn is_visible_relationship(relationship: &str) -> bool {
    let kind = relationship.rsplit('/').next().unwrap_or_default();
    matches!(
        kind,
        "image"
            | "oleObject"
            | "package"
            | "chart"
            | "chartEx"
            | "aFChunk"
            | "video"
            | "audio"
            | "media"
            | "subDocument"
            | "worksheet"
            | "chartsheet"
    )
}

/// Name of the relationships part of a part.
pub(super) fn relationships_of(name: &str) -> String {
    let (folder, file) = name.rsplit_once('/').unwrap_or(("", name));
    let slash = if folder.is_empty() { "" } else { "/" };
    format!("{folder}{slash}_rels/{file}.rels")
}
