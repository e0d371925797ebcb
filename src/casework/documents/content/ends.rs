//! Finds the end of a file while it streams, by the file's own structure and not by its last bytes.
//! Data that phones and mail gateways append is accepted; a file that is cut off, or followed by a
//! file of another kind, is incomplete.

use infer::MatcherType;
use memchr::{memchr, memmem};

/// Bytes of the trailing data that are kept, at its beginning and at its end.
const SCANNED: usize = 512;
/// The maximum of trailing data after a PDF, without padding: readers look for the end in the last
/// kilobytes.
const BEHIND_A_PDF: u64 = 16 << 10;

/// Beginnings of gateway comments and picture metadata (XMP): markup, but not a web page.
const HARMLESS_MARKUP: [&[u8]; 3] = [b"<!--", b"<x:xmpmeta", b"<?xpacket"];

/// Markup that makes a browser or an interpreter run the end of a file, whatever stands before it.
const SCRIPT_MARKS: [&[u8]; 4] = [b"<script", b"<html", b"<?php", b"<!doctype html"];

/// Scans a file for its end.
#[derive(Debug)]
pub(super) enum EndScanner {
    Jpeg(Jpeg),
    Png(Png),
    Pdf(Pdf),
}

impl EndScanner {
    /// Adds the next bytes.
    pub(super) fn see(&mut self, bytes: &[u8]) {
        match self {
            Self::Jpeg(jpeg) => jpeg.see(bytes),
            Self::Png(png) => png.see(bytes),
            Self::Pdf(pdf) => pdf.see(bytes),
        }
    }

    /// True if the file has reached its end and no other file follows.
    pub(super) fn is_whole(&self) -> bool {
        match self {
            Self::Jpeg(jpeg) => jpeg.at == JpegState::Behind && !jpeg.behind.is_another_file(),
            Self::Png(png) => png.at == PngState::Behind && !png.behind.is_another_file(),
            Self::Pdf(pdf) => pdf.is_whole(),
        }
    }

    /// True for a PDF that may be encrypted.
    pub(super) fn mentions_encryption(&self) -> bool {
        matches!(self, Self::Pdf(pdf) if pdf.mentions_a_lock)
    }
}

/// Data after the end of a file, without padding.
#[derive(Debug, Default)]
struct TrailingData {
    first: Vec<u8>,
    last: Vec<u8>,
    /// Length up to the last byte that is not padding.
    length: u64,
    passed: u64,
}

impl TrailingData {
    fn see(&mut self, bytes: &[u8]) {
        let mut bytes = bytes;
        if self.passed == 0 {
            let Some(begin) = bytes.iter().position(|byte| !is_padding(*byte)) else {
                return;
            };
            bytes = &bytes[begin..];
        }
        if let Some(last) = bytes.iter().rposition(|byte| !is_padding(*byte)) {
            self.length = self.passed + last as u64 + 1;
        }
        self.passed += bytes.len() as u64;
        self.last
            .extend_from_slice(&bytes[bytes.len().saturating_sub(SCANNED)..]);
        self.last.drain(..self.last.len().saturating_sub(SCANNED));
        self.first
            .extend_from_slice(&bytes[..bytes.len().min(SCANNED - self.first.len())]);
    }

    /// True if the trailing data is itself a document, a program, an archive or a web page, which
    /// another program could open. Films, pictures and notes appended by phones do not count.
    fn is_another_file(&self) -> bool {
        let is_markup = self.first.starts_with(b"<")
            && !HARMLESS_MARKUP
                .iter()
                .any(|note| self.first.starts_with(note));
        let ends_as_page = || {
            let last = self.last.to_ascii_lowercase();
            SCRIPT_MARKS
                .iter()
                .any(|mark| memmem::find(&last, mark).is_some())
        };
        is_markup
            || self.first.starts_with(b"#!")
            || self.is_a_document_or_program()
            || ends_as_page()
    }

    fn is_a_document_or_program(&self) -> bool {
        let known = infer::get(&self.first).map(|found| found.matcher_type());
        self.first.windows(5).any(|word| word == b"%PDF-")
            || matches!(
                known,
                Some(
                    MatcherType::App | MatcherType::Archive | MatcherType::Book | MatcherType::Doc
                )
            )
    }
}

fn is_padding(byte: u8) -> bool {
    byte == 0 || byte.is_ascii_whitespace()
}

/// A JPEG (ITU-T T.81, Annex B): segments with lengths, and scans that run to the next marker.
#[derive(Debug)]
pub(super) struct Jpeg {
    at: JpegState,
    behind: TrailingData,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum JpegState {
    /// Before the 0xff of a marker.
    Marker,
    /// After the 0xff of a marker.
    Code { of_scan: bool },
    /// Before the first byte of a segment length; `scan` tells a scan marker from others.
    Length { scan: bool },
    /// Before the second byte of the length.
    LowLength { scan: bool, high: u8 },
    /// Within a segment.
    Segment { scan: bool, left: usize },
    /// Within a scan.
    Scan,
    /// After the end of the image.
    Behind,
}

impl Jpeg {
    /// A scanner before the first byte.
    pub(super) fn new() -> Self {
        Self {
            at: JpegState::Marker,
            behind: TrailingData::default(),
        }
    }

    fn see(&mut self, bytes: &[u8]) {
        let mut at = 0;
        while at < bytes.len() {
            let byte = bytes[at];
            self.at = match self.at {
                // Stray bytes between segments are skipped, as readers do.
                JpegState::Marker if byte != 0xff => JpegState::Marker,
                JpegState::Marker => JpegState::Code { of_scan: false },
                JpegState::Code { of_scan } => match byte {
                    0xff => JpegState::Code { of_scan },
                    0xd9 => JpegState::Behind,
                    0 | 0xd0..=0xd7 if of_scan => JpegState::Scan,
                    // Markers without a length.
                    0 | 0x01 | 0xd0..=0xd8 => JpegState::Marker,
                    code => JpegState::Length { scan: code == 0xda },
                },
                JpegState::Length { scan } => JpegState::LowLength { scan, high: byte },
                JpegState::LowLength { scan, high } => {
                    let length = usize::from(u16::from_be_bytes([high, byte]));
                    JpegState::segment(scan, length.saturating_sub(2))
                }
                JpegState::Segment { scan, left } => {
                    let passed = left.min(bytes.len() - at);
                    at += passed - 1;
                    JpegState::segment(scan, left - passed)
                }
                JpegState::Scan => match memchr(0xff, &bytes[at..]) {
                    Some(next) => {
                        at += next;
                        JpegState::Code { of_scan: true }
                    }
                    None => return,
                },
                JpegState::Behind => return self.behind.see(&bytes[at..]),
            };
            at += 1;
        }
    }
}

impl JpegState {
    fn segment(scan: bool, left: usize) -> Self {
        match (left, scan) {
            (0, true) => Self::Scan,
            (0, false) => Self::Marker,
            (left, scan) => Self::Segment { scan, left },
        }
    }
}

/// A PNG (ISO 15948): a signature and chunks with lengths.
#[derive(Debug)]
pub(super) struct Png {
    at: PngState,
    head: Vec<u8>,
    behind: TrailingData,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PngState {
    /// Within the length and type of a chunk, or within the signature, which is as long.
    Head { signature: bool },
    /// Within content and checksum.
    Content { left: u64, last: bool },
    /// Not a valid chunk.
    Broken,
    /// After the last chunk.
    Behind,
}

impl Png {
    /// A scanner before the first byte.
    pub(super) fn new() -> Self {
        Self {
            at: PngState::Head { signature: true },
            head: Vec::with_capacity(8),
            behind: TrailingData::default(),
        }
    }

    fn see(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        while !rest.is_empty() {
            match self.at {
                PngState::Head { signature } => {
                    let (head, others) = rest.split_at(rest.len().min(8 - self.head.len()));
                    self.head.extend_from_slice(head);
                    rest = others;
                    if let Ok(head) = <[u8; 8]>::try_from(self.head.as_slice()) {
                        self.head.clear();
                        self.at = if signature {
                            PngState::Head { signature: false }
                        } else {
                            PngState::of(head)
                        };
                    }
                }
                PngState::Content { left, last } => {
                    let passed = usize::try_from(left).unwrap_or(usize::MAX).min(rest.len());
                    rest = &rest[passed..];
                    let left = left - passed as u64;
                    self.at = match (left, last) {
                        (0, true) => PngState::Behind,
                        (0, false) => PngState::Head { signature: false },
                        (left, last) => PngState::Content { left, last },
                    };
                }
                PngState::Broken => return,
                PngState::Behind => return self.behind.see(rest),
            }
        }
    }
}

impl PngState {
    fn of(head: [u8; 8]) -> Self {
        let [a, b, c, d, kind @ ..] = head;
        let (length, last) = (u32::from_be_bytes([a, b, c, d]), kind == *b"IEND");
        if length > i32::MAX.unsigned_abs()
            || !kind.iter().all(u8::is_ascii_alphabetic)
            || (last && length > 0)
        {
            return Self::Broken;
        }
        // The content is followed by a checksum of four bytes.
        Self::Content {
            left: u64::from(length) + 4,
            last,
        }
    }
}

/// A PDF: it ends with its last `%%EOF`.
#[derive(Debug, Default)]
pub(super) struct Pdf {
    /// The last bytes, in which a keyword may have begun.
    carry: Vec<u8>,
    ends: bool,
    behind: TrailingData,
    mentions_a_lock: bool,
}

const END: &[u8] = b"%%EOF";
const LOCK: &[u8] = b"/Encrypt";

impl Pdf {
    fn see(&mut self, bytes: &[u8]) {
        let begun = std::mem::take(&mut self.carry);
        let text = [begun.as_slice(), bytes].concat();
        self.mentions_a_lock |= memmem::find(&text, LOCK).is_some();
        // The carried bytes cannot hold a whole mark.
        let from = begun.len().saturating_sub(END.len() - 1);
        match memmem::rfind(&text[from..], END) {
            Some(at) => {
                self.ends = true;
                self.behind = TrailingData::default();
                self.behind.see(&text[from + at + END.len()..]);
            }
            None => self.behind.see(bytes),
        }
        self.carry = text[text.len().saturating_sub(LOCK.len() - 1)..].to_vec();
    }

    fn is_whole(&self) -> bool {
        self.ends
            && self.behind.length <= BEHIND_A_PDF
            && !starts_revision(&self.behind.first)
            && !self.behind.is_a_document_or_program()
    }
}

/// True if another, unfinished revision of a PDF begins here.
fn starts_revision(behind: &[u8]) -> bool {
    let mut words = behind
        .split(|byte| is_padding(*byte))
        .filter(|word| !word.is_empty());
    let is_number =
        |word: Option<&[u8]>| word.is_some_and(|word| word.iter().all(u8::is_ascii_digit));
    let begins_an_object = is_number(words.next())
        && is_number(words.next())
        && words.next().is_some_and(|word| word.starts_with(b"obj"));
    begins_an_object
        || [b"xref".as_slice(), b"trailer", b"startxref"]
            .iter()
            .any(|word| behind.starts_with(word))
}
