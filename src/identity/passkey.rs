//! Passkeys (WebAuthn Level 3) as a second factor, for one algorithm: ES256, which every
//! authenticator offers. No attestation is asked for, so the data of the authenticator is read
//! directly, without its CBOR envelope: the key has one encoding (CTAP 2.1, 6.5.1, canonical CBOR).
//! The password was proved before, so presence of the user is enough.
//!
//! A library was not taken: `webauthn_rp` reads the system clock and brings a second
//! `curve25519-dalek`, `webauthn-rs` is under the MPL.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::ecdsa::signature::Verifier as _;
use p256::ecdsa::{DerSignature, VerifyingKey};
use reqwest::Url;
use serde::Deserialize;

use crate::secrecy::sha256;

/// The identifier of ES256 in COSE.
pub(super) const ES256: i32 = -7;
/// A COSE key of ES256: before the x coordinate, and between x and y.
const KEY_HEAD: &[u8] = &[0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 0x20];
/// The bytes between the coordinates.
const KEY_MIDDLE: &[u8] = &[0x22, 0x58, 0x20];
/// Maximum length of a credential id (section 7.1, step 25).
const MAX_CREDENTIAL_ID: usize = 1023;
/// Length of a coordinate.
const COORDINATE: usize = 32;
/// The user was present.
const USER_PRESENT: u8 = 1;
/// Data of a new credential follows.
const HAS_CREDENTIAL: u8 = 1 << 6;
/// Extensions follow.
const HAS_EXTENSIONS: u8 = 1 << 7;

/// The relying party: the page on which people sign in.
#[derive(Debug, Clone)]
pub struct RelyingParty {
    /// Its id: the host of the page.
    pub(super) id: String,
    origin: String,
}

/// The client data (`clientDataJSON`) that the signature covers.
#[derive(Debug, Deserialize)]
pub(super) struct ClientData {
    r#type: String,
    challenge: String,
    origin: String,
    #[serde(default, rename = "crossOrigin")]
    cross_origin: bool,
}

/// A new credential.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NewCredential {
    /// Its id.
    pub id: Vec<u8>,
    /// The public key (SEC 1, uncompressed).
    pub public_key: Vec<u8>,
    /// The authenticator's counter of signatures; zero if it keeps none.
    pub sign_count: u32,
}

impl ClientData {
    /// Reads the data; `None` if it is malformed.
    pub(super) fn read(json: &[u8]) -> Option<Self> {
        serde_json::from_slice(json).ok()
    }

    /// The challenge that the client answered.
    pub(super) fn challenge(&self) -> Option<Vec<u8>> {
        URL_SAFE_NO_PAD.decode(&self.challenge).ok()
    }
}

/// The head of the authenticator's data, and what follows it.
struct AuthenticatorData<'a> {
    flags: u8,
    sign_count: u32,
    rest: &'a [u8],
}

impl RelyingParty {
    /// The relying party of the sign-in page at `url`.
    pub fn new(url: &str) -> Self {
        let url = Url::parse(url).ok();
        Self {
            id: url
                .as_ref()
                .and_then(Url::host_str)
                .unwrap_or_default()
                .to_owned(),
            origin: url.map_or_else(String::new, |url| url.origin().ascii_serialization()),
        }
    }

    /// The credential of a registration (section 7.1), if it is valid. The caller checks that the
    /// challenge is its own.
    pub(super) fn verify_registration(
        &self,
        client: &ClientData,
        authenticator: &[u8],
    ) -> Option<NewCredential> {
        let data = self.verify_data(client, "webauthn.create", authenticator)?;
        if data.flags & HAS_CREDENTIAL == 0 {
            return None;
        }
        let (_aaguid, rest) = data.rest.split_at_checked(16)?;
        let (length, rest) = rest.split_first_chunk::<2>()?;
        let (id, key) = rest.split_at_checked(u16::from_be_bytes(*length).into())?;
        let (x, rest) = key.strip_prefix(KEY_HEAD)?.split_at_checked(COORDINATE)?;
        let (y, rest) = rest
            .strip_prefix(KEY_MIDDLE)?
            .split_at_checked(COORDINATE)?;
        let is_id_allowed = (1..=MAX_CREDENTIAL_ID).contains(&id.len());
        if !is_id_allowed || (!rest.is_empty() && data.flags & HAS_EXTENSIONS == 0) {
            return None;
        }
        let public_key = [&[4], x, y].concat();
        VerifyingKey::from_sec1_bytes(&public_key).ok()?;
        Some(NewCredential {
            id: id.to_vec(),
            public_key,
            sign_count: data.sign_count,
        })
    }

    /// The authenticator's counter, if an assertion (section 7.2) is valid under `public_key`. The
    /// caller checks that the challenge is its own, and that the counter has risen.
    pub(super) fn verify_assertion(
        &self,
        client_json: &[u8],
        authenticator: &[u8],
        signature: &[u8],
        public_key: &[u8],
    ) -> Option<u32> {
        let client = ClientData::read(client_json)?;
        let data = self.verify_data(&client, "webauthn.get", authenticator)?;
        let signed = [authenticator, &sha256(client_json)].concat();
        let signature = DerSignature::try_from(signature).ok()?;
        let key = VerifyingKey::from_sec1_bytes(public_key).ok()?;
        key.verify(&signed, &signature).ok()?;
        Some(data.sign_count)
    }

    /// The checks that both ceremonies share.
    fn verify_data<'a>(
        &self,
        client: &ClientData,
        ceremony: &str,
        authenticator: &'a [u8],
    ) -> Option<AuthenticatorData<'a>> {
        let (rp_id_hash, rest) = authenticator.split_first_chunk::<32>()?;
        let (flags, rest) = rest.split_first()?;
        let (sign_count, rest) = rest.split_first_chunk::<4>()?;
        let is_ours = client.r#type == ceremony
            && client.origin == self.origin
            && !client.cross_origin
            && *rp_id_hash == sha256(self.id.as_bytes())
            && flags & USER_PRESENT != 0;
        is_ours.then_some(AuthenticatorData {
            flags: *flags,
            sign_count: u32::from_be_bytes(*sign_count),
            rest,
        })
    }
}

#[cfg(test)]
mod tests {
    use p256::ecdsa::SigningKey;
    use p256::ecdsa::signature::Signer as _;
    use proptest::prelude::*;

    use super::*;

    fn party() -> RelyingParty {
        RelyingParty::new("https://masuk.example/portal")
    }

    fn key() -> SigningKey {
        SigningKey::from_slice(&[7; 32]).unwrap()
    }

    fn client(ceremony: &str, origin: &str) -> Vec<u8> {
        serde_json::to_vec(&serde_json::json!({
            "type": ceremony, "challenge": "AAAA", "origin": origin, "crossOrigin": false
        }))
        .unwrap()
    }

    fn head(rp_id: &str, flags: u8) -> Vec<u8> {
        [&sha256(rp_id.as_bytes())[..], &[flags], &[0, 0, 0, 5]].concat()
    }

    fn registration(flags: u8) -> Vec<u8> {
        registration_of(flags, &[8, 9])
    }

    fn registration_of(flags: u8, id: &[u8]) -> Vec<u8> {
        let point = key().verifying_key().to_encoded_point(false);
        let key = [KEY_HEAD, point.x().unwrap(), KEY_MIDDLE, point.y().unwrap()].concat();
        [
            head("masuk.example", flags),
            vec![0; 16],
            u16::try_from(id.len()).unwrap().to_be_bytes().to_vec(),
            id.to_vec(),
            key,
        ]
        .concat()
    }

    #[test]
    fn a_credential_is_taken_from_its_page_with_its_user_present_and_nothing_behind_it() {
        let create = ClientData::read(&client("webauthn.create", "https://masuk.example")).unwrap();
        let taken = party()
            .verify_registration(&create, &registration(0x41))
            .unwrap();
        assert_eq!((taken.id.as_slice(), taken.sign_count), (&[8, 9][..], 5));
        assert_eq!(taken.public_key.len(), 65);
        let refused = |data: Vec<u8>| party().verify_registration(&create, &data).is_none();
        assert!(refused(registration(0x40)), "the user was absent");
        assert!(refused(registration(0x01)), "no credential");
        assert!(
            refused([registration(0x41), vec![0]].concat()),
            "more behind it"
        );
        let mut off_the_curve = registration(0x41);
        *off_the_curve.last_mut().unwrap() ^= 1;
        assert!(refused(off_the_curve));
        for (ceremony, origin) in [
            ("webauthn.get", "https://masuk.example"),
            ("webauthn.create", "https://masuk.example.evil"),
            ("webauthn.create", "http://masuk.example"),
        ] {
            let other = ClientData::read(&client(ceremony, origin)).unwrap();
            let found = party().verify_registration(&other, &registration(0x41));
            assert!(found.is_none(), "{ceremony} {origin}");
        }
    }

    #[test]
    fn a_credential_id_has_at_most_1023_bytes() {
        let create = ClientData::read(&client("webauthn.create", "https://masuk.example")).unwrap();
        for (length, is_taken) in [(0, false), (1, true), (1023, true), (1024, false)] {
            let data = registration_of(0x41, &vec![7; length]);
            let taken = party().verify_registration(&create, &data);
            assert_eq!(taken.is_some(), is_taken, "{length}");
        }
    }

    #[test]
    fn an_assertion_is_believed_under_its_key_and_page_and_unchanged() {
        let (json, data) = (
            client("webauthn.get", "https://masuk.example"),
            head("masuk.example", 1),
        );
        let sign = |data: &[u8], json: &[u8]| -> Vec<u8> {
            let signature: DerSignature = key().sign(&[data, &sha256(json)].concat());
            signature.as_bytes().to_vec()
        };
        let public_key = key()
            .verifying_key()
            .to_encoded_point(false)
            .as_bytes()
            .to_vec();
        let verify = |json: &[u8], data: &[u8], signature: &[u8]| {
            party().verify_assertion(json, data, signature, &public_key)
        };
        assert_eq!(verify(&json, &data, &sign(&data, &json)), Some(5));
        let other = client("webauthn.get", "https://masuk.examp1e");
        assert_eq!(verify(&other, &data, &sign(&data, &other)), None);
        let elsewhere = head("lain.example", 1);
        assert_eq!(verify(&json, &elsewhere, &sign(&elsewhere, &json)), None);
        let mut risen = data.clone();
        risen[36] = 6;
        assert_eq!(verify(&json, &risen, &sign(&data, &json)), None);
        let stranger = SigningKey::from_slice(&[8; 32]).unwrap();
        let forged: DerSignature = stranger.sign(&[data.as_slice(), &sha256(&json)].concat());
        assert_eq!(verify(&json, &data, forged.as_bytes()), None);
    }

    proptest! {
        #[test]
        fn no_bytes_of_a_client_panic(json: Vec<u8>, data: Vec<u8>, signature: Vec<u8>) {
            let create = ClientData::read(&client("webauthn.create", "https://masuk.example")).unwrap();
            let whole = [head("masuk.example", 0x41), data.clone()].concat();
            prop_assert!(party().verify_registration(&create, &whole).is_none());
            prop_assert_eq!(party().verify_assertion(&json, &data, &signature, &data), None);
        }
    }
}
