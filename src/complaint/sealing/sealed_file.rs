//! How a file is sealed: in chunks of one length, each bound to its attachment, part, number and the number of all, so that none can be exchanged, moved,
//! repeated or left out. What is known of the file is sealed beside them and says how many there must be.

use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::case_key::CaseKey;
use super::padding::{pad_to, unpad};
use crate::casework::file_kind::FileKind;
use crate::error::{Error, Result};
use crate::secrecy::sha256;

/// A chunk, filled up; with the length that the case's key puts before it, 64 KiB.
const FULL: usize = (64 << 10) - 4;
/// How much of the file is in a chunk: the rest says how much.
const CHUNK: usize = FULL - 4;

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// What the reporter sent.
    Original,
    /// What handlers may read.
    Clean,
}

impl Part {
    /// The code kept in the database.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Original => "original",
            Self::Clean => "clean",
        }
    }
}

/// What is known of an attachment; kept sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meta {
    /// What the reporter called it, made harmless. For whom the original is opened.
    pub name: String,
    /// What its content is.
    pub kind: FileKind,
    /// How many visible things were left out of the copy.
    pub left_out: u64,
    /// The original.
    pub original: Facts,
    /// The copy.
    pub clean: Facts,
}

/// One of the two files in numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// In bytes.
    pub size: u64,
    /// SHA-256, in hexadecimal.
    pub sha256: String,
    /// In how many chunks it is kept.
    pub chunks: i32,
}

impl Facts {
    /// Of the file that is these bytes.
    ///
    /// # Panics
    /// When they are 128 TiB; attachments are refused long before.
    #[must_use]
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

/// One of the two files of an attachment, under the key of its case.
#[derive(Debug, Clone, Copy)]
pub struct Sealed<'a> {
    /// The key.
    pub key: &'a CaseKey,
    /// The attachment.
    pub id: Uuid,
    /// Which of its files.
    pub part: Part,
    /// What is known of it.
    pub facts: &'a Facts,
}

impl Sealed<'_> {
    /// The chunks of `bytes`, numbered and sealed one after the other.
    ///
    /// # Panics
    /// Never: a chunk leaves room for its length.
    pub fn seal<'b>(&'b self, bytes: &'b [u8]) -> impl Iterator<Item = (i32, Vec<u8>)> + 'b {
        (0..).zip(bytes.chunks(CHUNK)).map(|(no, chunk)| {
            let full = pad_to(chunk, FULL).expect("a chunk leaves room for its length");
            (no, self.key.seal(&self.place(no), self.id, &full))
        })
    }

    /// The file again, when every chunk is there, in its place and as it was.
    ///
    /// # Errors
    /// Our own fault, and nothing of the file, when anything is amiss.
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
        // Reserved at once: a vector that grows would leave copies of the file behind.
        let (mut bytes, mut expected) = (Zeroizing::new(Vec::with_capacity(size)), 0);
        for (no, sealed) in chunks {
            let full = self
                .key
                .open(&self.place(no), self.id, &sealed)
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

    fn place(&self, no: i32) -> String {
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
            let facts = Facts::of(&bytes);
            let sealed = Sealed {
                key: &key,
                id: Uuid::new_v4(),
                part: Part::Clean,
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
        let facts = Facts::of(&bytes);
        let sealed = Sealed {
            key: &key,
            id,
            part: Part::Clean,
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
                    part: Part::Original,
                    ..sealed
                },
                &bytes,
            ),
        );
        let shorter = Facts::of(&bytes[..2 * CHUNK]);
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
        let (facts, other) = (Facts::of(&bytes), Facts::of(&[7; 100]));
        let sealed = Sealed {
            key: &key,
            id: Uuid::new_v4(),
            part: Part::Clean,
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
