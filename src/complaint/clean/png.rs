//! Clean PNG (ISO 15948): the critical chunks and the chunks that control the display. Every
//! checksum is verified, and the compressed picture must end with its chunks.

use super::Unclean;
use super::inflate::{InflateError, Wrapping, inflate_chunks};
use crate::casework::file_kind::FileKind;

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";
/// Most pixels of a picture: a page of A3 at 600 dpi.
const MAX_PIXELS: u64 = 72_000_000;
/// Ancillary chunks that are kept, with their greatest length. No colour profile, because it names
/// a device.
const KEPT_CHUNKS: [(&[u8; 4], usize); 8] = [
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
/// Most bytes that a picture, or all pictures of a file together, may unpack to: twice the size of
/// `MAX_PIXELS`.
pub(super) const MAX_UNPACKED: usize = 1 << 30;

/// The picture without metadata.
pub(super) fn clean(bytes: &[u8]) -> Result<Vec<u8>, Unclean> {
    let mut unpacked = MAX_UNPACKED;
    clean_within(bytes, &mut unpacked)
}

/// The picture without metadata. Its unpacked size is subtracted from `unpacked`, which becomes 0
/// when the budget does not suffice.
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
            // The header comes first, and once.
            (b"IHDR", Some(_)) | (_, None) => return Err(DAMAGED),
            (b"IDAT", Some(_)) => picture.extend_from_slice(content),
            (b"IEND", Some(bound)) => {
                let used = packed_length(&picture, bound, unpacked)?;
                append(&mut kept, *b"IDAT", &picture[..used]);
                append(&mut kept, *b"IEND", &[]);
                return Ok(kept);
            }
            (kind, Some(_)) => {
                let longest = KEPT_CHUNKS
                    .iter()
                    .find(|(kept, _)| *kept == kind)
                    .map(|(_, longest)| *longest);
                if longest.is_some_and(|longest| content.len() <= longest) && picture.is_empty() {
                    append(&mut kept, *kind, content);
                } else if kind[0].is_ascii_uppercase() {
                    // An unknown or misplaced critical chunk: the picture could not be displayed
                    // without it.
                    return Err(DAMAGED);
                }
            }
        }
    }
}

/// Length of the part of `picture` that is needed; the picture may unpack to `bound` bytes.
fn packed_length(picture: &[u8], bound: usize, unpacked: &mut usize) -> Result<usize, Unclean> {
    let most = bound.min(*unpacked);
    let mut made = 0;
    let used = inflate_chunks(picture, Wrapping::Zlib, most, |piece| made += piece.len());
    *unpacked -= made;
    used.map_err(|misfit| match misfit {
        InflateError::TooLarge if most < bound => {
            *unpacked = 0;
            TOO_COMPLEX
        }
        InflateError::Broken | InflateError::TooLarge => DAMAGED,
    })
}

/// The next chunk, if its checksum is right, and the bytes after it.
fn chunk(bytes: &[u8]) -> Option<(&[u8; 4], &[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
    let (covered, rest) = rest.split_at_checked(length.checked_add(4)?)?;
    let (sum, rest) = rest.split_first_chunk::<4>()?;
    let (kind, content) = covered.split_first_chunk::<4>()?;
    (crc32fast::hash(covered) == u32::from_be_bytes(*sum)).then_some((kind, content, rest))
}

fn append(file: &mut Vec<u8>, kind: [u8; 4], content: &[u8]) {
    // Pictures of more than 4 GiB do not occur: all parts came in one upload.
    let length = u32::try_from(content.len()).unwrap_or(u32::MAX);
    let covered = [kind.as_slice(), content].concat();
    file.extend_from_slice(&length.to_be_bytes());
    file.extend_from_slice(&covered);
    file.extend_from_slice(&crc32fast::hash(&covered).to_be_bytes());
}

/// Bytes that a picture with this header can unpack to.
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
    if width.saturating_mul(height) > MAX_PIXELS {
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
