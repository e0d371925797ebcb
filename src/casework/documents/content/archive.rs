//! Detects Word and Excel files: by the names in the zip's central directory, which Office itself
//! uses, and by the content type of the main part. The directory must account for the file to its
//! last byte, so nothing can hide behind or before it. Only the list of content types is unpacked.

use std::io::Read as _;
use std::ops::Range;

use flate2::read::DeflateDecoder;

use super::{ContentError, ZIP, office_types};
use crate::casework::file_kind::FileKind;

/// Length of a directory entry without its name, extra and comment (APPNOTE 4.3.12).
const ENTRY: usize = 46;
/// Length of the end of the directory without its comment (APPNOTE 4.3.16).
const END: usize = 22;
/// Length of the zip64 end record and its locator, which some writers add although the file does
/// not need it (APPNOTE 4.3.14, 4.3.15).
const END_64: usize = 56 + 20;

/// Length of a local file header without its name and extra field (APPNOTE 4.3.7).
const LOCAL: usize = 30;
/// The longest extra field read before the content types: Word reserves half a KiB there.
const EXTRA: usize = 4 << 10;
/// Limits for the content types, packed and unpacked: a report with 1 700 parts has 300 KiB.
const PACKED: usize = 256 << 10;
const UNPACKED: u64 = 1 << 20;
/// The name of the content types part, in lower case as all names here.
const TYPES: &str = "[content_types].xml";

/// An entry of the central directory.
struct Entry {
    name: String,
    is_locked: bool,
    is_deflated: bool,
    sum: u32,
    packed: usize,
    offset: usize,
}

/// The location of the content types part, and the kind it must confirm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContentTypes {
    kind: FileKind,
    /// The byte range of its local header and content.
    pub range: Range<u64>,
    is_deflated: bool,
    sum: u32,
    packed: usize,
}

impl ContentTypes {
    /// Checks that the content types in `bytes`, read from `range`, confirm the kind.
    pub(super) fn prove(&self, bytes: &[u8]) -> Result<(), ContentError> {
        let types = self
            .unpacked(bytes)
            .filter(|types| crc32fast::hash(types) == self.sum)
            .ok_or(ContentError::Incomplete(self.kind))?;
        if office_types::detect_kind(&types)? == self.kind {
            Ok(())
        } else {
            Err(ZIP)
        }
    }

    fn unpacked(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        let begin = LOCAL + read_u16(bytes, 26)? + read_u16(bytes, 28)?;
        let content = bytes
            .strip_prefix(b"PK\x03\x04")?
            .get(begin - 4..(begin - 4).checked_add(self.packed)?)?;
        if !self.is_deflated {
            return Some(content.to_vec());
        }
        let mut types = Vec::new();
        DeflateDecoder::new(content)
            .take(UNPACKED)
            .read_to_end(&mut types)
            .ok()?;
        Some(types)
    }
}

/// The kind of an archive of `size` bytes that ends with `tail`, by its entry names, with the
/// location of its content types.
pub(super) fn detect_kind(
    tail: &[u8],
    size: u64,
) -> Result<(FileKind, ContentTypes), ContentError> {
    let (entries, directory) = entries(tail, size).ok_or(ZIP)?;
    let any = |wanted: &dyn Fn(&str) -> bool| entries.iter().any(|entry| wanted(&entry.name));
    let kind = match (
        any(&|name| name.starts_with("word/")),
        any(&|name| name.starts_with("xl/")),
    ) {
        (true, false) => FileKind::Docx,
        (false, true) => FileKind::Xlsx,
        // An archive with both would be opened differently by different programs.
        (true, true) | (false, false) => return Err(ZIP),
    };
    let mut types = entries.iter().filter(|entry| entry.name == TYPES);
    let (Some(types), None) = (types.next(), types.next()) else {
        return Err(ZIP);
    };
    if any(&|name| {
        name.ends_with("vbaproject.bin")
            || name.ends_with("vbadata.xml")
            || name.contains("/macrosheets/")
    }) {
        return Err(ContentError::Macros);
    }
    if entries.iter().any(|entry| entry.is_locked) {
        return Err(ContentError::Locked(kind));
    }
    if types.packed > PACKED {
        return Err(ZIP);
    }
    let begin = types.offset as u64;
    let end = (begin + (LOCAL + TYPES.len() + EXTRA + types.packed) as u64).min(directory);
    if begin >= end {
        return Err(ZIP);
    }
    Ok((
        kind,
        ContentTypes {
            kind,
            range: begin..end,
            is_deflated: types.is_deflated,
            sum: types.sum,
            packed: types.packed,
        },
    ))
}

/// True if a zip archive ends at the end of `tail`.
pub(super) fn ends_with(tail: &[u8]) -> bool {
    end(tail).is_some()
}

/// The offset of the end-of-central-directory record.
fn end(tail: &[u8]) -> Option<usize> {
    let last = tail.len().checked_sub(END)?;
    (last.saturating_sub(usize::from(u16::MAX))..=last)
        .rev()
        .find(|at| {
            tail[*at..].starts_with(b"PK\x05\x06")
                && read_u16(tail, at + 20).is_some_and(|comment| at + END + comment == tail.len())
        })
}

/// All entries, with names in lower case, as Office compares them, and the offset of the directory.
/// None when the directory is malformed or begins before `tail`.
fn entries(tail: &[u8], size: u64) -> Option<(Vec<Entry>, u64)> {
    let end = end(tail)?;
    let (count, length, offset) = (
        read_u16(tail, end + 10)?,
        read_u32(tail, end + 12)?,
        read_u32(tail, end + 16)?,
    );
    // The offset of the tail in the file.
    let origin = size.checked_sub(tail.len() as u64)?;
    let mut at = usize::try_from((offset as u64).checked_sub(origin)?).ok()?;
    let directory_end = at.checked_add(length)?;
    let between = tail.get(directory_end..end)?;
    let is_zip64_end = between.len() == END_64 && between.starts_with(b"PK\x06\x06");
    if !between.is_empty() && !is_zip64_end {
        return None;
    }
    let mut entries = Vec::new();
    while at < directory_end {
        let entry = tail.get(at..directory_end)?;
        if !entry.starts_with(b"PK\x01\x02") {
            return None;
        }
        let name_length = read_u16(entry, 28)?;
        let name = entry.get(ENTRY..ENTRY + name_length)?;
        entries.push(Entry {
            name: String::from_utf8_lossy(name)
                .to_lowercase()
                .replace('\\', "/"),
            is_locked: read_u16(entry, 8)? & 1 != 0,
            is_deflated: read_u16(entry, 10)? == 8,
            sum: u32::try_from(read_u32(entry, 16)?).ok()?,
            packed: read_u32(entry, 20)?,
            offset: read_u32(entry, 42)?,
        });
        at += ENTRY + name_length + read_u16(entry, 30)? + read_u16(entry, 32)?;
    }
    (at == directory_end && entries.len() == count).then_some((entries, offset as u64))
}

fn read_u16(bytes: &[u8], at: usize) -> Option<usize> {
    Some(usize::from(u16::from_le_bytes(
        bytes.get(at..at + 2)?.try_into().ok()?,
    )))
}

fn read_u32(bytes: &[u8], at: usize) -> Option<usize> {
    usize::try_from(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::casework::documents::samples::{
        DOCX, docx, packed_docx, types_of, xlsx, zip, zip_with,
    };

    fn of(file: &[u8]) -> Result<FileKind, ContentError> {
        let (kind, types) = detect_kind(file, file.len() as u64)?;
        let range =
            usize::try_from(types.range.start).unwrap()..usize::try_from(types.range.end).unwrap();
        types.prove(&file[range]).map(|()| kind)
    }

    #[test]
    fn word_and_excel_are_told_apart_and_anything_else_is_a_zip() {
        assert_eq!(of(&docx()), Ok(FileKind::Docx));
        assert_eq!(of(&xlsx()), Ok(FileKind::Xlsx));
        assert_eq!(
            of(&zip(&["[Content_Types].xml", "ppt/presentation.xml"])),
            Err(ZIP)
        );
        assert_eq!(of(&zip(&["virus.exe"])), Err(ZIP));
        assert_eq!(
            of(&zip(&["word/document.xml"])),
            Err(ZIP),
            "no content types"
        );
        assert_eq!(
            of(&zip(&[
                "[Content_Types].xml",
                "word/document.xml",
                "xl/workbook.xml"
            ])),
            Err(ZIP),
            "both at once"
        );
        assert_eq!(of(&zip(&["META-INF/MANIFEST.MF", "Main.class"])), Err(ZIP));
    }

    #[test]
    fn an_excel_sheet_embedded_in_a_letter_leaves_it_a_letter() {
        assert_eq!(
            of(&zip(&[
                "[Content_Types].xml",
                "word/document.xml",
                "word/embeddings/sheet1.xlsx"
            ])),
            Ok(FileKind::Docx)
        );
        assert_eq!(
            of(&zip(&["word/document.xml", "[Content_Types].xml"])),
            Ok(FileKind::Docx),
            "the order is free"
        );
    }

    #[test]
    fn macros_are_refused_under_whatever_name_and_case() {
        for part in [
            "word/vbaProject.bin",
            "word/VBAPROJECT.BIN",
            "word\\vbaProject.bin",
            "word/vbaData.xml",
        ] {
            assert_eq!(
                of(&zip(&["[Content_Types].xml", "word/document.xml", part])),
                Err(ContentError::Macros),
                "{part}"
            );
        }
        assert_eq!(
            of(&zip(&[
                "[Content_Types].xml",
                "xl/workbook.xml",
                "xl/macrosheets/sheet1.xml"
            ])),
            Err(ContentError::Macros)
        );
    }

    /// The content type of the main part decides, packed or not.
    #[test]
    fn templates_and_binary_workbooks_are_told_from_documents() {
        let office = |main: &str, part: &str| {
            zip_with(&[("[Content_Types].xml", &types_of(main)), (part, b"<x/>")])
        };
        let dotx = office(
            "application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml",
            "word/document.xml",
        );
        assert_eq!(
            of(&dotx),
            Err(ContentError::Other(
                "application/vnd.openxmlformats-officedocument.wordprocessingml.template"
            ))
        );
        let xltx = office(
            "application/vnd.openxmlformats-officedocument.spreadsheetml.template.main+xml",
            "xl/workbook.xml",
        );
        assert_eq!(
            of(&xltx),
            Err(ContentError::Other(
                "application/vnd.openxmlformats-officedocument.spreadsheetml.template"
            ))
        );
        let xlsb = office(
            "application/vnd.ms-excel.sheet.binary.macroEnabled.main",
            "xl/workbook.bin",
        );
        assert_eq!(
            of(&xlsb),
            Err(ContentError::Other(
                "application/vnd.ms-excel.sheet.binary.macroEnabled.12"
            ))
        );
        let docm = office(
            "application/vnd.ms-word.document.macroEnabled.main+xml",
            "word/document.xml",
        );
        assert_eq!(of(&docm), Err(ContentError::Macros));
        assert_eq!(
            of(&office(DOCX, "xl/workbook.xml")),
            Err(ZIP),
            "the one by its names, the other by its word"
        );
        assert_eq!(
            of(&zip_with(&[
                ("[Content_Types].xml", b""),
                ("word/document.xml", b"<x/>")
            ])),
            Err(ZIP)
        );
        assert_eq!(of(&packed_docx()), Ok(FileKind::Docx));
    }

    /// An encrypted entry, which Office never writes and archivers do.
    #[test]
    fn an_archive_with_a_password_is_locked() {
        let mut file = docx();
        let at = file
            .windows(4)
            .rposition(|word| word == b"PK\x01\x02")
            .unwrap();
        file[at + 8] |= 1;
        assert_eq!(of(&file), Err(ContentError::Locked(FileKind::Docx)));
    }

    #[test]
    fn a_list_that_is_damaged_is_no_list() {
        let mut file = docx();
        let at = file.windows(4).position(|word| word == b"<Typ").unwrap();
        file[at + 1] = b'X';
        assert_eq!(of(&file), Err(ContentError::Incomplete(FileKind::Docx)));
    }

    #[test]
    fn a_directory_that_does_not_account_for_the_file_is_refused() {
        let file = docx();
        assert_eq!(
            of(&[b"before".as_slice(), &file].concat()),
            Err(ZIP),
            "something before"
        );
        assert_eq!(
            of(&[file.as_slice(), b"behind"].concat()),
            Err(ZIP),
            "something behind"
        );
        assert_eq!(of(&file[..file.len() - 30]), Err(ZIP), "cut off");
        let mut liar = file.clone();
        let count = liar.len() - 12;
        liar[count] += 1;
        assert_eq!(of(&liar), Err(ZIP), "one entry too many");
    }

    #[test]
    fn a_directory_longer_than_what_is_kept_is_refused() {
        let parts: Vec<String> = (0..3000)
            .map(|part| format!("word/media/picture-{part}.png"))
            .collect();
        let parts: Vec<&str> = ["[Content_Types].xml"]
            .into_iter()
            .chain(parts.iter().map(String::as_str))
            .collect();
        let file = zip(&parts);
        assert_eq!(
            detect_kind(&file[file.len() - super::super::TAIL..], file.len() as u64).err(),
            Some(ZIP)
        );
        assert_eq!(
            of(&file),
            Ok(FileKind::Docx),
            "it is the length alone that is refused"
        );
    }
}
