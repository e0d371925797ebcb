//! Small files that would keep the cleaner busy without limit: each is refused when a budget is
//! spent.

use lopdf::{Dictionary, Document, Object, ObjectId, Stream, dictionary};

use super::inflate::{Wrapping, deflate};
use super::planted::{self, chunk};
use super::{Unclean, clean, office, png};
use crate::casework::file_kind::FileKind;

const TOO_COMPLEX: Unclean = Unclean::TooComplex(FileKind::Pdf);

fn saved(mut document: Document) -> Vec<u8> {
    let mut file = Vec::new();
    document.save_to(&mut file).unwrap();
    file
}

fn on_the_first_page(document: &mut Document, key: &str, value: impl Into<Object>) {
    let page = document.get_pages()[&1];
    document.get_dictionary_mut(page).unwrap().set(key, value);
}

/// A file with `levels` objects below a colour space, each referring twice to the next. Texts of
/// colour spaces are kept.
fn doubling(levels: usize) -> Vec<u8> {
    let mut document = planted::pdf_document();
    let last = document.add_object(Object::Array(vec![0.into(), 0.into()]));
    let first = (1..levels).fold(last, |next, _| {
        document.add_object(Object::Array(vec![next.into(), next.into()]))
    });
    let palette = Object::Array(vec!["Indexed".into(), first.into(), first.into()]);
    on_the_first_page(
        &mut document,
        "Resources",
        dictionary! { "ColorSpace" => dictionary! { "C" => palette } },
    );
    saved(document)
}

#[test]
fn references_that_double_at_every_level_are_not_copied_without_end() {
    let small = doubling(30);
    assert!(small.len() < 8 << 10, "it is a small file");
    assert_eq!(clean(&small), Err(TOO_COMPLEX));
    assert!(
        clean(&doubling(8)).is_ok(),
        "some levels are nothing unusual"
    );
}

#[test]
fn parameters_of_filters_are_not_copied_without_end() {
    let mut document = planted::pdf_document();
    let wide = |next: Object| {
        (0..32)
            .map(|number| (format!("K{number}").into_bytes(), next.clone()))
            .collect::<Dictionary>()
    };
    let parameters = (0..4).fold(Object::Integer(1), |next, _| {
        Object::from(document.add_object(wide(next)))
    });
    let contents: Vec<Object> = (0..8)
        .map(|_| {
            Stream::new(
                dictionary! { "DecodeParms" => parameters.clone() },
                b"BT ET".to_vec(),
            )
        })
        .map(|stream| document.add_object(stream).into())
        .collect();
    on_the_first_page(&mut document, "Contents", contents);
    assert_eq!(clean(&saved(document)), Err(TOO_COMPLEX));
}

#[test]
fn notes_that_every_page_shares_are_counted_for_every_page() {
    let mut document = planted::pdf_document();
    let popup = document.add_object(
        dictionary! { "Type" => "Annot", "Subtype" => "Popup", "Rect" => vec![0.into(); 4] },
    );
    let notes = document.add_object(vec![Object::from(popup); 2_000]);
    let pages: ObjectId = document
        .catalog()
        .unwrap()
        .get(b"Pages")
        .unwrap()
        .as_reference()
        .unwrap();
    let page = |document: &mut Document| {
        document
            .add_object(dictionary! { "Type" => "Page", "Parent" => pages, "Annots" => notes })
            .into()
    };
    let kids: Vec<Object> = (0..600).map(|_| page(&mut document)).collect();
    document
        .get_dictionary_mut(pages)
        .unwrap()
        .set("Kids", kids);
    assert_eq!(clean(&saved(document)), Err(TOO_COMPLEX));
}

#[test]
fn a_long_text_that_many_refer_to_is_counted_for_each_of_them() {
    let mut document = planted::pdf_document();
    let long = document.add_object(Object::string_literal("a".repeat(1 << 20)));
    let states = (0..100)
        .map(|number| {
            (
                format!("G{number}").into_bytes(),
                dictionary! { "Name" => long }.into(),
            )
        })
        .collect::<Dictionary>();
    on_the_first_page(
        &mut document,
        "Resources",
        dictionary! { "ExtGState" => states },
    );
    assert_eq!(clean(&saved(document)), Err(TOO_COMPLEX));
}

fn comments(authors: impl Iterator<Item = String>, text: &str) -> Vec<u8> {
    let authors: String = authors
        .flat_map(|name| ["<author>".to_owned(), name, "</author>".to_owned()])
        .collect();
    planted::commented(&format!(
        "<comments><authors>{authors}</authors><commentList><comment><t>{text}</t></comment></commentList></comments>"
    ))
}

#[test]
fn comments_are_not_searched_for_any_number_of_authors() {
    let too_complex = Err(Unclean::TooComplex(FileKind::Xlsx));
    let people = |number: usize| (0..number).map(|number| format!("Orang {number}"));
    assert_eq!(
        clean(&comments(people(2_000), "curiga")),
        too_complex,
        "more than ever comment"
    );
    assert_eq!(
        clean(&comments(people(900), &"curiga".repeat(120_000))),
        too_complex,
        "many in a long text"
    );
    let copy = clean(&comments(
        (0..50_000).map(|_| "Orang 1".to_owned()),
        "Orang 1: curiga",
    ))
    .unwrap();
    assert!(
        String::from_utf8_lossy(&planted::unpacked(&copy.bytes)).contains("-: curiga"),
        "the same one is looked for once"
    );
    let copy = clean(&comments(
        ["Orang 1".to_owned(), "Orang 12".to_owned()].into_iter(),
        "Orang 12: curiga",
    ))
    .unwrap();
    assert!(
        String::from_utf8_lossy(&planted::unpacked(&copy.bytes)).contains(">-: curiga"),
        "of names within names the longest goes"
    );
}

/// A picture of `pixels` black pixels in a row.
fn row(pixels: u16) -> Vec<u8> {
    let head = [
        &[0, 0],
        &pixels.to_be_bytes()[..],
        b"\0\0\0\x01\x08\0\0\0\0",
    ]
    .concat();
    let line = deflate(&vec![0; usize::from(pixels) + 1], Wrapping::Zlib);
    [
        b"\x89PNG\r\n\x1a\n".to_vec(),
        chunk(b"IHDR", &head),
        chunk(b"IDAT", &line),
        chunk(b"IEND", b""),
    ]
    .concat()
}

#[test]
fn pictures_of_a_letter_share_what_they_may_unpack_to() {
    let mut left = 2_500;
    assert!(png::clean_within(&row(999), &mut left).is_ok());
    assert_eq!(left, 1_500, "what it unpacked to is taken");
    assert!(png::clean_within(&row(999), &mut left).is_ok());
    assert_eq!(
        (png::clean_within(&row(999), &mut left), left),
        (Err(Unclean::TooComplex(FileKind::Png)), 0)
    );
    let album = planted::album(&[row(999), row(999), row(999)]);
    assert_eq!(
        office::clean_within(&album, FileKind::Docx, 2_500),
        Err(Unclean::TooComplex(FileKind::Docx))
    );
    assert_eq!(
        office::clean_within(&album, FileKind::Docx, 3_000).map(|(_, left_out)| left_out),
        Ok(0)
    );
}
