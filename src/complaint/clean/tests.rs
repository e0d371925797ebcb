//! Tests of the clean copies.

use lopdf::{Document, Object};
use proptest::prelude::*;

use super::office::parts_of;
use super::planted::{self, EVIDENCE, TRACE, chunk, traced, unpacked};
use super::{Unclean, clean};
use crate::casework::documents::content::examine;
use crate::casework::file_kind::FileKind;

fn every_kind() -> [(FileKind, Vec<u8>); 6] {
    [
        (FileKind::Jpeg, planted::jpeg()),
        (FileKind::Png, planted::png()),
        (FileKind::Pdf, planted::pdf(false)),
        (FileKind::Pdf, planted::pdf(true)),
        (FileKind::Docx, planted::docx()),
        (FileKind::Xlsx, planted::xlsx()),
    ]
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn part(file: &[u8], name: &str) -> String {
    parts_of(file)
        .into_iter()
        .find(|(found, _)| found == name)
        .map(|(_, content)| text(&content))
        .unwrap_or_default()
}

#[test]
fn nothing_of_the_reporter_is_in_a_copy_however_it_is_spelt_or_packed() {
    for (kind, file) in every_kind() {
        assert!(traced(&unpacked(&file)), "{kind}: the trace was planted");
        let copy = clean(&file).unwrap();
        assert_eq!(copy.kind, kind);
        assert!(!traced(&unpacked(&copy.bytes)), "{kind}");
    }
}

#[test]
fn a_copy_is_taken_for_what_it_is_and_copying_it_again_changes_nothing_of_its_kind() {
    for (kind, file) in every_kind() {
        let copy = clean(&file).unwrap();
        assert_eq!(examine(&copy.bytes), Ok(kind));
        assert_eq!(
            clean(&copy.bytes).unwrap().bytes.len(),
            copy.bytes.len(),
            "{kind}"
        );
        assert_eq!(
            clean(&file),
            Ok(copy),
            "{kind}: nothing in it depends on when it was made"
        );
    }
}

#[test]
fn a_photograph_keeps_its_picture_and_which_way_is_up_but_not_the_place() {
    let copy = clean(&planted::jpeg()).unwrap().bytes;
    let markers: Vec<u8> = copy
        .windows(2)
        .filter(|pair| pair[0] == 0xff && pair[1] != 0)
        .map(|pair| pair[1])
        .collect();
    assert_eq!(
        markers,
        [0xd8, 0xe1, 0xe0, 0xdb, 0xc0, 0xc4, 0xda, 0xd0, 0xd9]
    );
    let exif = copy
        .windows(6)
        .position(|window| window == b"Exif\0\0")
        .unwrap();
    assert_eq!(
        &copy[exif + 6..exif + 32],
        b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"
    );
    assert!(!text(&copy).contains("GPS"));
}

#[test]
fn a_picture_keeps_only_what_shows_it() {
    let copy = clean(&planted::png()).unwrap().bytes;
    let kinds = ["IHDR", "gAMA", "IDAT", "IEND"];
    let mut at = 8;
    for kind in kinds {
        let length =
            usize::try_from(u32::from_be_bytes(copy[at..at + 4].try_into().unwrap())).unwrap();
        assert_eq!(&copy[at + 4..at + 8], kind.as_bytes());
        at += 12 + length;
    }
    assert_eq!(at, copy.len());
}

#[test]
fn a_document_keeps_its_pages_what_they_show_and_what_notes_and_fields_say() {
    for modern in [false, true] {
        let copy = clean(&planted::pdf(modern)).unwrap();
        let document = Document::load_mem(&copy.bytes).unwrap();
        assert_eq!(document.get_pages().len(), 2);
        let all = text(&unpacked(&copy.bytes));
        for kept in [
            EVIDENCE,
            "Lihat tanggal",
            "Rp 5 juta",
            "DCTDecode",
            "Helvetica",
        ] {
            assert!(all.contains(kept), "{kept}");
        }
        for gone in [
            "JavaScript",
            "OpenAction",
            "EmbeddedFile",
            "Filespec",
            "Metadata",
            "Exif",
            "AcroForm",
            "Producer",
            "/ID",
            "/Info",
        ] {
            assert!(!all.contains(gone), "{gone}");
        }
        assert_eq!(copy.left_out, 2, "the attachment is pinned to both pages");
    }
}

#[test]
fn what_an_earlier_revision_of_a_document_said_is_not_in_the_copy() {
    let before = planted::pdf(false);
    let mut revised = lopdf::IncrementalDocument::create_from(
        before.clone(),
        Document::load_mem(&before).unwrap(),
    );
    let content = revised
        .get_prev_documents()
        .get_page_contents(*revised.get_prev_documents().get_pages().get(&1).unwrap())[0];
    revised.new_document.set_object(
        content,
        lopdf::Stream::new(lopdf::Dictionary::new(), b"BT (Lain) Tj ET".to_vec()),
    );
    let mut file = Vec::new();
    revised.save_to(&mut file).unwrap();
    assert!(text(&unpacked(&before)).contains(EVIDENCE) && file.len() > before.len());
    let all = text(&unpacked(&clean(&file).unwrap().bytes));
    assert!(all.contains("(Lain)") && !all.contains(EVIDENCE));
}

fn locked(user_password: &str) -> Vec<u8> {
    let mut document = planted::pdf_document();
    let version = lopdf::EncryptionVersion::V2 {
        document: &document,
        owner_password: "o",
        user_password,
        key_length: 128,
        permissions: lopdf::Permissions::empty(),
    };
    let state = lopdf::EncryptionState::try_from(version).unwrap();
    document.encrypt(&state).unwrap();
    let mut file = Vec::new();
    document.save_to(&mut file).unwrap();
    file
}

/// Row 28: a file that needs a password is refused; a file that opens without one is cleaned like
/// an unlocked document.
#[test]
fn a_locked_document_is_refused_as_such_and_one_that_opens_for_everybody_is_cleaned() {
    assert_eq!(
        clean(&locked("rahasia")),
        Err(Unclean::Locked(FileKind::Pdf))
    );
    let copy = clean(&locked("")).unwrap();
    let all = text(&unpacked(&copy.bytes));
    for kept in [
        EVIDENCE,
        "Lihat tanggal",
        "Rp 5 juta",
        "DCTDecode",
        "Helvetica",
    ] {
        assert!(all.contains(kept), "{kept}");
    }
    assert!(!traced(&unpacked(&copy.bytes)) && !all.contains("Encrypt"));
    assert_eq!(
        copy,
        clean(&planted::pdf(false)).unwrap(),
        "nothing tells that it was locked"
    );
}

/// Row 27: data that a phone, a scanner or a gateway added around a file stays in the sealed
/// original.
#[test]
fn what_stands_behind_a_file_is_taken_and_not_in_the_copy() {
    let movie = [
        b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom".as_slice(),
        TRACE.as_bytes(),
        &b"\x07".repeat(200_000),
    ]
    .concat();
    let notes = [
        b"\0\0\x01\x0aImage_UTC_Data".as_slice(),
        TRACE.as_bytes(),
        b"SEFHSEFT",
    ]
    .concat();
    for (kind, file) in every_kind()
        .into_iter()
        .filter(|(kind, _)| matches!(kind, FileKind::Jpeg | FileKind::Png))
    {
        let plain = clean(&file).unwrap();
        if kind == FileKind::Jpeg {
            let second = 4 + usize::from(u16::from_be_bytes([file[4], file[5]]));
            let stray = [&file[..second], b"\0\0stray\0", &file[second..]].concat();
            assert_eq!(
                clean(&stray),
                Ok(plain.clone()),
                "what stands between segments goes"
            );
        }
        for behind in [
            b"\r\n".as_slice(),
            b"\0\0\0\0",
            &movie,
            &notes,
            &planted::jpeg(),
        ] {
            assert_eq!(
                clean(&[file.as_slice(), behind].concat()),
                Ok(plain.clone()),
                "{kind}"
            );
        }
    }
    for modern in [false, true] {
        let (file, comment) = (
            planted::pdf(modern),
            format!("\n<!-- gateway: {} -->\n", TRACE.repeat(200)),
        );
        let plain = clean(&file).unwrap();
        for (before, behind) in [
            ("", "\r\n\r\n"),
            ("\r\n", ""),
            ("", comment.as_str()),
            ("\u{1b}%-12345X@PJL\r\n", "\u{1b}%-12345X"),
            ("", &"\0".repeat(9_000)),
        ] {
            assert_eq!(
                clean(&[before.as_bytes(), &file, behind.as_bytes()].concat()),
                Ok(plain.clone()),
                "{before:?}, modern {modern}"
            );
        }
    }
}

#[test]
fn a_letter_keeps_its_words_and_its_photograph_and_says_how_much_is_missing() {
    let copy = clean(&planted::docx()).unwrap();
    let document = part(&copy.bytes, "word/document.xml");
    for kept in [
        EVIDENCE,
        "&amp; saksi",
        "tetap",
        "tautan",
        "w:author=\"-\"",
        "<w:sectPr/>",
    ] {
        assert!(document.contains(kept), "{kept}: {document}");
    }
    for gone in [
        "rsid",
        "w:date",
        "paraId",
        "fldChar",
        "instr",
        "OLEObject",
        "rId9",
        "<!--",
        "<?php",
        "onclick",
    ] {
        assert!(!document.contains(gone), "{gone}: {document}");
    }
    assert!(part(&copy.bytes, "word/comments.xml").contains("lihat sini"));
    let names: Vec<String> = parts_of(&copy.bytes)
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    assert_eq!(
        names
            .iter()
            .filter(|name| name.starts_with("word/media/"))
            .count(),
        2
    );
    assert!(
        !names
            .iter()
            .any(|name| ["docprops", "customxml", "settings", "embeddings"]
                .iter()
                .any(|gone| name.contains(gone))),
        "{names:?}"
    );
    assert_eq!(
        copy.left_out, 2,
        "the drawing of another kind and the embedded sheet"
    );
}

#[test]
fn a_spreadsheet_keeps_what_its_formulas_came_to() {
    let copy = clean(&planted::xlsx()).unwrap().bytes;
    let sheet = part(&copy, "xl/worksheets/sheet1.xml");
    assert!(
        sheet.contains(EVIDENCE)
            && sheet.contains("<pageSetup orientation=\"portrait\"/>")
            && !sheet.contains("<f>"),
        "{sheet}"
    );
    let comments = part(&copy, "xl/comments1.xml");
    assert!(
        comments.contains("curiga") && comments.contains("<author></author>"),
        "{comments}"
    );
    assert!(part(&copy, "xl/workbook.xml").contains("name=\"Kas\""));
}

#[test]
fn every_part_of_a_letter_is_as_old_as_zip() {
    let copy = clean(&planted::docx()).unwrap().bytes;
    let heads = copy
        .windows(4)
        .enumerate()
        .filter(|(_, window)| *window == b"PK\x03\x04");
    assert!(heads.clone().count() > 4);
    for (at, _) in heads {
        assert_eq!(copy[at + 10..at + 14], [0, 0, 0x21, 0]);
    }
}

#[test]
fn what_is_none_of_our_kinds_is_refused_under_whatever_name() {
    for file in [
        "<!DOCTYPE html><script>alert(1)</script>",
        "<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>",
        "GIF89a;",
        "",
        "MZ",
    ] {
        assert!(
            matches!(clean(file.as_bytes()), Err(Unclean::NotAccepted(_))),
            "{file}"
        );
    }
}

#[test]
fn a_file_cut_off_anywhere_is_refused_or_clean() {
    for (kind, file) in every_kind() {
        for length in (0..file.len()).step_by(1 + file.len() / 60) {
            match clean(&file[..length]) {
                Ok(copy) => assert!(!traced(&unpacked(&copy.bytes)), "{kind} cut at {length}"),
                Err(Unclean::NotAccepted(_) | Unclean::Damaged(_) | Unclean::TooComplex(_)) => {}
                Err(other) => panic!("{kind} cut at {length}: {other:?}"),
            }
        }
    }
}

#[test]
fn what_hides_behind_or_within_another_kind_does_not_come_along() {
    let script = b"<script>alert(1)</script>";
    for (kind, file) in every_kind()
        .into_iter()
        .filter(|(kind, _)| matches!(kind, FileKind::Jpeg | FileKind::Png))
    {
        assert_eq!(
            clean(&[file.as_slice(), script].concat()),
            Err(Unclean::Damaged(kind))
        );
        assert_eq!(
            clean(&[file.as_slice(), &planted::docx()].concat()),
            Err(Unclean::Damaged(kind))
        );
    }
    let disguised = [planted::jpeg().as_slice(), script, b"\xff\xd9"].concat();
    assert_eq!(clean(&disguised), Err(Unclean::Damaged(FileKind::Jpeg)));
    let both = [b"\n".as_slice(), script, b"\n", &planted::pdf(false)].concat();
    assert!(clean(&both).is_err());
    let behind = clean(&[planted::pdf(false).as_slice(), script, b"\n%%EOF"].concat()).unwrap();
    assert!(!text(&behind.bytes).contains("script"));
}

#[test]
fn a_checksum_that_is_wrong_is_damage() {
    let mut file = planted::png();
    file[16] ^= 1;
    assert_eq!(clean(&file), Err(Unclean::Damaged(FileKind::Png)));
}

#[test]
fn bombs_are_refused_before_they_unpack() {
    assert_eq!(
        clean(&planted::letter(&" ".repeat(60 << 20))),
        Err(Unclean::TooComplex(FileKind::Docx))
    );
    let wide = [
        b"\x89PNG\r\n\x1a\n".to_vec(),
        chunk(b"IHDR", b"\0\xff\xff\xff\0\xff\xff\xff\x08\x06\0\0\0"),
        chunk(b"IDAT", b""),
        chunk(b"IEND", b""),
    ]
    .concat();
    assert_eq!(clean(&wide), Err(Unclean::TooComplex(FileKind::Png)));
    let zeros = super::inflate::deflate(
        &[b"2 0 [".as_slice(), &b"0 ".repeat(4 << 20), b"]"].concat(),
        super::inflate::Wrapping::Zlib,
    );
    for name in ["ObjStm", "Obj#53tm", "#4f#62#6aStm"] {
        let head = format!(
            "%PDF-1.5\n1 0 obj<</Type/{name}/N 1/First 4/Filter/FlateDecode/Length {}>>stream\n",
            zeros.len()
        );
        let file = [head.as_bytes(), &zeros, b"\nendstream endobj\n%%EOF\n"].concat();
        assert_eq!(
            clean(&file),
            Err(Unclean::TooComplex(FileKind::Pdf)),
            "{name}"
        );
    }
    let nested = ["%PDF-1.4\n1 0 obj", &"[".repeat(3_000_000), "\n%%EOF\n"].concat();
    assert_eq!(
        clean(nested.as_bytes()),
        Err(Unclean::TooComplex(FileKind::Pdf))
    );
}

#[test]
fn containers_within_containers_do_not_exhaust_the_stack() {
    let mut document = planted::pdf_document();
    let deep = (0..90).fold(Object::Null, |within, _| Object::Array(vec![within]));
    let deep = document.add_object(lopdf::dictionary! { "Type" => "ExtGState", "Deep" => deep });
    let page = *document.get_pages().get(&1).unwrap();
    let resources = lopdf::dictionary! { "ExtGState" => lopdf::dictionary! { "G" => deep } };
    document
        .get_dictionary_mut(page)
        .unwrap()
        .set("Resources", resources);
    let mut file = Vec::new();
    document.save_to(&mut file).unwrap();
    assert!(matches!(
        clean(&file),
        Ok(_) | Err(Unclean::Damaged(_) | Unclean::TooComplex(_))
    ));
    let deep = planted::letter(&["<w:p>".repeat(5_000), "</w:p>".repeat(5_000)].concat());
    assert_eq!(clean(&deep), Err(Unclean::TooComplex(FileKind::Docx)));
    let entity = planted::letter("<!DOCTYPE x [<!ENTITY a \"b\">]><w:p>&a;</w:p>");
    assert_eq!(clean(&entity), Err(Unclean::Damaged(FileKind::Docx)));
}

#[test]
fn macros_are_refused() {
    let with_macros = super::office::archive_of(
        &[
            ("[Content_Types].xml", "<Types/>"),
            ("word/document.xml", "<x/>"),
            ("word/vbaProject.bin", "x"),
        ]
        .map(|(name, content)| (name.to_owned(), content.as_bytes().to_vec()))
        .into(),
    );
    assert_eq!(clean(&with_macros), Err(Unclean::Macros));
}

#[test]
fn every_refusal_says_in_two_languages_what_to_do() {
    let refusals = [
        Unclean::NotAccepted("text/html"),
        Unclean::Macros,
        Unclean::Damaged(FileKind::Pdf),
        Unclean::Locked(FileKind::Pdf),
        Unclean::TooComplex(FileKind::Pdf),
    ];
    for refusal in refusals {
        assert!(refusal.text().id.contains("Simpan") || refusal.text().id.contains("Cetak"));
        assert!(refusal.text().en.contains("ave it") || refusal.text().en.contains("Print"));
        let status = refusal.refusal("/attachment").code().unwrap().row().status;
        assert_eq!(
            status,
            if matches!(refusal, Unclean::NotAccepted(_) | Unclean::Macros) {
                415
            } else {
                422
            }
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn no_bytes_make_it_stumble(start in 0_usize..5, bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let start: &[u8] = [b"%PDF-1.4\n".as_slice(), b"PK\x03\x04", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b""][start];
        for end in [b"\n%%EOF\n".as_slice(), b"\xff\xd9", b"\0\0\0\0IEND\xae\x42\x60\x82"] {
            let _ = clean(&[start, &bytes, end].concat());
        }
    }

    #[test]
    fn no_change_to_a_file_makes_it_stumble_or_lets_a_photographs_traces_through(which in 0_usize..6, changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
        let (kind, mut file) = every_kind()[which].clone();
        for (at, byte) in changes {
            let at = at.index(file.len());
            file[at] = byte;
        }
        if let Ok(copy) = clean(&file) {
            prop_assert!(kind != FileKind::Png || !text(&copy.bytes).contains(TRACE));
        }
    }
}
