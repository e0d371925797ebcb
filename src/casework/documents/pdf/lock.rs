//! The encryption of a PDF (ISO 32000-2, 7.6): the standard security handler, revisions 2 to 6. A
//! file that only restricts printing or changes has an owner password and an empty user password;
//! the empty password opens it, as in every PDF reader.

use std::collections::BTreeMap;

use lopdf::encryption::EncryptionState;
use lopdf::{Dictionary, Document, Object, ObjectId};

use super::work::{PdfResult, ReadError};

/// The decryption state for the file with this `trailer`; none when the file is not encrypted.
///
/// # Errors
/// `Locked` when the empty password does not open it, or another security handler is used.
pub(super) fn open(
    trailer: &Dictionary,
    objects: &BTreeMap<ObjectId, Object>,
) -> PdfResult<Option<EncryptionState>> {
    let follow = |object: &Object| match object {
        Object::Reference(id) => objects.get(id).cloned().unwrap_or(Object::Null),
        other => other.clone(),
    };
    let mut lock = match trailer.get(b"Encrypt") {
        Err(_) | Ok(Object::Null) => return Ok(None),
        Ok(lock) => follow(lock)
            .as_dict()
            .cloned()
            .map_err(|_| ReadError::Locked)?,
    };
    for (_, value) in &mut lock {
        *value = follow(value);
    }
    // The version alone determines the key length; writers put bits, bytes, or other values here
    // (7.6.2, table 20).
    if matches!(lock.get(b"V").and_then(Object::as_i64), Ok(1 | 4 | 5)) {
        lock.remove(b"Length");
    }
    // Some writers pad these strings.
    if matches!(lock.get(b"R").and_then(Object::as_i64), Ok(2..=4)) {
        for key in [b"O", b"U"] {
            if let Ok(Object::String(text, _)) = lock.get_mut(key) {
                text.truncate(32);
            }
        }
    }
    let id = trailer
        .get(b"ID")
        .map(follow)
        .ok()
        .filter(|id| id.as_array().is_ok_and(|id| !id.is_empty()));
    let mut file = Document::with_version("1.7");
    file.objects.insert((1, 0), Object::Dictionary(lock));
    file.trailer.set("Encrypt", Object::Reference((1, 0)));
    file.trailer.set(
        "ID",
        id.unwrap_or_else(|| Object::Array(vec![Object::string_literal("")])),
    );
    EncryptionState::decode(&file, b"")
        .map(Some)
        .map_err(|_| ReadError::Locked)
}
