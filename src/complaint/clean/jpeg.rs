//! Clean JPEG (ITU-T T.81): tables, frames and scans, and of the application segments only the
//! colour transformation and the orientation. Colour profiles are dropped too, because they name
//! devices.

/// The picture with its orientation; none when it is damaged.
pub(super) fn clean(bytes: &[u8]) -> Option<Vec<u8>> {
    let upright = rewrite(bytes, true)?;
    upright.ends.then_some(upright.bytes)
}

/// The picture for use within a document, without the orientation, which documents ignore. A
/// missing end marker is accepted.
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
            // JFIF, without its thumbnail.
            0xe0 if content.starts_with(b"JFIF\0") => {
                append(&mut kept, marker, &[content.get(..12)?, &[0, 0]].concat());
            }
            // Orientation.
            0xe1 if content.starts_with(b"Exif\0\0") => {
                orientation = orientation.or_else(|| orientation_of(content.get(6..)?));
            }
            // Adobe's colour transformation, without which a CMYK picture is displayed wrongly.
            0xee if content.starts_with(b"Adobe") => append(&mut kept, marker, content.get(..12)?),
            // Frames (except hierarchical ones, which decoders do not support), tables, restart
            // interval, number of lines.
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
            // Other application segments and comments: EXIF, XMP, IPTC, profiles, previews.
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

/// The next marker after stray and fill bytes, and the bytes after it. Decoders skip stray bytes
/// between segments; they are dropped.
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
    // Never longer than the original segment.
    let length = u16::try_from(content.len() + 2).unwrap_or(u16::MAX);
    kept.extend_from_slice(&[0xff, marker]);
    kept.extend_from_slice(&length.to_be_bytes());
    kept.extend_from_slice(content);
}

/// Length of entropy-coded bytes: up to the next marker that is neither a stuffed zero nor a
/// restart.
fn scan_length(bytes: &[u8]) -> usize {
    let ends = |pair: &[u8]| pair[0] == 0xff && !matches!(pair[1], 0 | 0xd0..=0xd7 | 0xff);
    bytes.windows(2).position(ends).unwrap_or(bytes.len())
}

/// The orientation in an EXIF block (TIFF 6.0, tag 0x0112); none for the default.
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

/// An EXIF block with the orientation only.
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
