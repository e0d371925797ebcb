//! Delivery of granted fields to their requester. They are sealed to a one-time key of which the
//! server stores the public half only. The private half is a code that the requester was shown
//! once, so only the requester can open the fields.

use super::opening_code::OpeningCode;
use super::{Disclosed, Identity, IdentityField};
use crate::complaint::custody::envelope::{PrivateKey, PublicKey};
use crate::complaint::sealing::padding::{pad_to, unpad};
use crate::error::{Error, Result};
use crate::ids::DisclosureId;

/// HPKE `info` of this use.
const INFO: &str = "wbs/pickup/v1";
/// Length of the padded fields, as of a whole identity, so that the length does not reveal which
/// fields were granted.
const PADDED: usize = 4_096;

/// Creates a code and the public key to store.
pub fn new_pickup() -> (OpeningCode, Vec<u8>) {
    let private = PrivateKey::random();
    (
        OpeningCode::new(private.seed()),
        private.public().to_bytes(),
    )
}

/// Seals the granted `fields` of `identity` for the holder of the code.
pub fn seal_for_pickup(
    public: &[u8],
    disclosure: DisclosureId,
    identity: &Identity,
    fields: &[IdentityField],
) -> Result<Vec<u8>> {
    let public = PublicKey::from_bytes(public)
        .ok_or_else(|| Error::internal("the public half of a pickup is no key"))?;
    let json = Disclosed::select(identity, fields).to_json()?;
    let padded = pad_to(&json, PADDED)
        .ok_or_else(|| Error::internal("granted fields are longer than an identity may be"))?;
    public.seal(INFO, disclosure.0.as_bytes(), &padded)
}

/// Opens the granted fields; none when the code is wrong, or the fields were changed or belong to
/// another disclosure.
pub fn open_pickup(code: &str, disclosure: DisclosureId, sealed: &[u8]) -> Option<Disclosed> {
    let padded = PrivateKey::from_seed(OpeningCode::parse(code)?.seed()).open(
        INFO,
        disclosure.0.as_bytes(),
        sealed,
    )?;
    Disclosed::from_json(unpad(&padded)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity() -> Identity {
        serde_json::from_str(
            r#"{"name":"Siti Rahmawati","nik":"1671014203900001","address":"Jl. Merdeka 5"}"#,
        )
        .unwrap()
    }

    #[test]
    fn only_the_code_opens_what_was_granted_and_only_of_its_disclosure() {
        let ((code, public), disclosure) = (new_pickup(), DisclosureId::random());
        let mut sealed =
            seal_for_pickup(&public, disclosure, &identity(), &[IdentityField::Address]).unwrap();
        let opened = open_pickup(&format!("{} ", *code.formatted()), disclosure, &sealed).unwrap();
        assert_eq!(
            serde_json::to_value(opened).unwrap(),
            serde_json::json!({"address": "Jl. Merdeka 5"})
        );
        assert!(
            open_pickup(&new_pickup().0.formatted(), disclosure, &sealed).is_none(),
            "another code"
        );
        assert!(
            open_pickup(&code.formatted(), DisclosureId::random(), &sealed).is_none(),
            "another disclosure"
        );
        for code in ["", "AAAA", "bukan kode", "é"] {
            assert!(open_pickup(code, disclosure, &sealed).is_none(), "{code}");
        }
        *sealed.last_mut().unwrap() ^= 1;
        assert!(
            open_pickup(&code.formatted(), disclosure, &sealed).is_none(),
            "changed"
        );
    }

    #[test]
    fn the_length_does_not_tell_what_was_granted() {
        let ((_, public), disclosure) = (new_pickup(), DisclosureId::random());
        let length = |fields| {
            seal_for_pickup(&public, disclosure, &identity(), fields)
                .unwrap()
                .len()
        };
        assert_eq!(length(&[]), length(&IdentityField::ALL));
    }
}
