//! A PNG with nothing but its picture (ISO 15948): the critical chunks and the few others that tell how to show it. Every checksum is proved, and the
//! packed picture must end where its chunks do.

use super::Unclean;
use super::inflate::{Misfit, Wrapping, each};
use crate::casework::file_kind::FileKind;

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";
/// The most pixels we vouch for: a page of A3 at 600 dpi.
const MOST_PIXELS: u64 = 72_000_000;
/// What may stay beside the picture, and how long it is at most. No colour profile: it names a device.
const KEPT: [(&[u8; 4], usize); 8] = [
    (b"PLTE", 768),
    (b"tRNS", 256),
    (b"gAMA", 4),
    (b"cHRM", 32),
    (b"sRGB", 1),
    (b"sBIT", 4),
    (b"bKGD", 6),
    (b"pHYs", 9),
];

const DAMAGED: Unclean = Unclean::Damaged(FileKind::Png);
const TOO_COMPLEX: Unclean = Unclean::TooComplex(FileKind::Png);
/// The most a picture, or all in a file together, may unpack to: twice what as many pixels as we vouch for come to.
pub(super) const MOST_UNPACKED: usize = 1 << 30;

/// The picture alone.
pub(super) fn clean(bytes: &[u8]) -> Result<Vec<u8>, Unclean> {
    let mut unpacked = MOST_UNPACKED;
    clean_within(bytes, &mut unpacked)
}

/// The picture alone; what it unpacks to is taken from `unpacked`, of which nothing is left when it is more.
pub(super) fn clean_within(bytes: &[u8], unpacked: &mut usize) -> Result<Vec<u8>, Unclean> {
    let mut rest = bytes.strip_prefix(SIGNATURE).ok_or(DAMAGED)?;
    let (mut kept, mut picture, mut bound) = (SIGNATURE.to_vec(), Vec::new(), None);
    loop {
        let (kind, content, behind) = chunk(rest).ok_or(DAMAGED)?;
        rest = behind;
        match (kind, bound) {
            (b"IHDR", None) => {
                bound = Some(picture_bound(content)?);
                append(&mut kept, *kind, content);
            }
            // The head comes first, and once.
            (b"IHDR", Some(_)) | (_, None) => return Err(DAMAGED),
            (b"IDAT", Some(_)) => picture.extend_from_slice(content),
            (b"IEND", Some(bound)) => {
                let used = length(&picture, bound, unpacked)?;
                append(&mut kept, *b"IDAT", &picture[..used]);
                append(&mut kept, *b"IEND", &[]);
                return Ok(kept);
            }
            (kind, Some(_)) => {
                let longest = KEPT
                    .iter()
                    .find(|(kept, _)| *kept == kind)
                    .map(|(_, longest)| *longest);
                if longest.is_some_and(|longest| content.len() <= longest) && picture.is_empty() {
                    append(&mut kept, *kind, content);
                } else if kind[0].is_ascii_uppercase() {
                    // A critical chunk we do not know, or one out of place: the picture would not show without it.
                    return Err(DAMAGED);
                }
            }
        }
    }
}

/// How much of the packed `picture` is needed, which may unpack to `bound`.
fn length(picture: &[u8], bound: usize, unpacked: &mut usize) -> Result<usize, Unclean> {
    let most = bound.min(*unpacked);
    let mut made = 0;
    let used = each(picture, Wrapping::Zlib, most, |piece| made += piece.len());
    *unpacked -= made;
    used.map_err(|misfit| match misfit {
        Misfit::TooLarge if most < bound => {
            *unpacked = 0;
            TOO_COMPLEX
        }
        Misfit::Broken | Misfit::TooLarge => DAMAGED,
    })
}

/// The chunk here, if its checksum is right, and what follows it.
fn chunk(bytes: &[u8]) -> Option<(&[u8; 4], &[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
    let (covered, rest) = rest.split_at_checked(length.checked_add(4)?)?;
    let (sum, rest) = rest.split_first_chunk::<4>()?;
    let (kind, content) = covered.split_first_chunk::<4>()?;
    (crc32fast::hash(covered) == u32::from_be_bytes(*sum)).then_some((kind, content, rest))
}

fn append(file: &mut Vec<u8>, kind: [u8; 4], content: &[u8]) {
    // Sound pictures of more than 4 GiB do not reach us: the parts came in one file.
    let length = u32::try_from(content.len()).unwrap_or(u32::MAX);
    let covered = [kind.as_slice(), content].concat();
    file.extend_from_slice(&length.to_be_bytes());
    file.extend_from_slice(&covered);
    file.extend_from_slice(&crc32fast::hash(&covered).to_be_bytes());
}

/// How many bytes the picture with this head can unpack to.
fn picture_bound(head: &[u8]) -> Result<usize, Unclean> {
    let head: &[u8; 13] = head.try_into().map_err(|_| DAMAGED)?;
    let long = |at: usize| {
        u64::from(u32::from_be_bytes([
            head[at],
            head[at + 1],
            head[at + 2],
            head[at + 3],
        ]))
    };
    let (width, height, depth) = (long(0), long(4), u64::from(head[8]));
    let samples = match head[9] {
        0 | 3 => 1,
        2 => 3,
        4 => 2,
        6 => 4,
        _ => return Err(DAMAGED),
    };
    if width == 0 || height == 0 || !matches!(depth, 1 | 2 | 4 | 8 | 16) {
        return Err(DAMAGED);
    }
    if width.saturating_mul(height) > MOST_PIXELS {
        return Err(TOO_COMPLEX);
    }
    // Interlacing splits lines into up to seven passes, each with its own filter byte and rounding.
    let line = (width * samples * depth).div_ceil(8) + 1;
    let bound = if head[12] == 0 {
        line * height
    } else {
        line * height + 16 * (height + 8)
    };
    usize::try_from(bound).map_err(|_| TOO_COMPLEX)
}
