//! A JPEG with nothing but its picture (ITU-T T.81): tables, frames and scans; of the application's segments only the two that tell how to read colours,
//! and which way is up. Colour profiles go too, since they name devices.

/// The picture alone, upright as before; nothing when it is damaged.
pub(super) fn clean(bytes: &[u8]) -> Option<Vec<u8>> {
    let upright = rewrite(bytes, true)?;
    upright.ends.then_some(upright.bytes)
}

/// The picture alone for use within a document, which ignores which way is up and bears a missing end.
pub(super) fn clean_embedded(bytes: &[u8]) -> Option<Vec<u8>> {
    rewrite(bytes, false).map(|picture| picture.bytes)
}

struct Picture {
    bytes: Vec<u8>,
    ends: bool,
}

const START: [u8; 2] = [0xff, 0xd8];
const END: [u8; 2] = [0xff, 0xd9];

fn rewrite(bytes: &[u8], keep_orientation: bool) -> Option<Picture> {
    let mut rest = bytes.strip_prefix(&START)?;
    let (mut kept, mut orientation) = (Vec::with_capacity(bytes.len()), None);
    let (mut has_frame, mut has_scan, mut ends) = (false, false, false);
    while !rest.is_empty() {
        let (marker, behind) = marker(rest)?;
        if marker == END[1] {
            ends = true;
            break;
        }
        let (content, behind) = segment(behind)?;
        rest = behind;
        match marker {
            // JFIF; its thumbnail goes.
            0xe0 if content.starts_with(b"JFIF\0") => {
                append(&mut kept, marker, &[content.get(..12)?, &[0, 0]].concat())
            }
            // Which way is up.
            0xe1 if content.starts_with(b"Exif\0\0") => {
                orientation = orientation.or_else(|| orientation_of(content.get(6..)?))
            }
            // Adobe's note on the transformation of colours, without which a CMYK picture shows wrong.
            0xee if content.starts_with(b"Adobe") => append(&mut kept, marker, content.get(..12)?),
            // Frames (but the hierarchical ones, which nobody reads), tables, restart interval, number of lines.
            0xc0..=0xc7 | 0xc9..=0xcf | 0xdb..=0xdd => {
                has_frame |= !matches!(marker, 0xc4 | 0xcc | 0xdb..=0xdd);
                append(&mut kept, marker, content);
            }
            0xda => {
                has_scan = true;
                append(&mut kept, marker, content);
                let length = scan_length(rest);
                kept.extend_from_slice(&rest[..length]);
                rest = &rest[length..];
            }
            // Everything else an application wrote: EXIF, XMP, IPTC, profiles, previews, comments.
            0xe0..=0xef | 0xf0..=0xfe | 0x02..=0xbf => {}
            _ => return None,
        }
    }
    let orientation = orientation
        .filter(|_| keep_orientation)
        .map(orientation_segment)
        .unwrap_or_default();
    (has_frame && has_scan).then(|| Picture {
        bytes: [&START, orientation.as_slice(), &kept, &END].concat(),
        ends,
    })
}

/// The next marker, behind stray bytes and any fill, and what follows it. Readers pass stray bytes between segments over; they do not come along.
fn marker(bytes: &[u8]) -> Option<(u8, &[u8])> {
    let bytes = &bytes[bytes.iter().position(|byte| *byte == 0xff)?..];
    let filled = bytes.iter().take_while(|byte| **byte == 0xff).count();
    let (marker, rest) = bytes.get(filled..)?.split_first()?;
    (filled > 0 && *marker != 0).then_some((*marker, rest))
}

fn segment(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, _) = bytes.split_first_chunk::<2>()?;
    let (segment, rest) = bytes.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
    Some((segment.get(2..)?, rest))
}

fn append(kept: &mut Vec<u8>, marker: u8, content: &[u8]) {
    // As long as it was, or shorter.
    let length = u16::try_from(content.len() + 2).unwrap_or(u16::MAX);
    kept.extend_from_slice(&[0xff, marker]);
    kept.extend_from_slice(&length.to_be_bytes());
    kept.extend_from_slice(content);
}

/// Entropy-coded bytes run to the next marker that is neither a stuffed zero nor a restart.
fn scan_length(bytes: &[u8]) -> usize {
    let ends = |pair: &[u8]| pair[0] == 0xff && !matches!(pair[1], 0 | 0xd0..=0xd7 | 0xff);
    bytes.windows(2).position(ends).unwrap_or(bytes.len())
}

/// The orientation of an EXIF block (TIFF 6.0, tag 0x0112) that is not the usual one.
fn orientation_of(tiff: &[u8]) -> Option<u8> {
    let little = match tiff.get(..4)? {
        b"II*\0" => true,
        b"MM\0*" => false,
        _ => return None,
    };
    let short = |at: usize| {
        let bytes: [u8; 2] = tiff.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if little {
            u16::from_le_bytes(bytes)
        } else {
            u16::from_be_bytes(bytes)
        })
    };
    let offset: [u8; 4] = tiff.get(4..8)?.try_into().ok()?;
    let directory = usize::try_from(if little {
        u32::from_le_bytes(offset)
    } else {
        u32::from_be_bytes(offset)
    })
    .ok()?;
    let entries = (0..usize::from(short(directory)?))
        .filter_map(|number| directory.checked_add(2 + 12 * number));
    let value = entries
        .take(64)
        .find(|at| short(*at) == Some(0x0112))
        .and_then(|at| short(at.checked_add(8)?))?;
    u8::try_from(value)
        .ok()
        .filter(|value| (2..=8).contains(value))
}

/// An EXIF block that says this one thing.
fn orientation_segment(orientation: u8) -> Vec<u8> {
    let mut segment = Vec::new();
    let tiff = [
        b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".as_slice(),
        &[orientation],
        &[0; 6],
    ]
    .concat();
    append(&mut segment, 0xe1, &tiff);
    segment
}
