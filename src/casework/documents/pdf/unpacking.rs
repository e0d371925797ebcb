//! What the streams of a PDF unpack to, within bounds.

use lopdf::{Dictionary, Object, Stream};

use super::work::{Read, Stop};

/// The most one stream may unpack to in memory.
const MOST_AT_ONCE: usize = 128 << 20;
/// The most filters one after another, of which files use one or two.
pub const MOST_FILTERS: usize = 8;

/// What the stream unpacks to, which is taken from `unpacked`.
pub(super) fn plain(stream: &Stream, unpacked: &mut usize) -> Read<Vec<u8>> {
    let filters = filters(stream)?;
    if filters.iter().any(|filter| !is_packing(filter)) {
        return Err(Stop::TooMuch);
    }
    unpack(stream, &filters, &parameters(stream), unpacked)
}

/// The names of its filters, the outermost first.
///
/// # Errors
/// When they are not written as names.
pub fn filters(stream: &Stream) -> Read<Vec<Vec<u8>>> {
    match stream.dict.get(b"Filter") {
        Ok(Object::Name(name)) => Ok(vec![name.clone()]),
        Ok(Object::Array(names)) => names
            .iter()
            .map(|name| name.as_name().map(<[u8]>::to_vec))
            .collect::<Result<_, _>>()
            .map_err(|_| Stop::TooMuch),
        Ok(_) => Err(Stop::TooMuch),
        Err(_) => Ok(Vec::new()),
    }
}

/// The parameters of its filters, as far as it has any.
#[must_use]
pub fn parameters(stream: &Stream) -> Vec<Object> {
    match stream.dict.get(b"DecodeParms") {
        Ok(Object::Array(each)) => each.clone(),
        Ok(one) => vec![one.clone()],
        Err(_) => Vec::new(),
    }
}

/// Whether the filter packs bytes, rather than pixels.
#[must_use]
pub fn is_packing(filter: &[u8]) -> bool {
    matches!(
        filter,
        b"FlateDecode" | b"LZWDecode" | b"ASCII85Decode" | b"ASCIIHexDecode" | b"RunLengthDecode"
    )
}

/// The content behind the filters `outer`. What each of them makes counts, since the next may make little of much.
///
/// # Errors
/// When it unpacks to more than `unpacked`, or cannot be unpacked.
pub fn unpack(
    stream: &Stream,
    outer: &[Vec<u8>],
    parameters: &[Object],
    unpacked: &mut usize,
) -> Read<Vec<u8>> {
    if outer.len() > MOST_FILTERS {
        return Err(Stop::TooMuch);
    }
    let mut content = stream.content.clone();
    for (number, filter) in outer.iter().enumerate() {
        let mut dictionary = Dictionary::new();
        dictionary.set("Filter", Object::Name(filter.clone()));
        if let Some(parameters @ Object::Dictionary(_)) = parameters.get(number) {
            dictionary.set("DecodeParms", parameters.clone());
        }
        content = Stream::new(dictionary, content)
            .decompressed_content_with_limit(MOST_AT_ONCE.min(*unpacked))
            .map_err(|_| Stop::TooMuch)?;
        *unpacked -= content.len().min(*unpacked);
    }
    Ok(content)
}
