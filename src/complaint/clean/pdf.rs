//! A PDF built anew from what its pages show. Nothing is copied because it is there, only because a page needs it: earlier revisions, attachments, scripts,
//! actions, forms' machinery, signatures, structure and every kind of metadata stay behind. What fields and notes look like is kept.

mod copier;
mod keys;
mod look;
mod stream;
mod weight;

use lopdf::{Dictionary, Document, LoadOptions, Object};

use super::Unclean;
use crate::casework::file_kind::FileKind;
use copier::Copier;

const PDF: FileKind = FileKind::Pdf;
const DAMAGED: Unclean = Unclean::Damaged(PDF);
const TOO_COMPLEX: Unclean = Unclean::TooComplex(PDF);

/// The most objects we follow.
const MOST_OBJECTS: usize = 300_000;
/// The most that is copied, in objects: no more than the parser bears, so a document that repeats nothing passes.
const MOST_COPIED: usize = weight::MOST_TOKENS;
/// The most all that is unpacked may come to.
const MOST_UNPACKED: usize = 1 << 30;

/// The document anew, and how many visible things were left out.
pub(super) fn clean(bytes: &[u8]) -> Result<(Vec<u8>, usize), Unclean> {
    if !weight::bearable(bytes) {
        return Err(TOO_COMPLEX);
    }
    let options = LoadOptions { max_decompressed_size: Some(weight::MOST_IN_A_STREAM), ..LoadOptions::default() };
    let original = Document::load_mem_with_options(bytes, options).map_err(|error| refused(&error))?;
    if original.is_encrypted() || original.was_encrypted() || original.trailer.has(b"Encrypt") {
        return Err(Unclean::Locked(PDF));
    }
    let mut copier = Copier::new(&original);
    let root = copier.catalog()?;
    let (objects, left_out) = copier.finish()?;
    let mut copy = Document::with_version("1.7");
    copy.max_id = u32::try_from(objects.len()).map_err(|_| TOO_COMPLEX)?;
    copy.objects = objects;
    let mut trailer = Dictionary::new();
    trailer.set("Root", Object::Reference(root));
    copy.trailer = trailer;
    let mut file = Vec::new();
    copy.save_to(&mut file).map_err(|_| DAMAGED)?;
    Ok((file, left_out))
}

fn refused(error: &lopdf::Error) -> Unclean {
    match error {
        lopdf::Error::Decryption(_) | lopdf::Error::InvalidPassword | lopdf::Error::UnsupportedSecurityHandler(_) => Unclean::Locked(PDF),
        lopdf::Error::Decompress(_) => TOO_COMPLEX,
        _ => DAMAGED,
    }
}
