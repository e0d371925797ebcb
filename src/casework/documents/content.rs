//! Detects the kind of an uploaded file from its bytes: signature and structure while the file
//! arrives, its end once it is complete. Only the first KiB and the last 128 KiB are kept in
//! memory. Two kinds need a second read: an Office file for its list of content types, a PDF that
//! mentions encryption for its encryption dictionary. Applications and complaints use the same
//! checks.

mod archive;
mod ends;
mod office_types;

use std::ops::Range;

use super::pdf;
use archive::ContentTypes;
use ends::{EndScanner, Jpeg, Pdf, Png};

use crate::casework::file_kind::FileKind;

/// Bytes of the beginning that are examined: a PDF may have up to this many bytes before its header
/// (ISO 32000-1, Annex H.3.4.1).
pub const HEAD: usize = 1024;
/// Bytes of the end that are kept. They must hold the central directory of an Office file: 128 KiB
/// hold some 1 700 entries, a long report has a hundred.
pub const TAIL: usize = 128 << 10;

const ZIP: ContentError = ContentError::Other("application/zip");

/// The signature of a file, from its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signature {
    /// A PDF.
    Pdf,
    /// A JPEG.
    Jpeg,
    /// A PNG.
    Png,
    /// A zip archive: DOCX and XLSX are distinguished by the central directory, which stands at the
    /// end.
    Archive,
}

impl Signature {
    /// The kinds that have this signature.
    pub fn kinds(self) -> &'static [FileKind] {
        match self {
            Self::Pdf => &[FileKind::Pdf],
            Self::Jpeg => &[FileKind::Jpeg],
            Self::Png => &[FileKind::Png],
            Self::Archive => &[FileKind::Docx, FileKind::Xlsx],
        }
    }

    /// The kind, if the signature alone determines it.
    pub fn only_kind(self) -> Option<FileKind> {
        if let [kind] = self.kinds() {
            Some(*kind)
        } else {
            None
        }
    }
}

/// The reason a file is not accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ContentError {
    /// Another kind of file, with its media type as far as known.
    Other(&'static str),
    /// An Office file that carries macros.
    Macros,
    /// The file has a valid beginning and no valid end: cut off, or followed by a file of another
    /// kind.
    Incomplete(FileKind),
    /// The file opens only with a password or a certificate.
    Locked(FileKind),
}

/// The result of the examination.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Examined {
    /// The kind, subject to `proof`.
    pub kind: FileKind,
    /// The second check that must confirm the kind; most files need none.
    pub proof: Option<Proof>,
}

/// A second check of a file, for which a part of it is read again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proof {
    /// The list of content types of an Office file.
    Types(ContentTypes),
    /// The whole of a PDF that mentions encryption; its size in bytes.
    Lock(u64),
}

impl Proof {
    /// The byte range to read.
    pub fn range(&self) -> Range<u64> {
        match self {
            Self::Types(types) => types.range.clone(),
            Self::Lock(size) => 0..*size,
        }
    }

    /// Confirms the kind from the `bytes` of the range. CPU-bound: takes long for a large file.
    ///
    /// # Errors
    /// The actual content, or the reason it is not accepted.
    pub fn prove(&self, bytes: &[u8]) -> Result<(), ContentError> {
        match self {
            Self::Types(types) => types.prove(bytes),
            Self::Lock(_) if pdf::is_locked(bytes) => Err(ContentError::Locked(FileKind::Pdf)),
            Self::Lock(_) => Ok(()),
        }
    }
}

/// Examines a file that is in memory as a whole.
///
/// # Errors
/// The reason it is not accepted.
#[cfg(test)]
pub fn examine(file: &[u8]) -> Result<FileKind, ContentError> {
    let mut examiner = Examiner::default();
    examiner.update(file);
    let Examined { kind, proof } = examiner.finish(examiner.family()?)?;
    if let Some(proof) = proof {
        let place = |at: u64| usize::try_from(at).unwrap_or(usize::MAX);
        let Range { start, end } = proof.range();
        proof.prove(file.get(place(start)..place(end)).unwrap_or_default())?;
    }
    Ok(kind)
}

/// Examines a file while it streams.
#[derive(Debug, Default)]
pub struct Examiner {
    head: Vec<u8>,
    tail: Vec<u8>,
    size: u64,
    /// Started when the head is complete.
    walk: Option<EndScanner>,
}

impl Examiner {
    /// Adds the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.size += bytes.len() as u64;
        let missing = HEAD.saturating_sub(self.head.len());
        let (of_the_head, behind) = bytes.split_at(missing.min(bytes.len()));
        self.head.extend_from_slice(of_the_head);
        if self.walk.is_none() && self.has_full_head() {
            self.walk = self.start_walk();
        }
        if let Some(walk) = &mut self.walk {
            walk.see(behind);
        }
        let newest = &bytes[bytes.len().saturating_sub(TAIL)..];
        // Truncated only at twice the length, so that small chunks do not each move the whole
        // buffer.
        if self.tail.len() + newest.len() > 2 * TAIL {
            let surplus = self
                .tail
                .len()
                .saturating_sub(TAIL - newest.len().min(TAIL));
            self.tail.drain(..surplus);
        }
        self.tail.extend_from_slice(newest);
    }

    /// The number of bytes seen.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// True if the head is complete. A file shorter than the head is examined with all its bytes.
    pub fn has_full_head(&self) -> bool {
        self.head.len() == HEAD
    }

    /// The signature of the beginning.
    ///
    /// # Errors
    /// [`ContentError::Other`] when the signature is not one of an accepted kind.
    pub fn family(&self) -> Result<Signature, ContentError> {
        let head = self.head.as_slice();
        if head.starts_with(b"\xff\xd8\xff") {
            return Ok(Signature::Jpeg);
        }
        if head.starts_with(b"\x89PNG\r\n\x1a\n") && head.get(12..16) == Some(b"IHDR") {
            return Ok(Signature::Png);
        }
        if head.starts_with(b"PK\x03\x04") {
            return Ok(Signature::Archive);
        }
        let other = infer::get(head)
            .map(|found| found.mime_type())
            .filter(|found| *found != FileKind::Pdf.media_type());
        // A PDF may have a preamble, unless another program would open the file as a web page, a
        // script or an executable because of that preamble.
        match other {
            None if head.starts_with(b"#!") => Err(ContentError::Other("text/x-shellscript")),
            None if looks_like_markup(head) => Err(ContentError::Other("text/html")),
            None if find(head, b"%PDF-").is_some() => Ok(Signature::Pdf),
            None => Err(ContentError::Other("application/octet-stream")),
            Some(other) => Err(ContentError::Other(other)),
        }
    }

    /// The result for the whole file. Call it after the last byte.
    ///
    /// # Errors
    /// The reason the file is not accepted.
    pub fn finish(&self, family: Signature) -> Result<Examined, ContentError> {
        let tail = &self.tail[self.tail.len().saturating_sub(TAIL)..];
        let Some(kind) = family.only_kind() else {
            let (kind, types) = archive::detect_kind(tail, self.size)?;
            return Ok(Examined {
                kind,
                proof: Some(Proof::Types(types)),
            });
        };
        // For a file shorter than the head no scanner was started yet.
        let short = if self.walk.is_none() {
            self.start_walk()
        } else {
            None
        };
        let walk = self
            .walk
            .as_ref()
            .or(short.as_ref())
            .filter(|walk| walk.is_whole() && !archive::ends_with(tail))
            .ok_or(ContentError::Incomplete(kind))?;
        Ok(Examined {
            kind,
            proof: walk.mentions_encryption().then_some(Proof::Lock(self.size)),
        })
    }

    /// Starts an end scanner with the head, for kinds with an end marker.
    fn start_walk(&self) -> Option<EndScanner> {
        let mut walk = match self.family().ok()? {
            Signature::Pdf => EndScanner::Pdf(Pdf::default()),
            Signature::Jpeg => EndScanner::Jpeg(Jpeg::new()),
            Signature::Png => EndScanner::Png(Png::new()),
            Signature::Archive => return None,
        };
        walk.see(&self.head);
        Some(walk)
    }
}

/// True if markup stands where the PDF header or a printer preamble would be. `infer` knows HTML
/// and XML by their usual first words only.
fn looks_like_markup(head: &[u8]) -> bool {
    let text = head
        .strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(head)
        .trim_ascii_start();
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

    fn judge_in_pieces(file: &[u8], piece: usize) -> Result<FileKind, ContentError> {
        let mut examiner = Examiner::default();
        file.chunks(piece).for_each(|bytes| examiner.update(bytes));
        examiner
            .finish(examiner.family()?)
            .map(|verdict| verdict.kind)
    }

    #[test]
    fn each_kind_is_known_by_its_content() {
        for (kind, file) in sample::of_each_kind() {
            assert_eq!(examine(&file), Ok(kind));
        }
    }

    #[test]
    fn what_is_none_of_our_kinds_is_named() {
        assert_eq!(
            examine(b"<!DOCTYPE html><html><script>alert(1)</script></html>"),
            Err(ContentError::Other("text/html"))
        );
        assert_eq!(
            examine(b"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>"),
            Err(ContentError::Other("text/html"))
        );
        assert_eq!(
            examine(b"<?xml version=\"1.0\"?><svg/>"),
            Err(ContentError::Other("text/xml"))
        );
        assert_eq!(
            examine(b"GIF89a\x01\0\x01\0\0\0\0;"),
            Err(ContentError::Other("image/gif"))
        );
        assert_eq!(
            examine(&[b"MZ".as_slice(), &[0; 200]].concat()),
            Err(ContentError::Other(
                "application/vnd.microsoft.portable-executable"
            ))
        );
        assert_eq!(
            examine(b"hello"),
            Err(ContentError::Other("application/octet-stream"))
        );
        assert_eq!(
            examine(b""),
            Err(ContentError::Other("application/octet-stream"))
        );
    }

    #[test]
    fn a_web_page_that_mentions_a_pdf_is_no_pdf() {
        assert!(matches!(
            examine(b"<html><script>1</script><!-- %PDF-1.7 %%EOF"),
            Err(ContentError::Other(_))
        ));
        assert!(matches!(
            examine(b"#!/bin/sh\n#%PDF-1.7\n#%%EOF"),
            Err(ContentError::Other(_))
        ));
    }

    #[test]
    fn a_pdf_may_have_a_short_preamble_but_must_end() {
        assert_eq!(
            examine(&[b"\xef\xbb\xbf\r\n".as_slice(), &sample::pdf()].concat()),
            Ok(FileKind::Pdf)
        );
        assert_eq!(
            examine(&[&[b' '; 1200], sample::pdf().as_slice()].concat()),
            Err(ContentError::Other("application/octet-stream"))
        );
        assert_eq!(
            examine(b"%PDF-1.7\n1 0 obj"),
            Err(ContentError::Incomplete(FileKind::Pdf))
        );
        assert_eq!(
            examine(&[sample::pdf().as_slice(), &b"x".repeat(20_000)].concat()),
            Err(ContentError::Incomplete(FileKind::Pdf))
        );
    }

    #[test]
    fn a_picture_cut_off_or_followed_by_something_is_incomplete() {
        for (kind, picture) in [
            (FileKind::Jpeg, sample::jpeg()),
            (FileKind::Png, sample::png()),
        ] {
            assert_eq!(
                examine(&picture[..picture.len() - 1]),
                Err(ContentError::Incomplete(kind))
            );
            assert_eq!(
                examine(&[picture.as_slice(), b"<script>"].concat()),
                Err(ContentError::Incomplete(kind))
            );
            assert_eq!(
                examine(&[picture.as_slice(), &[0; 4096]].concat()),
                Ok(kind)
            );
        }
        assert_eq!(
            examine(&[sample::jpeg().as_slice(), b"Image_UTC_DataSEFHSEFT"].concat()),
            Ok(FileKind::Jpeg)
        );
    }

    /// The header of an ELF executable.
    fn elf() -> Vec<u8> {
        [b"\x7fELF\x02\x01\x01".as_slice(), &[1; 60]].concat()
    }

    /// Data that phones and cameras append to a picture.
    #[test]
    fn what_a_phone_writes_behind_a_picture_is_nobodys_fault() {
        let movie = [
            b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom".as_slice(),
            &b"\x07".repeat(300_000),
            b"\0\0\0\x08moov",
        ]
        .concat();
        let samsung = [
            b"\0\0\x01\x0a\x0e\0\0\0Image_UTC_Data1720000000000".as_slice(),
            &movie,
            b"SEFH\x6b\0\0\0\x01\0\0\0SEFT",
        ]
        .concat();
        for (kind, picture) in [
            (FileKind::Jpeg, sample::jpeg()),
            (FileKind::Png, sample::png()),
        ] {
            for behind in [
                b"\n".as_slice(),
                b"\r\n",
                b"\0\0\0",
                &movie,
                &samsung,
                &sample::jpeg(),
                &b"\n".repeat(200_000),
                b"{\"vendor\":1}",
                b"<!-- gateway -->",
                b"<x:xmpmeta/>",
            ] {
                let file = [picture.as_slice(), behind].concat();
                assert_eq!(examine(&file), Ok(kind), "{} bytes behind", behind.len());
                for piece in [1, 7, 1000]
                    .into_iter()
                    .filter(|piece| file.len() / piece < 10_000)
                {
                    assert_eq!(
                        judge_in_pieces(&file, piece),
                        Ok(kind),
                        "in pieces of {piece}"
                    );
                }
            }
            for behind in [
                b"<script>".as_slice(),
                b"\n<?php ",
                b"#!/bin/sh",
                &elf(),
                b"Rar!\x1a\x07\0",
                &sample::xlsx(),
                &sample::pdf(),
            ] {
                let file = [picture.as_slice(), b"\n", behind].concat();
                assert_eq!(
                    examine(&file),
                    Err(ContentError::Incomplete(kind)),
                    "{behind:?}"
                );
            }
        }
    }

    /// An end within a thumbnail, a scan or a movie is not the end of the picture.
    #[test]
    fn a_picture_ends_where_its_own_structure_does() {
        let thumbnail = [b"\xff\xe1\0\x0cExif\0\0\xff\xd8\xff\xd9".as_slice()].concat();
        let scan = b"\xff\xda\0\x02\x01\xff\0\x02\xff\xd0\x03";
        let begun = [b"\xff\xd8".as_slice(), &thumbnail, b"\xff\xc0\0\x02", scan].concat();
        assert_eq!(
            examine(&begun),
            Err(ContentError::Incomplete(FileKind::Jpeg)),
            "the end of the thumbnail is not its own"
        );
        assert_eq!(
            examine(&[begun.as_slice(), b"\xff\xd9"].concat()),
            Ok(FileKind::Jpeg)
        );
        assert_eq!(
            examine(
                &[
                    begun.as_slice(),
                    b"\xff\xc4\0\x02",
                    scan,
                    b"\xff\xff\xd9film"
                ]
                .concat()
            ),
            Ok(FileKind::Jpeg),
            "progressive"
        );
        let mut png = sample::png();
        let length = png.len();
        png[length - 12 + 3] = 1;
        assert_eq!(examine(&png), Err(ContentError::Incomplete(FileKind::Png)));
    }

    /// Padding that scanners, mail gateways and archives put around a PDF.
    #[test]
    fn padding_around_a_pdf_is_nobodys_fault() {
        let comment = format!(
            "<!-- Scanned by the gateway: {} -->",
            "no threat found; ".repeat(500)
        );
        for behind in [
            &[0; 4_096][..],
            &[b'\n'; 5_000],
            &b"\0".repeat(300_000),
            comment.as_bytes(),
            b"\x1a",
            b"\r\n\0\0-----boundary--\r\n",
            &[b'x'; 2_000],
        ] {
            for before in [
                b"".as_slice(),
                b"\xef\xbb\xbf",
                b"\x1b%-12345X@PJL JOB\r\n",
                &[b'\n'; 1_000],
            ] {
                let file = [before, &sample::pdf(), behind].concat();
                assert_eq!(
                    examine(&file),
                    Ok(FileKind::Pdf),
                    "{} before, {} behind",
                    before.len(),
                    behind.len()
                );
                assert_eq!(judge_in_pieces(&file, 11), Ok(FileKind::Pdf));
            }
        }
        for behind in [
            b"\n9 0 obj\n<</Type/Page".as_slice(),
            b"\r\nxref\n0 1\n",
            &sample::docx(),
            &elf(),
        ] {
            assert_eq!(
                examine(&[sample::pdf().as_slice(), behind].concat()),
                Err(ContentError::Incomplete(FileKind::Pdf))
            );
        }
    }

    /// Only a PDF that is really encrypted with a non-empty password is refused.
    #[test]
    fn a_pdf_is_asked_for_its_lock_only_when_it_mentions_one() {
        let verdict = |file: &[u8]| {
            let mut examiner = Examiner::default();
            file.chunks(5).for_each(|bytes| examiner.update(bytes));
            examiner.finish(Signature::Pdf).unwrap()
        };
        assert_eq!(verdict(&sample::pdf()).proof, None);
        let mentions = [&sample::pdf()[..9], b"% /Encrypt\n", &sample::pdf()[9..]].concat();
        assert_eq!(
            verdict(&mentions).proof,
            Some(Proof::Lock(mentions.len() as u64))
        );
        assert_eq!(examine(&mentions), Ok(FileKind::Pdf));
        assert_eq!(
            examine(b"%PDF-1.7\ntrailer<</Root 1 0 R/Encrypt 5 0 R>>\n%%EOF\n"),
            Err(ContentError::Locked(FileKind::Pdf))
        );
    }

    #[test]
    fn a_picture_that_is_also_an_archive_or_a_pdf_is_neither() {
        assert_eq!(
            examine(&[sample::jpeg(), sample::docx()].concat()),
            Err(ContentError::Incomplete(FileKind::Jpeg))
        );
        assert_eq!(
            examine(&[sample::png(), sample::pdf()].concat()),
            Err(ContentError::Incomplete(FileKind::Png))
        );
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
            let _ = examine(&[start, &bytes, b"PK\x05\x06", &bytes].concat());
        }
    }
}
