//! Embeds a signature in a PDF. An incremental update keeps every byte of the letter and appends a
//! signature field with a gap; the signature in the gap covers every other byte (ISO 32000-1,
//! 12.8.1).

use std::ops::Range;

use chrono::{DateTime, Utc};
use lopdf::{
    Dictionary, Document, IncrementalDocument, Object, ObjectId, StringFormat, dictionary,
};

use crate::error::{Error, Result};
use crate::gateways::signing::SignatureRequest;
use crate::sop::working_time::WIB;

/// Space for the signature in bytes. Two certificates and a signature take about two thousand.
const SIGNATURE_SPACE: usize = 8 << 10;
/// Placeholder in the byte range: as wide as the largest number that may replace it.
const RANGE_PLACEHOLDER: i64 = 9_999_999_999;
/// Start of the byte range in the update.
const BYTE_RANGE: &[u8] = b"/ByteRange[";

/// A PDF with a gap for the signature.
pub struct PreparedPdf {
    bytes: Vec<u8>,
    gap: Range<usize>,
}

impl PreparedPdf {
    /// Appends the signature field to the letter.
    ///
    /// # Errors
    /// An internal error when the PDF cannot be updated.
    pub fn prepare(signature_request: &SignatureRequest) -> Result<Self> {
        let letter = Document::load_mem(&signature_request.pdf).map_err(Error::internal)?;
        let root = letter
            .trailer
            .get(b"Root")
            .and_then(Object::as_reference)
            .map_err(Error::internal)?;
        let page = *letter
            .get_pages()
            .get(&1)
            .ok_or_else(|| Error::internal("a letter has no page"))?;
        let mut update = IncrementalDocument::create_from(signature_request.pdf.clone(), letter);
        add_field(&mut update, root, page, signature_request)?;
        let mut bytes = Vec::with_capacity(signature_request.pdf.len() + 3 * SIGNATURE_SPACE);
        update.save_to(&mut bytes).map_err(Error::internal)?;
        Self::with_range(bytes, signature_request.pdf.len())
    }

    /// Finds the gap and writes the byte range.
    fn with_range(mut bytes: Vec<u8>, letter: usize) -> Result<Self> {
        let amiss = || Error::internal("the gap for a signature was not found");
        let hole = format!("<{}>", "0".repeat(2 * SIGNATURE_SPACE));
        let start = find(&bytes[letter..], hole.as_bytes()).ok_or_else(amiss)? + letter;
        let gap = start..start + hole.len();
        let range =
            find(&bytes[letter..], BYTE_RANGE).ok_or_else(amiss)? + letter + BYTE_RANGE.len();
        let end = find(&bytes[range..], b"]").ok_or_else(amiss)? + range;
        let said = format!("0 {} {} {}", gap.start, gap.end, bytes.len() - gap.end);
        let width = end - range;
        if said.len() > width || gap.contains(&range) {
            return Err(amiss());
        }
        bytes[range..end].copy_from_slice(format!("{said:width$}").as_bytes());
        Ok(Self { bytes, gap })
    }

    /// The signed bytes: everything but the gap.
    pub fn signed_bytes(&self) -> Vec<u8> {
        [&self.bytes[..self.gap.start], &self.bytes[self.gap.end..]].concat()
    }

    /// The PDF with `signature` in the gap.
    ///
    /// # Errors
    /// An internal error when the signature does not fit.
    pub fn embed(mut self, signature: &[u8]) -> Result<Vec<u8>> {
        let digits = hex::encode(signature);
        if digits.len() > 2 * SIGNATURE_SPACE {
            return Err(Error::internal(
                "a signature is larger than the space for it",
            ));
        }
        let start = self.gap.start + 1;
        self.bytes[start..start + digits.len()].copy_from_slice(digits.as_bytes());
        Ok(self.bytes)
    }
}

/// Adds the signature, an invisible field on the first page, and the form that holds the field.
fn add_field(
    update: &mut IncrementalDocument,
    root: ObjectId,
    page: ObjectId,
    signature_request: &SignatureRequest,
) -> Result<()> {
    for changed in [root, page] {
        update
            .opt_clone_object_to_new_document(changed)
            .map_err(Error::internal)?;
    }
    let annotations = annotations(update, page)?;
    let document = &mut update.new_document;
    let signature = document.add_object(signature(signature_request));
    let field = document.add_object(dictionary! {
        "Type" => "Annot", "Subtype" => "Widget", "FT" => "Sig", "T" => text("Signature1"), "V" => signature, "P" => page,
        "Rect" => vec![0.into(), 0.into(), 0.into(), 0.into()],
        // Flags: Print and Locked.
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
    // Flags: SignaturesExist and AppendOnly.
    catalog.set(
        "AcroForm",
        dictionary! { "Fields" => vec![field.into()], "SigFlags" => 3 },
    );
    Ok(())
}

/// The annotations that the page already has, such as links.
fn annotations(update: &IncrementalDocument, page: ObjectId) -> Result<Vec<Object>> {
    let letter = update.get_prev_documents();
    let page = letter.get_dictionary(page).map_err(Error::internal)?;
    let Ok(annotations) = page.get(b"Annots") else {
        return Ok(Vec::new());
    };
    let (_, annotations) = letter.dereference(annotations).map_err(Error::internal)?;
    annotations.as_array().cloned().map_err(Error::internal)
}

fn signature(signature_request: &SignatureRequest) -> Dictionary {
    dictionary! {
        "Type" => "Sig", "Filter" => "Adobe.PPKLite", "SubFilter" => "ETSI.CAdES.detached",
        "ByteRange" => vec![0.into(), RANGE_PLACEHOLDER.into(), RANGE_PLACEHOLDER.into(), RANGE_PLACEHOLDER.into()],
        "Contents" => Object::String(vec![0; SIGNATURE_SPACE], StringFormat::Hexadecimal),
        "M" => text(&pdf_date(signature_request.at)), "Name" => text(&signature_request.name), "Reason" => text(&signature_request.reason),
        "Location" => text(&signature_request.place), "ContactInfo" => text(&signature_request.verify_url),
    }
}

/// A PDF text string: ASCII as it is, other text as UTF-16 with a byte order mark.
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

fn pdf_date(at: DateTime<Utc>) -> String {
    at.with_timezone(&WIB)
        .format("D:%Y%m%d%H%M%S+07'00'")
        .to_string()
}

fn find(within: &[u8], what: &[u8]) -> Option<usize> {
    within.windows(what.len()).position(|window| window == what)
}
