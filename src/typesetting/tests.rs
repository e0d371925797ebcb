//! Any user input compiles and is printed unchanged; the same document gives the same bytes; the
//! bytes are PDF/A.

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::{
    Compiler, Document, LetterEnding, SignatureBlock, Signer, Template, Typesetter,
    VerificationLink, qr_svg,
};
use crate::certification::printed::samples;
use crate::complaint;

/// User input that could break a template.
const TYPED: [&str; 16] = [
    "#panic(\"ya\")",
    "$x^2$ dan $ sum_(i=0) $",
    "*tebal* _miring_ `kode`",
    "@ref <label> #import \"surat.typ\": *",
    "#read(\"/etc/passwd\") #json(\"data.json\")",
    "\\ \\\\ \\u{41} ~ -- --- ...",
    "= Judul\n- butir\n+ butir\n/ istilah: arti",
    "// komentar /* komentar */ https://contoh.example/?a=1&b=2#c",
    "\"kutip\" 'kutip' [kurung] {kurawal} (kurung)",
    "مرحبا بالعالم שלום עולם",
    "🙂👨‍👩‍👧‍👦🏴󠁧󠁢󠁥󠁮󠁧󠁿 नमस्ते 漢字",
    "\u{202e}terbalik\u{202c} \u{200b}\u{feff}\u{ad}",
    "\u{e000}\u{f8ff}\u{fffd}\u{fffe}\u{10ffff}",
    "e\u{301}\u{301}\u{301} Z\u{335}a\u{336}l\u{337}g\u{338}o",
    "baris\r\nbaris\rbaris\u{2028}baris\u{85}baris",
    "\t \u{a0}\u{3000} \u{0}\u{1}\u{7f}",
];

fn compiler() -> Compiler {
    Compiler::new().unwrap()
}

fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 7, 6).unwrap()
}

fn answer(subject: &str, text: &str, ending: &LetterEnding) -> Document {
    let body = json!({"complaint": "WBS-2026-7K3F9QX", "received": "6 Juli 2026", "subject": subject, "text": text, "title": "Kepala Balai"});
    Document::new(
        Template::Answer,
        "Surat Jawaban",
        day(),
        "R-1",
        ending,
        &body,
    )
    .unwrap()
}

fn text_of(pdf: &[u8]) -> String {
    let document = lopdf::Document::load_mem(pdf).unwrap();
    let pages: Vec<u32> = document.get_pages().into_keys().collect();
    document.extract_text(&pages).unwrap()
}

/// Removes spaces and line ends, which depend on where lines are broken.
fn squeezed(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace() && *c != '\u{200b}')
        .collect()
}

/// Replaces every string in the data of a document.
fn filled_with(value: &mut Value, typed: &str) {
    match value {
        Value::String(text) => typed.clone_into(text),
        Value::Array(items) => items.iter_mut().for_each(|item| filled_with(item, typed)),
        Value::Object(members) => members
            .values_mut()
            .for_each(|member| filled_with(member, typed)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn every_sample() -> Vec<(&'static str, Document)> {
    let realization = (
        "realisasi",
        crate::reporting::realization::specimens::letter().unwrap(),
    );
    samples::all()
        .unwrap()
        .into_iter()
        .chain(complaint::printed::samples::all().unwrap())
        .chain([realization])
        .collect()
}

#[test]
fn every_sample_is_set_as_tagged_pdf_a_with_its_typeface_in_it() {
    let compiler = compiler();
    for (name, document) in every_sample() {
        let pdf = compiler.compile(&document).unwrap();
        let document = lopdf::Document::load_mem(&pdf).unwrap();
        let text = String::from_utf8_lossy(&pdf);
        assert!(text.starts_with("%PDF-1.7"), "{name}");
        let catalog = document.catalog().unwrap();
        for entry in [
            &b"OutputIntents"[..],
            b"MarkInfo",
            b"StructTreeRoot",
            b"Metadata",
            b"Lang",
        ] {
            assert!(
                catalog.has(entry),
                "{name} has no {}",
                String::from_utf8_lossy(entry)
            );
        }
        let fonts = document
            .objects
            .values()
            .filter_map(|object| object.as_dict().ok())
            .filter(|one| one.has_type(b"FontDescriptor"));
        assert!(
            fonts.clone().count() > 0
                && fonts
                    .into_iter()
                    .all(|font| font.has(b"FontFile2") || font.has(b"FontFile3")),
            "{name}"
        );
        assert!(text.contains("<pdfaid:part>2</pdfaid:part>"), "{name}");
        assert!(
            document.trailer.get(b"ID").is_ok() && document.trailer.get(b"Encrypt").is_err(),
            "{name}"
        );
    }
}

#[test]
fn the_same_paper_gives_the_same_bytes_and_another_gives_others() {
    let (one, other) = (compiler(), compiler());
    for (name, document) in every_sample() {
        assert!(
            one.compile(&document).unwrap() == other.compile(&document).unwrap(),
            "{name}"
        );
    }
    assert_ne!(
        one.compile(&samples::letter(1).unwrap()).unwrap(),
        one.compile(&samples::letter(2).unwrap()).unwrap()
    );
}

#[test]
fn what_somebody_types_stands_on_the_paper_and_is_never_read_as_markup() {
    let compiler = compiler();
    for typed in &TYPED[..9] {
        let pdf = compiler
            .compile(&answer("Jawaban", typed, &LetterEnding::Draft))
            .unwrap();
        let text = squeezed(&text_of(&pdf));
        for line in typed.lines() {
            assert!(text.contains(&squeezed(line)), "{typed}: {text}");
        }
    }
}

#[test]
fn every_field_of_every_paper_takes_whatever_somebody_types() {
    let compiler = compiler();
    let everything = TYPED.join("\n");
    for (name, mut document) in every_sample() {
        for typed in [everything.as_str(), TYPED[0], TYPED[12]] {
            filled_with(&mut document.data["body"], typed);
            typed.clone_into(&mut document.title);
            document.data["title"] = json!(typed);
            assert!(compiler.compile(&document).is_ok(), "{name}: {typed:?}");
        }
    }
}

#[test]
fn five_thousand_characters_in_a_field_are_set_over_as_many_pages_as_it_takes() {
    let compiler = compiler();
    let long = [
        "x".repeat(5_000),
        "kata ".repeat(1_000),
        "baris\n".repeat(800),
        "🙂".repeat(5_000),
    ];
    for typed in &long {
        let pdf = compiler
            .compile(&answer(
                &typed[..typed.len().min(200) / 4 * 4],
                typed,
                &LetterEnding::Draft,
            ))
            .unwrap();
        assert!(
            squeezed(&text_of(&pdf)).contains("Demikian"),
            "the letter goes on to its end"
        );
    }
    // Fill every field at once.
    for (name, mut document) in every_sample() {
        filled_with(&mut document.data["body"], &"panjang-sekali ".repeat(70));
        assert!(compiler.compile(&document).is_ok(), "{name}");
    }
}

#[test]
fn no_word_runs_over_the_edge_of_the_page() {
    let compiler = compiler();
    let pdf = compiler
        .compile(&answer("Jawaban", &"x".repeat(600), &LetterEnding::Draft))
        .unwrap();
    // An unbroken line would be one run of 600 letters; broken, it is many runs.
    assert!(
        text_of(&pdf)
            .lines()
            .all(|line| line.chars().filter(|c| *c == 'x').count() < 120)
    );
}

#[test]
fn a_draft_says_konsep_on_each_page_and_a_signed_letter_says_who_signed() {
    let compiler = compiler();
    let long = "Kalimat yang cukup panjang untuk memenuhi halaman. ".repeat(90);
    let draft = text_of(
        &compiler
            .compile(&answer("Jawaban", &long, &LetterEnding::Draft))
            .unwrap(),
    );
    assert!(
        draft.matches("KONSEP").count() >= 2
            && draft.contains("Halaman 1 dari")
            && draft.contains("belum ditandatangani"),
        "{draft}"
    );
    let url = "https://layanan.example.go.id/v/7K3F9QX2";
    let signer = Signer {
        nip: Some("19700101 199503 2 001".to_owned()),
        ..Signer::on_behalf_of("Kepala Balai", "Ketua Tim SS", "Dra. Ratna Wulandari")
    };
    let verification = Some(VerificationLink {
        url: url.to_owned(),
        qr: qr_svg(url).unwrap(),
    });
    let end = SignatureBlock {
        number: "R/4TZ8MQW/BSKJI/BSPJI-Palembang/VII/2026".to_owned(),
        date: day(),
        signer,
        verification,
    };
    let letter = squeezed(&text_of(
        &compiler
            .compile(&answer(
                "Jawaban",
                "Isi.",
                &LetterEnding::Signed(Box::new(end)),
            ))
            .unwrap(),
    ));
    for told in [
        "R/4TZ8MQW/BSKJI/BSPJI-Palembang/VII/2026",
        "a.n.KepalaBalai",
        "KetuaTimSS",
        "Dra.RatnaWulandari",
        "NIP197001011995032001",
        url,
        "Ditandatanganisecaraelektronik",
    ] {
        assert!(letter.contains(told), "{told}: {letter}");
    }
    assert!(!letter.contains("KONSEP"));
}

#[test]
fn a_fault_in_a_form_names_its_place_and_not_what_was_written() {
    let broken = Compiler::with_templates(|name| {
        (name == "jawaban.typ")
            .then(|| "#let d = json(\"data.json\")\n#panic(d.body.text)".to_owned())
    })
    .unwrap();
    let error = broken
        .compile(&answer("Jawaban", "rahasia sekali", &LetterEnding::Draft))
        .unwrap_err();
    assert_eq!(error.locations, ["jawaban.typ:2"]);
    assert!(!format!("{error} {error:?}").contains("rahasia"));
    // The compiler still works after an error.
    assert!(broken.compile(&samples::letter(1).unwrap()).is_ok());
}

#[test]
fn a_form_reaches_no_file_and_no_package() {
    for reach in [
        "#read(\"/etc/hostname\")",
        "#read(\"../Cargo.toml\")",
        "#import \"@preview/example:0.1.0\": *",
        "#image(\"x.png\")",
        "#plugin(\"x.wasm\")",
    ] {
        let compiler =
            Compiler::with_templates(|name| (name == "jawaban.typ").then(|| reach.to_owned()))
                .unwrap();
        assert!(
            compiler
                .compile(&answer("Jawaban", "Isi.", &LetterEnding::Draft))
                .is_err(),
            "{reach}"
        );
    }
}

#[actix_web::test]
async fn many_at_once_are_set_one_after_the_other_and_too_many_are_told_to_come_back() {
    let typesetter = Typesetter::new(1).unwrap();
    let documents = (0..80).map(|i| {
        typesetter.typeset(answer(
            "Jawaban",
            &format!("Isi {i}."),
            &LetterEnding::Draft,
        ))
    });
    let set = futures_util::future::join_all(documents).await;
    let (fine, refused): (Vec<_>, Vec<_>) = set.into_iter().partition(Result::is_ok);
    assert_eq!(fine.len(), 65, "one in hand and 64 waiting");
    assert!(
        refused
            .into_iter()
            .all(|one| one.is_err_and(|error| error.code() == Some(crate::error::Code::Busy)))
    );
}
