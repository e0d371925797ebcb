//! The keys of the trail, derived per purpose. They are not in the database: with database access
//! alone it is impossible to forge an event, open a detail or write an anchor.

use zeroize::Zeroizing;

use crate::secrecy::SealingKey;

/// Details are padded to a multiple of this length in bytes, so that the length of the ciphertext
/// reveals little.
const BUCKET: usize = 256;

/// The keys of the audit trail.
#[derive(Debug, Clone)]
pub struct AuditKey {
    chain: SealingKey,
    detail: SealingKey,
    anchor: SealingKey,
    trail: SealingKey,
}

impl AuditKey {
    /// Derives the keys from the trail's key.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "the key is handed over, not lent"
    )]
    pub fn new(key: SealingKey) -> Self {
        Self {
            chain: key.derive(b"chain/v1"),
            detail: key.derive(b"detail/v1"),
            anchor: key.derive(b"anchor/v1"),
            trail: key.derive(b"trail/v1"),
        }
    }

    /// The object HMAC of the trail itself, for events that record a reading of it.
    pub fn trail_object(&self) -> [u8; 32] {
        self.trail.tag(b"the audit trail")
    }

    /// The MAC of the event with this hash.
    pub(super) fn event_mac(&self, hash: &[u8; 32]) -> [u8; 32] {
        self.chain.tag(hash)
    }

    /// The MAC of an anchor; `said` is the encoded anchor.
    pub(super) fn anchor_mac(&self, said: &[u8]) -> [u8; 32] {
        self.anchor.tag(said)
    }

    /// Seals a detail. It opens only for an event with the same `object` and `action`.
    pub(super) fn seal(&self, object: &[u8; 32], action: &str, detail: &str) -> Vec<u8> {
        let mut padded = Zeroizing::new(Vec::with_capacity(
            (detail.len() + 1).next_multiple_of(BUCKET),
        ));
        padded.extend_from_slice(detail.as_bytes());
        // A 1 marks the end of the text; the zeros after it are padding.
        padded.push(1);
        padded.resize((detail.len() + 1).next_multiple_of(BUCKET), 0);
        self.detail.seal(&associated_data(object, action), &padded)
    }

    /// Opens a detail; `None` when it was not sealed under this key for such an event.
    pub(super) fn open(&self, object: &[u8], action: &str, sealed: &[u8]) -> Option<String> {
        let padded = self.detail.open(&associated_data(object, action), sealed)?;
        let end = padded.iter().rposition(|byte| *byte != 0)?;
        String::from_utf8(padded[..end].to_vec()).ok()
    }
}

fn associated_data(object: &[u8], action: &str) -> String {
    format!("audit.event|detail|{}|{action}", hex::encode(object))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secrecy::MasterKey;

    #[test]
    fn a_detail_opens_only_with_its_event_and_does_not_show_its_length() {
        let key = AuditKey::new(MasterKey::random().derive("test"));
        let object = [7; 32];
        for detail in [
            "",
            "a",
            "tanpa alasan\0\u{1}",
            &"x".repeat(255),
            &"x".repeat(256),
        ] {
            let sealed = key.seal(&object, "open_identity", detail);
            assert_eq!(
                key.open(&object, "open_identity", &sealed).as_deref(),
                Some(detail)
            );
            assert_eq!(key.open(&object, "recuse", &sealed), None);
            assert_eq!(key.open(&[8; 32], "open_identity", &sealed), None);
            assert_eq!((sealed.len() - 40) % BUCKET, 0);
        }
    }
}
