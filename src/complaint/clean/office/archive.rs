//! The zip archive of an Office file, read with limits and written without dates. Names are
//! compared in lower case, as Office does.

use std::collections::{BTreeMap, HashMap};

use crate::casework::file_kind::FileKind;
use crate::complaint::clean::Unclean;
use crate::complaint::clean::inflate::{InflateError, Wrapping, deflate, inflate};

/// Most entries.
const MAX_ENTRIES: usize = 4_000;
/// Most bytes that a part may unpack to.
const MAX_PART_SIZE: usize = 64 << 20;
/// Most bytes that all parts may declare to unpack to.
const MAX_TOTAL_SIZE: usize = 256 << 20;
/// From this size on a part is refused when it unpacks to more than `MAX_RATIO` times its packed
/// size.
const RATIO_CHECKED_FROM: usize = 8 << 20;
const MAX_RATIO: usize = 150;

/// Lengths of the fixed parts of a local header, a central directory header and the end record
/// (APPNOTE 4.3).
const LOCAL_HEADER: usize = 30;
const CENTRAL_HEADER: usize = 46;
const END_RECORD: usize = 22;

#[derive(Debug, Clone, Copy)]
struct Entry<'a> {
    packed: &'a [u8],
    is_deflated: bool,
    size: usize,
    sum: u32,
}

/// The entries of an archive by their names in lower case.
pub(super) struct Entries<'a>(HashMap<String, Entry<'a>>);

impl<'a> Entries<'a> {
    /// Reads the central directory; none when it is malformed or exceeds a limit.
    pub(super) fn read(bytes: &'a [u8]) -> Option<Self> {
        let last = bytes.len().checked_sub(END_RECORD)?;
        let end = (last.saturating_sub(usize::from(u16::MAX))..=last)
            .rev()
            .find(|at| {
                bytes[*at..].starts_with(b"PK\x05\x06")
                    && read_u16(bytes, at + 20)
                        .is_some_and(|comment| at + END_RECORD + comment == bytes.len())
            })?;
        let (count, mut at) = (read_u16(bytes, end + 10)?, read_u32(bytes, end + 16)?);
        if count > MAX_ENTRIES {
            return None;
        }
        let (mut entries, mut in_all) = (HashMap::new(), 0_usize);
        for _ in 0..count {
            let head = bytes.get(at..at.checked_add(CENTRAL_HEADER)?)?;
            let (flags, method, packed_size, size) = (
                read_u16(head, 8)?,
                read_u16(head, 10)?,
                read_u32(head, 20)?,
                read_u32(head, 24)?,
            );
            let is_encrypted = flags & 1 != 0;
            if !head.starts_with(b"PK\x01\x02") || is_encrypted || !matches!(method, 0 | 8) {
                return None;
            }
            in_all = in_all
                .checked_add(size)
                .filter(|in_all| *in_all <= MAX_TOTAL_SIZE)?;
            let name_length = read_u16(head, 28)?;
            let name = bytes.get(at + CENTRAL_HEADER..at + CENTRAL_HEADER + name_length)?;
            let start = read_u32(head, 42)?;
            let local = bytes.get(start..start.checked_add(LOCAL_HEADER)?)?;
            let local_name =
                bytes.get(start + LOCAL_HEADER..start + LOCAL_HEADER + read_u16(local, 26)?)?;
            // Local headers must agree with the central directory, so that all readers see the same
            // entries.
            if !local.starts_with(b"PK\x03\x04")
                || local_name != name
                || read_u16(local, 8)? != method
            {
                return None;
            }
            let content = start + LOCAL_HEADER + name_length + read_u16(local, 28)?;
            let packed = bytes.get(content..content.checked_add(packed_size)?)?;
            let sum = u32::try_from(read_u32(head, 16)?).ok()?;
            let name = std::str::from_utf8(name)
                .ok()?
                .to_lowercase()
                .replace('\\', "/");
            if entries
                .insert(
                    name,
                    Entry {
                        packed,
                        is_deflated: method == 8,
                        size,
                        sum,
                    },
                )
                .is_some()
            {
                return None;
            }
            at += CENTRAL_HEADER + name_length + read_u16(head, 30)? + read_u16(head, 32)?;
        }
        Some(Self(entries))
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// The names of all entries, for tests.
    #[cfg(test)]
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Unpacks an entry and verifies its checksum.
    pub(super) fn bytes(&self, name: &str, kind: FileKind) -> Result<Vec<u8>, Unclean> {
        let entry = self.0.get(name).ok_or(Unclean::Damaged(kind))?;
        let swells = entry.size > RATIO_CHECKED_FROM && entry.size / MAX_RATIO > entry.packed.len();
        if entry.size > MAX_PART_SIZE || swells {
            return Err(Unclean::TooComplex(kind));
        }
        let bytes = if entry.is_deflated {
            let (bytes, _) = inflate(entry.packed, Wrapping::Raw, entry.size).map_err(
                |misfit| match misfit {
                    InflateError::Broken => Unclean::Damaged(kind),
                    InflateError::TooLarge => Unclean::TooComplex(kind),
                },
            )?;
            bytes
        } else {
            entry.packed.to_vec()
        };
        if bytes.len() == entry.size && crc32fast::hash(&bytes) == entry.sum {
            Ok(bytes)
        } else {
            Err(Unclean::Damaged(kind))
        }
    }

    /// Unpacks an entry as UTF-8 text, the encoding that Office writes.
    pub(super) fn text(&self, name: &str, kind: FileKind) -> Result<String, Unclean> {
        String::from_utf8(self.bytes(name, kind)?).map_err(|_| Unclean::Damaged(kind))
    }
}

/// Writes an archive of `parts`, all dated 1 January 1980.
pub(super) fn write(parts: &BTreeMap<String, Vec<u8>>) -> Option<Vec<u8>> {
    let (mut file, mut directory) = (Vec::new(), Vec::new());
    // Readers expect the content types first; "[" sorts before every name in lower case.
    for (name, content) in parts {
        let packed = deflate(content, Wrapping::Raw);
        let number = |n: usize| u32::try_from(n).ok().map(u32::to_le_bytes);
        let mut common = vec![20, 0, 0, 8, 8, 0, 0, 0, 0x21, 0];
        common.extend(crc32fast::hash(content).to_le_bytes());
        common.extend(number(packed.len())?);
        common.extend(number(content.len())?);
        common.extend(u16::try_from(name.len()).ok()?.to_le_bytes());
        common.extend([0, 0]);
        directory.extend(
            [
                b"PK\x01\x02\x14\0".as_slice(),
                &common,
                &[0; 10],
                &number(file.len())?,
                name.as_bytes(),
            ]
            .concat(),
        );
        file.extend([b"PK\x03\x04".as_slice(), &common, name.as_bytes(), &packed].concat());
    }
    let count = u16::try_from(parts.len()).ok()?.to_le_bytes();
    let (size, offset) = (
        u32::try_from(directory.len()).ok()?.to_le_bytes(),
        u32::try_from(file.len()).ok()?.to_le_bytes(),
    );
    file.extend(directory);
    file.extend(
        [
            b"PK\x05\x06\0\0\0\0",
            &count[..],
            &count,
            &size,
            &offset,
            &[0, 0],
        ]
        .concat(),
    );
    Some(file)
}

fn read_u16(bytes: &[u8], at: usize) -> Option<usize> {
    Some(usize::from(u16::from_le_bytes(
        bytes.get(at..at.checked_add(2)?)?.try_into().ok()?,
    )))
}

fn read_u32(bytes: &[u8], at: usize) -> Option<usize> {
    usize::try_from(u32::from_le_bytes(
        bytes.get(at..at.checked_add(4)?)?.try_into().ok()?,
    ))
    .ok()
}
