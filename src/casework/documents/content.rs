//! What a file is, judged by its bytes alone: from its beginning and its structure while it arrives, from its end once it is there. Nothing is kept but the
//! first KiB and the last 128 KiB. What they cannot tell, a few kinds prove by a part that is read again: an Office file by its list of content types, a PDF
//! that may be locked by its lock. Applications and complaints judge alike.

mod archive;
mod ends;
mod office_types;

use std::ops::Range;

use super::pdf;
use archive::Types;
use ends::{Jpeg, Pdf, Png, Walk};

use crate::casework::file_kind::FileKind;

/// How much of the beginning is looked at: a PDF may carry up to this before its mark (ISO 32000-1, Annex H.3.4.1).
pub const HEAD: usize = 1024;
/// How much of the end is kept. The directory of an Office file must fit: 128 KiB name some 1 700 parts, a long report has a hundred.
pub const TAIL: usize = 128 << 10;

const ZIP: Flaw = Flaw::Other("application/zip");

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
        if let [kind] = self.kinds() {
            Some(*kind)
        } else {
            None
        }
    }
}

/// Why a file is none of the kinds we take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Flaw {
    /// It is something else; its media type, as far as we know one.
    Other(&'static str),
    /// An Office file that carries macros.
    Macros,
    /// It begins well and does not end: cut off, or followed by a file of another kind.
    Incomplete(FileKind),
    /// It opens only with a password, or a certificate.
    Locked(FileKind),
}

/// What a file is, once its bytes have passed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Its kind, if it can be proved.
    pub kind: FileKind,
    /// How it is proved; most files need no proof.
    pub proof: Option<Proof>,
}

/// What must be read again of a file to be sure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proof {
    /// The list of content types of an Office file.
    Types(Types),
    /// The whole of a PDF that mentions a lock, of so many bytes.
    Lock(u64),
}

impl Proof {
    /// Which bytes are needed.
    #[must_use]
    pub fn range(&self) -> Range<u64> {
        match self {
            Self::Types(types) => types.range.clone(),
            Self::Lock(size) => 0..*size,
        }
    }

    /// Proves the kind by the `bytes` of the range. A heavy file takes its time.
    ///
    /// # Errors
    /// What the file is, or why it is none of ours.
    pub fn prove(&self, bytes: &[u8]) -> Result<(), Flaw> {
        match self {
            Self::Types(types) => types.prove(bytes),
            Self::Lock(_) if pdf::is_locked(bytes) => Err(Flaw::Locked(FileKind::Pdf)),
            Self::Lock(_) => Ok(()),
        }
    }
}

/// Judges a file that is in memory as a whole.
///
/// # Errors
/// Why it is none of the kinds we take.
pub fn judge(file: &[u8]) -> Result<FileKind, Flaw> {
    let mut examiner = Examiner::default();
    examiner.see(file);
    let Verdict { kind, proof } = examiner.verdict(examiner.family()?)?;
    if let Some(proof) = proof {
        let place = |at: u64| usize::try_from(at).unwrap_or(usize::MAX);
        let Range { start, end } = proof.range();
        proof.prove(file.get(place(start)..place(end)).unwrap_or_default())?;
    }
    Ok(kind)
}

/// Looks at a file as it passes.
#[derive(Debug, Default)]
pub struct Examiner {
    head: Vec<u8>,
    tail: Vec<u8>,
    size: u64,
    /// Begun when the head is known.
    walk: Option<Walk>,
}

impl Examiner {
    /// The next bytes.
    pub fn see(&mut self, bytes: &[u8]) {
        self.size += bytes.len() as u64;
        let missing = HEAD.saturating_sub(self.head.len());
        let (of_the_head, behind) = bytes.split_at(missing.min(bytes.len()));
        self.head.extend_from_slice(of_the_head);
        if self.walk.is_none() && self.knows_the_head() {
            self.walk = self.begun();
        }
        if let Some(walk) = &mut self.walk {
            walk.see(behind);
        }
        let newest = &bytes[bytes.len().saturating_sub(TAIL)..];
        // Cut back only when twice as long, so that small pieces do not each move the whole.
        if self.tail.len() + newest.len() > 2 * TAIL {
            let surplus = self
                .tail
                .len()
                .saturating_sub(TAIL - newest.len().min(TAIL));
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
        let other = infer::get(head)
            .map(|found| found.mime_type())
            .filter(|found| *found != FileKind::Pdf.media_type());
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
    pub fn verdict(&self, family: Family) -> Result<Verdict, Flaw> {
        let tail = &self.tail[self.tail.len().saturating_sub(TAIL)..];
        let Some(kind) = family.only_kind() else {
            let (kind, types) = archive::kind(tail, self.size)?;
            return Ok(Verdict {
                kind,
                proof: Some(Proof::Types(types)),
            });
        };
        // A file shorter than a head has not been walked through yet.
        let short = if self.walk.is_none() {
            self.begun()
        } else {
            None
        };
        let walk = self
            .walk
            .as_ref()
            .or(short.as_ref())
            .filter(|walk| walk.is_whole() && !archive::ends_with(tail))
            .ok_or(Flaw::Incomplete(kind))?;
        Ok(Verdict {
            kind,
            proof: walk.mentions_a_lock().then_some(Proof::Lock(self.size)),
        })
    }

    /// A walk through the head, for the kinds that have an end of their own.
    fn begun(&self) -> Option<Walk> {
        let mut walk = match self.family().ok()? {
            Family::Pdf => Walk::Pdf(Pdf::default()),
            Family::Jpeg => Walk::Jpeg(Jpeg::new()),
            Family::Png => Walk::Png(Png::new()),
            Family::Archive => return None,
        };
        walk.see(&self.head);
        Some(walk)
    }
}

/// A tag where a PDF's own mark or its printer's preamble would stand. `infer` knows HTML and XML with their usual first words only.
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

    fn judge_in_pieces(file: &[u8], piece: usize) -> Result<FileKind, Flaw> {
        let mut examiner = Examiner::default();
        file.chunks(piece).for_each(|bytes| examiner.see(bytes));
        examiner
            .verdict(examiner.family()?)
            .map(|verdict| verdict.kind)
    }

    #[test]
    fn each_kind_is_known_by_its_content() {
        for (kind, file) in sample::of_each_kind() {
            assert_eq!(judge(&file), Ok(kind));
        }
    }

    #[test]
    fn what_is_none_of_our_kinds_is_named() {
        assert_eq!(
            judge(b"<!DOCTYPE html><html><script>alert(1)</script></html>"),
            Err(Flaw::Other("text/html"))
        );
        assert_eq!(
            judge(b"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>"),
            Err(Flaw::Other("text/html"))
        );
        assert_eq!(
            judge(b"<?xml version=\"1.0\"?><svg/>"),
            Err(Flaw::Other("text/xml"))
        );
        assert_eq!(
            judge(b"GIF89a\x01\0\x01\0\0\0\0;"),
            Err(Flaw::Other("image/gif"))
        );
        assert_eq!(
            judge(&[b"MZ".as_slice(), &[0; 200]].concat()),
            Err(Flaw::Other("application/vnd.microsoft.portable-executable"))
        );
        assert_eq!(
            judge(b"hello"),
            Err(Flaw::Other("application/octet-stream"))
        );
        assert_eq!(judge(b""), Err(Flaw::Other("application/octet-stream")));
    }

    #[test]
    fn a_web_page_that_mentions_a_pdf_is_no_pdf() {
        assert!(matches!(
            judge(b"<html><script>1</script><!-- %PDF-1.7 %%EOF"),
            Err(Flaw::Other(_))
        ));
        assert!(matches!(
            judge(b"#!/bin/sh\n#%PDF-1.7\n#%%EOF"),
            Err(Flaw::Other(_))
        ));
    }

    #[test]
    fn a_pdf_may_have_a_short_preamble_but_must_end() {
        assert_eq!(
            judge(&[b"\xef\xbb\xbf\r\n".as_slice(), &sample::pdf()].concat()),
            Ok(FileKind::Pdf)
        );
        assert_eq!(
            judge(&[&[b' '; 1200], sample::pdf().as_slice()].concat()),
            Err(Flaw::Other("application/octet-stream"))
        );
        assert_eq!(
            judge(b"%PDF-1.7\n1 0 obj"),
            Err(Flaw::Incomplete(FileKind::Pdf))
        );
        assert_eq!(
            judge(&[sample::pdf().as_slice(), &b"x".repeat(20_000)].concat()),
            Err(Flaw::Incomplete(FileKind::Pdf))
        );
    }

    #[test]
    fn a_picture_cut_off_or_followed_by_something_is_incomplete() {
        for (kind, picture) in [
            (FileKind::Jpeg, sample::jpeg()),
            (FileKind::Png, sample::png()),
        ] {
            assert_eq!(
                judge(&picture[..picture.len() - 1]),
                Err(Flaw::Incomplete(kind))
            );
            assert_eq!(
                judge(&[picture.as_slice(), b"<script>"].concat()),
                Err(Flaw::Incomplete(kind))
            );
            assert_eq!(judge(&[picture.as_slice(), &[0; 4096]].concat()), Ok(kind));
        }
        assert_eq!(
            judge(&[sample::jpeg().as_slice(), b"Image_UTC_DataSEFHSEFT"].concat()),
            Ok(FileKind::Jpeg)
        );
    }

    /// The head of a program.
    fn elf() -> Vec<u8> {
        [b"\x7fELF\x02\x01\x01".as_slice(), &[1; 60]].concat()
    }

    /// Row 27: what phones and their makers' cameras write behind a picture.
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
                assert_eq!(judge(&file), Ok(kind), "{} bytes behind", behind.len());
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
                assert_eq!(judge(&file), Err(Flaw::Incomplete(kind)), "{behind:?}");
            }
        }
    }

    /// Row 27: an end within a thumbnail, a scan or a movie is not the end of the picture.
    #[test]
    fn a_picture_ends_where_its_own_structure_does() {
        let thumbnail = [b"\xff\xe1\0\x0cExif\0\0\xff\xd8\xff\xd9".as_slice()].concat();
        let scan = b"\xff\xda\0\x02\x01\xff\0\x02\xff\xd0\x03";
        let begun = [b"\xff\xd8".as_slice(), &thumbnail, b"\xff\xc0\0\x02", scan].concat();
        assert_eq!(
            judge(&begun),
            Err(Flaw::Incomplete(FileKind::Jpeg)),
            "the end of the thumbnail is not its own"
        );
        assert_eq!(
            judge(&[begun.as_slice(), b"\xff\xd9"].concat()),
            Ok(FileKind::Jpeg)
        );
        assert_eq!(
            judge(
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
        assert_eq!(judge(&png), Err(Flaw::Incomplete(FileKind::Png)));
    }

    /// Row 27: what scanners, mail gateways and archives put around a PDF.
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
                    judge(&file),
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
                judge(&[sample::pdf().as_slice(), behind].concat()),
                Err(Flaw::Incomplete(FileKind::Pdf))
            );
        }
    }

    /// Row 28: only what is really locked, and whatever asks for another key than none, is refused.
    #[test]
    fn a_pdf_is_asked_for_its_lock_only_when_it_mentions_one() {
        let verdict = |file: &[u8]| {
            let mut examiner = Examiner::default();
            file.chunks(5).for_each(|bytes| examiner.see(bytes));
            examiner.verdict(Family::Pdf).unwrap()
        };
        assert_eq!(verdict(&sample::pdf()).proof, None);
        let mentions = [&sample::pdf()[..9], b"% /Encrypt\n", &sample::pdf()[9..]].concat();
        assert_eq!(
            verdict(&mentions).proof,
            Some(Proof::Lock(mentions.len() as u64))
        );
        assert_eq!(judge(&mentions), Ok(FileKind::Pdf));
        assert_eq!(
            judge(b"%PDF-1.7\ntrailer<</Root 1 0 R/Encrypt 5 0 R>>\n%%EOF\n"),
            Err(Flaw::Locked(FileKind::Pdf))
        );
    }

    #[test]
    fn a_picture_that_is_also_an_archive_or_a_pdf_is_neither() {
        assert_eq!(
            judge(&[sample::jpeg(), sample::docx()].concat()),
            Err(Flaw::Incomplete(FileKind::Jpeg))
        );
        assert_eq!(
            judge(&[sample::png(), sample::pdf()].concat()),
            Err(Flaw::Incomplete(FileKind::Png))
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
            let _ = judge(&[start, &bytes, b"PK\x05\x06", &bytes].concat());
        }
    }
}
