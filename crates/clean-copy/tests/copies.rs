//! The program as the service starts it: honest files are legible and without traces, hostile ones
//! cost their own program and nothing else.
#![expect(clippy::unwrap_used, reason = "the helpers of a test fail with it")]

mod samples;

use std::io::ErrorKind;

use clean_copy::{CleanCopy, Effort, Failure, SourceKind, Starter};
use hayro::hayro_interpret::InterpreterSettings;
use hayro::hayro_syntax::Pdf;
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::{RenderCache, RenderSettings};
use image::ImageFormat;
use samples::*;

const TRACE: &str = "Budi-Santoso-pelapor";

fn starter() -> Starter {
    Starter::new(env!("CARGO_BIN_EXE_clean-copy").into())
}

async fn make(kind: SourceKind, file: &[u8]) -> Result<CleanCopy, Failure> {
    let mut outcome = make_with(kind, file, Effort::First).await;
    if outcome == Err(Failure::TooComplex) {
        outcome = make_with(kind, file, Effort::Last).await;
    }
    outcome
}

/// Tries again where the machine has no time, as the service does.
async fn make_with(kind: SourceKind, file: &[u8], effort: Effort) -> Result<CleanCopy, Failure> {
    loop {
        match starter().make(kind, file, effort).await {
            Ok(outcome) => return outcome,
            Err(error) => assert_eq!(error.kind(), ErrorKind::TimedOut, "{error}"),
        }
    }
}

/// Everything in a copy, its streams unpacked.
fn unpacked(copy: &CleanCopy) -> Vec<u8> {
    let pdf = Pdf::new(copy.pdf.clone()).unwrap();
    let mut all = copy.pdf.clone();
    for object in pdf.objects() {
        if let hayro::hayro_syntax::object::Object::Stream(stream) = object {
            all.extend(stream.decoded().unwrap_or_default().iter());
        }
    }
    all
}

fn assert_clean(copy: &CleanCopy) {
    let all = unpacked(copy);
    let holds = |word: &[u8]| all.windows(word.len()).any(|window| window == word);
    for word in [
        TRACE,
        "Exif",
        "CreationDate",
        "ModDate",
        "Producer",
        "Author",
        "Metadata",
        "ActualText",
    ] {
        assert!(!holds(word.as_bytes()), "{word}");
    }
    assert!(!copy.text.contains(TRACE), "{}", copy.text);
}

/// The pixels of the first page of a copy, at 72 dots per inch: width, height, red, green, blue.
fn pixels(copy: &CleanCopy) -> (usize, usize, Vec<[u8; 3]>) {
    let pdf = Pdf::new(copy.pdf.clone()).unwrap();
    let settings = RenderSettings {
        bg_color: WHITE,
        ..RenderSettings::default()
    };
    let drawn = hayro::render(
        &pdf.pages()[0],
        &RenderCache::new(),
        &InterpreterSettings::default(),
        &settings,
    );
    let colours = drawn.data().iter().map(|pixel| [pixel.r, pixel.g, pixel.b]);
    (
        drawn.width().into(),
        drawn.height().into(),
        colours.collect(),
    )
}

fn page_count(copy: &CleanCopy) -> usize {
    Pdf::new(copy.pdf.clone()).unwrap().pages().len()
}

#[tokio::test]
async fn a_photograph_stands_upright_and_without_its_blocks() {
    let copy = make(SourceKind::Picture, &photograph(400, 300, TRACE))
        .await
        .unwrap();
    assert_clean(&copy);
    assert_eq!((copy.left_out, copy.text.as_str()), (0, ""));
    let (width, height, colours) = pixels(&copy);
    assert!(width < height, "{width} x {height}: it was turned");
    // Red was on the left: turned by 90 degrees it is above.
    let [above, below] = [height / 4, 3 * height / 4].map(|row| colours[row * width + width / 2]);
    assert!(
        above[0] > 150 && above[2] < 90 && below[0] < 90 && below[2] > 150,
        "{above:?} {below:?}"
    );
}

#[tokio::test]
async fn two_copies_of_one_file_are_equal() {
    for (kind, file) in [
        (SourceKind::Pdf, letter_as_pdf(2, TRACE)),
        (SourceKind::Document, docx(TRACE)),
    ] {
        assert_eq!(make(kind, &file).await, make(kind, &file).await);
    }
}

#[tokio::test]
async fn a_page_is_drawn_and_its_letters_are_reported() {
    let copy = make(SourceKind::Pdf, &letter_as_pdf(3, TRACE))
        .await
        .unwrap();
    assert_clean(&copy);
    assert_eq!((copy.left_out, page_count(&copy)), (0, 3));
    assert!(
        copy.text.contains(EVIDENCE) && copy.text.contains("\nditerima di loket"),
        "{}",
        copy.text
    );
    let (width, height, colours) = pixels(&copy);
    assert_eq!((width, height), (595, 842));
    let dark = colours.iter().filter(|[red, ..]| *red < 100).count();
    assert!((500..20_000).contains(&dark), "{dark} dark pixels");
}

#[tokio::test]
async fn a_letter_is_listed_with_revisions_accepted_and_hidden_text_left_out() {
    let copy = make(SourceKind::Document, &docx(TRACE)).await.unwrap();
    assert_clean(&copy);
    let lines: Vec<_> = copy.text.lines().filter(|line| !line.is_empty()).collect();
    assert_eq!(
        lines,
        [
            &format!("{EVIDENCE}[1]"),
            "terlihat",
            "tanggal 3 Juli",
            "Loket | 5",
            "— Catatan kaki —",
            "Saksi loket"
        ]
    );
    // Deleted, moved, hidden, hidden by a style, by the paragraph's style, a deleted row, a
    // drawing of another kind, a linked picture.
    assert_eq!(copy.left_out, 8);
    let (_, _, colours) = pixels(&copy);
    assert!(
        colours
            .iter()
            .any(|[red, _, blue]| *red > 150 && *blue < 90),
        "the picture is shown"
    );
}

#[tokio::test]
async fn a_spreadsheet_is_listed_without_its_hidden_parts() {
    let copy = make(SourceKind::Spreadsheet, &xlsx(TRACE)).await.unwrap();
    assert_clean(&copy);
    let lines: Vec<_> = copy.text.lines().filter(|line| !line.is_empty()).collect();
    assert_eq!(
        lines,
        [
            "— Lembar: Kas —",
            &format!("1: {EVIDENCE} | 45000.5"),
            "4: TRUE"
        ]
    );
    // Two sheets, a row, a column.
    assert_eq!(copy.left_out, 4);
}

#[tokio::test]
async fn long_lines_are_broken_and_unknown_letters_are_counted() {
    let text = "kata panjang ".repeat(400);
    let copy = make(
        SourceKind::Document,
        &docx_of(
            &format!(
                "<w:p><w:r><w:t>{text}</w:t></w:r></w:p><w:p><w:r><w:t>证据 {}</w:t></w:r></w:p>",
                "x".repeat(500)
            ),
            TRACE,
        ),
    )
    .await
    .unwrap();
    assert_eq!(copy.left_out, 2);
    assert_eq!(page_count(&copy), 2);
}

#[tokio::test]
async fn a_locked_or_damaged_file_is_told_apart() {
    let locked = include_bytes!("../../../tests/samples/locked-aes256.pdf");
    assert_eq!(make(SourceKind::Pdf, locked).await, Err(Failure::Locked));
    let open = include_bytes!("../../../tests/samples/open-aes256.pdf");
    assert!(make(SourceKind::Pdf, open).await.is_ok());
    for kind in [
        SourceKind::Pdf,
        SourceKind::Picture,
        SourceKind::Document,
        SourceKind::Spreadsheet,
    ] {
        assert_eq!(
            make(kind, b"%PDF-1.7 not at all").await,
            Err(Failure::Damaged),
            "{kind:?}"
        );
    }
}

/// A hostile file ends its program twice, says at most that it is too complex, and leaves nothing
/// running. How much processor time and memory it had is a test of the program itself.
async fn ends(why: &str, kind: SourceKind, file: &[u8]) {
    let outcome = make(kind, file).await;
    eprintln!(
        "{why}: {} bytes, {:?}",
        file.len(),
        outcome.as_ref().map(|copy| (copy.pdf.len(), copy.left_out))
    );
}

#[tokio::test]
async fn streams_packed_in_layers_cost_their_own_program_only() {
    ends(
        "zeros packed three times",
        SourceKind::Pdf,
        &packed_zeros(1 << 30, 3),
    )
    .await;
    ends(
        "zeros packed eight times",
        SourceKind::Pdf,
        &packed_zeros(200 << 20, 8),
    )
    .await;
}

#[tokio::test]
async fn trees_and_patterns_without_end_cost_their_own_program_only() {
    let deep: Vec<Vec<u8>> = (3..20_000)
        .map(|kid| format!("<</Type/Pages/Kids[{kid} 0 R]/Count 1>>").into_bytes())
        .collect();
    let tree = [vec![b"<</Type/Catalog/Pages 2 0 R>>".to_vec()], deep].concat();
    ends("a deep tree", SourceKind::Pdf, &pdf(&tree)).await;
    let circle = pdf(&[
        b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
        b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 2>>".to_vec(),
    ]);
    ends("a circle of pages", SourceKind::Pdf, &circle).await;
    let form = stream(
        "/Type/XObject/Subtype/Form/BBox[0 0 600 900]/Resources<</XObject<</X 4 0 R>>>>",
        &b"/X Do ".repeat(40),
    );
    ends(
        "a form within itself",
        SourceKind::Pdf,
        &pages(
            1,
            &stream("", &b"/X Do ".repeat(1000)),
            "/XObject<</X 4 0 R>>",
            &[form],
        ),
    )
    .await;
    let pattern = stream(
        "/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 1 1]/XStep 0.001/YStep 0.001/Resources<</Pattern<</P 4 0 R>>>>",
        b"/Pattern cs /P scn 0 0 600 900 re f",
    );
    ends(
        "a pattern within itself",
        SourceKind::Pdf,
        &pages(
            1,
            &stream("", b"/Pattern cs /P scn 0 0 600 900 re f"),
            "/Pattern<</P 4 0 R>>",
            &[pattern],
        ),
    )
    .await;
    let curves = b"0 0 m 600 900 0 900 600 0 c S ".repeat(200_000);
    ends(
        "curves without end",
        SourceKind::Pdf,
        &pages(
            1,
            &stream("/Filter/FlateDecode", &deflate(&curves)),
            "",
            &[],
        ),
    )
    .await;
}

#[tokio::test]
async fn huge_pictures_pages_and_fonts_cost_their_own_program_only() {
    let mut png = picture(8, 8, ImageFormat::Png);
    png[16..24].copy_from_slice(&[0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60]);
    ends("a PNG of 60,000 pixels squared", SourceKind::Picture, &png).await;
    let mut jpeg = picture(8, 8, ImageFormat::Jpeg);
    let frame = jpeg.windows(2).position(|two| two == [0xff, 0xc0]).unwrap();
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0xff, 0xdc, 0xff, 0xdc]);
    ends(
        "a JPEG of 65,500 pixels squared",
        SourceKind::Picture,
        &jpeg,
    )
    .await;
    let image = stream(
        "/Type/XObject/Subtype/Image/Width 30000/Height 30000/BitsPerComponent 8/ColorSpace/DeviceRGB/Filter/FlateDecode",
        &deflate(&vec![7; 64 << 20]),
    );
    ends(
        "an image of 30,000 pixels squared",
        SourceKind::Pdf,
        &pages(
            1,
            &stream("", b"600 0 0 900 0 0 cm /I Do"),
            "/XObject<</I 4 0 R>>",
            &[image],
        ),
    )
    .await;
    let wide = pdf(&[
        b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>".to_vec(),
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 1e9 1e9]>>".to_vec(),
    ]);
    ends("a page of a million kilometres", SourceKind::Pdf, &wide).await;
    let font = stream(
        "/Filter/FlateDecode/Length1 200000000",
        &deflate(&vec![0; 200 << 20]),
    );
    let resources = "/Font<</F1<</Type/Font/Subtype/TrueType/BaseFont/X/FontDescriptor<</Type/FontDescriptor/FontName/X/Flags 4/FontFile2 4 0 R>>>>>>";
    ends(
        "a font of 200 MB",
        SourceKind::Pdf,
        &pages(
            1,
            &stream("", b"BT /F1 12 Tf (abc) Tj ET"),
            resources,
            &[font],
        ),
    )
    .await;
}

#[tokio::test]
async fn archives_that_unpack_to_much_cost_their_own_program_only() {
    let bomb = docx_of(
        &"<w:p><w:r><w:t>nol</w:t></w:r></w:p>".repeat(2_000_000),
        TRACE,
    );
    ends(
        "a letter of 2,000,000 paragraphs",
        SourceKind::Document,
        &bomb,
    )
    .await;
    let deep = docx_of(
        &format!(
            "{}{}",
            "<w:tbl>".repeat(100_000),
            "</w:tbl>".repeat(100_000)
        ),
        TRACE,
    );
    ends("tables within tables", SourceKind::Document, &deep).await;
    let rows: Vec<_> = (1..400_000)
        .map(|row| format!("<row r=\"{row}\"><c r=\"XFD{row}\"><v>1</v></c></row>"))
        .collect();
    let rows = rows.concat();
    ends(
        "a sheet of 400,000 rows",
        SourceKind::Spreadsheet,
        &xlsx_of(&rows, TRACE),
    )
    .await;
}

/// What is too much at once is left out page by page, and counted.
#[tokio::test]
async fn a_long_document_is_copied_as_far_as_its_time_reaches() {
    let copy = make(SourceKind::Pdf, &letter_as_pdf(400, TRACE))
        .await
        .unwrap();
    eprintln!("{} of 400 pages", page_count(&copy));
    assert_eq!(page_count(&copy) as u64 + copy.left_out, 400);
    assert!(page_count(&copy) > 5);
}

/// What is shown is screened, so what cannot be screened is not shown.
#[tokio::test]
async fn text_beyond_what_is_screened_is_left_out() {
    let line = "x".repeat(13_000);
    let paragraphs = format!("<w:p><w:r><w:t>{line}</w:t></w:r></w:p>").repeat(40);
    let copy = make(SourceKind::Document, &docx_of(&paragraphs, TRACE))
        .await
        .unwrap();
    // Of the lines that are broken where they are too long, no further page holds the rest.
    assert!(copy.text.len() <= 256 << 10, "{}", copy.text.len());
    assert!(copy.text.len() > 100_000 && copy.left_out >= 20);

    let words = format!("({}) Tj ", "kata ".repeat(2_000)).repeat(5);
    let content = format!("BT /F1 1 Tf 60 760 Td {words} ET");
    let file = pages(10, &stream("", content.as_bytes()), FONT, &[]);
    let copy = make(SourceKind::Pdf, &file).await.unwrap();
    assert_eq!(page_count(&copy) as u64 + copy.left_out, 10);
    let reported = copy.text.matches("kata").count();
    assert_eq!(
        reported,
        page_count(&copy) * 10_000,
        "{}",
        page_count(&copy)
    );
    assert!(page_count(&copy) < 10);
}

/// Red is on the left of the picture, blue on the right.
#[tokio::test]
async fn what_is_cropped_away_of_a_picture_is_not_shown() {
    let picture = |crop: &str| {
        format!(
            "<w:p><w:r><w:drawing><pic><blipFill><a:blip r:embed=\"rId1\"/>{crop}</blipFill></pic></w:drawing></w:r></w:p>"
        )
    };
    let vml = |crop: &str| {
        format!(
            "<w:p><w:r><w:pict><v:shape><v:imagedata {crop} r:id=\"rId1\"/></v:shape></w:pict></w:r></w:p>"
        )
    };
    let shows = |copy: &CleanCopy| {
        let (_, _, colours) = pixels(copy);
        let any = |n: usize, m: usize| colours.iter().any(|c| c[n] > 150 && c[m] < 90);
        (any(0, 2), any(2, 0))
    };
    for (body, shown, left_out) in [
        (picture(""), (true, true), 0),
        (picture("<a:srcRect l=\"50000\"/>"), (false, true), 0),
        (picture("<a:srcRect r=\"60%\"/>"), (true, false), 0),
        (picture("<a:srcRect l=\"-5000\"/>"), (true, true), 0),
        (
            picture("<a:srcRect l=\"50000\" r=\"50000\"/>"),
            (false, false),
            1,
        ),
        (picture("<a:srcRect l=\"half\"/>"), (false, false), 1),
        (
            picture("<a:stretch><a:fillRect l=\"-100000\"/></a:stretch>"),
            (false, false),
            1,
        ),
        (vml(""), (true, true), 0),
        (vml("cropleft=\"32768f\""), (false, true), 0),
        (vml("cropright=\".55\""), (true, false), 0),
        (vml("cropright=\"some\""), (false, false), 1),
    ] {
        let copy = make(SourceKind::Document, &docx_of(&body, TRACE))
            .await
            .unwrap();
        assert_eq!((shows(&copy), copy.left_out), (shown, left_out), "{body}");
    }
}

#[tokio::test]
async fn hidden_drawings_and_results_within_the_code_of_a_field_are_not_shown() {
    let mark = |kind: &str| format!("<w:r><w:fldChar w:fldCharType=\"{kind}\"/></w:r>");
    let [begin, separate, end] = ["begin", "separate", "end"].map(mark);
    let text = |text: &str| format!("<w:r><w:t>{text}</w:t></w:r>");
    let code = |code: &str| format!("<w:r><w:instrText>{code}</w:instrText></w:r>");
    let body = format!(
        "<w:p>{before}{begin}{include}{begin}{name}{separate}{path}{end}{separate}{result}{end}{after}</w:p>\
         <w:p><w:r><w:drawing><wp:anchor><wp:docPr id=\"1\" hidden=\"1\"/><a:blip r:embed=\"rId1\"/></wp:anchor></w:drawing></w:r></w:p>\
         <w:p><w:r><w:drawing><wp:anchor hidden=\"1\"><wp:docPr id=\"2\"/><a:blip r:embed=\"rId1\"/></wp:anchor></w:drawing></w:r></w:p>\
         <w:p><w:r><w:pict><v:shape style=\"width:9pt; visibility: hidden\"><v:imagedata r:id=\"rId1\"/></v:shape></w:pict></w:r></w:p>",
        before = text("satu "),
        include = code("INCLUDEPICTURE "),
        name = code("FILENAME"),
        path = text(TRACE),
        result = text("dua "),
        after = text("tiga"),
    );
    let copy = make(SourceKind::Document, &docx_of(&body, TRACE))
        .await
        .unwrap();
    assert_clean(&copy);
    assert!(copy.text.contains("satu dua tiga"), "{}", copy.text);
    assert_eq!(copy.left_out, 3);
    let (_, _, colours) = pixels(&copy);
    assert!(
        colours
            .iter()
            .all(|[red, _, blue]| red.abs_diff(*blue) < 50)
    );
}

#[tokio::test]
async fn the_drawings_of_a_sheet_are_listed_and_its_hidden_shapes_left_out() {
    let shape = |hidden: &str, paragraphs: &str| {
        format!(
            "<xdr:twoCellAnchor><xdr:sp><xdr:nvSpPr><xdr:cNvPr id=\"2\" name=\"x\"{hidden}/></xdr:nvSpPr><xdr:txBody>{paragraphs}</xdr:txBody></xdr:sp></xdr:twoCellAnchor>"
        )
    };
    let paragraph = |text: &str| format!("<a:p><a:r><a:t>{text}</a:t></a:r></a:p>");
    let row = "<row r=\"1\"><c r=\"A1\"><v>1</v></c></row><row r=\"2\" hidden=\"1\"/><row r=\"3\" hidden=\"1\"/>";
    let in_hidden_rows = format!(
        "<xdr:twoCellAnchor><xdr:from><xdr:col>0</xdr:col><xdr:row>1</xdr:row></xdr:from><xdr:to><xdr:col>1</xdr:col><xdr:row>2</xdr:row></xdr:to>{}",
        shape("", &paragraph(TRACE)).replace("<xdr:twoCellAnchor>", "")
    );
    let anchors = [
        PICTURE_IN_SHEET,
        &shape("", &(paragraph("Kotak teks") + &paragraph("baris dua"))),
        &shape("", ""),
        &shape(" hidden=\"1\"", &paragraph(TRACE)),
        &in_hidden_rows,
    ]
    .concat();
    let copy = make(
        SourceKind::Spreadsheet,
        &xlsx_with("", row, &anchors, TRACE),
    )
    .await
    .unwrap();
    assert_clean(&copy);
    assert!(
        copy.text.contains("Kotak teks\nbaris dua\n"),
        "{}",
        copy.text
    );
    // Two sheets, a shape without text, a hidden one, one in hidden rows.
    assert_eq!(copy.left_out, 5);
    let (_, _, colours) = pixels(&copy);
    assert!(
        colours
            .iter()
            .any(|[red, _, blue]| *red > 150 && *blue < 90)
    );
}

#[tokio::test]
async fn a_cell_whose_format_shows_nothing_is_left_out() {
    let rows = |cell: &str| {
        format!(
            "<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>terlihat</t></is></c>\
             <c {cell} s=\"1\" t=\"inlineStr\"><is><t>{TRACE}</t></is></c></row>"
        )
    };
    let copy = make(SourceKind::Spreadsheet, &xlsx_of(&rows("r=\"AB1\""), TRACE))
        .await
        .unwrap();
    assert!(
        copy.text.contains("1: terlihat") && !copy.text.contains(TRACE),
        "{}",
        copy.text
    );
    assert_eq!(copy.left_out, 3, "two sheets and a cell");
    // Where the cell stands is not known, so the sheet is left out.
    let copy = make(SourceKind::Spreadsheet, &xlsx_of(&rows(""), TRACE))
        .await
        .unwrap();
    assert!(!copy.text.contains("terlihat") && !copy.text.contains(TRACE));
}

#[tokio::test]
async fn text_of_a_default_style_that_hides_is_left_out() {
    let body = "<w:p><w:r><w:t>tersembunyi</w:t></w:r><w:r><w:rPr><w:vanish w:val=\"0\"/></w:rPr><w:t>terlihat</w:t></w:r></w:p>";
    let shown = "<w:styles xmlns:w=\"w\">";
    for hiding in [
        "<w:docDefaults><w:rPrDefault><w:rPr><w:vanish/></w:rPr></w:rPrDefault></w:docDefaults>",
        "<w:style w:type=\"paragraph\" w:default=\"1\" w:styleId=\"Biasa\"><w:rPr><w:vanish/></w:rPr></w:style>",
    ] {
        let file = replaced_in_part(
            &docx_of(body, TRACE),
            "word/styles.xml",
            shown.as_bytes(),
            format!("{shown}{hiding}").as_bytes(),
        );
        let copy = make(SourceKind::Document, &file).await.unwrap();
        assert!(copy.text.starts_with("terlihat"), "{}", copy.text);
        assert!(!copy.text.contains("tersembunyi"), "{}", copy.text);
    }
}

#[tokio::test]
async fn a_sheet_of_which_it_is_not_known_what_is_hidden_is_left_out() {
    let row = "<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>terlihat</t></is></c></row>";
    for before in ["<?xml version=\"1.0\" encoding=\"UTF-8\"?>", ""] {
        let file = xlsx_with(before, row, "", TRACE);
        let copy = make(SourceKind::Spreadsheet, &file).await.unwrap();
        assert!(copy.text.contains("terlihat"));
        assert_eq!(copy.left_out, 2);
    }
    // A letter of an encoding other than UTF-8 in the sheet.
    let file = xlsx_with(
        "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>",
        row,
        "",
        TRACE,
    );
    let latin = replaced_in_part(
        &file,
        "xl/worksheets/sheet1.xml",
        b"terlihat",
        b"terlih\xe9t",
    );
    let copy = make(SourceKind::Spreadsheet, &latin).await.unwrap();
    assert!(!copy.text.contains("terlih"), "{}", copy.text);
    assert_eq!(copy.left_out, 3);
}
