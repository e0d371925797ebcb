//! Reads the content type of an Office file's main part (ECMA-376, part 2, 7.2.3). Documents,
//! templates, files with macros and binary workbooks have the same folders and differ only in this
//! content type, which Office uses.

use std::collections::BTreeSet;

use quick_xml::Reader;
use quick_xml::events::Event;

use super::ContentError;
use crate::casework::file_kind::FileKind;

/// Content types of main parts, in lower case, with the media type of the file.
const MAIN: [(&str, &str); 9] = [
    (
        DOCX,
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    (
        XLSX,
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    (
        "application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.template",
    ),
    (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.template.main+xml",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.template",
    ),
    (
        "application/vnd.ms-excel.sheet.binary.macroenabled.main",
        "application/vnd.ms-excel.sheet.binary.macroEnabled.12",
    ),
    (
        "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ),
    (
        "application/vnd.openxmlformats-officedocument.presentationml.template.main+xml",
        "application/vnd.openxmlformats-officedocument.presentationml.template",
    ),
    (
        "application/vnd.openxmlformats-officedocument.presentationml.slideshow.main+xml",
        "application/vnd.openxmlformats-officedocument.presentationml.slideshow",
    ),
    (
        "application/vnd.ms-visio.drawing.main+xml",
        "application/vnd.ms-visio.drawing",
    ),
];
const DOCX: &str =
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml";
/// Content types of parts with macros: modules, and macro sheets of Excel 4.
const MACROS: [&str; 3] = ["vbaproject", "macrosheet", "vbadata"];

/// The kind of the file with the `[Content_Types].xml` in `xml`.
pub(super) fn detect_kind(xml: &[u8]) -> Result<FileKind, ContentError> {
    let types = content_types(xml).ok_or(super::ZIP)?;
    let is_binary = |one: &str| one.starts_with("application/vnd.ms-excel.sheet.binary.");
    if types.iter().any(|one| {
        MACROS.iter().any(|part| one.contains(part))
            || (one.contains("macroenabled") && !is_binary(one))
    }) {
        return Err(ContentError::Macros);
    }
    let mut main = types
        .iter()
        .filter(|one| matches!(one.rsplit('.').next(), Some("main" | "main+xml")));
    match (main.next().map(String::as_str), main.next()) {
        (Some(DOCX), None) => Ok(FileKind::Docx),
        (Some(XLSX), None) => Ok(FileKind::Xlsx),
        (Some(other), None) => Err(MAIN
            .iter()
            .find(|(main, _)| *main == other)
            .map_or(super::ZIP, |(_, file)| ContentError::Other(file))),
        // A file with several main parts would be opened differently by different programs.
        (None, _) | (Some(_), Some(_)) => Err(super::ZIP),
    }
}

/// Every content type declared for a part or an extension, in lower case, as they are compared.
fn content_types(xml: &[u8]) -> Option<BTreeSet<String>> {
    let text = std::str::from_utf8(xml).ok()?;
    let (mut reader, mut types) = (
        Reader::from_str(text.trim_start_matches('\u{feff}')),
        BTreeSet::new(),
    );
    loop {
        match reader.read_event().ok()? {
            Event::Start(element) | Event::Empty(element)
                if matches!(element.local_name().as_ref(), "Override" | "Default") =>
            {
                types.insert(
                    element
                        .try_get_attribute("ContentType")
                        .ok()??
                        .value
                        .trim()
                        .to_ascii_lowercase(),
                );
            }
            Event::DocType(_) => return None,
            Event::Eof => return Some(types),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(types: &[&str]) -> Result<FileKind, ContentError> {
        let parts = types
            .iter()
            .map(|one| format!("<Override PartName=\"/x\" ContentType=\"{one}\"/>"))
            .collect::<Vec<_>>()
            .concat();
        detect_kind(format!("\u{feff}<?xml version=\"1.0\"?><Types><Default Extension=\"xml\" ContentType=\"application/xml\"/>{parts}</Types>").as_bytes())
    }

    /// Templates, binary workbooks and files with macros are refused under any file name.
    #[test]
    fn a_file_is_what_its_main_part_is() {
        assert_eq!(
            (of(&[DOCX]), of(&[XLSX])),
            (Ok(FileKind::Docx), Ok(FileKind::Xlsx))
        );
        assert_eq!(of(&[&DOCX.to_uppercase()]), Ok(FileKind::Docx));
        for (main, file) in MAIN.into_iter().skip(2) {
            assert_eq!(of(&[main]), Err(ContentError::Other(file)), "{main}");
        }
        for macros in [
            "application/vnd.ms-word.document.macroEnabled.main+xml",
            "application/vnd.ms-word.template.macroEnabledTemplate.main+xml",
            "application/vnd.ms-excel.sheet.macroEnabled.main+xml",
            "application/vnd.ms-excel.template.macroEnabled.main+xml",
            "application/vnd.ms-excel.addin.macroEnabled.main+xml",
        ] {
            assert_eq!(of(&[macros]), Err(ContentError::Macros), "{macros}");
        }
        assert_eq!(
            of(&[DOCX, "application/vnd.ms-office.vbaProject"]),
            Err(ContentError::Macros),
            "under another name"
        );
        assert_eq!(
            of(&[XLSX, "application/vnd.ms-excel.macrosheet+xml"]),
            Err(ContentError::Macros)
        );
        for nothing in [
            &[][..],
            &[DOCX, XLSX],
            &[DOCX, MAIN[2].0],
            &["application/xml"],
            &["application/x.unknown.main+xml"],
        ] {
            assert_eq!(of(nothing), Err(super::super::ZIP), "{nothing:?}");
        }
        for xml in [
            b"".as_slice(),
            b"\xff",
            b"<Types",
            b"<!DOCTYPE x [<!ENTITY a \"b\">]><Types/>",
            b"<Types><Override/></Types>",
        ] {
            assert_eq!(detect_kind(xml), Err(super::super::ZIP));
        }
    }
}
