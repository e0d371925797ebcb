//! Which parts of an Office file show something. Known ones come along; whatever is not named here does not.

use crate::casework::file_kind::FileKind;

/// Parts of a letter, with the folder they stand in, without their number.
const OF_A_LETTER: [&str; 15] = [
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
/// Parts of a spreadsheet likewise.
const OF_A_SHEET: [&str; 12] = [
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

/// Whether the part, in lower case, shows something of a file of `kind`.
pub(super) fn shows(name: &str, kind: FileKind) -> bool {
    let known: &[&str] = if kind == FileKind::Xlsx {
        &OF_A_SHEET
    } else {
        &OF_A_LETTER
    };
    let Some(stem) = name
        .strip_suffix(".xml")
        .or_else(|| name.strip_suffix(".vml"))
    else {
        return false;
    };
    let known_as = |stem: &str| known.contains(&stem) || stem == "word/diagrams/colors";
    // With a number of at most five digits: more could be a date or a telephone number.
    let digits = stem.bytes().rev().take_while(u8::is_ascii_digit).count();
    digits <= 5 && known_as(&stem[..stem.len() - digits])
}

/// Whether it is a drawing of the old kind, in lower case as all names here.
pub(super) fn is_old_drawing(name: &str) -> bool {
    name.strip_suffix(".vml").is_some()
}

/// Whether it is a picture by its place.
pub(super) fn is_picture(name: &str) -> bool {
    name.starts_with("word/media/") || name.starts_with("xl/media/")
}

/// Whether the content type is one of Office's own and without macros.
pub(super) fn is_plain(content_type: &str) -> bool {
    let is_own = content_type.starts_with("application/vnd.openxmlformats-officedocument.")
        || content_type.starts_with("application/vnd.ms-office.");
    is_own
        && !content_type.to_lowercase().contains("macro")
        && content_type
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"./+-".contains(&byte))
}

/// Whether what a relationship of this type leads to would be missed by a reader.
pub(super) fn shows_something(relationship: &str) -> bool {
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

/// Where the relationships of a part stand.
pub(super) fn relationships_of(name: &str) -> String {
    let (folder, file) = name.rsplit_once('/').unwrap_or(("", name));
    let slash = if folder.is_empty() { "" } else { "/" };
    format!("{folder}{slash}_rels/{file}.rels")
}
