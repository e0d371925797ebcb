//! The way of granted fields to the person who asked for them: sealed to a key of which the server keeps the public half only. The private half is a code
//! that the requester was shown once, so that nobody else opens them, and nobody afterwards.

use super::opening_code::OpeningCode;
use super::{Disclosed, Identity, IdentityField};
use crate::complaint::custody::envelope::{Private, Public};
use crate::complaint::sealing::padding::{pad_to, unpad};
use crate::error::{Error, Result};
use crate::ids::DisclosureId;

/// What HPKE seals them for.
const INFO: &str = "wbs/pickup/v1";
/// Bytes of the padded fields, as many as of a whole identity: the length does not tell which were granted.
const PADDED: usize = 4_096;

/// A new code and the public half to keep.
#[must_use]
pub fn new_pickup() -> (OpeningCode, Vec<u8>) {
    let private = Private::random();
    (
        OpeningCode::new(private.seed()),
        private.public().to_bytes(),
    )
}

/// Seals the granted `fields` of `identity` for the holder of the code.
///
/// # Errors
/// When `public` is no public half, or the library refuses.
pub fn seal_for_pickup(
    public: &[u8],
    disclosure: DisclosureId,
    identity: &Identity,
    fields: &[IdentityField],
) -> Result<Vec<u8>> {
    let public = Public::from_bytes(public)
        .ok_or_else(|| Error::internal("the public half of a pickup is no key"))?;
    let json = Disclosed::of(identity, fields).to_json()?;
    let padded = pad_to(&json, PADDED)
        .ok_or_else(|| Error::internal("granted fields are longer than an identity may be"))?;
    public.seal(INFO, disclosure.0.as_bytes(), &padded)
}

/// Opens the granted fields; nothing when the code is wrong, or they are another disclosure's or were changed.
#[must_use]
pub fn open_pickup(code: &str, disclosure: DisclosureId, sealed: &[u8]) -> Option<Disclosed> {
    let padded = Private::from_seed(OpeningCode::read(code)?.seed()).open(
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
        let opened = open_pickup(&format!("{} ", *code.shown()), disclosure, &sealed).unwrap();
        assert_eq!(
            serde_json::to_value(opened).unwrap(),
            serde_json::json!({"address": "Jl. Merdeka 5"})
        );
        assert!(
            open_pickup(&new_pickup().0.shown(), disclosure, &sealed).is_none(),
            "another code"
        );
        assert!(
            open_pickup(&code.shown(), DisclosureId::random(), &sealed).is_none(),
            "another disclosure"
        );
        for code in ["", "AAAA", "bukan kode", "é"] {
            assert!(open_pickup(code, disclosure, &sealed).is_none(), "{code}");
        }
        *sealed.last_mut().unwrap() ^= 1;
        assert!(
            open_pickup(&code.shown(), disclosure, &sealed).is_none(),
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
