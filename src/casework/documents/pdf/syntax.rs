//! Parses PDF objects (ISO 32000-1, 7.3). Every byte is charged to the budget, and only containers
//! recurse, to a bounded depth.

use lopdf::{Dictionary, Object, ObjectId, StringFormat};

use super::work::{Budget, PdfResult, ReadError};

/// The maximum nesting of containers.
pub(super) const MAX_DEPTH: usize = 100;

/// A parser at an offset of `bytes`.
pub(super) struct Parser<'a, 'w> {
    bytes: &'a [u8],
    at: usize,
    pub work: &'w mut Budget,
}

/// An indirect object.
pub(super) struct IndirectObject {
    pub id: ObjectId,
    pub object: Object,
    /// The offset of the content, when the object is a stream.
    pub content: Option<usize>,
}

impl<'a, 'w> Parser<'a, 'w> {
    pub(super) fn new(bytes: &'a [u8], at: usize, work: &'w mut Budget) -> Self {
        Self {
            bytes,
            at: at.min(bytes.len()),
            work,
        }
    }

    pub(super) fn at(&self) -> usize {
        self.at
    }

    fn rest(&self) -> &'a [u8] {
        &self.bytes[self.at..]
    }

    pub(super) fn next(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn pass(&mut self, bytes: usize) -> PdfResult<()> {
        self.work.read(bytes)?;
        self.at += bytes;
        Ok(())
    }

    fn run(&mut self, belongs: impl Fn(u8) -> bool) -> PdfResult<&'a [u8]> {
        let rest = self.rest();
        let run = &rest[..rest.iter().take_while(|byte| belongs(**byte)).count()];
        self.pass(run.len())?;
        Ok(run)
    }

    /// Skips whitespace and comments.
    pub(super) fn space(&mut self) -> PdfResult<()> {
        loop {
            self.run(is_blank)?;
            if self.next() != Some(b'%') {
                return Ok(());
            }
            self.run(|byte| !matches!(byte, b'\r' | b'\n'))?;
        }
    }

    /// Skips `word` if it stands here, and returns whether it did.
    pub(super) fn word(&mut self, word: &[u8]) -> PdfResult<bool> {
        let is_here = self.rest().starts_with(word);
        if is_here {
            self.pass(word.len())?;
        }
        Ok(is_here)
    }

    /// Parses an unsigned number and the space after it.
    pub(super) fn count<N: std::str::FromStr>(&mut self) -> PdfResult<N> {
        let digits = self.run(|byte| byte.is_ascii_digit())?;
        self.space()?;
        parsed(digits).ok_or(ReadError::Broken)
    }

    /// Parses `<number> <generation> obj`.
    pub(super) fn header(&mut self) -> PdfResult<ObjectId> {
        self.space()?;
        let id = (self.count()?, self.count()?);
        if !self.word(b"obj")? {
            return Err(ReadError::Broken);
        }
        self.space()?;
        Ok(id)
    }

    /// Parses the indirect object here.
    pub(super) fn indirect_object(&mut self) -> PdfResult<IndirectObject> {
        let id = self.header()?;
        let object = self.object(MAX_DEPTH)?;
        let mut content = None;
        if matches!(object, Object::Dictionary(_)) && self.word(b"stream")? {
            self.run(|byte| matches!(byte, b' ' | b'\t'))?;
            if self.word(b"\r\n")? || self.word(b"\n")? || self.word(b"\r")? {
                content = Some(self.at);
            }
        }
        Ok(IndirectObject {
            id,
            object,
            content,
        })
    }

    /// The content of a stream from here: `length` bytes if `endstream` follows them, else up to
    /// the next `endstream`.
    pub(super) fn content(&mut self, length: Option<usize>) -> PdfResult<&'a [u8]> {
        let rest = self.rest();
        let ends = |length: &usize| {
            rest.get(*length..).is_some_and(|behind| {
                let behind = behind.strip_prefix(b"\r").unwrap_or(behind);
                behind
                    .strip_prefix(b"\n")
                    .unwrap_or(behind)
                    .starts_with(b"endstream")
            })
        };
        if let Some(length) = length.filter(ends) {
            self.pass(length)?;
            return Ok(&rest[..length]);
        }
        let end = rest.windows(9).position(|word| word == b"endstream");
        self.pass(end.unwrap_or(rest.len()))?;
        let content = &rest[..end.ok_or(ReadError::Broken)?];
        let content = content.strip_suffix(b"\n").unwrap_or(content);
        Ok(content.strip_suffix(b"\r").unwrap_or(content))
    }

    /// Parses the object here and the space after it, with at most `depth` nested containers.
    pub(super) fn object(&mut self, depth: usize) -> PdfResult<Object> {
        self.work.build()?;
        let object = match self.next().ok_or(ReadError::Broken)? {
            b'/' => Object::Name(self.name()?),
            b'(' => Object::String(self.text()?, StringFormat::Literal),
            b'<' if self.rest().starts_with(b"<<") => Object::Dictionary(self.dictionary(depth)?),
            b'<' => Object::String(self.hexadecimal()?, StringFormat::Hexadecimal),
            b'[' => Object::Array(self.array(depth)?),
            b'0'..=b'9' | b'+' | b'-' | b'.' => self.number()?,
            _ => match self.run(is_regular)? {
                b"true" => Object::Boolean(true),
                b"false" => Object::Boolean(false),
                b"null" => Object::Null,
                _ => return Err(ReadError::Broken),
            },
        };
        self.space()?;
        Ok(object)
    }

    fn array(&mut self, depth: usize) -> PdfResult<Vec<Object>> {
        let depth = depth.checked_sub(1).ok_or(ReadError::TooMuch)?;
        self.pass(1)?;
        self.space()?;
        let mut items = Vec::new();
        while !self.word(b"]")? {
            items.push(self.object(depth)?);
        }
        Ok(items)
    }

    /// Parses the dictionary here.
    pub(super) fn dictionary(&mut self, depth: usize) -> PdfResult<Dictionary> {
        let depth = depth.checked_sub(1).ok_or(ReadError::TooMuch)?;
        let mut entries = Dictionary::new();
        // Charged for the memory of the dictionary; its entries are charged below.
        self.work.build()?;
        if !self.word(b"<<")? {
            return Err(ReadError::Broken);
        }
        self.space()?;
        while !self.word(b">>")? {
            if self.next() != Some(b'/') {
                return Err(ReadError::Broken);
            }
            self.work.build()?;
            let key = self.name()?;
            self.space()?;
            entries.set(key, self.object(depth)?);
        }
        Ok(entries)
    }

    fn name(&mut self) -> PdfResult<Vec<u8>> {
        self.pass(1)?;
        let written = self.run(is_regular)?;
        let (mut name, mut at) = (Vec::with_capacity(written.len()), 0);
        while let Some(byte) = written.get(at) {
            let escaped = (*byte == b'#')
                .then(|| written.get(at + 1..at + 3))
                .flatten();
            if let Some(byte) =
                escaped.and_then(|digits| Some(digit(digits[0])? << 4 | digit(digits[1])?))
            {
                name.push(byte);
                at += 3;
            } else {
                name.push(*byte);
                at += 1;
            }
        }
        Ok(name)
    }

    fn hexadecimal(&mut self) -> PdfResult<Vec<u8>> {
        self.pass(1)?;
        let written = self.run(|byte| byte.is_ascii_hexdigit() || is_blank(byte))?;
        if !self.word(b">")? {
            return Err(ReadError::Broken);
        }
        let digits: Vec<u8> = written.iter().filter_map(|byte| digit(*byte)).collect();
        // A missing last digit counts as zero (7.3.4.3).
        Ok(digits
            .chunks(2)
            .map(|pair| pair[0] << 4 | pair.get(1).unwrap_or(&0))
            .collect())
    }

    fn text(&mut self) -> PdfResult<Vec<u8>> {
        let rest = self.rest();
        let (mut text, mut open, mut at) = (Vec::new(), 0_usize, 1);
        while let Some(byte) = rest.get(at) {
            at += 1;
            match byte {
                b')' if open == 0 => {
                    self.pass(at)?;
                    return Ok(text);
                }
                b'\\' => at += escaped(&rest[at..], &mut text),
                b'\r' => {
                    at += usize::from(rest.get(at) == Some(&b'\n'));
                    text.push(b'\n');
                }
                byte => {
                    open = open + usize::from(*byte == b'(') - usize::from(*byte == b')');
                    text.push(*byte);
                }
            }
        }
        self.pass(rest.len())?;
        Err(ReadError::Broken)
    }

    fn number(&mut self) -> PdfResult<Object> {
        let written =
            self.run(|byte| byte.is_ascii_digit() || matches!(byte, b'+' | b'-' | b'.'))?;
        let behind = self.at;
        if written.iter().all(u8::is_ascii_digit) && is_blank(self.next().unwrap_or_default()) {
            self.space()?;
            let generation = self.run(|byte| byte.is_ascii_digit())?;
            self.space()?;
            if self.next() == Some(b'R')
                && let (Some(number), Some(generation)) = (parsed(written), parsed(generation))
            {
                self.pass(1)?;
                return Ok(Object::Reference((number, generation)));
            }
            self.work.unread(self.at - behind);
            self.at = behind;
        }
        Ok(plain_number(written))
    }
}

/// Appends the character escaped by a backslash and returns the length of the escape.
fn escaped(rest: &[u8], text: &mut Vec<u8>) -> usize {
    let plain = match rest {
        [b'0'..=b'7', ..] => {
            let digits = rest
                .iter()
                .take(3)
                .take_while(|byte| matches!(byte, b'0'..=b'7'));
            let (length, value) = digits.fold((0, 0_u16), |(length, value), digit| {
                (length + 1, value * 8 + u16::from(digit - b'0'))
            });
            // A value above 255 overflows, as the standard says.
            text.push(value.to_le_bytes()[0]);
            return length;
        }
        [b'\r', b'\n', ..] => return 2,
        [b'\r' | b'\n', ..] => return 1,
        [b'n', ..] => b'\n',
        [b'r', ..] => b'\r',
        [b't', ..] => b'\t',
        [b'b', ..] => 8,
        [b'f', ..] => 12,
        [other, ..] => *other,
        [] => return 0,
    };
    text.push(plain);
    1
}

fn plain_number(written: &[u8]) -> Object {
    if let Some(integer) = parsed(written) {
        return Object::Integer(integer);
    }
    // Some writers put a sign into the middle of a number; it is ignored.
    let signed = matches!(written, [b'+' | b'-', ..]);
    let (sign, digits) = written.split_at(usize::from(signed));
    let digits: Vec<u8> = sign
        .iter()
        .chain(digits.iter().filter(|byte| !matches!(byte, b'+' | b'-')))
        .copied()
        .collect();
    Object::Real(parsed(&digits).unwrap_or_default())
}

fn parsed<N: std::str::FromStr>(digits: &[u8]) -> Option<N> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte)
        .to_digit(16)
        .and_then(|digit| u8::try_from(digit).ok())
}

pub(super) fn is_blank(byte: u8) -> bool {
    matches!(byte, 0 | b'\t' | b'\n' | b'\x0c' | b'\r' | b' ')
}

fn is_regular(byte: u8) -> bool {
    !is_blank(byte)
        && !matches!(
            byte,
            b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%'
        )
}
