//! Anchors: the end of the chain, written down outside the database once a day, under a MAC. A chain that lost its end, or was written anew, no longer
//! holds what an anchor names. What came after the last anchor has no such witness.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use subtle::ConstantTimeEq as _;

use super::key::AuditKey;
use super::store;
use crate::error::{Error, Result};
use crate::gateways::document_store::DocumentStore;

/// Where anchors lie.
const FOLDER: &str = "audit/";
/// What their names begin with; the day follows.
const NAME: &str = "audit/anchor-";

/// The end of the chain on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anchor {
    /// Number of the last event.
    pub seq: i64,
    /// Its hash.
    pub hash: [u8; 32],
    /// The day.
    pub day: NaiveDate,
    /// The MAC over the three.
    pub mac: [u8; 32],
}

/// An anchor as it is written down.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    day: NaiveDate,
    seq: i64,
    hash: String,
    mac: String,
}

impl Anchor {
    fn new(key: &AuditKey, day: NaiveDate, (seq, hash): (i64, [u8; 32])) -> Self {
        let mut anchor = Self {
            seq,
            hash,
            day,
            mac: [0; 32],
        };
        anchor.mac = key.of_anchor(&anchor.said());
        anchor
    }

    /// Whether it was written under `key`.
    pub(super) fn is_ours(&self, key: &AuditKey) -> bool {
        self.mac.ct_eq(&key.of_anchor(&self.said())).into()
    }

    /// All three are of a known length.
    fn said(&self) -> Vec<u8> {
        [
            b"audit/anchor/v1|".as_slice(),
            self.day.format("%Y-%m-%d").to_string().as_bytes(),
            &self.seq.to_be_bytes(),
            &self.hash,
        ]
        .concat()
    }

    fn to_bytes(&self) -> Result<Vec<u8>> {
        let written = Written {
            day: self.day,
            seq: self.seq,
            hash: hex::encode(self.hash),
            mac: hex::encode(self.mac),
        };
        serde_json::to_vec(&written).map_err(Error::internal)
    }

    /// What cannot be read, or lies under another day's name, becomes an anchor of nobody: `verify` must hear of it.
    fn read(day: NaiveDate, bytes: &[u8]) -> Self {
        let read = || {
            let written: Written = serde_json::from_slice(bytes).ok()?;
            let (mut hash, mut mac) = ([0; 32], [0; 32]);
            hex::decode_to_slice(&written.hash, &mut hash).ok()?;
            hex::decode_to_slice(&written.mac, &mut mac).ok()?;
            (written.day == day).then_some(Self {
                seq: written.seq,
                hash,
                day,
                mac,
            })
        };
        read().unwrap_or(Self {
            seq: 0,
            hash: [0; 32],
            day,
            mac: [0; 32],
        })
    }
}

/// Writes down the end of the chain as the anchor of `day` and gives it; nothing while the chain is empty. The day's first anchor stays: a later one
/// would be taken after whatever was done to the chain meanwhile.
///
/// # Errors
/// When the server or the store refuses.
pub async fn drop_anchor(
    connection: &mut PgConnection,
    key: &AuditKey,
    documents: &DocumentStore,
    day: NaiveDate,
) -> Result<Option<Anchor>> {
    let name = format!("{NAME}{day}");
    if let Some(bytes) = documents.read_whole(&name).await? {
        return Ok(Some(Anchor::read(day, &bytes)));
    }
    let Some(end) = store::head(connection).await? else {
        return Ok(None);
    };
    let anchor = Anchor::new(key, day, end);
    documents.put(&name, anchor.to_bytes()?).await?;
    Ok(Some(anchor))
}

/// Every anchor there is, the oldest day first.
///
/// # Errors
/// When the store refuses.
pub async fn read_anchors(documents: &DocumentStore) -> Result<Vec<Anchor>> {
    let mut anchors = Vec::new();
    for name in documents.list(FOLDER).await? {
        let day = name.strip_prefix(NAME).and_then(|day| day.parse().ok());
        if let (Some(day), Some(bytes)) = (day, documents.read_whole(&name).await?) {
            anchors.push(Anchor::read(day, &bytes));
        }
    }
    anchors.sort_unstable_by_key(|anchor| anchor.day);
    Ok(anchors)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secrecy::MasterKey;

    #[test]
    fn an_anchor_is_ours_only_unchanged_and_on_its_own_day() {
        let key = AuditKey::new(MasterKey::random().derive("test"));
        let day = NaiveDate::from_ymd_opt(2026, 7, 6).unwrap();
        let anchor = Anchor::new(&key, day, (9, [1; 32]));
        let bytes = anchor.to_bytes().unwrap();
        assert_eq!(Anchor::read(day, &bytes), anchor);
        assert!(Anchor::read(day, &bytes).is_ours(&key));
        assert!(!Anchor::read(day.succ_opt().unwrap(), &bytes).is_ours(&key));
        assert!(
            !Anchor {
                seq: 8,
                ..anchor.clone()
            }
            .is_ours(&key)
        );
        assert!(
            !Anchor {
                hash: [2; 32],
                ..anchor
            }
            .is_ours(&key)
        );
        assert!(!Anchor::read(day, b"rubbish").is_ours(&key));
    }
}
