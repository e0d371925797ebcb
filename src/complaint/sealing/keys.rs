//! The keys of the workflow. Each is derived from the master key under its own label; none is
//! stored, and none opens a reporter's identity.

use std::sync::Arc;

use chrono::NaiveDate;
use zeroize::Zeroizing;

use super::case_key::CaseKey;
use crate::complaint::receipt::ReceiptSigner;
use crate::complaint::receipt::code::ReceiptCode;
use crate::ids::{ComplaintId, UserId};
use crate::secrecy::{MasterKey, SealingKey, random_bytes};

/// Places for the sessions that one case opens on one day.
const SESSION_PLACES: u8 = 64;
/// Format version of a wrapped key: its first byte.
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
    /// Derives the keys from the master key.
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
            signer: ReceiptSigner::from_seed(&seed),
        }))
    }

    /// Reference of a case in the vault, the shred store and the audit trail. Only the holder of
    /// the key can link the reference to the case.
    pub fn case_ref(&self, case: ComplaintId) -> [u8; 32] {
        self.0.link.tag(case.0.as_bytes())
    }

    /// Tag of a person in conflict rows. The tag can be joined, but a dump of the database does not
    /// reveal the accused.
    pub fn person_tag(&self, user: UserId) -> [u8; 32] {
        self.0.person.tag(user.0.as_bytes())
    }

    /// Stored tag of a receipt code, by which the case is found.
    pub fn receipt_tag(&self, code: &ReceiptCode) -> [u8; 32] {
        self.0.receipt.tag(code.bytes())
    }

    /// Stored tag of an activation code, by which the case is found.
    pub fn activation_tag(&self, code: &ReceiptCode) -> [u8; 32] {
        self.0.activation.tag(code.bytes())
    }

    /// Tag of the `Idempotency-Key` of a public request, and the key that seals its stored reply.
    /// The caller's key is needed to decrypt the receipt code in the reply.
    pub(crate) fn retry_key(&self, caller_key: &str) -> ([u8; 32], SealingKey) {
        (
            self.0.retry_tag.tag(caller_key.as_bytes()),
            self.0.retry_reply.derive(caller_key.as_bytes()),
        )
    }

    /// Stored digest of a session token, and the key that seals the case in the row of the session.
    /// The token, or a key of this service, is needed to link session and case.
    pub(crate) fn session(&self, token: &str) -> ([u8; 32], SealingKey) {
        (
            self.0.session_tag.tag(token.as_bytes()),
            self.0.session_case.derive(token.as_bytes()),
        )
    }

    /// The tags of the sessions of a case that are opened on `day`: one for each place. There are
    /// more places than sessions, so that a place is rarely taken twice in a day; two sessions in
    /// one place could be linked.
    pub(crate) fn session_tags(
        &self,
        case: ComplaintId,
        day: NaiveDate,
    ) -> impl Iterator<Item = [u8; 32]> {
        // No token contains the bar.
        let key = self
            .0
            .session_case
            .derive(format!("case|{case}").as_bytes());
        (0..SESSION_PLACES).map(move |place| key.tag(format!("{day}|{place}").as_bytes()))
    }

    /// A keyed tag that only this service can compute, such as of a custodian's key or of a number
    /// on a tombstone.
    pub(crate) fn service_tag(&self, of: &[u8]) -> [u8; 32] {
        self.0.audit.derive(b"mark").tag(of)
    }

    /// The key of the audit trail.
    pub(crate) fn audit(&self) -> &SealingKey {
        &self.0.audit
    }

    /// Creates a random key for a new case, and the same key wrapped for the database. The wrapped
    /// key opens only together with `salt`.
    pub fn new_case(&self, case: ComplaintId, salt: &ShredSalt) -> (CaseKey, Vec<u8>) {
        let key = Zeroizing::new(random_bytes());
        let wrapped = self
            .wrapping_key(salt)
            .seal(&wrapped_key_data(case), key.as_slice());
        (
            CaseKey::new(case, key),
            [&[VERSION], wrapped.as_slice()].concat(),
        )
    }

    /// Unwraps the key of a case; none when it belongs to another case, was changed, or its salt
    /// was deleted.
    pub fn open_case(
        &self,
        case: ComplaintId,
        salt: &ShredSalt,
        wrapped: &[u8],
    ) -> Option<CaseKey> {
        let key = self
            .wrapping_key(salt)
            .open(&wrapped_key_data(case), wrapped.strip_prefix(&[VERSION])?)?;
        <[u8; 32]>::try_from(key.as_slice())
            .ok()
            .map(|key| CaseKey::new(case, Zeroizing::new(key)))
    }

    /// The key of the outer layer around an identity. Write access to the database is not enough to
    /// forge or exchange an identity, and without `salt` the identity cannot be opened.
    pub fn vault_layer(&self, case_ref: &[u8; 32], salt: &ShredSalt) -> SealingKey {
        self.0.vault.derive(&Zeroizing::new(
            [case_ref.as_slice(), salt.as_bytes()].concat(),
        ))
    }

    /// The key that seals scan permits.
    pub(crate) fn scan_permits(&self) -> &SealingKey {
        &self.0.scan
    }

    /// The signer of receipts.
    pub(crate) fn signer(&self) -> &ReceiptSigner {
        &self.0.signer
    }

    fn wrapping_key(&self, salt: &ShredSalt) -> SealingKey {
        self.0.content.derive(salt.as_bytes())
    }
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keys(secret)")
    }
}

fn wrapped_key_data(case: ComplaintId) -> String {
    format!("wbs{VERSION}|case|key|{case}")
}

/// A shred salt. Wiped from memory on drop.
pub struct ShredSalt(Zeroizing<[u8; ShredSalt::LENGTH]>);

impl ShredSalt {
    /// Length in bytes.
    pub(crate) const LENGTH: usize = 32;

    /// Creates a random salt.
    pub fn random() -> Self {
        Self(Zeroizing::new(random_bytes()))
    }

    /// Restores a stored salt; none when it is not 32 bytes.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes
            .try_into()
            .ok()
            .map(|bytes| Self(Zeroizing::new(bytes)))
    }

    /// The bytes to store.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.0.as_slice()
    }
}

impl std::fmt::Debug for ShredSalt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ShredSalt(secret)")
    }
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
        let again = ReceiptCode::parse(&code.formatted());
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
            ReceiptCode::parse("MANGK-0PA1E-MBANG-0MVS1-2345X-7"),
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
            (keys.wrapping_key(&salt).tag(b""), "0626334aba929d7b"),
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

    #[test]
    fn a_salt_is_32_bytes() {
        assert!(ShredSalt::from_bytes(&[1; 31]).is_none());
        assert_eq!(format!("{:?}", ShredSalt::random()), "ShredSalt(secret)");
    }
}
