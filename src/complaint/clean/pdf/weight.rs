//! Whether a PDF may be parsed at all. The parser unpacks every stream of objects while it loads and turns two bytes such as `0 ` into an object a hundred
//! times as large, so what it would be given is counted first.

use crate::complaint::clean::inflate::{Misfit, Wrapping, each};

/// The most a stream of objects or references may unpack to.
pub(super) const MOST_IN_A_STREAM: usize = 16 << 20;
/// The most all of them may unpack to: so many tokens as are borne, of ten bytes each, are less.
const MOST_IN_ALL_STREAMS: usize = 64 << 20;
/// The most tokens, about as many objects: a report of 500 pages has some 200 000.
pub(super) const MOST_TOKENS: usize = 2_500_000;
/// How far a stream of objects may stand from the name that makes it one.
const FAR: usize = 2048;

/// Whether the parser can bear it.
pub(super) fn bearable(bytes: &[u8]) -> bool {
    Weight::default().bears(bytes)
}

/// What has been counted.
#[derive(Default)]
struct Weight {
    tokens: Tokens,
    /// What the eager streams unpack to, each unpacked once.
    unpacked: usize,
}

impl Weight {
    /// Counts the file and what its eager streams unpack to; false when it is too much, or cannot be known for certain. Of the names before a `stream` the
    /// first speaks for all. Neither comments nor strings belong into such a dictionary, and without them the next `stream` is the right one.
    fn bears(&mut self, bytes: &[u8]) -> bool {
        self.tokens.count(bytes);
        let mut name = None;
        for at in 0..bytes.len() {
            match (bytes[at], name) {
                (b'/', None) if is_eager(&bytes[at + 1..]) => name = Some(at),
                (_, None) => {}
                (b'%' | b'(', Some(_)) => return false,
                (b's', Some(_)) if bytes[at..].starts_with(b"stream") => {
                    name = None;
                    if !self.bears_stream(&bytes[at + 6..]) {
                        return false;
                    }
                }
                (_, Some(name)) if at - name > FAR => return false,
                (_, Some(_)) => {}
            }
        }
        name.is_none() && self.tokens.number <= MOST_TOKENS
    }

    fn bears_stream(&mut self, content: &[u8]) -> bool {
        if self.tokens.number > MOST_TOKENS {
            return false;
        }
        let content =
            content.strip_prefix(b"\r\n").or_else(|| content.strip_prefix(b"\n")).or_else(|| content.strip_prefix(b"\r")).unwrap_or(content);
        // Anything but plain deflate is refused: other filters, or two of them, could swell out of our sight.
        let mut start = Vec::new();
        let bound = MOST_IN_A_STREAM.min(MOST_IN_ALL_STREAMS - self.unpacked);
        let outcome = each(content, Wrapping::Zlib, bound, |piece| {
            self.unpacked += piece.len();
            self.tokens.count(piece);
            start.extend_from_slice(&piece[..piece.len().min(8_usize.saturating_sub(start.len()))]);
        });
        match outcome {
            Ok(_) => start.iter().all(|byte| byte.is_ascii_digit() || byte.is_ascii_whitespace()),
            // Not packed, so counted with the file already; or damaged, and the parser will say so.
            Err(Misfit::Broken) => true,
            Err(Misfit::TooLarge) => false,
        }
    }
}

/// Whether the name here is that of a stream of objects, however it is spelt.
fn is_eager(name: &[u8]) -> bool {
    let mut at = 0;
    for wanted in b"ObjStm" {
        let (byte, length) = match name.get(at) {
            Some(b'#') => {
                let hex = name.get(at + 1..at + 3).and_then(|hex| std::str::from_utf8(hex).ok()).and_then(|hex| u8::from_str_radix(hex, 16).ok());
                (hex, 3)
            }
            other => (other.copied(), 1),
        };
        if byte != Some(*wanted) {
            return false;
        }
        at += length;
    }
    true
}

/// Beginnings of tokens.
#[derive(Default)]
struct Tokens {
    number: usize,
    within_a_word: bool,
}

impl Tokens {
    fn count(&mut self, bytes: &[u8]) {
        for byte in bytes {
            match byte {
                b'[' | b'<' | b'(' | b'/' => {
                    self.number += 1;
                    self.within_a_word = true;
                }
                0 | b'\t' | b'\n' | b'\x0c' | b'\r' | b' ' | b']' | b'>' | b')' | b'{' | b'}' | b'%' => self.within_a_word = false,
                _ => {
                    self.number += usize::from(!self.within_a_word);
                    self.within_a_word = true;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::complaint::clean::inflate::deflate;

    fn digits(mebibytes: usize) -> Vec<u8> {
        deflate(&b"1".repeat(mebibytes << 20), Wrapping::Zlib)
    }

    #[test]
    fn a_stream_is_unpacked_once_whatever_stands_before_it() {
        let file = ["1 0 obj<<".as_bytes(), "/ObjStm".repeat(200).as_bytes(), b">>stream\n", &digits(4), b"\nendstream"].concat();
        let mut weight = Weight::default();
        assert!(weight.bears(&file));
        assert_eq!(weight.unpacked, 4 << 20);
    }

    #[test]
    fn many_streams_are_not_unpacked_to_more_than_they_may_together() {
        let stream = [b"<</Type/ObjStm>>stream\n", digits(15).as_slice(), b"\nendstream\n"].concat();
        let mut weight = Weight::default();
        assert!(!weight.bears(&stream.repeat(500)));
        assert!(weight.unpacked <= MOST_IN_ALL_STREAMS);
    }
}
