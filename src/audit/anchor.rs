//! Anchors: the end of the chain, written outside the database once a day with a MAC. A chain that
//! was cut short or rewritten no longer contains the event that an anchor names. Events after the
//! last anchor have no such witness.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use subtle::ConstantTimeEq as _;

use super::key::AuditKey;
use super::store;
use crate::error::{Error, Result};
use crate::gateways::document_store::DocumentStore;

/// Folder of the anchors in the document store.
pub const ANCHORS: &str = "audit/";
/// Prefix of an anchor's key; the day follows.
const PREFIX: &str = "audit/anchor-";

/// The end of the chain on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anchor {
    /// Number of the last event.
    pub seq: i64,
    /// Hash of the last event.
    pub hash: [u8; 32],
    /// The day (WIB).
    pub day: NaiveDate,
    /// MAC over day, number and hash.
    pub mac: [u8; 32],
}

/// The stored JSON form of an anchor.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredAnchor {
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
        anchor.mac = key.anchor_mac(&anchor.mac_input());
        anchor
    }

    /// True if the MAC is valid under `key`.
    pub(super) fn has_valid_mac(&self, key: &AuditKey) -> bool {
        self.mac.ct_eq(&key.anchor_mac(&self.mac_input())).into()
    }

    /// The input of the MAC. All its parts have a fixed length, so they need no separators.
    fn mac_input(&self) -> Vec<u8> {
        [
            b"audit/anchor/v1|".as_slice(),
            self.day.format("%Y-%m-%d").to_string().as_bytes(),
            &self.seq.to_be_bytes(),
            &self.hash,
        ]
        .concat()
    }

    fn to_bytes(&self) -> Result<Vec<u8>> {
        let written = StoredAnchor {
            day: self.day,
            seq: self.seq,
            hash: hex::encode(self.hash),
            mac: hex::encode(self.mac),
        };
        serde_json::to_vec(&written).map_err(Error::internal)
    }

    /// Parses a stored anchor. An unreadable file, or one stored under another day's name, becomes
    /// an anchor with an invalid MAC, so that `verify` reports it.
    fn parse(day: NaiveDate, bytes: &[u8]) -> Self {
        let read = || {
            let written: StoredAnchor = serde_json::from_slice(bytes).ok()?;
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

/// Writes the end of the chain as the anchor of `day` and returns it; `None` while the chain is
/// empty. The first anchor of a day is final: a later one could already cover up tampering.
pub async fn write_anchor(
    connection: &mut PgConnection,
    key: &AuditKey,
    documents: &DocumentStore,
    day: NaiveDate,
) -> Result<Option<Anchor>> {
    let name = format!("{PREFIX}{day}");
    if let Some(bytes) = documents.read_whole(&name).await? {
        return Ok(Some(Anchor::parse(day, &bytes)));
    }
    let Some(end) = store::head(connection).await? else {
        return Ok(None);
    };
    let anchor = Anchor::new(key, day, end);
    documents.put(&name, anchor.to_bytes()?).await?;
    Ok(Some(anchor))
}

/// Reads all anchors, oldest day first.
pub async fn read_anchors(documents: &DocumentStore) -> Result<Vec<Anchor>> {
    let mut anchors = Vec::new();
    for name in documents.list(ANCHORS).await? {
        let day = name.strip_prefix(PREFIX).and_then(|day| day.parse().ok());
        if let (Some(day), Some(bytes)) = (day, documents.read_whole(&name).await?) {
            anchors.push(Anchor::parse(day, &bytes));
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
        assert_eq!(Anchor::parse(day, &bytes), anchor);
        assert!(Anchor::parse(day, &bytes).has_valid_mac(&key));
        assert!(!Anchor::parse(day.succ_opt().unwrap(), &bytes).has_valid_mac(&key));
        assert!(
            !Anchor {
                seq: 8,
                ..anchor.clone()
            }
            .has_valid_mac(&key)
        );
        assert!(
            !Anchor {
                hash: [2; 32],
                ..anchor
            }
            .has_valid_mac(&key)
        );
        assert!(!Anchor::parse(day, b"rubbish").has_valid_mac(&key));
    }
}
