//! Reads the cross-reference tables and streams of a PDF (ISO 32000-1, 7.5.4 and 7.5.8), the newest
//! first.

use std::collections::{BTreeMap, HashSet};

use lopdf::{Dictionary, Object, Stream};

use super::syntax::{MAX_DEPTH, Parser};
use super::unpacking;
use super::work::{Budget, PdfResult, ReadError};

/// The distance from the end of the file within which `startxref` is searched.
const STARTXREF_WINDOW: usize = 2048;

/// The location of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ObjectLocation {
    /// The object was deleted.
    Deleted,
    /// At this offset of the file.
    At(usize),
    /// In the object stream with this number.
    InObjectStream(u32),
}

pub(super) type ObjectLocations = BTreeMap<u32, ObjectLocation>;

/// The locations of all objects, and the newest trailer.
pub(super) fn read(bytes: &[u8], work: &mut Budget) -> PdfResult<(ObjectLocations, Dictionary)> {
    let mut next = startxref(bytes, work)?;
    let (mut places, mut trailer, mut seen) = (ObjectLocations::new(), None, HashSet::new());
    while seen.insert(next) {
        let (mut older, older_trailer) = section(bytes, next, work)?;
        // In a hybrid-reference file, the stream defines objects that the table hides from old
        // readers.
        if let Some(hidden) = offset(&older_trailer, b"XRefStm") {
            for (number, place) in section(bytes, hidden, work)?.0 {
                let known = older.entry(number).or_insert(place);
                if *known == ObjectLocation::Deleted {
                    *known = place;
                }
            }
        }
        for (number, place) in older {
            places.entry(number).or_insert(place);
        }
        let previous = offset(&older_trailer, b"Prev");
        inherit_encryption(
            trailer.get_or_insert_with(|| older_trailer.clone()),
            &older_trailer,
        );
        match previous {
            Some(previous) => next = previous,
            None => break,
        }
    }
    Ok((places, trailer.ok_or(ReadError::Broken)?))
}

/// Copies the encryption entries from an older trailer where the newest one does not repeat them.
fn inherit_encryption(trailer: &mut Dictionary, older: &Dictionary) {
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

fn startxref(bytes: &[u8], work: &mut Budget) -> PdfResult<usize> {
    let near = bytes.len().saturating_sub(STARTXREF_WINDOW);
    let at = bytes[near..]
        .windows(9)
        .rposition(|word| word == b"startxref")
        .ok_or(ReadError::Broken)?;
    let mut syntax = Parser::new(bytes, near + at + 9, work);
    syntax.space()?;
    syntax.count()
}

fn section(bytes: &[u8], at: usize, work: &mut Budget) -> PdfResult<(ObjectLocations, Dictionary)> {
    let mut syntax = Parser::new(bytes, at, work);
    syntax.space()?;
    if syntax.word(b"xref")? {
        xref_table(&mut syntax)
    } else {
        xref_stream(bytes, syntax.at(), work)
    }
}

fn xref_table(syntax: &mut Parser<'_, '_>) -> PdfResult<(ObjectLocations, Dictionary)> {
    let mut places = ObjectLocations::new();
    syntax.space()?;
    while !syntax.word(b"trailer")? {
        let (first, count): (u32, u32) = (syntax.count()?, syntax.count()?);
        for number in first..first.checked_add(count).ok_or(ReadError::Broken)? {
            syntax.work.build()?;
            let (offset, _generation): (usize, u32) = (syntax.count()?, syntax.count()?);
            let place = if syntax.word(b"n")? {
                ObjectLocation::At(offset)
            } else if syntax.word(b"f")? {
                ObjectLocation::Deleted
            } else {
                return Err(ReadError::Broken);
            };
            syntax.space()?;
            places.insert(number, place);
        }
    }
    syntax.space()?;
    Ok((places, syntax.dictionary(MAX_DEPTH)?))
}

/// Reads a cross-reference stream.
fn xref_stream(
    bytes: &[u8],
    at: usize,
    work: &mut Budget,
) -> PdfResult<(ObjectLocations, Dictionary)> {
    let numbered = Parser::new(bytes, at, work).indirect_object()?;
    let (Object::Dictionary(dictionary), Some(start)) = (numbered.object, numbered.content) else {
        return Err(ReadError::Broken);
    };
    let content = Parser::new(bytes, start, work).content(offset(&dictionary, b"Length"))?;
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
        .ok_or(ReadError::Broken)?;
    let width = widths.iter().sum::<usize>();
    if width == 0 {
        return Err(ReadError::Broken);
    }
    let sections = numbers(b"Index")
        .or_else(|| Some(vec![0, offset(&trailer, b"Size")?]))
        .ok_or(ReadError::Broken)?;
    let (mut places, mut entries) = (ObjectLocations::new(), content.chunks_exact(width));
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
                0 => ObjectLocation::Deleted,
                1 => ObjectLocation::At(
                    usize::try_from(value(place)).map_err(|_| ReadError::Broken)?,
                ),
                2 => ObjectLocation::InObjectStream(
                    u32::try_from(value(place)).map_err(|_| ReadError::Broken)?,
                ),
                _ => continue,
            };
            places.insert(u32::try_from(number).map_err(|_| ReadError::Broken)?, place);
        }
    }
    Ok((places, trailer))
}
