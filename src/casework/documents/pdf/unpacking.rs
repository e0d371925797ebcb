//! Unpacks the streams of a PDF, within limits.

use lopdf::{Dictionary, Object, Stream};

use super::work::{PdfResult, ReadError};

/// The maximum unpacked size of one stream.
const MAX_STREAM: usize = 128 << 20;
/// The maximum number of chained filters; files use one or two.
pub const MAX_FILTERS: usize = 8;

/// Unpacks the stream and subtracts its size from `unpacked`.
pub(super) fn plain(stream: &Stream, unpacked: &mut usize) -> PdfResult<Vec<u8>> {
    let filters = filters(stream)?;
    if filters.iter().any(|filter| !is_packing(filter)) {
        return Err(ReadError::TooMuch);
    }
    unpack(stream, &filters, &parameters(stream), unpacked)
}

/// The names of the stream's filters, the outermost first.
///
/// # Errors
/// When they are not written as names.
pub fn filters(stream: &Stream) -> PdfResult<Vec<Vec<u8>>> {
    match stream.dict.get(b"Filter") {
        Ok(Object::Name(name)) => Ok(vec![name.clone()]),
        Ok(Object::Array(names)) => names
            .iter()
            .map(|name| name.as_name().map(<[u8]>::to_vec))
            .collect::<Result<_, _>>()
            .map_err(|_| ReadError::TooMuch),
        Ok(_) => Err(ReadError::TooMuch),
        Err(_) => Ok(Vec::new()),
    }
}

/// The parameters of the filters, if any.
pub fn parameters(stream: &Stream) -> Vec<Object> {
    match stream.dict.get(b"DecodeParms") {
        Ok(Object::Array(each)) => each.clone(),
        Ok(one) => vec![one.clone()],
        Err(_) => Vec::new(),
    }
}

/// True for a filter that compresses or encodes bytes, false for an image codec.
pub fn is_packing(filter: &[u8]) -> bool {
    matches!(
        filter,
        b"FlateDecode" | b"LZWDecode" | b"ASCII85Decode" | b"ASCIIHexDecode" | b"RunLengthDecode"
    )
}

/// Unpacks the content through the filters `outer`. The output of each filter counts, since the
/// next may shrink it.
///
/// # Errors
/// When the content exceeds `unpacked`, or cannot be unpacked.
pub fn unpack(
    stream: &Stream,
    outer: &[Vec<u8>],
    parameters: &[Object],
    unpacked: &mut usize,
) -> PdfResult<Vec<u8>> {
    if outer.len() > MAX_FILTERS {
        return Err(ReadError::TooMuch);
    }
    let mut content = stream.content.clone();
    for (number, filter) in outer.iter().enumerate() {
        let mut dictionary = Dictionary::new();
        dictionary.set("Filter", Object::Name(filter.clone()));
        if let Some(parameters @ Object::Dictionary(_)) = parameters.get(number) {
            dictionary.set("DecodeParms", parameters.clone());
        }
        content = Stream::new(dictionary, content)
            .decompressed_content_with_limit(MAX_STREAM.min(*unpacked))
            .map_err(|_| ReadError::TooMuch)?;
        *unpacked -= content.len().min(*unpacked);
    }
    Ok(content)
}
