//! The key of the trail, split by purpose. It is in no database, so whoever has only that can forge no event, open no detail and write no anchor.

use zeroize::Zeroizing;

use crate::secrecy::SealingKey;

/// Details are padded to a multiple of this, so that their length tells little.
const BUCKET: usize = 256;

/// The key of the audit trail.
#[derive(Debug, Clone)]
pub struct AuditKey {
    chain: SealingKey,
    detail: SealingKey,
    anchor: SealingKey,
    trail: SealingKey,
}

impl AuditKey {
    /// From the key that was derived for the trail.
    #[must_use]
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

    /// What the trail itself is called as the object of an event: reading it is one.
    #[must_use]
    pub fn trail(&self) -> [u8; 32] {
        self.trail.tag(b"the audit trail")
    }

    /// The MAC of an event with this hash.
    pub(super) fn of_event(&self, hash: &[u8; 32]) -> [u8; 32] {
        self.chain.tag(hash)
    }

    /// The MAC of an anchor that says this.
    pub(super) fn of_anchor(&self, said: &[u8]) -> [u8; 32] {
        self.anchor.tag(said)
    }

    /// Seals a detail for events about `object` of this `action`.
    pub(super) fn seal(&self, object: &[u8; 32], action: &str, detail: &str) -> Vec<u8> {
        let mut padded = Zeroizing::new(Vec::with_capacity(
            (detail.len() + 1).next_multiple_of(BUCKET),
        ));
        padded.extend_from_slice(detail.as_bytes());
        // The text has no NUL behind this 1, so where it ends is known.
        padded.push(1);
        padded.resize((detail.len() + 1).next_multiple_of(BUCKET), 0);
        self.detail.seal(&place(object, action), &padded)
    }

    /// Opens a detail; nothing when it is not ours, or not of such an event.
    pub(super) fn open(&self, object: &[u8], action: &str, sealed: &[u8]) -> Option<String> {
        let padded = self.detail.open(&place(object, action), sealed)?;
        let end = padded.iter().rposition(|byte| *byte != 0)?;
        String::from_utf8(padded[..end].to_vec()).ok()
    }
}

fn place(object: &[u8], action: &str) -> String {
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
