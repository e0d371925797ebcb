//! What an Office file says it is: the content type of its main part (ECMA-376, part 2, 7.2.3). Documents, templates, files with macros and binary workbooks
//! have the same folders and differ in this alone, and Office goes by it.

use std::collections::BTreeSet;

use quick_xml::Reader;
use quick_xml::events::Event;

use super::Flaw;
use crate::casework::file_kind::FileKind;

/// Content types of main parts, in lower case, by what a file with them is called.
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
/// Parts that carry macros, under whatever name: modules, and sheets of Excel 4.
const MACROS: [&str; 3] = ["vbaproject", "macrosheet", "vbadata"];

/// The kind of the file whose `[Content_Types].xml` is `xml`.
pub(super) fn kind(xml: &[u8]) -> Result<FileKind, Flaw> {
    let types = types(xml).ok_or(super::ZIP)?;
    let is_binary = |one: &str| one.starts_with("application/vnd.ms-excel.sheet.binary.");
    if types.iter().any(|one| {
        MACROS.iter().any(|part| one.contains(part))
            || (one.contains("macroenabled") && !is_binary(one))
    }) {
        return Err(Flaw::Macros);
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
            .map_or(super::ZIP, |(_, file)| Flaw::Other(file))),
        // Several would open as one thing here and as another there.
        (None, _) | (Some(_), Some(_)) => Err(super::ZIP),
    }
}

/// Every content type that is given to a part or an extension, in lower case, as they are compared.
fn types(xml: &[u8]) -> Option<BTreeSet<String>> {
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

    fn of(types: &[&str]) -> Result<FileKind, Flaw> {
        let parts = types
            .iter()
            .map(|one| format!("<Override PartName=\"/x\" ContentType=\"{one}\"/>"))
            .collect::<Vec<_>>()
            .concat();
        kind(format!("\u{feff}<?xml version=\"1.0\"?><Types><Default Extension=\"xml\" ContentType=\"application/xml\"/>{parts}</Types>").as_bytes())
    }

    /// Row 29: templates, binary workbooks and files with macros are none of the kinds, whatever they are called.
    #[test]
    fn a_file_is_what_its_main_part_is() {
        assert_eq!(
            (of(&[DOCX]), of(&[XLSX])),
            (Ok(FileKind::Docx), Ok(FileKind::Xlsx))
        );
        assert_eq!(of(&[&DOCX.to_uppercase()]), Ok(FileKind::Docx));
        for (main, file) in MAIN.into_iter().skip(2) {
            assert_eq!(of(&[main]), Err(Flaw::Other(file)), "{main}");
        }
        for macros in [
            "application/vnd.ms-word.document.macroEnabled.main+xml",
            "application/vnd.ms-word.template.macroEnabledTemplate.main+xml",
            "application/vnd.ms-excel.sheet.macroEnabled.main+xml",
            "application/vnd.ms-excel.template.macroEnabled.main+xml",
            "application/vnd.ms-excel.addin.macroEnabled.main+xml",
        ] {
            assert_eq!(of(&[macros]), Err(Flaw::Macros), "{macros}");
        }
        assert_eq!(
            of(&[DOCX, "application/vnd.ms-office.vbaProject"]),
            Err(Flaw::Macros),
            "under another name"
        );
        assert_eq!(
            of(&[XLSX, "application/vnd.ms-excel.macrosheet+xml"]),
            Err(Flaw::Macros)
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
            assert_eq!(kind(xml), Err(super::super::ZIP));
        }
    }
}
