//! Where the objects of a PDF stand, by its own word (ISO 32000-1, 7.5.4 and 7.5.8): tables and streams of references, the newest first.

use std::collections::{BTreeMap, HashSet};

use lopdf::{Dictionary, Object, Stream};

use super::syntax::{DEEPEST, Syntax};
use super::unpacking;
use super::work::{Read, Stop, Work};

/// How far before its end a file says where its newest table is.
const NEAR_THE_END: usize = 2048;

/// Where an object stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Nowhere: it was deleted.
    Nowhere,
    /// In the file, at this offset.
    At(usize),
    /// Within the stream of objects with this number.
    Within(u32),
}

pub(super) type Places = BTreeMap<u32, Place>;

/// The places of all objects, and the newest trailer.
pub(super) fn read(bytes: &[u8], work: &mut Work) -> Read<(Places, Dictionary)> {
    let mut next = newest(bytes, work)?;
    let (mut places, mut trailer, mut seen) = (Places::new(), None, HashSet::new());
    while seen.insert(next) {
        let (mut older, older_trailer) = section(bytes, next, work)?;
        // In a file for old and new readers, the stream tells what the table hides.
        if let Some(hidden) = offset(&older_trailer, b"XRefStm") {
            for (number, place) in section(bytes, hidden, work)?.0 {
                let known = older.entry(number).or_insert(place);
                if *known == Place::Nowhere {
                    *known = place;
                }
            }
        }
        for (number, place) in older {
            places.entry(number).or_insert(place);
        }
        let previous = offset(&older_trailer, b"Prev");
        keep_lock(
            trailer.get_or_insert_with(|| older_trailer.clone()),
            &older_trailer,
        );
        match previous {
            Some(previous) => next = previous,
            None => break,
        }
    }
    Ok((places, trailer.ok_or(Stop::Broken)?))
}

/// The newest trailer should repeat how the file is locked; where it does not, an older one tells.
fn keep_lock(trailer: &mut Dictionary, older: &Dictionary) {
    for key in [b"Encrypt".as_slice(), b"ID"] {
        if let (false, Ok(value)) = (trailer.has(key), older.get(key)) {
            trailer.set(key, value.clone());
        }
    }
}

fn offset(trailer: &Dictionary, key: &[u8]) -> Option<usize> {
    trailer
        .get(key)
        .and_then(Object::as_i64)
        .ok()
        .and_then(|offset| usize::try_from(offset).ok())
}

fn newest(bytes: &[u8], work: &mut Work) -> Read<usize> {
    let near = bytes.len().saturating_sub(NEAR_THE_END);
    let at = bytes[near..]
        .windows(9)
        .rposition(|word| word == b"startxref")
        .ok_or(Stop::Broken)?;
    let mut syntax = Syntax::new(bytes, near + at + 9, work);
    syntax.space()?;
    syntax.count()
}

fn section(bytes: &[u8], at: usize, work: &mut Work) -> Read<(Places, Dictionary)> {
    let mut syntax = Syntax::new(bytes, at, work);
    syntax.space()?;
    if syntax.word(b"xref")? {
        table(&mut syntax)
    } else {
        references(bytes, syntax.at(), work)
    }
}

fn table(syntax: &mut Syntax<'_, '_>) -> Read<(Places, Dictionary)> {
    let mut places = Places::new();
    syntax.space()?;
    while !syntax.word(b"trailer")? {
        let (first, count): (u32, u32) = (syntax.count()?, syntax.count()?);
        for number in first..first.checked_add(count).ok_or(Stop::Broken)? {
            syntax.work.build()?;
            let (offset, _generation): (usize, u32) = (syntax.count()?, syntax.count()?);
            let place = if syntax.word(b"n")? {
                Place::At(offset)
            } else if syntax.word(b"f")? {
                Place::Nowhere
            } else {
                return Err(Stop::Broken);
            };
            syntax.space()?;
            places.insert(number, place);
        }
    }
    syntax.space()?;
    Ok((places, syntax.dictionary(DEEPEST)?))
}

/// A stream of references.
fn references(bytes: &[u8], at: usize, work: &mut Work) -> Read<(Places, Dictionary)> {
    let numbered = Syntax::new(bytes, at, work).numbered()?;
    let (Object::Dictionary(dictionary), Some(start)) = (numbered.object, numbered.content) else {
        return Err(Stop::Broken);
    };
    let content = Syntax::new(bytes, start, work).content(offset(&dictionary, b"Length"))?;
    let stream = Stream::new(dictionary, content.to_vec());
    let content = unpacking::plain(&stream, &mut work.unpacked)?;
    let trailer = stream.dict;
    let numbers = |key: &[u8]| -> Option<Vec<usize>> {
        let numbers = trailer.get(key).ok()?.as_array().ok()?;
        numbers
            .iter()
            .map(|number| usize::try_from(number.as_i64().ok()?).ok())
            .collect()
    };
    let widths = numbers(b"W")
        .filter(|widths| widths.len() == 3 && widths.iter().all(|width| *width <= 8))
        .ok_or(Stop::Broken)?;
    let width = widths.iter().sum::<usize>();
    if width == 0 {
        return Err(Stop::Broken);
    }
    let sections = numbers(b"Index")
        .or_else(|| Some(vec![0, offset(&trailer, b"Size")?]))
        .ok_or(Stop::Broken)?;
    let (mut places, mut entries) = (Places::new(), content.chunks_exact(width));
    for section in sections.chunks_exact(2) {
        for (number, entry) in (section[0]..).zip(entries.by_ref().take(section[1])) {
            work.build()?;
            let (kind, rest) = entry.split_at(widths[0]);
            let (place, _generation) = rest.split_at(widths[1]);
            let value = |bytes: &[u8]| {
                bytes
                    .iter()
                    .fold(0_u64, |value, byte| value << 8 | u64::from(*byte))
            };
            let place = match if kind.is_empty() { 1 } else { value(kind) } {
                0 => Place::Nowhere,
                1 => Place::At(usize::try_from(value(place)).map_err(|_| Stop::Broken)?),
                2 => Place::Within(u32::try_from(value(place)).map_err(|_| Stop::Broken)?),
                _ => continue,
            };
            places.insert(u32::try_from(number).map_err(|_| Stop::Broken)?, place);
        }
    }
    Ok((places, trailer))
}
