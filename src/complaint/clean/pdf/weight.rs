//! Whether a PDF may be parsed at all. The parser unpacks every stream of objects while it loads and turns two bytes such as `0 ` into an object a hundred
//! times as large, so what it would be given is counted first.

use crate::complaint::clean::inflate::{Misfit, Wrapping, each};

/// The most a stream of objects or references may unpack to.
pub(super) const MOST_IN_A_STREAM: usize = 16 << 20;
/// The most tokens, about as many objects: a report of 500 pages has some 200 000.
const MOST_TOKENS: usize = 2_500_000;
/// How far a stream of objects may stand from the name that makes it one.
const FAR: usize = 2048;

/// Whether the parser can bear it.
pub(super) fn bearable(bytes: &[u8]) -> bool {
    let mut tokens = Tokens::default();
    tokens.count(bytes);
    let eager = (0..bytes.len()).filter(|at| bytes[*at] == b'/').filter(|at| is_eager(&bytes[*at + 1..]));
    for at in eager {
        if tokens.number > MOST_TOKENS || !within(&bytes[at..], &mut tokens) {
            return false;
        }
    }
    tokens.number <= MOST_TOKENS
}

/// Counts what the stream unpacks to whose dictionary says it is eager; false when that cannot be known for certain. Neither comments nor strings belong into
/// such a dictionary, and without them the next `stream` is the right one.
fn within(from_name: &[u8], tokens: &mut Tokens) -> bool {
    let near = &from_name[..from_name.len().min(FAR)];
    let Some(keyword) = near.windows(6).position(|word| word == b"stream") else { return false };
    if near[..keyword].iter().any(|byte| matches!(byte, b'%' | b'(')) {
        return false;
    }
    let content = &from_name[keyword + 6..];
    let content = content.strip_prefix(b"\r\n").or_else(|| content.strip_prefix(b"\n")).or_else(|| content.strip_prefix(b"\r")).unwrap_or(content);
    // Anything but plain deflate is refused: other filters, or two of them, could swell out of our sight.
    let mut start = Vec::new();
    let outcome = each(content, Wrapping::Zlib, MOST_IN_A_STREAM, |piece| {
        tokens.count(piece);
        start.extend_from_slice(&piece[..piece.len().min(8_usize.saturating_sub(start.len()))]);
    });
    match outcome {
        Ok(_) => start.iter().all(|byte| byte.is_ascii_digit() || byte.is_ascii_whitespace()),
        // Not packed, so counted with the file already; or damaged, and the parser will say so.
        Err(Misfit::Broken) => true,
        Err(Misfit::TooLarge) => false,
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
