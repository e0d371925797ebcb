//! Word or Excel: read from the names in a zip's central directory, which Office itself goes by. The directory must account for the file to its last
//! byte, so that nothing hides behind or before it; nothing is unpacked.

use super::Flaw;
use crate::casework::file_kind::FileKind;

const ZIP: Flaw = Flaw::Other("application/zip");
/// Length of a directory entry without its name, extra and comment (APPNOTE 4.3.12).
const ENTRY: usize = 46;
/// Length of the end of the directory without its comment (APPNOTE 4.3.16).
const END: usize = 22;
/// Length of the zip64 end and its locator, which some writers put before the end though nothing needs it (APPNOTE 4.3.14, 4.3.15).
const END_64: usize = 56 + 20;

/// The kind of the archive of `size` bytes that ends with `tail`.
pub(super) fn kind(tail: &[u8], size: u64) -> Result<FileKind, Flaw> {
    let names = names(tail, size).ok_or(ZIP)?;
    let any = |wanted: &dyn Fn(&str) -> bool| names.iter().any(|name| wanted(name));
    let found = match (any(&|name| name.starts_with("word/")), any(&|name| name.starts_with("xl/"))) {
        (true, false) => FileKind::Docx,
        (false, true) => FileKind::Xlsx,
        // Both would open as one thing here and as another there.
        (true, true) | (false, false) => return Err(ZIP),
    };
    if !any(&|name| name == "[content_types].xml") {
        return Err(ZIP);
    }
    if any(&|name| name.ends_with("vbaproject.bin") || name.ends_with("vbadata.xml") || name.contains("/macrosheets/")) {
        return Err(Flaw::Macros);
    }
    Ok(found)
}

/// The names of all entries in lower case, as Office compares them; none when the directory is not sound or begins before `tail`.
fn names(tail: &[u8], size: u64) -> Option<Vec<String>> {
    let end = (0..=tail.len().checked_sub(END)?)
        .rev()
        .find(|at| tail[*at..].starts_with(b"PK\x05\x06") && short(tail, at + 20).is_some_and(|comment| at + END + comment == tail.len()))?;
    let (count, length, offset) = (short(tail, end + 10)?, long(tail, end + 12)?, long(tail, end + 16)?);
    // Where the tail begins in the file.
    let origin = size.checked_sub(tail.len() as u64)?;
    let mut at = usize::try_from((offset as u64).checked_sub(origin)?).ok()?;
    let directory_end = at.checked_add(length)?;
    let between = tail.get(directory_end..end)?;
    let is_zip64_end = between.len() == END_64 && between.starts_with(b"PK\x06\x06");
    if !between.is_empty() && !is_zip64_end {
        return None;
    }
    let mut names = Vec::new();
    while at < directory_end {
        let entry = tail.get(at..directory_end)?;
        if !entry.starts_with(b"PK\x01\x02") {
            return None;
        }
        let name_length = short(entry, 28)?;
        let name = entry.get(ENTRY..ENTRY + name_length)?;
        names.push(String::from_utf8_lossy(name).to_lowercase().replace('\\', "/"));
        at += ENTRY + name_length + short(entry, 30)? + short(entry, 32)?;
    }
    (at == directory_end && names.len() == count).then_some(names)
}

fn short(bytes: &[u8], at: usize) -> Option<usize> {
    Some(usize::from(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?)))
}

fn long(bytes: &[u8], at: usize) -> Option<usize> {
    usize::try_from(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::casework::documents::samples::{docx, xlsx, zip};

    fn of(file: &[u8]) -> Result<FileKind, Flaw> {
        kind(file, file.len() as u64)
    }

    #[test]
    fn word_and_excel_are_told_apart_and_anything_else_is_a_zip() {
        assert_eq!(of(&docx()), Ok(FileKind::Docx));
        assert_eq!(of(&xlsx()), Ok(FileKind::Xlsx));
        assert_eq!(of(&zip(&["[Content_Types].xml", "ppt/presentation.xml"])), Err(ZIP));
        assert_eq!(of(&zip(&["virus.exe"])), Err(ZIP));
        assert_eq!(of(&zip(&["word/document.xml"])), Err(ZIP), "no content types");
        assert_eq!(of(&zip(&["[Content_Types].xml", "word/document.xml", "xl/workbook.xml"])), Err(ZIP), "both at once");
        assert_eq!(of(&zip(&["META-INF/MANIFEST.MF", "Main.class"])), Err(ZIP));
    }

    #[test]
    fn an_excel_sheet_embedded_in_a_letter_leaves_it_a_letter() {
        assert_eq!(of(&zip(&["[Content_Types].xml", "word/document.xml", "word/embeddings/sheet1.xlsx"])), Ok(FileKind::Docx));
    }

    #[test]
    fn macros_are_refused_under_whatever_name_and_case() {
        for part in ["word/vbaProject.bin", "word/VBAPROJECT.BIN", "word\\vbaProject.bin", "word/vbaData.xml"] {
            assert_eq!(of(&zip(&["[Content_Types].xml", "word/document.xml", part])), Err(Flaw::Macros), "{part}");
        }
        assert_eq!(of(&zip(&["[Content_Types].xml", "xl/workbook.xml", "xl/macrosheets/sheet1.xml"])), Err(Flaw::Macros));
    }

    #[test]
    fn a_directory_that_does_not_account_for_the_file_is_refused() {
        let file = docx();
        assert_eq!(of(&[b"before".as_slice(), &file].concat()), Err(ZIP), "something before");
        assert_eq!(of(&[file.as_slice(), b"behind"].concat()), Err(ZIP), "something behind");
        assert_eq!(of(&file[..file.len() - 30]), Err(ZIP), "cut off");
        let mut liar = file.clone();
        let count = liar.len() - 12;
        liar[count] += 1;
        assert_eq!(of(&liar), Err(ZIP), "one entry too many");
    }

    #[test]
    fn a_directory_longer_than_what_is_kept_is_refused() {
        let parts: Vec<String> = (0..3000).map(|part| format!("word/media/picture-{part}.png")).collect();
        let parts: Vec<&str> = ["[Content_Types].xml"].into_iter().chain(parts.iter().map(String::as_str)).collect();
        let file = zip(&parts);
        assert_eq!(kind(&file[file.len() - super::super::TAIL..], file.len() as u64), Err(ZIP));
        assert_eq!(of(&file), Ok(FileKind::Docx), "it is the length alone that is refused");
    }
}
