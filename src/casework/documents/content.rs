//! What a file is, judged by its bytes alone: from its beginning while it arrives, from its end once it is there. Nothing is unpacked, so there is
//! no bomb to set off; nothing is kept but the first KiB and the last 128 KiB.

mod archive;

use crate::casework::file_kind::FileKind;

/// How much of the beginning is looked at: a PDF may carry up to this before its mark (ISO 32000-1, Annex H.3.4.1).
pub const HEAD: usize = 1024;
/// How much of the end is kept. The directory of an Office file must fit: 128 KiB name some 1 700 parts, a long report has a hundred.
pub const TAIL: usize = 128 << 10;

/// What a beginning tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// A PDF.
    Pdf,
    /// A JPEG.
    Jpeg,
    /// A PNG.
    Png,
    /// A zip archive: DOCX and XLSX are told apart by its directory, which stands at its end.
    Archive,
}

impl Family {
    /// The kinds it can turn out to be.
    #[must_use]
    pub fn kinds(self) -> &'static [FileKind] {
        match self {
            Self::Pdf => &[FileKind::Pdf],
            Self::Jpeg => &[FileKind::Jpeg],
            Self::Png => &[FileKind::Png],
            Self::Archive => &[FileKind::Docx, FileKind::Xlsx],
        }
    }

    /// The kind, when the beginning alone tells it.
    #[must_use]
    pub fn only_kind(self) -> Option<FileKind> {
        if let [kind] = self.kinds() { Some(*kind) } else { None }
    }
}

/// Why a file is none of the kinds we take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Flaw {
    /// It is something else; its media type, as far as we know one.
    Other(&'static str),
    /// An Office file that carries macros.
    Macros,
    /// It begins well and does not end: cut off, or followed by something else.
    Incomplete(FileKind),
}

/// Looks at a file as it passes.
#[derive(Debug, Default)]
pub struct Examiner {
    head: Vec<u8>,
    tail: Vec<u8>,
    size: u64,
}

impl Examiner {
    /// The next bytes.
    pub fn see(&mut self, bytes: &[u8]) {
        self.size += bytes.len() as u64;
        let missing = HEAD.saturating_sub(self.head.len());
        self.head.extend_from_slice(&bytes[..missing.min(bytes.len())]);
        let newest = &bytes[bytes.len().saturating_sub(TAIL)..];
        // Cut back only when twice as long, so that small pieces do not each move the whole.
        if self.tail.len() + newest.len() > 2 * TAIL {
            let surplus = self.tail.len().saturating_sub(TAIL - newest.len().min(TAIL));
            self.tail.drain(..surplus);
        }
        self.tail.extend_from_slice(newest);
    }

    /// How many bytes have passed.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Whether enough has passed for `family`; at the end of the file whatever has passed is enough.
    #[must_use]
    pub fn knows_the_head(&self) -> bool {
        self.head.len() == HEAD
    }

    /// What the beginning tells.
    ///
    /// # Errors
    /// `Other` when it is the beginning of nothing we take.
    pub fn family(&self) -> Result<Family, Flaw> {
        let head = self.head.as_slice();
        if head.starts_with(b"\xff\xd8\xff") {
            return Ok(Family::Jpeg);
        }
        if head.starts_with(b"\x89PNG\r\n\x1a\n") && head.get(12..16) == Some(b"IHDR") {
            return Ok(Family::Png);
        }
        if head.starts_with(b"PK\x03\x04") {
            return Ok(Family::Archive);
        }
        let other = infer::get(head).map(|found| found.mime_type()).filter(|found| *found != FileKind::Pdf.media_type());
        // A PDF may have a preamble, but not one that makes it a web page, a script or a program to whoever opens it by another door.
        match other {
            None if head.starts_with(b"#!") => Err(Flaw::Other("text/x-shellscript")),
            None if looks_like_markup(head) => Err(Flaw::Other("text/html")),
            None if find(head, b"%PDF-").is_some() => Ok(Family::Pdf),
            None => Err(Flaw::Other("application/octet-stream")),
            Some(other) => Err(Flaw::Other(other)),
        }
    }

    /// What the whole file is. Ask when all of it has passed.
    ///
    /// # Errors
    /// Why it is nothing we take.
    pub fn kind(&self, family: Family) -> Result<FileKind, Flaw> {
        let tail = &self.tail[self.tail.len().saturating_sub(TAIL)..];
        let ends = |kind, well: bool| if well { Ok(kind) } else { Err(Flaw::Incomplete(kind)) };
        match family {
            Family::Pdf => ends(FileKind::Pdf, find(&tail[tail.len().saturating_sub(HEAD)..], b"%%EOF").is_some()),
            Family::Jpeg => ends(FileKind::Jpeg, jpeg_ends(tail)),
            Family::Png => ends(FileKind::Png, without_padding(tail).ends_with(b"IEND\xae\x42\x60\x82")),
            Family::Archive => archive::kind(tail, self.size),
        }
    }
}

/// The end-of-image mark comes last, but for padding, or for the notes that Samsung's cameras write behind it and close with `SEFT`.
fn jpeg_ends(tail: &[u8]) -> bool {
    let tail = without_padding(tail);
    tail.ends_with(b"\xff\xd9") || (tail.ends_with(b"SEFT") && find(tail, b"\xff\xd9").is_some())
}

fn without_padding(tail: &[u8]) -> &[u8] {
    let end = tail.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    &tail[..end]
}

/// A tag where a PDF's own mark or its printer's preamble would stand. `infer` knows HTML and XML with their usual first words only.
fn looks_like_markup(head: &[u8]) -> bool {
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    text.starts_with(b"<")
}

fn find(within: &[u8], what: &[u8]) -> Option<usize> {
    within.windows(what.len()).position(|window| window == what)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::casework::documents::samples as sample;

    fn judge(file: &[u8]) -> Result<FileKind, Flaw> {
        judge_in_pieces(file, file.len().max(1))
    }

    fn judge_in_pieces(file: &[u8], piece: usize) -> Result<FileKind, Flaw> {
        let mut examiner = Examiner::default();
        file.chunks(piece).for_each(|bytes| examiner.see(bytes));
        examiner.kind(examiner.family()?)
    }

    #[test]
    fn each_kind_is_known_by_its_content() {
        for (kind, file) in sample::of_each_kind() {
            assert_eq!(judge(&file), Ok(kind));
        }
    }

    #[test]
    fn what_is_none_of_our_kinds_is_named() {
        assert_eq!(judge(b"<!DOCTYPE html><html><script>alert(1)</script></html>"), Err(Flaw::Other("text/html")));
        assert_eq!(judge(b"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>"), Err(Flaw::Other("text/html")));
        assert_eq!(judge(b"<?xml version=\"1.0\"?><svg/>"), Err(Flaw::Other("text/xml")));
        assert_eq!(judge(b"GIF89a\x01\0\x01\0\0\0\0;"), Err(Flaw::Other("image/gif")));
        assert_eq!(judge(&[b"MZ".as_slice(), &[0; 200]].concat()), Err(Flaw::Other("application/vnd.microsoft.portable-executable")));
        assert_eq!(judge(b"hello"), Err(Flaw::Other("application/octet-stream")));
        assert_eq!(judge(b""), Err(Flaw::Other("application/octet-stream")));
    }

    #[test]
    fn a_web_page_that_mentions_a_pdf_is_no_pdf() {
        assert!(matches!(judge(b"<html><script>1</script><!-- %PDF-1.7 %%EOF"), Err(Flaw::Other(_))));
        assert!(matches!(judge(b"#!/bin/sh\n#%PDF-1.7\n#%%EOF"), Err(Flaw::Other(_))));
    }

    #[test]
    fn a_pdf_may_have_a_short_preamble_and_be_encrypted_but_must_end() {
        assert_eq!(judge(&[b"\xef\xbb\xbf\r\n".as_slice(), &sample::pdf()].concat()), Ok(FileKind::Pdf));
        assert_eq!(judge(b"%PDF-1.7\ntrailer<</Encrypt 5 0 R>>\n%%EOF\n"), Ok(FileKind::Pdf));
        assert_eq!(judge(&[&[b' '; 1200], sample::pdf().as_slice()].concat()), Err(Flaw::Other("application/octet-stream")));
        assert_eq!(judge(b"%PDF-1.7\n1 0 obj"), Err(Flaw::Incomplete(FileKind::Pdf)));
        assert_eq!(judge(&[sample::pdf().as_slice(), &[b'x'; 2000]].concat()), Err(Flaw::Incomplete(FileKind::Pdf)));
    }

    #[test]
    fn a_picture_cut_off_or_followed_by_something_is_incomplete() {
        for (kind, picture) in [(FileKind::Jpeg, sample::jpeg()), (FileKind::Png, sample::png())] {
            assert_eq!(judge(&picture[..picture.len() - 1]), Err(Flaw::Incomplete(kind)));
            assert_eq!(judge(&[picture.as_slice(), b"<script>"].concat()), Err(Flaw::Incomplete(kind)));
            assert_eq!(judge(&[picture.as_slice(), &[0; 4096]].concat()), Ok(kind));
        }
        assert_eq!(judge(&[sample::jpeg().as_slice(), b"Image_UTC_DataSEFHSEFT"].concat()), Ok(FileKind::Jpeg));
    }

    #[test]
    fn a_picture_that_is_also_an_archive_or_a_pdf_is_neither() {
        assert_eq!(judge(&[sample::jpeg(), sample::docx()].concat()), Err(Flaw::Incomplete(FileKind::Jpeg)));
        assert_eq!(judge(&[sample::png(), sample::pdf()].concat()), Err(Flaw::Incomplete(FileKind::Png)));
    }

    proptest! {
        #[test]
        fn the_verdict_does_not_depend_on_how_the_file_arrives(piece in 1_usize..400_000, filling in 0_usize..400_000) {
            for (kind, file) in sample::filled(filling) {
                prop_assert_eq!(judge_in_pieces(&file, piece.max(filling / 200)), Ok(kind));
            }
        }

        #[test]
        fn no_bytes_at_all_make_it_stumble(start in 0_usize..5, bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
            let start: &[u8] = [b"".as_slice(), b"%PDF-", b"PK\x03\x04", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"][start];
            let _ = judge(&[start, &bytes, b"PK\x05\x06", &bytes].concat());
        }
    }
}
