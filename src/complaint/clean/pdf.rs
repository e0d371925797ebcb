//! Clean PDF, rebuilt from what its pages show. An object is copied only when a page needs it:
//! earlier revisions, attachments, scripts, actions, forms, signatures, structure and metadata are
//! dropped. The appearance of fields and annotations is kept.

mod copier;
mod keys;
mod objects;
mod stream;

use lopdf::{Dictionary, Document, Object};

use super::Unclean;
use crate::casework::documents::pdf::{self as reading, ReadError};
use crate::casework::file_kind::FileKind;
use copier::Copier;

const PDF: FileKind = FileKind::Pdf;
const DAMAGED: Unclean = Unclean::Damaged(PDF);
const TOO_COMPLEX: Unclean = Unclean::TooComplex(PDF);

/// Most objects of a copy.
const MAX_OBJECTS: usize = 300_000;
/// Most objects and keys that are copied: a report of 500 pages has about 200,000.
const MAX_COPIED: usize = 1_000_000;
/// Most bytes that all streams may unpack to.
const MAX_UNPACKED: usize = 1 << 30;

/// The rebuilt document, and the number of visible objects left out.
pub(super) fn clean(bytes: &[u8]) -> Result<(Vec<u8>, usize), Unclean> {
    let original = reading::read(bytes).map_err(|stop| match stop {
        ReadError::Broken => DAMAGED,
        ReadError::TooMuch => TOO_COMPLEX,
        ReadError::Locked => Unclean::Locked(PDF),
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
