//! The zip around an Office file, read with bounds and written without a date. Names are compared in lower case, as Office does.

use std::collections::{BTreeMap, HashMap};

use crate::casework::file_kind::FileKind;
use crate::complaint::clean::Unclean;
use crate::complaint::clean::inflate::{Misfit, Wrapping, deflate, inflate};

/// The most entries.
const MOST_ENTRIES: usize = 4_000;
/// The most one part may unpack to.
const MOST_IN_A_PART: usize = 64 << 20;
/// The most all parts may say they unpack to.
const MOST_IN_ALL: usize = 256 << 20;
/// From this size on a part is a bomb when it swells more than `SWELLING` times.
const SMALL: usize = 8 << 20;
const SWELLING: usize = 150;

/// Lengths of the fixed parts of an entry, of its twin in the directory, and of the end (APPNOTE 4.3).
const LOCAL: usize = 30;
const CENTRAL: usize = 46;
const END: usize = 22;

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
    /// Reads the directory; nothing when it is not sound or asks for too much.
    pub(super) fn read(bytes: &'a [u8]) -> Option<Self> {
        let last = bytes.len().checked_sub(END)?;
        let end = (last.saturating_sub(usize::from(u16::MAX))..=last)
            .rev()
            .find(|at| {
                bytes[*at..].starts_with(b"PK\x05\x06")
                    && short(bytes, at + 20)
                        .is_some_and(|comment| at + END + comment == bytes.len())
            })?;
        let (count, mut at) = (short(bytes, end + 10)?, long(bytes, end + 16)?);
        if count > MOST_ENTRIES {
            return None;
        }
        let (mut entries, mut in_all) = (HashMap::new(), 0_usize);
        for _ in 0..count {
            let head = bytes.get(at..at.checked_add(CENTRAL)?)?;
            let (flags, method, packed_size, size) = (
                short(head, 8)?,
                short(head, 10)?,
                long(head, 20)?,
                long(head, 24)?,
            );
            let is_encrypted = flags & 1 != 0;
            if !head.starts_with(b"PK\x01\x02") || is_encrypted || !matches!(method, 0 | 8) {
                return None;
            }
            in_all = in_all
                .checked_add(size)
                .filter(|in_all| *in_all <= MOST_IN_ALL)?;
            let name_length = short(head, 28)?;
            let name = bytes.get(at + CENTRAL..at + CENTRAL + name_length)?;
            let start = long(head, 42)?;
            let local = bytes.get(start..start.checked_add(LOCAL)?)?;
            let local_name = bytes.get(start + LOCAL..start + LOCAL + short(local, 26)?)?;
            // Whoever reads entry by entry must see what those see who go by the directory.
            if !local.starts_with(b"PK\x03\x04") || local_name != name || short(local, 8)? != method
            {
                return None;
            }
            let content = start + LOCAL + name_length + short(local, 28)?;
            let packed = bytes.get(content..content.checked_add(packed_size)?)?;
            let sum = u32::try_from(long(head, 16)?).ok()?;
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
            at += CENTRAL + name_length + short(head, 30)? + short(head, 32)?;
        }
        Some(Self(entries))
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// The names of all entries, for the tests.
    #[cfg(test)]
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// What the entry unpacks to, its checksum proved.
    pub(super) fn bytes(&self, name: &str, kind: FileKind) -> Result<Vec<u8>, Unclean> {
        let entry = self.0.get(name).ok_or(Unclean::Damaged(kind))?;
        let swells = entry.size > SMALL && entry.size / SWELLING > entry.packed.len();
        if entry.size > MOST_IN_A_PART || swells {
            return Err(Unclean::TooComplex(kind));
        }
        let bytes = if entry.is_deflated {
            let (bytes, _) = inflate(entry.packed, Wrapping::Raw, entry.size).map_err(
                |misfit| match misfit {
                    Misfit::Broken => Unclean::Damaged(kind),
                    Misfit::TooLarge => Unclean::TooComplex(kind),
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

    /// The entry as text in UTF-8; nobody writes these files in anything else.
    pub(super) fn text(&self, name: &str, kind: FileKind) -> Result<String, Unclean> {
        String::from_utf8(self.bytes(name, kind)?).map_err(|_| Unclean::Damaged(kind))
    }
}

/// An archive of `parts`, all of them made on 1 January 1980.
pub(super) fn write(parts: &BTreeMap<String, Vec<u8>>) -> Option<Vec<u8>> {
    let (mut file, mut directory) = (Vec::new(), Vec::new());
    // Readers look for the content types first; "[" sorts before every name in lower case.
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

fn short(bytes: &[u8], at: usize) -> Option<usize> {
    Some(usize::from(u16::from_le_bytes(
        bytes.get(at..at.checked_add(2)?)?.try_into().ok()?,
    )))
}

fn long(bytes: &[u8], at: usize) -> Option<usize> {
    usize::try_from(u32::from_le_bytes(
        bytes.get(at..at.checked_add(4)?)?.try_into().ok()?,
    ))
    .ok()
}
