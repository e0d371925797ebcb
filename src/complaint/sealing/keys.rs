//! Every key of the workflow. Each is derived from the master key under a label of its own; none is stored, and none opens a reporter's identity.

use std::sync::Arc;

use zeroize::Zeroizing;

use super::case_key::CaseKey;
use super::shred_salt::ShredSalt;
use crate::complaint::receipt::ReceiptSigner;
use crate::complaint::receipt::code::ReceiptCode;
use crate::ids::{ComplaintId, UserId};
use crate::secrecy::{MasterKey, SealingKey, random_bytes};

/// The version of a wrapped key: its first byte.
const VERSION: u8 = 1;

/// The keys. Cheap to clone.
#[derive(Clone)]
pub struct Keys(Arc<Parts>);

struct Parts {
    content: SealingKey,
    link: SealingKey,
    person: SealingKey,
    receipt: SealingKey,
    activation: SealingKey,
    retry_tag: SealingKey,
    retry_reply: SealingKey,
    session_tag: SealingKey,
    session_case: SealingKey,
    audit: SealingKey,
    vault: SealingKey,
    scan: SealingKey,
    signer: ReceiptSigner,
}

impl Keys {
    /// Derives them.
    #[must_use]
    pub fn new(master: &MasterKey) -> Self {
        let seed = Zeroizing::new(master.derive("wbs/receipt-signing/v1").tag(b"ed25519 seed"));
        Self(Arc::new(Parts {
            content: master.derive("wbs/content-kek/v1"),
            link: master.derive("wbs/vault-link/v1"),
            person: master.derive("wbs/person/v1"),
            receipt: master.derive("wbs/receipt-pepper/v1"),
            activation: master.derive("wbs/activation-pepper/v1"),
            retry_tag: master.derive("wbs/retry-tag/v1"),
            retry_reply: master.derive("wbs/retry-reply/v1"),
            session_tag: master.derive("wbs/session-tag/v1"),
            session_case: master.derive("wbs/session-case/v1"),
            audit: master.derive("wbs/audit/v1"),
            vault: master.derive("wbs/vault-layer/v1"),
            scan: master.derive("wbs/scan-permit/v1"),
            signer: ReceiptSigner::of_seed(&seed),
        }))
    }

    /// What vault, shred store and audit trail call a case: the only link to it, and only for who has the key.
    #[must_use]
    pub fn case_ref(&self, case: ComplaintId) -> [u8; 32] {
        self.0.link.tag(case.0.as_bytes())
    }

    /// What conflict rows call a person: it can be joined, but a dump does not name the accused.
    #[must_use]
    pub fn person_tag(&self, user: UserId) -> [u8; 32] {
        self.0.person.tag(user.0.as_bytes())
    }

    /// What is kept of a receipt code, to find its case.
    #[must_use]
    pub fn receipt_tag(&self, code: &ReceiptCode) -> [u8; 32] {
        self.0.receipt.tag(code.bytes())
    }

    /// What is kept of an activation code, to find its case.
    #[must_use]
    pub fn activation_tag(&self, code: &ReceiptCode) -> [u8; 32] {
        self.0.activation.tag(code.bytes())
    }

    /// What a public request repeated under the same `Idempotency-Key` is found by, and the key that seals the reply kept for it: without the caller's key
    /// nobody can read the receipt code in it.
    #[must_use]
    pub fn retry_key(&self, caller_key: &str) -> ([u8; 32], SealingKey) {
        (
            self.0.retry_tag.tag(caller_key.as_bytes()),
            self.0.retry_reply.derive(caller_key.as_bytes()),
        )
    }

    /// What is kept of a session's token, and the key that seals the case in the session's row: without the token nobody can link the two.
    #[must_use]
    pub fn session(&self, token: &str) -> ([u8; 32], SealingKey) {
        (
            self.0.session_tag.tag(token.as_bytes()),
            self.0.session_case.derive(token.as_bytes()),
        )
    }

    /// A mark that only this service can make: of a custodian's key, of a number on a tombstone.
    #[must_use]
    pub fn mark(&self, of: &[u8]) -> [u8; 32] {
        self.0.audit.derive(b"mark").tag(of)
    }

    /// The key of the audit trail.
    #[must_use]
    pub fn audit(&self) -> &SealingKey {
        &self.0.audit
    }

    /// A random key for a new case, and the same key wrapped for the database. It opens only together with `salt`.
    #[must_use]
    pub fn new_case(&self, case: ComplaintId, salt: &ShredSalt) -> (CaseKey, Vec<u8>) {
        let key = Zeroizing::new(random_bytes());
        let wrapped = self
            .wrapping(salt)
            .seal(&wrapped_place(case), key.as_slice());
        (
            CaseKey::new(case, key),
            [&[VERSION], wrapped.as_slice()].concat(),
        )
    }

    /// The key of a case; nothing when it is another case's, was changed, or its salt is gone.
    #[must_use]
    pub fn open_case(
        &self,
        case: ComplaintId,
        salt: &ShredSalt,
        wrapped: &[u8],
    ) -> Option<CaseKey> {
        let key = self
            .wrapping(salt)
            .open(&wrapped_place(case), wrapped.strip_prefix(&[VERSION])?)?;
        <[u8; 32]>::try_from(key.as_slice())
            .ok()
            .map(|key| CaseKey::new(case, Zeroizing::new(key)))
    }

    /// The key of the outer layer around an identity: who can only write to the database can neither forge nor exchange one, and without `salt` it is gone.
    #[must_use]
    pub fn vault_layer(&self, case_ref: &[u8; 32], salt: &ShredSalt) -> SealingKey {
        self.0.vault.derive(&Zeroizing::new(
            [case_ref.as_slice(), salt.as_bytes()].concat(),
        ))
    }

    /// What seals permits to add scans.
    #[must_use]
    pub fn scan_permits(&self) -> &SealingKey {
        &self.0.scan
    }

    /// Who signs receipts.
    #[must_use]
    pub fn signer(&self) -> &ReceiptSigner {
        &self.0.signer
    }

    fn wrapping(&self, salt: &ShredSalt) -> SealingKey {
        self.0.content.derive(salt.as_bytes())
    }
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keys(secret)")
    }
}

fn wrapped_place(case: ComplaintId) -> String {
    format!("wbs{VERSION}|case|key|{case}")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_case_opens_only_as_itself_with_its_salt_and_under_our_master_key() {
        let (keys, case, salt) = (
            Keys::new(&MasterKey::random()),
            ComplaintId::random(),
            ShredSalt::random(),
        );
        let (key, mut wrapped) = keys.new_case(case, &salt);
        let (row, kept) = (
            Uuid::new_v4(),
            ShredSalt::from_bytes(salt.as_bytes()).unwrap(),
        );
        let sealed = key.seal("message|body", row, b"isi");
        assert_eq!(
            keys.open_case(case, &kept, &wrapped)
                .unwrap()
                .open("message|body", row, &sealed)
                .unwrap()
                .as_slice(),
            b"isi"
        );
        assert!(
            keys.open_case(ComplaintId::random(), &salt, &wrapped)
                .is_none(),
            "another case"
        );
        assert!(
            keys.open_case(case, &ShredSalt::random(), &wrapped)
                .is_none(),
            "another salt"
        );
        assert!(
            Keys::new(&MasterKey::random())
                .open_case(case, &salt, &wrapped)
                .is_none(),
            "another master key"
        );
        *wrapped.last_mut().unwrap() ^= 1;
        assert!(keys.open_case(case, &salt, &wrapped).is_none(), "changed");
        assert!(keys.open_case(case, &salt, b"").is_none());
    }

    #[test]
    fn every_case_has_a_key_of_its_own() {
        let (keys, case, salt) = (
            Keys::new(&MasterKey::random()),
            ComplaintId::random(),
            ShredSalt::random(),
        );
        let ((one, _), (other, _)) = (keys.new_case(case, &salt), keys.new_case(case, &salt));
        let row = Uuid::new_v4();
        assert!(
            other
                .open("message|body", row, &one.seal("message|body", row, b"isi"))
                .is_none()
        );
    }

    #[test]
    fn no_two_purposes_share_a_tag() {
        let keys = Keys::new(&MasterKey::random());
        let (id, code) = (Uuid::new_v4(), ReceiptCode::random());
        let text = std::str::from_utf8(code.bytes()).unwrap();
        let tags = [
            keys.case_ref(ComplaintId(id)),
            keys.person_tag(UserId(id)),
            keys.receipt_tag(&code),
            keys.activation_tag(&code),
            keys.retry_key(text).0,
            keys.session(text).0,
            keys.audit().tag(code.bytes()),
        ];
        assert_eq!(BTreeSet::from(tags).len(), tags.len());
    }

    #[test]
    fn tags_stay_the_same_under_one_master_key_only() {
        let (master, code) = (MasterKey::random(), ReceiptCode::random());
        let again = ReceiptCode::read(&code.shown());
        assert_eq!(
            Keys::new(&master).receipt_tag(&code),
            Keys::new(&master).receipt_tag(&again)
        );
        assert_ne!(
            Keys::new(&master).receipt_tag(&code),
            Keys::new(&MasterKey::random()).receipt_tag(&code)
        );
        assert_eq!(
            Keys::new(&master).signer().public_key(),
            Keys::new(&master).signer().public_key()
        );
    }

    #[test]
    fn a_session_or_a_kept_reply_opens_only_with_what_its_holder_has() {
        let keys = Keys::new(&MasterKey::random());
        let sealed = keys.session("token").1.seal("session|case", b"case");
        assert!(
            keys.session("token")
                .1
                .open("session|case", &sealed)
                .is_some()
        );
        assert!(
            keys.session("another")
                .1
                .open("session|case", &sealed)
                .is_none()
        );
        assert!(
            keys.retry_key("token")
                .1
                .open("session|case", &sealed)
                .is_none()
        );
    }

    #[test]
    fn the_layer_around_an_identity_is_of_one_case_and_one_salt() {
        let (keys, salt) = (Keys::new(&MasterKey::random()), ShredSalt::random());
        let sealed = keys.vault_layer(&[1; 32], &salt).seal("x", b"y");
        assert!(
            keys.vault_layer(&[1; 32], &salt)
                .open("x", &sealed)
                .is_some()
        );
        assert!(
            keys.vault_layer(&[2; 32], &salt)
                .open("x", &sealed)
                .is_none()
        );
        assert!(
            keys.vault_layer(&[1; 32], &ShredSalt::random())
                .open("x", &sealed)
                .is_none()
        );
    }

    #[test]
    fn what_was_written_in_the_first_version_can_be_found_and_opened_for_ever() {
        let keys = Keys::new(&MasterKey::from_hex(&("01".repeat(31) + "02")).unwrap());
        let (id, code, salt) = (
            Uuid::from_u128(7),
            ReceiptCode::read("MANGK-0PA1E-MBANG-0MVS1-2345X-7"),
            ShredSalt::from_bytes(&[3; 32]).unwrap(),
        );
        let tags = [
            (keys.case_ref(ComplaintId(id)), "de876e996ebcce96"),
            (keys.person_tag(UserId(id)), "5c4f8018c88646f8"),
            (keys.receipt_tag(&code), "efc9cc279fd1f0d4"),
            (keys.activation_tag(&code), "f00f379239c74600"),
            (keys.retry_key("token").0, "9a6e0c30eb3cc2fb"),
            (keys.retry_key("token").1.tag(b""), "bf09ac980f2a4ea8"),
            (keys.session("token").0, "6ceb5b6953019bee"),
            (keys.session("token").1.tag(b""), "5130ae8ab9b6d2a3"),
            (keys.audit().tag(b""), "b92c9ff0936d1e33"),
            (
                keys.vault_layer(&[5; 32], &salt).tag(b""),
                "dfc26141a67d6146",
            ),
            (keys.wrapping(&salt).tag(b""), "0626334aba929d7b"),
        ];
        for (tag, kept) in tags {
            assert_eq!(&hex::encode(tag)[..16], kept);
        }
        assert_eq!(
            keys.signer().public_key(),
            "P_3cBEJFDKeiWDc3qqqRbF1_6OGGrCj3qI5Z15fAvhY"
        );
        let wrapped = concat!(
            "016ddf7a46fecba9a81fbf290e4b6c1539f9fd95b410bbf45348f6b6969e15e0605656136177d63155145f0031",
            "ec7844608382057076c3a4167a779b5360480dc39d999db8402795a1"
        );
        assert!(
            keys.open_case(ComplaintId(id), &salt, &hex::decode(wrapped).unwrap())
                .is_some()
        );
    }
}
