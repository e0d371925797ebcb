//! The PDF around a signature: an incremental update that leaves every byte of the letter where it was, and adds a signature field with a gap in it for the
//! signature, which covers everything but the gap (ISO 32000-1, 12.8.1).

use std::ops::Range;

use chrono::{DateTime, Utc};
use lopdf::{
    Dictionary, Document, IncrementalDocument, Object, ObjectId, StringFormat, dictionary,
};

use crate::error::{Error, Result};
use crate::gateways::signing::Order;
use crate::sop::working_time::WIB;

/// Room for the signature, in bytes: two certificates and a signature take two thousand.
const ROOM: usize = 8 << 10;
/// A number that is written out as wide as the largest that may take its place.
const WIDE: i64 = 9_999_999_999;
/// What stands in the gap before the signature does: a filled string no letter holds by chance.
const BEFORE: &[u8] = b"/ByteRange[";

/// A PDF with the gap in it.
pub struct Opened {
    bytes: Vec<u8>,
    gap: Range<usize>,
}

impl Opened {
    /// The letter with the field for its signature.
    ///
    /// # Errors
    /// Our own fault when it is no PDF that can be appended to.
    pub fn of(order: &Order) -> Result<Self> {
        let letter = Document::load_mem(&order.pdf).map_err(Error::internal)?;
        let root = letter
            .trailer
            .get(b"Root")
            .and_then(Object::as_reference)
            .map_err(Error::internal)?;
        let page = *letter
            .get_pages()
            .get(&1)
            .ok_or_else(|| Error::internal("a letter has no page"))?;
        let mut update = IncrementalDocument::create_from(order.pdf.clone(), letter);
        add_field(&mut update, root, page, order)?;
        let mut bytes = Vec::with_capacity(order.pdf.len() + 3 * ROOM);
        update.save_to(&mut bytes).map_err(Error::internal)?;
        Self::with_range(bytes, order.pdf.len())
    }

    /// Finds the gap and writes down what is covered.
    fn with_range(mut bytes: Vec<u8>, letter: usize) -> Result<Self> {
        let amiss = || Error::internal("the gap for a signature is not where it was put");
        let hole = format!("<{}>", "0".repeat(2 * ROOM));
        let start = find(&bytes[letter..], hole.as_bytes()).ok_or_else(amiss)? + letter;
        let gap = start..start + hole.len();
        let range = find(&bytes[letter..], BEFORE).ok_or_else(amiss)? + letter + BEFORE.len();
        let end = find(&bytes[range..], b"]").ok_or_else(amiss)? + range;
        let said = format!("0 {} {} {}", gap.start, gap.end, bytes.len() - gap.end);
        let width = end - range;
        if said.len() > width || gap.contains(&range) {
            return Err(amiss());
        }
        bytes[range..end].copy_from_slice(format!("{said:width$}").as_bytes());
        Ok(Self { bytes, gap })
    }

    /// Every byte but the gap.
    #[must_use]
    pub fn covered(&self) -> Vec<u8> {
        [&self.bytes[..self.gap.start], &self.bytes[self.gap.end..]].concat()
    }

    /// The PDF with `signature` in the gap.
    ///
    /// # Errors
    /// Our own fault when it does not fit.
    pub fn close(mut self, signature: &[u8]) -> Result<Vec<u8>> {
        let digits = hex::encode(signature);
        if digits.len() > 2 * ROOM {
            return Err(Error::internal(
                "a signature is larger than the room for it",
            ));
        }
        let start = self.gap.start + 1;
        self.bytes[start..start + digits.len()].copy_from_slice(digits.as_bytes());
        Ok(self.bytes)
    }
}

/// Adds the signature, its invisible field on the first page, and the form that holds it.
fn add_field(
    update: &mut IncrementalDocument,
    root: ObjectId,
    page: ObjectId,
    order: &Order,
) -> Result<()> {
    for changed in [root, page] {
        update
            .opt_clone_object_to_new_document(changed)
            .map_err(Error::internal)?;
    }
    let annotations = annotations(update, page)?;
    let document = &mut update.new_document;
    let signature = document.add_object(signature(order));
    let field = document.add_object(dictionary! {
        "Type" => "Annot", "Subtype" => "Widget", "FT" => "Sig", "T" => text("Signature1"), "V" => signature, "P" => page,
        "Rect" => vec![0.into(), 0.into(), 0.into(), 0.into()],
        // Printed, and locked.
        "F" => 132,
    });
    let on_page = document
        .get_object_mut(page)
        .and_then(Object::as_dict_mut)
        .map_err(Error::internal)?;
    on_page.set("Annots", [annotations, vec![field.into()]].concat());
    let catalog = document
        .get_object_mut(root)
        .and_then(Object::as_dict_mut)
        .map_err(Error::internal)?;
    // Signatures exist, and whoever changes the file must append.
    catalog.set(
        "AcroForm",
        dictionary! { "Fields" => vec![field.into()], "SigFlags" => 3 },
    );
    Ok(())
}

/// What is on the page already, such as links.
fn annotations(update: &IncrementalDocument, page: ObjectId) -> Result<Vec<Object>> {
    let letter = update.get_prev_documents();
    let page = letter.get_dictionary(page).map_err(Error::internal)?;
    let Ok(annotations) = page.get(b"Annots") else {
        return Ok(Vec::new());
    };
    let (_, annotations) = letter.dereference(annotations).map_err(Error::internal)?;
    annotations.as_array().cloned().map_err(Error::internal)
}

fn signature(order: &Order) -> Dictionary {
    dictionary! {
        "Type" => "Sig", "Filter" => "Adobe.PPKLite", "SubFilter" => "ETSI.CAdES.detached",
        "ByteRange" => vec![0.into(), WIDE.into(), WIDE.into(), WIDE.into()],
        "Contents" => Object::String(vec![0; ROOM], StringFormat::Hexadecimal),
        "M" => text(&moment(order.at)), "Name" => text(&order.name), "Reason" => text(&order.reason),
        "Location" => text(&order.place), "ContactInfo" => text(&order.check_at),
    }
}

/// A text string: as it is when it is plain, else UTF-16 with its mark.
fn text(text: &str) -> Object {
    if text.is_ascii() {
        return Object::String(text.as_bytes().to_vec(), StringFormat::Literal);
    }
    let units = text.encode_utf16().flat_map(u16::to_be_bytes);
    Object::String(
        [0xfe, 0xff].into_iter().chain(units).collect(),
        StringFormat::Hexadecimal,
    )
}

fn moment(at: DateTime<Utc>) -> String {
    at.with_timezone(&WIB)
        .format("D:%Y%m%d%H%M%S+07'00'")
        .to_string()
}

fn find(within: &[u8], what: &[u8]) -> Option<usize> {
    within.windows(what.len()).position(|window| window == what)
}
