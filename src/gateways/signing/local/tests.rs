//! Reads signed PDFs with the libraries that wrote them. `scripts/check-letters` checks them with
//! other readers.

use chrono::{DateTime, Utc};
use cms::content_info::ContentInfo;
use cms::signed_data::SignedData;
use der::{Decode as _, Encode as _};
use lopdf::{Document, Object, dictionary};
use p256::ecdsa::signature::Verifier as _;
use p256::ecdsa::{DerSignature, VerifyingKey};
use p256::pkcs8::DecodePublicKey as _;

use super::Authority;
use crate::gateways::signing::SignatureRequest;
use crate::secrecy::sha256;

fn now() -> DateTime<Utc> {
    "2026-07-06T01:00:00Z".parse().unwrap()
}

/// A page with a link.
fn letter() -> Vec<u8> {
    let mut document = Document::with_version("1.7");
    let pages = document.new_object_id();
    let link = document.add_object(dictionary! { "Type" => "Annot", "Subtype" => "Link", "Rect" => vec![0.into(), 0.into(), 9.into(), 9.into()] });
    let page = document.add_object(dictionary! {
        "Type" => "Page", "Parent" => pages, "MediaBox" => vec![0.into(), 0.into(), 595.into(), 842.into()], "Annots" => vec![link.into()],
    });
    document.set_object(
        pages,
        dictionary! { "Type" => "Pages", "Kids" => vec![page.into()], "Count" => 1 },
    );
    let root = document.add_object(dictionary! { "Type" => "Catalog", "Pages" => pages });
    document.trailer.set("Root", root);
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).unwrap();
    bytes
}

fn signature_request(pdf: Vec<u8>) -> SignatureRequest {
    SignatureRequest {
        pdf,
        name: "Dr. Ahmad Fauzi, M.Si. — Kepala".to_owned(),
        capacity: "Kepala Balai".to_owned(),
        office: "BSPJI Palembang".to_owned(),
        place: "Palembang".to_owned(),
        reason: "Surat pemberitahuan audit".to_owned(),
        verify_url: "https://desk.test/api/v1/public/letters/x".to_owned(),
        at: now(),
    }
}

/// The byte range and the signature.
fn parts(pdf: &[u8]) -> ([usize; 4], Vec<u8>) {
    let document = Document::load_mem(pdf).unwrap();
    let is_signature = |object: &&Object| {
        object.as_dict().is_ok_and(|dict| {
            dict.get(b"Type")
                .and_then(Object::as_name)
                .is_ok_and(|name| name == b"Sig")
        })
    };
    let signature = document
        .objects
        .values()
        .find(is_signature)
        .unwrap()
        .as_dict()
        .unwrap();
    let range: Vec<_> = signature
        .get(b"ByteRange")
        .unwrap()
        .as_array()
        .unwrap()
        .iter()
        .map(|number| usize::try_from(number.as_i64().unwrap()).unwrap())
        .collect();
    (
        range.try_into().unwrap(),
        signature
            .get(b"Contents")
            .unwrap()
            .as_str()
            .unwrap()
            .to_vec(),
    )
}

#[test]
fn the_letter_stays_as_it_is_and_every_byte_but_the_gap_is_covered() {
    let (letter, authority) = (
        letter(),
        Authority::create("BSPJI Palembang", now()).unwrap(),
    );
    let signed = authority.sign(&signature_request(letter.clone())).unwrap();
    assert!(signed.starts_with(&letter));
    let ([zero, before, after, rest], contents) = parts(&signed);
    assert_eq!((zero, after + rest), (0, signed.len()));
    assert_eq!(
        (signed[before], signed[after - 1]),
        (b'<', b'>'),
        "the gap is the string and nothing beside it"
    );
    assert_eq!(after - before, 2 * contents.len() + 2);
    let page = Document::load_mem(&signed).unwrap();
    let page = page.get_dictionary(page.get_pages()[&1]).unwrap();
    assert_eq!(
        page.get(b"Annots").unwrap().as_array().unwrap().len(),
        2,
        "the link is still there"
    );
}

#[test]
fn the_signature_is_of_the_named_signer_over_what_is_covered() {
    let authority = Authority::create("BSPJI Palembang", now()).unwrap();
    let signed = authority.sign(&signature_request(letter())).unwrap();
    let ([_, before, after, _], contents) = parts(&signed);
    let (info, _) = der_prefix(&contents);
    let data: SignedData = info.content.decode_as().unwrap();
    let by = data.signer_infos.0.get(0).unwrap();
    let attributes = by.signed_attrs.as_ref().unwrap();
    let names: Vec<_> = attributes
        .iter()
        .map(|attribute| attribute.oid.to_string())
        .collect();
    assert!(
        names.contains(&"1.2.840.113549.1.9.16.2.47".to_owned()),
        "the certificate is bound: {names:?}"
    );
    assert!(
        !names.contains(&"1.2.840.113549.1.9.5".to_owned()),
        "PAdES keeps the time elsewhere: {names:?}"
    );
    let digest = attributes
        .iter()
        .find(|attribute| attribute.oid.to_string() == "1.2.840.113549.1.9.4")
        .unwrap()
        .values
        .get(0)
        .unwrap();
    assert_eq!(
        digest.value(),
        sha256(&[&signed[..before], &signed[after..]].concat())
    );
    let certificates = data.certificates.as_ref().unwrap().0.iter();
    let of_signer = certificates.filter_map(|choice| match choice {
        cms::cert::CertificateChoices::Certificate(certificate) => Some(certificate),
        cms::cert::CertificateChoices::Other(_) => None,
    });
    let of_signer = of_signer
        .map(|certificate| &certificate.tbs_certificate)
        .find(|one| one.subject.to_string().contains("Ahmad Fauzi"))
        .unwrap();
    assert!(
        of_signer.subject.to_string().contains("Kepala Balai"),
        "{}",
        of_signer.subject
    );
    let public =
        VerifyingKey::from_public_key_der(&of_signer.subject_public_key_info.to_der().unwrap())
            .unwrap();
    let signature = DerSignature::try_from(by.signature.as_bytes()).unwrap();
    public
        .verify(&attributes.to_der().unwrap(), &signature)
        .unwrap();
}

/// The first DER value; the bytes behind it are padding.
fn der_prefix(bytes: &[u8]) -> (ContentInfo, usize) {
    let length = 4 + usize::from(u16::from_be_bytes([bytes[2], bytes[3]]));
    assert_eq!(bytes[..2], [0x30, 0x82]);
    (ContentInfo::from_der(&bytes[..length]).unwrap(), length)
}

#[test]
fn what_is_no_pdf_is_our_own_fault_and_no_panic() {
    let authority = Authority::create("BSPJI Palembang", now()).unwrap();
    assert!(
        authority
            .sign(&signature_request(b"not a letter".to_vec()))
            .is_err()
    );
}

#[test]
fn every_signature_has_a_key_of_its_own() {
    let authority = Authority::create("BSPJI Palembang", now()).unwrap();
    let keys = [0, 1].map(|_| {
        authority
            .issue("A", "B", now())
            .unwrap()
            .certificate
            .tbs_certificate
            .subject_public_key_info
    });
    assert_ne!(keys[0], keys[1]);
}
