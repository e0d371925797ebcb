//! Where a file of each kind ends, found while it passes: by its own structure, not by its last bytes. Phones and mail gateways write behind the end, and
//! that is nobody's fault; a file that is cut off, or followed by a file of another kind, is not whole.

use infer::MatcherType;
use memchr::{memchr, memmem};

/// How much of what stands behind the end is looked at.
const LOOKED_AT: usize = 512;
/// The most that may stand behind the end of a PDF, beside padding: readers look for the end in the last kilobytes.
const BEHIND_A_PDF: u64 = 16 << 10;

/// How the comments of gateways and the metadata of pictures (XMP) begin, which are markup and no page.
const NOTES: [&[u8]; 3] = [b"<!--", b"<x:xmpmeta", b"<?xpacket"];

/// What makes a page of what ends with it, whatever stands before.
const PAGE: [&[u8]; 4] = [b"<script", b"<html", b"<?php", b"<!doctype html"];

/// A file on its way to its end.
#[derive(Debug)]
pub(super) enum Walk {
    Jpeg(Jpeg),
    Png(Png),
    Pdf(Pdf),
}

impl Walk {
    /// The next bytes.
    pub(super) fn see(&mut self, bytes: &[u8]) {
        match self {
            Self::Jpeg(jpeg) => jpeg.see(bytes),
            Self::Png(png) => png.see(bytes),
            Self::Pdf(pdf) => pdf.see(bytes),
        }
    }

    /// Whether the file has come to its end, and nothing that counts stands behind.
    pub(super) fn is_whole(&self) -> bool {
        match self {
            Self::Jpeg(jpeg) => jpeg.at == Within::Behind && !jpeg.behind.is_another_file(),
            Self::Png(png) => png.at == Chunk::Behind && !png.behind.is_another_file(),
            Self::Pdf(pdf) => pdf.is_whole(),
        }
    }

    /// Whether it is a PDF that may be locked.
    pub(super) fn mentions_a_lock(&self) -> bool {
        matches!(self, Self::Pdf(pdf) if pdf.mentions_a_lock)
    }
}

/// What stands behind the end of a file, but for padding.
#[derive(Debug, Default)]
struct Behind {
    first: Vec<u8>,
    last: Vec<u8>,
    /// Up to the last byte that is no padding.
    length: u64,
    passed: u64,
}

impl Behind {
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
            .extend_from_slice(&bytes[bytes.len().saturating_sub(LOOKED_AT)..]);
        self.last.drain(..self.last.len().saturating_sub(LOOKED_AT));
        self.first
            .extend_from_slice(&bytes[..bytes.len().min(LOOKED_AT - self.first.len())]);
    }

    /// Whether it is a document, a program, an archive or a web page by itself: who opens the file by another door would find it. What phones append,
    /// such as films, further pictures and notes of their own, is none.
    fn is_another_file(&self) -> bool {
        let is_markup =
            self.first.starts_with(b"<") && !NOTES.iter().any(|note| self.first.starts_with(note));
        let ends_as_page = || {
            let last = self.last.to_ascii_lowercase();
            PAGE.iter().any(|mark| memmem::find(&last, mark).is_some())
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
    at: Within,
    behind: Behind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Within {
    /// Before a marker's 0xff.
    Marker,
    /// Behind it.
    Code { of_scan: bool },
    /// Before the first byte of a length, behind the marker of a scan or another.
    Length { scan: bool },
    /// Before the second byte.
    LowLength { scan: bool, high: u8 },
    /// Within a segment.
    Segment { scan: bool, left: usize },
    /// Within a scan.
    Scan,
    /// Behind the end of the image.
    Behind,
}

impl Jpeg {
    /// Before its first byte.
    pub(super) fn new() -> Self {
        Self {
            at: Within::Marker,
            behind: Behind::default(),
        }
    }

    fn see(&mut self, bytes: &[u8]) {
        let mut at = 0;
        while at < bytes.len() {
            let byte = bytes[at];
            self.at = match self.at {
                // Stray bytes between segments are passed over, as readers do.
                Within::Marker if byte != 0xff => Within::Marker,
                Within::Marker => Within::Code { of_scan: false },
                Within::Code { of_scan } => match byte {
                    0xff => Within::Code { of_scan },
                    0xd9 => Within::Behind,
                    0 | 0xd0..=0xd7 if of_scan => Within::Scan,
                    // Alone: no length follows.
                    0 | 0x01 | 0xd0..=0xd8 => Within::Marker,
                    code => Within::Length { scan: code == 0xda },
                },
                Within::Length { scan } => Within::LowLength { scan, high: byte },
                Within::LowLength { scan, high } => {
                    let length = usize::from(u16::from_be_bytes([high, byte]));
                    Within::segment(scan, length.saturating_sub(2))
                }
                Within::Segment { scan, left } => {
                    let passed = left.min(bytes.len() - at);
                    at += passed - 1;
                    Within::segment(scan, left - passed)
                }
                Within::Scan => match memchr(0xff, &bytes[at..]) {
                    Some(next) => {
                        at += next;
                        Within::Code { of_scan: true }
                    }
                    None => return,
                },
                Within::Behind => return self.behind.see(&bytes[at..]),
            };
            at += 1;
        }
    }
}

impl Within {
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
    at: Chunk,
    head: Vec<u8>,
    behind: Behind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Chunk {
    /// Within length and kind, or the signature, which is as long.
    Head { signature: bool },
    /// Within content and checksum.
    Content { left: u64, last: bool },
    /// It is no chunk.
    Broken,
    /// Behind the last chunk.
    Behind,
}

impl Png {
    /// Before its first byte.
    pub(super) fn new() -> Self {
        Self {
            at: Chunk::Head { signature: true },
            head: Vec::with_capacity(8),
            behind: Behind::default(),
        }
    }

    fn see(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        while !rest.is_empty() {
            match self.at {
                Chunk::Head { signature } => {
                    let (head, others) = rest.split_at(rest.len().min(8 - self.head.len()));
                    self.head.extend_from_slice(head);
                    rest = others;
                    if let Ok(head) = <[u8; 8]>::try_from(self.head.as_slice()) {
                        self.head.clear();
                        self.at = if signature {
                            Chunk::Head { signature: false }
                        } else {
                            Chunk::of(head)
                        };
                    }
                }
                Chunk::Content { left, last } => {
                    let passed = usize::try_from(left).unwrap_or(usize::MAX).min(rest.len());
                    rest = &rest[passed..];
                    let left = left - passed as u64;
                    self.at = match (left, last) {
                        (0, true) => Chunk::Behind,
                        (0, false) => Chunk::Head { signature: false },
                        (left, last) => Chunk::Content { left, last },
                    };
                }
                Chunk::Broken => return,
                Chunk::Behind => return self.behind.see(rest),
            }
        }
    }
}

impl Chunk {
    fn of(head: [u8; 8]) -> Self {
        let [a, b, c, d, kind @ ..] = head;
        let (length, last) = (u32::from_be_bytes([a, b, c, d]), kind == *b"IEND");
        if length > i32::MAX.unsigned_abs()
            || !kind.iter().all(u8::is_ascii_alphabetic)
            || (last && length > 0)
        {
            return Self::Broken;
        }
        // The checksum, of four bytes, comes behind the content.
        Self::Content {
            left: u64::from(length) + 4,
            last,
        }
    }
}

/// A PDF: it ends with the last of its marks.
#[derive(Debug, Default)]
pub(super) struct Pdf {
    /// The last bytes, in which a word may have begun.
    carry: Vec<u8>,
    ends: bool,
    behind: Behind,
    mentions_a_lock: bool,
}

const END: &[u8] = b"%%EOF";
const LOCK: &[u8] = b"/Encrypt";

impl Pdf {
    fn see(&mut self, bytes: &[u8]) {
        let begun = std::mem::take(&mut self.carry);
        let text = [begun.as_slice(), bytes].concat();
        self.mentions_a_lock |= memmem::find(&text, LOCK).is_some();
        // What was seen before cannot hold a whole mark.
        let from = begun.len().saturating_sub(END.len() - 1);
        match memmem::rfind(&text[from..], END) {
            Some(at) => {
                self.ends = true;
                self.behind = Behind::default();
                self.behind.see(&text[from + at + END.len()..]);
            }
            None => self.behind.see(bytes),
        }
        self.carry = text[text.len().saturating_sub(LOCK.len() - 1)..].to_vec();
    }

    fn is_whole(&self) -> bool {
        self.ends
            && self.behind.length <= BEHIND_A_PDF
            && !goes_on(&self.behind.first)
            && !self.behind.is_a_document_or_program()
    }
}

/// Whether another revision of a PDF begins here, whose end is missing.
fn goes_on(behind: &[u8]) -> bool {
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
