//! Finds the objects of a PDF with a wrong table: wherever one begins on a line of its own; the
//! last of each number wins.

use std::collections::BTreeMap;

use lopdf::{Dictionary, Object, ObjectId};

use super::syntax::{MAX_DEPTH, Parser};
use super::table::{ObjectLocation, ObjectLocations};
use super::work::{Budget, PdfResult, ReadError, if_present};

/// The highest object number that is accepted.
const MAX_OBJECT_NUMBER: u32 = 1_000_000;
/// The maximum number of trailers tried.
const MAX_TRAILERS: usize = 16;

/// The offsets of all objects that begin on a line of their own and outside a stream.
pub(super) fn places(bytes: &[u8], work: &mut Budget) -> PdfResult<ObjectLocations> {
    work.read(bytes.len())?;
    let (mut places, mut at, mut begins, mut ends) = (ObjectLocations::new(), 0, true, true);
    while at < bytes.len() {
        let rest = &bytes[at..];
        if ends
            && rest.starts_with(b"stream")
            && matches!(rest.get(6), Some(b'\r' | b'\n'))
            && !bytes[..at].ends_with(b"end")
        {
            // Where no `endstream` follows, none follows later either.
            let end = rest.windows(9).position(|word| word == b"endstream");
            ends = end.is_some();
            at += end.map_or(6, |end| end + 9);
            begins = false;
            continue;
        }
        if begins
            && rest[0].is_ascii_digit()
            && let Some(number) = number(rest, work)?
        {
            places.insert(number, ObjectLocation::At(at));
        }
        begins = matches!(rest[0], b'\r' | b'\n') || (begins && matches!(rest[0], b' ' | b'\t'));
        at += 1;
    }
    Ok(places)
}

fn number(bytes: &[u8], work: &mut Budget) -> PdfResult<Option<u32>> {
    let id = if_present(Parser::new(&bytes[..bytes.len().min(64)], 0, work).header())?;
    Ok(id
        .map(|(number, _)| number)
        .filter(|number| *number <= MAX_OBJECT_NUMBER))
}

/// The last trailer with an encryption dictionary.
pub(super) fn locked_trailer(
    bytes: &[u8],
    objects: &BTreeMap<ObjectId, Object>,
    offsets: &BTreeMap<usize, ObjectId>,
    work: &mut Budget,
) -> PdfResult<Option<Dictionary>> {
    work.read(bytes.len())?;
    if !bytes.windows(8).any(|word| word == b"/Encrypt") {
        return Ok(None);
    }
    let is_locked = |trailer: &Dictionary| trailer.has(b"Encrypt");
    if let Some(trailer) = written_trailer(bytes, is_locked, work)? {
        return Ok(Some(trailer));
    }
    let streams = offsets
        .values()
        .rev()
        .filter_map(|id| objects.get(id)?.as_stream().ok());
    Ok(streams
        .map(|stream| &stream.dict)
        .find(|trailer| trailer.has_type(b"XRef") && is_locked(trailer))
        .cloned())
}

/// The last trailer in `bytes` that satisfies `wanted`.
fn written_trailer(
    bytes: &[u8],
    wanted: impl Fn(&Dictionary) -> bool,
    work: &mut Budget,
) -> PdfResult<Option<Dictionary>> {
    let mut before = bytes.len();
    for _ in 0..MAX_TRAILERS {
        let Some(at) = bytes[..before]
            .windows(7)
            .rposition(|word| word == b"trailer")
        else {
            break;
        };
        work.read(before - at)?;
        before = at;
        let mut syntax = Parser::new(bytes, at + 7, work);
        syntax.space()?;
        if let Some(trailer) = if_present(syntax.dictionary(MAX_DEPTH))?.filter(&wanted) {
            return Ok(Some(trailer));
        }
    }
    Ok(None)
}

/// A trailer with a root in `objects`: the last written trailer, else a cross-reference stream,
/// else one made for the last catalog.
pub(super) fn trailer(
    bytes: &[u8],
    objects: &BTreeMap<ObjectId, Object>,
    offsets: &BTreeMap<usize, ObjectId>,
    work: &mut Budget,
) -> PdfResult<Dictionary> {
    let leads = |trailer: &Dictionary| {
        trailer
            .get(b"Root")
            .and_then(Object::as_reference)
            .is_ok_and(|root| objects.contains_key(&root))
    };
    if let Some(trailer) = written_trailer(bytes, leads, work)? {
        return Ok(trailer);
    }
    let last_first = || {
        offsets
            .values()
            .rev()
            .filter_map(|id| Some((id, objects.get(id)?)))
    };
    let streams = last_first().filter_map(|(_, object)| object.as_stream().ok());
    if let Some(stream) = streams
        .filter(|stream| stream.dict.has_type(b"XRef"))
        .find(|stream| leads(&stream.dict))
    {
        return Ok(stream.dict.clone());
    }
    // Without a trailer there is no encryption dictionary to decrypt with.
    work.read(bytes.len())?;
    if bytes.windows(8).any(|word| word == b"/Encrypt") {
        return Err(ReadError::Locked);
    }
    let is_catalog = |object: &Object| {
        object
            .as_dict()
            .is_ok_and(|dictionary| dictionary.has_type(b"Catalog"))
    };
    let (root, _) = last_first()
        .chain(objects.iter().rev())
        .find(|(_, object)| is_catalog(object))
        .ok_or(ReadError::Broken)?;
    Ok(Dictionary::from_iter([("Root", Object::Reference(*root))]))
}
