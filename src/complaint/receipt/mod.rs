//! The receipt (tanda terima) of a complaint or of an answer. It is signed with Ed25519, so that it
//! can be neither forged nor denied, and it names no person, so that a receipt reveals neither the
//! reporter nor the accused. It commits to the content through a salt that is stored only in the
//! receipt.

mod check_symbol;
pub mod code;

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::error::{Error, Result};
use crate::secrecy::{random_bytes, sha256};

/// Longest number or channel in characters.
const MAX_CHARS: usize = 100;

/// A signed receipt. The signature covers the UTF-8 text `wbs/receipt/v1` and then `kind`,
/// `public_number`, `received_on`, `channel`, `commitment` and `salt`, each on a line of its own,
/// with no line end after the last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Receipt {
    /// Kind of receipt.
    pub kind: ReceiptKind,
    /// Public number for contact with the office; it gives no access.
    #[schema(example = "WBS-2026-7K3F9QX", max_length = 100)]
    pub public_number: String,
    /// Day of receipt; the time is not recorded.
    #[schema(example = "2026-07-30")]
    pub received_on: NaiveDate,
    /// Channel of the complaint.
    #[schema(example = "online", max_length = 100)]
    pub channel: String,
    /// SHA-256 of the salt's bytes followed by the content, in hexadecimal.
    #[schema(
        example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        pattern = "^[0-9a-f]{64}$"
    )]
    pub commitment: String,
    /// 32 random bytes in hexadecimal. They are stored nowhere else, so that guessed contents
    /// cannot be tested against the commitment.
    #[schema(
        example = "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752",
        pattern = "^[0-9a-f]{64}$"
    )]
    pub salt: String,
    /// Ed25519 signature, base64url.
    #[schema(
        pattern = "^[A-Za-z0-9_-]{86}$",
        example = "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
    )]
    pub signature: String,
}

impl Receipt {
    /// Signs a receipt for `content`.
    pub(crate) fn issue(
        signer: &ReceiptSigner,
        kind: ReceiptKind,
        public_number: impl Into<String>,
        received_on: NaiveDate,
        channel: impl Into<String>,
        content: &[u8],
    ) -> Result<Self> {
        let salt: [u8; 32] = random_bytes();
        let mut receipt = Self {
            kind,
            public_number: public_number.into(),
            received_on,
            channel: channel.into(),
            commitment: commitment(&salt, content),
            salt: hex::encode(salt),
            signature: String::new(),
        };
        receipt.signature = signer.sign(
            receipt
                .signed_text()
                .ok_or_else(|| Error::internal("a receipt with more lines than it should have"))?
                .as_bytes(),
        )?;
        Ok(receipt)
    }

    /// Whether this service signed exactly these fields.
    pub(crate) fn is_genuine(&self, signer: &ReceiptSigner) -> bool {
        self.signed_text()
            .is_some_and(|text| signer.verify(text.as_bytes(), &self.signature))
    }

    /// Lists the malformed fields, so that a text that is no receipt is distinguished from a forged
    /// receipt.
    pub(crate) fn malformed_fields(&self) -> impl Iterator<Item = &'static str> {
        let is_hash = |text: &str| {
            text.len() == 64
                && text
                    .bytes()
                    .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
        };
        let is_signature = self.signature.len() == 86
            && self
                .signature
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        let fields = [
            (
                "public_number",
                self.public_number.chars().count() <= MAX_CHARS,
            ),
            ("channel", self.channel.chars().count() <= MAX_CHARS),
            ("commitment", is_hash(&self.commitment)),
            ("salt", is_hash(&self.salt)),
            ("signature", is_signature),
        ];
        fields
            .into_iter()
            .filter(|(_, fits)| !fits)
            .map(|(field, _)| field)
    }

    /// The signed text; none when a field contains a control character, so that no field can pass
    /// for two.
    fn signed_text(&self) -> Option<String> {
        let Self {
            kind,
            public_number,
            received_on,
            channel,
            commitment,
            salt,
            signature: _,
        } = self;
        let day = received_on.to_string();
        let lines = [
            "wbs/receipt/v1",
            kind.code(),
            public_number,
            &day,
            channel,
            commitment,
            salt,
        ];
        lines
            .iter()
            .all(|line| !line.contains(char::is_control))
            .then(|| lines.join("\n"))
    }
}

fn commitment(salt: &[u8], content: &[u8]) -> String {
    hex::encode(sha256(&Zeroizing::new([salt, content].concat())))
}

/// Kind of receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ReceiptKind {
    /// The office received a complaint.
    Complaint,
    /// The reporter received the answer.
    Answer,
}

impl ReceiptKind {
    /// Code in JSON and in the signed text.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Complaint => "complaint",
            Self::Answer => "answer",
        }
    }
}

/// The key pair that signs receipts and verifies them.
pub(crate) struct ReceiptSigner(Ed25519KeyPair);

impl ReceiptSigner {
    /// Creates the key pair from a seed.
    ///
    /// # Panics
    /// Never: any 32 bytes are a seed.
    pub(in crate::complaint) fn from_seed(seed: &Zeroizing<[u8; 32]>) -> Self {
        Self(
            Ed25519KeyPair::from_seed_unchecked(seed.as_slice())
                .expect("32 bytes are a seed of Ed25519"),
        )
    }

    /// Signs `message`; base64url.
    pub(crate) fn sign(&self, message: &[u8]) -> Result<String> {
        self.0
            .try_sign(message)
            .map(|signature| URL_SAFE_NO_PAD.encode(signature))
            .map_err(Error::internal)
    }

    /// The public key, base64url.
    #[cfg(test)]
    pub(crate) fn public_key(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0.public_key())
    }

    fn verify(&self, message: &[u8], signature: &str) -> bool {
        let public = UnparsedPublicKey::new(&ED25519, self.0.public_key());
        URL_SAFE_NO_PAD
            .decode(signature)
            .is_ok_and(|signature| public.verify(message, &signature).is_ok())
    }
}

impl std::fmt::Debug for ReceiptSigner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ReceiptSigner(secret)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Change = fn(&mut Receipt);

    fn signer() -> ReceiptSigner {
        ReceiptSigner::from_seed(&Zeroizing::new(random_bytes()))
    }

    fn receipt(signer: &ReceiptSigner) -> Receipt {
        Receipt::issue(
            signer,
            ReceiptKind::Complaint,
            "WBS-2026-7K3F9QX",
            NaiveDate::from_ymd_opt(2026, 7, 30).unwrap(),
            "portal",
            b"isi",
        )
        .unwrap()
    }

    #[test]
    fn a_receipt_is_genuine_until_any_field_of_it_is_changed() {
        let signer = signer();
        let genuine = receipt(&signer);
        assert!(genuine.is_genuine(&signer));
        let ways: [(&str, Change); 8] = [
            ("kind", |receipt| receipt.kind = ReceiptKind::Answer),
            ("public_number", |receipt| receipt.public_number.push('0')),
            ("received_on", |receipt| {
                receipt.received_on = receipt.received_on.succ_opt().unwrap();
            }),
            ("channel", |receipt| receipt.channel = "counter".into()),
            ("commitment", |receipt| {
                receipt.commitment = receipt.commitment.to_uppercase();
            }),
            ("salt", |receipt| receipt.salt = hex::encode([7; 32])),
            ("signature", |receipt| {
                receipt.signature = receipt.signature.chars().rev().collect();
            }),
            ("a line moved", |receipt| {
                receipt.public_number =
                    format!("{}\n{}", receipt.public_number, receipt.received_on);
            }),
        ];
        for (name, change) in ways {
            let mut changed = genuine.clone();
            change(&mut changed);
            assert!(!changed.is_genuine(&signer), "{name}");
        }
    }

    #[test]
    fn a_receipt_of_another_office_is_not_genuine() {
        assert!(!receipt(&signer()).is_genuine(&signer()));
    }

    #[test]
    fn a_receipt_is_for_its_content_and_does_not_show_it() {
        let signer = signer();
        let (one, other) = (receipt(&signer), receipt(&signer));
        let commits_to = |content: &[u8]| {
            commitment(&hex::decode(&one.salt).unwrap(), content) == one.commitment
        };
        assert!(commits_to(b"isi") && !commits_to(b"isi lain"));
        assert_ne!(one.commitment, other.commitment);
    }

    #[test]
    fn a_receipt_survives_json_and_takes_no_other_field() {
        let signer = signer();
        let mut json = serde_json::to_value(receipt(&signer)).unwrap();
        assert!(
            serde_json::from_value::<Receipt>(json.clone())
                .unwrap()
                .is_genuine(&signer)
        );
        json["name"] = "Budi".into();
        assert!(serde_json::from_value::<Receipt>(json).is_err());
    }

    #[test]
    fn the_public_key_is_that_of_rfc_8032() {
        let seed = hex::decode("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
            .unwrap();
        let signer = ReceiptSigner::from_seed(&Zeroizing::new(seed.try_into().unwrap()));
        let expected =
            hex::decode("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
                .unwrap();
        assert_eq!(signer.public_key(), URL_SAFE_NO_PAD.encode(expected));
        let signature = concat!(
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155",
            "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
        );
        assert_eq!(
            signer.sign(b"").unwrap(),
            URL_SAFE_NO_PAD.encode(hex::decode(signature).unwrap())
        );
    }
}
