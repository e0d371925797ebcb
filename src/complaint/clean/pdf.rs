//! A PDF built anew from what its pages show. Nothing is copied because it is there, only because a page needs it: earlier revisions, attachments, scripts,
//! actions, forms' machinery, signatures, structure and every kind of metadata stay behind. What fields and notes look like is kept.

mod copier;
mod keys;
mod look;
mod stream;

use lopdf::{Dictionary, Document, Object};

use super::Unclean;
use crate::casework::documents::pdf::{self as reading, Stop};
use crate::casework::file_kind::FileKind;
use copier::Copier;

const PDF: FileKind = FileKind::Pdf;
const DAMAGED: Unclean = Unclean::Damaged(PDF);
const TOO_COMPLEX: Unclean = Unclean::TooComplex(PDF);

/// The most objects we follow.
const MOST_OBJECTS: usize = 300_000;
/// The most that is copied, in objects and keys: a report of 500 pages comes to some 200 000.
const MOST_COPIED: usize = 1_000_000;
/// The most all that is unpacked may come to.
const MOST_UNPACKED: usize = 1 << 30;

/// The document anew, and how many visible things were left out.
pub(super) fn clean(bytes: &[u8]) -> Result<(Vec<u8>, usize), Unclean> {
    let original = reading::read(bytes).map_err(|stop| match stop {
        Stop::Broken => DAMAGED,
        Stop::TooMuch => TOO_COMPLEX,
        Stop::Locked => Unclean::Locked(PDF),
    })?;
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
