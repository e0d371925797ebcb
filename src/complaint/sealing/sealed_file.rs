//! Encryption of files in chunks of equal length. Each chunk is bound to its attachment, part,
//! number and the total number, so that chunks cannot be exchanged, moved, repeated or left out.
//! The metadata is sealed separately and holds the number of chunks.

use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::case_key::CaseKey;
use super::padding::{pad_to, unpad};
use crate::casework::file_kind::FileKind;
use crate::error::{Error, Result};
use crate::secrecy::sha256;

/// Padded length of a chunk; with the length prefix of the case's key 64 KiB.
const FULL: usize = (64 << 10) - 4;
/// Bytes of the file in a chunk; the rest is its length prefix.
const CHUNK: usize = FULL - 4;

/// The two files of an attachment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttachmentPart {
    /// The file as the reporter sent it.
    Original,
    /// The clean copy for the handlers.
    Clean,
}

impl AttachmentPart {
    /// Code in the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::Original => "original",
            Self::Clean => "clean",
        }
    }
}

/// Metadata of an attachment, stored sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttachmentMeta {
    /// File name given by the reporter, sanitised. Sent only with a disclosed original.
    pub name: String,
    /// Kind, detected by content.
    pub kind: FileKind,
    /// The original.
    pub original: FileInfo,
}

/// Outcome of the copying of an attachment, stored sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CopyOutcome {
    /// There is a clean copy.
    Ready {
        /// The copy.
        file: FileInfo,
        /// Number of things left out of it.
        left_out: u64,
    },
    /// No copy can be made.
    Failed(CopyFailure),
}

/// Reason why no copy can be made of an attachment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CopyFailure {
    /// The file cannot be read.
    Damaged,
    /// The file opens only with a password.
    Locked,
    /// The file needs more memory or processor time than a copy may take.
    TooComplex,
}

/// Size and digest of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileInfo {
    /// Size in bytes.
    pub size: u64,
    /// SHA-256 in hexadecimal.
    pub sha256: String,
    /// Number of stored chunks.
    pub chunks: i32,
}

impl FileInfo {
    /// Computes the information about a file.
    ///
    /// # Panics
    /// If the file has 128 TiB; attachments are refused long before.
    pub fn of(bytes: &[u8]) -> Self {
        let chunks =
            i32::try_from(bytes.chunks(CHUNK).len()).expect("a file of 10 MiB has 160 chunks");
        Self {
            size: bytes.len() as u64,
            sha256: hex::encode(sha256(bytes)),
            chunks,
        }
    }
}

/// One of the two files of an attachment, with the key of its case.
#[derive(Debug, Clone, Copy)]
pub struct Sealed<'a> {
    /// Key of the case.
    pub key: &'a CaseKey,
    /// Id of the attachment.
    pub id: Uuid,
    /// The file.
    pub part: AttachmentPart,
    /// Size and digest of the file.
    pub facts: &'a FileInfo,
}

impl Sealed<'_> {
    /// Encrypts `bytes` in numbered chunks.
    ///
    /// # Panics
    /// Never: a chunk leaves room for its length.
    pub fn seal<'b>(&'b self, bytes: &'b [u8]) -> impl Iterator<Item = (i32, Vec<u8>)> + 'b {
        (0..).zip(bytes.chunks(CHUNK)).map(|(no, chunk)| {
            let full = pad_to(chunk, FULL).expect("a chunk leaves room for its length");
            (no, self.key.seal(&self.associated_data(no), self.id, &full))
        })
    }

    /// Decrypts the file; an internal error when a chunk is missing, moved or changed.
    pub fn open(
        &self,
        chunks: impl IntoIterator<Item = (i32, Vec<u8>)>,
    ) -> Result<Zeroizing<Vec<u8>>> {
        let amiss = || {
            Error::internal(
                "an attachment cannot be opened: changed, moved, cut short, or shredded",
            )
        };
        let size = usize::try_from(self.facts.size).map_err(Error::internal)?;
        // Reserved at once: a growing vector would leave copies of the file in memory.
        let (mut bytes, mut expected) = (Zeroizing::new(Vec::with_capacity(size)), 0);
        for (no, sealed) in chunks {
            let full = self
                .key
                .open(&self.associated_data(no), self.id, &sealed)
                .filter(|_| no == expected)
                .ok_or_else(amiss)?;
            let chunk = unpad(&full)
                .filter(|chunk| bytes.len() + chunk.len() <= size)
                .ok_or_else(amiss)?;
            bytes.extend_from_slice(chunk);
            expected += 1;
        }
        let whole = expected == self.facts.chunks
            && bytes.len() == size
            && hex::encode(sha256(&bytes)) == self.facts.sha256;
        whole.then_some(bytes).ok_or_else(amiss)
    }

    fn associated_data(&self, no: i32) -> String {
        format!(
            "attachment_chunk|{}|{no} of {}",
            self.part.code(),
            self.facts.chunks
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::ComplaintId;
    use crate::secrecy::random_bytes;

    fn key() -> CaseKey {
        CaseKey::new(ComplaintId::random(), Zeroizing::new(random_bytes()))
    }

    fn file(length: usize) -> Vec<u8> {
        (0_u8..251).cycle().take(length).collect()
    }

    #[test]
    fn a_file_of_any_length_comes_back_and_its_chunks_are_of_one_length() {
        for length in [1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK + 5] {
            let (key, bytes) = (key(), file(length));
            let facts = FileInfo::of(&bytes);
            let sealed = Sealed {
                key: &key,
                id: Uuid::new_v4(),
                part: AttachmentPart::Clean,
                facts: &facts,
            };
            let chunks: Vec<_> = sealed.seal(&bytes).collect();
            assert!(
                chunks
                    .iter()
                    .all(|(_, chunk)| chunk.len() == chunks[0].1.len())
            );
            assert_eq!(chunks.len(), length.div_ceil(CHUNK));
            assert_eq!(sealed.open(chunks).unwrap().as_slice(), bytes);
        }
    }

    #[test]
    fn what_was_cut_short_moved_repeated_exchanged_or_changed_gives_nothing() {
        let (key, bytes, id) = (key(), file(3 * CHUNK + 5), Uuid::new_v4());
        let facts = FileInfo::of(&bytes);
        let sealed = Sealed {
            key: &key,
            id,
            part: AttachmentPart::Clean,
            facts: &facts,
        };
        let whole: Vec<_> = sealed.seal(&bytes).collect();
        let fails =
            |why: &str, chunks: Vec<(i32, Vec<u8>)>| assert!(sealed.open(chunks).is_err(), "{why}");
        fails("no chunk", Vec::new());
        fails("the last is missing", whole[..3].to_vec());
        fails("the first is missing", whole[1..].to_vec());
        fails(
            "one in between is missing",
            [&whole[..1], &whole[2..]].concat(),
        );
        fails(
            "one twice",
            [&whole[..1], &whole[..1], &whole[1..]].concat(),
        );
        let exchanged = |with: &Sealed<'_>, bytes: &[u8]| {
            let mut chunks = whole.clone();
            chunks[1].1 = with.seal(bytes).nth(1).unwrap().1;
            chunks
        };
        let swapped = vec![
            (0, whole[1].1.clone()),
            (1, whole[0].1.clone()),
            whole[2].clone(),
            whole[3].clone(),
        ];
        fails("two swapped", swapped);
        fails(
            "of another attachment",
            exchanged(
                &Sealed {
                    id: Uuid::new_v4(),
                    ..sealed
                },
                &bytes,
            ),
        );
        fails(
            "of the other part",
            exchanged(
                &Sealed {
                    part: AttachmentPart::Original,
                    ..sealed
                },
                &bytes,
            ),
        );
        let shorter = FileInfo::of(&bytes[..2 * CHUNK]);
        fails(
            "of another length",
            exchanged(
                &Sealed {
                    facts: &shorter,
                    ..sealed
                },
                &bytes,
            ),
        );
        let mut changed = whole.clone();
        changed[2].1[500] ^= 1;
        fails("a bit", changed);
        assert!(
            Sealed {
                facts: &shorter,
                ..sealed
            }
            .open(whole[..2].to_vec())
            .is_err(),
            "a truth about a shorter file fits no chunk of this one"
        );
    }

    #[test]
    fn facts_of_another_file_are_noticed() {
        let (key, bytes) = (key(), file(100));
        let (facts, other) = (FileInfo::of(&bytes), FileInfo::of(&[7; 100]));
        let sealed = Sealed {
            key: &key,
            id: Uuid::new_v4(),
            part: AttachmentPart::Clean,
            facts: &facts,
        };
        assert!(
            Sealed {
                facts: &other,
                ..sealed
            }
            .open(sealed.seal(&bytes))
            .is_err()
        );
    }
}
