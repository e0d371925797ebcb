//! Content of PDF streams: pictures lose their metadata, all other content is unpacked and packed
//! anew, so that nothing is hidden after its end.

use lopdf::{Object, Stream};

use super::TOO_COMPLEX;
use crate::casework::documents::pdf::unpacking::{filters, is_packing, parameters};
use crate::casework::documents::pdf::{ReadError, unpacking};
use crate::complaint::clean::inflate::{Wrapping, deflate, inflate_chunks};
use crate::complaint::clean::{Unclean, jpeg, jpeg2000};

/// Markers of metadata in content that is not understood, such as a photograph within page
/// instructions.
const METADATA_MARKERS: [&[u8]; 4] = [
    b"Exif\0\0",
    b"ns.adobe.com/xap",
    b"<x:xmpmeta",
    b"Photoshop 3.0\0",
];

/// The stream without metadata. Its unpacked size is subtracted from `unpacked`.
pub(super) fn clean(
    mut stream: Stream,
    is_picture: bool,
    unpacked: &mut usize,
) -> Result<Stream, Unclean> {
    let (filters, parameters) = (filters(&stream).map_err(unreadable)?, parameters(&stream));
    // Picture filters come last; the filters around them are undone.
    let codec = filters.iter().position(|filter| is_codec(filter));
    let (outer, inner) = filters.split_at(codec.unwrap_or(filters.len()));
    if inner.len() > 1 || outer.iter().any(|filter| !is_packing(filter)) {
        return Err(TOO_COMPLEX);
    }
    if let Some(codec) = inner.first() {
        let content = unpack(&stream, outer, &parameters, unpacked)?;
        let content = match codec.as_slice() {
            b"DCTDecode" | b"DCT" => jpeg::clean_embedded(&content).ok_or(TOO_COMPLEX)?,
            b"JPXDecode" => jpeg2000::clean(&content).ok_or(TOO_COMPLEX)?,
            _ => content,
        };
        stream.dict.set("Filter", Object::Name(codec.clone()));
        match parameters.get(outer.len()) {
            Some(own @ Object::Dictionary(_)) => stream.dict.set("DecodeParms", own.clone()),
            _ => drop(stream.dict.remove(b"DecodeParms")),
        }
        stream.set_content(content);
        return Ok(stream);
    }
    // A large picture is not packed anew, which would take long; bytes after its end are dropped.
    if is_picture
        && filters == [b"FlateDecode"]
        && let Some(content) = trim_to_end(&stream.content, unpacked)
    {
        stream.set_content(content);
        return Ok(stream);
    }
    let content = unpack(&stream, outer, &parameters, unpacked)?;
    if !is_picture && METADATA_MARKERS.iter().any(|mark| contains(&content, mark)) {
        return Err(TOO_COMPLEX);
    }
    stream.set_plain_content(deflate(&content, Wrapping::Zlib));
    stream
        .dict
        .set("Filter", Object::Name(b"FlateDecode".to_vec()));
    Ok(stream)
}

fn unreadable(_: ReadError) -> Unclean {
    TOO_COMPLEX
}

fn unpack(
    stream: &Stream,
    outer: &[Vec<u8>],
    parameters: &[Object],
    unpacked: &mut usize,
) -> Result<Vec<u8>, Unclean> {
    unpacking::unpack(stream, outer, parameters, unpacked).map_err(unreadable)
}

fn is_codec(filter: &[u8]) -> bool {
    matches!(
        filter,
        b"DCTDecode" | b"DCT" | b"JPXDecode" | b"CCITTFaxDecode" | b"CCF" | b"JBIG2Decode"
    )
}

/// A packed picture up to its end; none when it has no end marker.
fn trim_to_end(content: &[u8], unpacked: &mut usize) -> Option<Vec<u8>> {
    let mut made = 0;
    let used = inflate_chunks(content, Wrapping::Zlib, *unpacked, |piece| {
        made += piece.len();
    })
    .ok()?;
    *unpacked -= made.min(*unpacked);
    Some(content[..used].to_vec())
}

fn contains(content: &[u8], what: &[u8]) -> bool {
    let Some(first) = what.first() else {
        return true;
    };
    let mut rest = content;
    while let Some(at) = rest.iter().position(|byte| byte == first) {
        rest = &rest[at..];
        if rest.starts_with(what) {
            return true;
        }
        rest = &rest[1..];
    }
    false
}

#[cfg(test)]
mod tests {
    use lopdf::Dictionary;

    use super::*;
    use crate::casework::documents::pdf::unpacking::MAX_FILTERS;

    fn packed(filters: &[&str], content: Vec<u8>) -> Stream {
        let mut stream = Stream::new(Dictionary::new(), content);
        stream.dict.set(
            "Filter",
            Object::Array(filters.iter().copied().map(Object::from).collect()),
        );
        stream
    }

    #[test]
    fn what_a_filter_makes_counts_even_if_the_next_makes_nothing_of_it() {
        let blanks = deflate(&b" ".repeat(1 << 20), Wrapping::Zlib);
        let mut unpacked = 5 << 20;
        for _ in 0..5 {
            let copy = clean(
                packed(&["FlateDecode", "ASCIIHexDecode"], blanks.clone()),
                false,
                &mut unpacked,
            )
            .unwrap();
            assert!(copy.get_plain_content().unwrap().is_empty());
        }
        assert_eq!(unpacked, 0);
        assert_eq!(
            clean(
                packed(&["FlateDecode", "ASCIIHexDecode"], blanks),
                false,
                &mut unpacked
            ),
            Err(TOO_COMPLEX)
        );
    }

    #[test]
    fn a_stream_behind_more_filters_than_anybody_uses_is_refused() {
        let content = b">".to_vec();
        assert!(
            clean(
                packed(&["ASCIIHexDecode"; MAX_FILTERS], content.clone()),
                false,
                &mut 9
            )
            .is_ok()
        );
        assert_eq!(
            clean(
                packed(&["ASCIIHexDecode"; MAX_FILTERS + 1], content),
                false,
                &mut 9
            ),
            Err(TOO_COMPLEX)
        );
    }
}
