//! Honest and hostile files. The tests of the service use them too.

use std::io::{Cursor, Read as _, Write as _};

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// What a reader sees. The `trace` of the files below stands wherever a file could tell of its
/// author, and nowhere where a reader looks.
pub const EVIDENCE: &str = "Uang pelicin Rp 500.000";

const RELATIONSHIP: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

pub fn picture(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let pixels = RgbImage::from_fn(width, height, |x, _| {
        if x < width / 2 {
            Rgb([200, 30, 30])
        } else {
            Rgb([30, 30, 200])
        }
    });
    let mut file = Cursor::new(Vec::new());
    DynamicImage::ImageRgb8(pixels)
        .write_to(&mut file, format)
        .unwrap();
    file.into_inner()
}

/// A JPEG, red on the left and blue on the right, with an EXIF block that says it lies on its side
/// (orientation 6: turn by 90 degrees), and with the trace there, in a comment and behind its end.
pub fn photograph(width: u32, height: u32, trace: &str) -> Vec<u8> {
    let plain = picture(width, height, ImageFormat::Jpeg);
    let segment = |marker: u8, content: &[u8]| {
        let length = u16::try_from(content.len() + 2).unwrap().to_be_bytes();
        [&[0xff, marker], length.as_slice(), content].concat()
    };
    let mut exif =
        b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0".to_vec();
    exif.extend_from_slice(trace.as_bytes());
    [
        &plain[..2],
        &segment(0xe1, &exif),
        &segment(0xfe, trace.as_bytes()),
        &plain[2..],
        b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom",
        trace.as_bytes(),
        b"\n",
    ]
    .concat()
}

/// A PDF of these objects; the first is the catalogue.
pub fn pdf(objects: &[Vec<u8>]) -> Vec<u8> {
    let (mut file, mut places) = (b"%PDF-1.7\n".to_vec(), Vec::new());
    for (number, object) in (1..).zip(objects) {
        places.push(file.len());
        writeln!(file, "{number} 0 obj").unwrap();
        file.extend_from_slice(object);
        file.extend_from_slice(b"\nendobj\n");
    }
    let at = file.len();
    writeln!(file, "xref\n0 {}\n0000000000 65535 f ", places.len() + 1).unwrap();
    for place in &places {
        writeln!(file, "{place:010} 00000 n ").unwrap();
    }
    writeln!(
        file,
        "trailer\n<</Size {}/Root 1 0 R>>\nstartxref\n{at}\n%%EOF",
        places.len() + 1
    )
    .unwrap();
    file
}

pub fn stream(entries: &str, content: &[u8]) -> Vec<u8> {
    let head = format!("<<{entries}/Length {}>>\nstream\n", content.len());
    [head.as_bytes(), content, b"\nendstream"].concat()
}

/// Pages with this content and these resources.
pub fn pages(count: usize, content: &[u8], resources: &str, more: &[Vec<u8>]) -> Vec<u8> {
    let kids: Vec<_> = (0..count)
        .map(|page| format!("{} 0 R ", page + 4 + more.len()))
        .collect();
    let kids = kids.concat();
    let mut objects = vec![
        b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
        format!("<</Type/Pages/Kids[{kids}]/Count {count}>>").into_bytes(),
        content.to_vec(),
    ];
    objects.extend_from_slice(more);
    for _ in 0..count {
        objects.push(format!("<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 3 0 R/Resources<<{resources}>>>>").into_bytes());
    }
    pdf(&objects)
}

pub const FONT: &str = "/Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>";

/// Pages of text with the trace in a comment, in `ActualText`, `Alt` and the properties.
pub fn letter_as_pdf(count: usize, trace: &str) -> Vec<u8> {
    letter_that_says("diterima di loket", count, trace)
}

/// The same with these words in the second line.
pub fn letter_that_says(words: &str, count: usize, trace: &str) -> Vec<u8> {
    let content = format!(
        "% {trace}\n/Span <</ActualText({trace})/Alt({trace})>> BDC BT /F1 24 Tf 60 760 Td ({EVIDENCE}) Tj 0 -40 Td ({words}) Tj ET EMC"
    );
    pages(count, &stream("", content.as_bytes()), FONT, &[])
}

pub fn deflate(content: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    packer.write_all(content).unwrap();
    packer.finish().unwrap()
}

/// `length` zeros, packed `times` times, as the content of a page.
pub fn packed_zeros(length: usize, times: usize) -> Vec<u8> {
    let mut content = vec![0; length];
    for _ in 0..times {
        content = deflate(&content);
    }
    let filters = "/FlateDecode ".repeat(times);
    pages(
        1,
        &stream(&format!("/Filter[{filters}]"), &content),
        "",
        &[],
    )
}

pub fn zip(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        archive
            .start_file(*name, SimpleFileOptions::default())
            .unwrap();
        archive.write_all(content).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn relationships(links: &[(&str, &str, &str)]) -> Vec<u8> {
    let links: Vec<_> = links
        .iter()
        .map(|(id, kind, target)| {
            let mode = if target.contains("://") { " TargetMode=\"External\"" } else { "" };
            format!("<Relationship Id=\"{id}\" Type=\"{RELATIONSHIP}/{kind}\" Target=\"{target}\"{mode}/>")
        })
        .collect();
    let links = links.concat();
    format!("<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">{links}</Relationships>").into_bytes()
}

fn types(part: &str, kind: &str) -> Vec<u8> {
    format!("<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Override PartName=\"/{part}\" ContentType=\"application/vnd.openxmlformats-officedocument.{kind}+xml\"/></Types>").into_bytes()
}

/// A letter with this body.
pub fn docx_of(body: &str, trace: &str) -> Vec<u8> {
    let document = format!(
        "<w:document xmlns:w=\"w\" xmlns:r=\"{RELATIONSHIP}\" xmlns:a=\"a\" xmlns:v=\"v\" xmlns:o=\"o\" xmlns:mc=\"mc\" xmlns:wp=\"wp\"><w:body>{body}</w:body></w:document>"
    );
    let styles = format!(
        "<w:styles xmlns:w=\"w\"><w:style w:type=\"character\" w:styleId=\"Samar\"><w:name w:val=\"{trace}\"/><w:rPr><w:vanish/></w:rPr></w:style>\
         <w:style w:type=\"paragraph\" w:styleId=\"Turunan\"><w:basedOn w:val=\"Samar\"/></w:style></w:styles>"
    );
    zip(&[
        (
            "[Content_Types].xml",
            &types("word/document.xml", "wordprocessingml.document.main"),
        ),
        ("_rels/.rels", &relationships(&[("rId1", "officeDocument", "word/document.xml")])),
        ("word/document.xml", document.as_bytes()),
        (
            "word/_rels/document.xml.rels",
            &relationships(&[
                ("rId1", "image", "media/foto.png"),
                ("rId2", "styles", "styles.xml"),
                ("rId3", "footnotes", "footnotes.xml"),
                ("rId4", "image", "http://pelapor.example/lacak.png"),
                ("rId5", "image", "media/gambar.emf"),
            ]),
        ),
        ("word/styles.xml", styles.as_bytes()),
        (
            "word/footnotes.xml",
            b"<w:footnotes xmlns:w=\"w\"><w:footnote w:type=\"separator\" w:id=\"-1\"><w:p/></w:footnote><w:footnote w:id=\"1\"><w:p><w:r><w:t>Saksi loket</w:t></w:r></w:p></w:footnote></w:footnotes>",
        ),
        ("word/media/foto.png", &picture(90, 60, ImageFormat::Png)),
        ("word/media/gambar.emf", trace.as_bytes()),
        ("docProps/core.xml", trace.as_bytes()),
        ("word/theme/theme1.xml", trace.as_bytes()),
    ])
}

/// A letter with everything that could tell of its author.
pub fn docx(trace: &str) -> Vec<u8> {
    docx_of(
        &format!(
            "<w:p><w:bookmarkStart w:name=\"{trace}\"/><w:ins w:author=\"{trace}\"><w:r><w:t>{EVIDENCE}</w:t></w:r></w:ins>\
         <w:del w:author=\"{trace}\"><w:r><w:delText>{trace}</w:delText></w:r></w:del>\
         <w:moveFrom><w:r><w:t>{trace}</w:t></w:r></w:moveFrom>\
         <w:r><w:rPr><w:vanish/></w:rPr><w:t>{trace}</w:t></w:r>\
         <w:r><w:rPr><w:rStyle w:val=\"Samar\"/></w:rPr><w:t>{trace}</w:t></w:r>\
         <w:r><w:instrText>AUTHOR {trace}</w:instrText></w:r><w:r><w:footnoteReference w:id=\"1\"/></w:r></w:p>\
         <w:p><w:pPr><w:pStyle w:val=\"Turunan\"/></w:pPr><w:r><w:t>{trace}</w:t></w:r><w:r><w:rPr><w:vanish w:val=\"0\"/></w:rPr><w:t>terlihat</w:t></w:r></w:p>\
         <w:sdt><w:sdtPr><w:tag w:val=\"{trace}\"/></w:sdtPr><w:sdtContent><w:p><w:r><w:t>tanggal 3 Juli</w:t></w:r></w:p></w:sdtContent></w:sdt>\
         <w:tbl><w:tr><w:tc><w:p><w:r><w:t>Loket</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>5</w:t></w:r></w:p></w:tc></w:tr>\
         <w:tr><w:trPr><w:del w:author=\"{trace}\"/></w:trPr><w:tc><w:p><w:r><w:t>{trace}</w:t></w:r></w:p></w:tc></w:tr></w:tbl>\
         <w:p><w:r><w:drawing><wp:docPr descr=\"{trace}\"/><a:blip r:embed=\"rId1\"/></w:drawing></w:r>\
         <w:r><w:pict><v:shape alt=\"{trace}\"><v:imagedata src=\"{trace}\" r:id=\"rId5\"/></v:shape></w:pict></w:r>\
         <w:r><w:drawing><a:blip r:link=\"rId4\"/></w:drawing></w:r></w:p>"
        ),
        trace,
    )
}

/// A workbook with a visible sheet that has a hidden row and column, a hidden and a very hidden
/// sheet, and traces in attributes.
pub fn xlsx_of(rows: &str, trace: &str) -> Vec<u8> {
    xlsx_with("", rows, PICTURE_IN_SHEET, trace)
}

/// The picture of the package in a drawing.
pub const PICTURE_IN_SHEET: &str = "<xdr:twoCellAnchor><xdr:pic><xdr:nvPicPr><xdr:cNvPr id=\"1\" name=\"x\"/></xdr:nvPicPr><xdr:blipFill><a:blip r:embed=\"rId1\"/></xdr:blipFill></xdr:pic></xdr:twoCellAnchor>";

/// The same with this before the text of the visible sheet, and these anchors in its drawing.
pub fn xlsx_with(before: &str, rows: &str, anchors: &str, trace: &str) -> Vec<u8> {
    let drawing = format!(
        "<xdr:wsDr xmlns:xdr=\"x\" xmlns:a=\"a\" xmlns:r=\"{RELATIONSHIP}\">{anchors}</xdr:wsDr>"
    );
    let workbook = format!(
        "<workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" xmlns:r=\"{RELATIONSHIP}\"><fileSharing userName=\"{trace}\"/><sheets><sheet name=\"Kas\" sheetId=\"1\" r:id=\"rId1\"/>\
         <sheet name=\"{trace} 2\" sheetId=\"2\" state=\"hidden\" r:id=\"rId2\"/><sheet name=\"{trace} 3\" sheetId=\"3\" state=\"veryHidden\" r:id=\"rId3\"/></sheets></workbook>"
    );
    let sheet = |rows: &str| {
        format!(
            "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" xmlns:r=\"{RELATIONSHIP}\"><cols><col min=\"3\" max=\"3\" width=\"9\" hidden=\"1\"/></cols><sheetData>{rows}</sheetData>\
             <protectedRanges><protectedRange name=\"{trace}\" sqref=\"A1\"/></protectedRanges><scenarios><scenario name=\"x\" user=\"{trace}\"/></scenarios>\
             <hyperlinks><hyperlink ref=\"A1\" display=\"{trace}\"/></hyperlinks></worksheet>"
        )
    };
    let hidden = sheet(&format!(
        "<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>{trace}</t></is></c></row>"
    ));
    zip(&[
        (
            "[Content_Types].xml",
            &types("xl/workbook.xml", "spreadsheetml.sheet.main"),
        ),
        (
            "_rels/.rels",
            &relationships(&[("rId1", "officeDocument", "xl/workbook.xml")]),
        ),
        ("xl/workbook.xml", workbook.as_bytes()),
        (
            "xl/_rels/workbook.xml.rels",
            &relationships(&[
                ("rId1", "worksheet", "worksheets/sheet1.xml"),
                ("rId2", "worksheet", "worksheets/sheet2.xml"),
                ("rId3", "worksheet", "worksheets/sheet3.xml"),
                ("rId4", "styles", "styles.xml"),
            ]),
        ),
        // The format number 1 shows nothing.
        (
            "xl/styles.xml",
            b"<styleSheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><numFmts count=\"1\"><numFmt numFmtId=\"164\" formatCode=\";;;\"/></numFmts><cellXfs count=\"2\"><xf numFmtId=\"0\"/><xf numFmtId=\"164\"/></cellXfs></styleSheet>",
        ),
        (
            "xl/worksheets/sheet1.xml",
            [before.as_bytes(), sheet(rows).as_bytes()]
                .concat()
                .as_slice(),
        ),
        ("xl/worksheets/sheet2.xml", hidden.as_bytes()),
        ("xl/worksheets/sheet3.xml", hidden.as_bytes()),
        (
            "xl/worksheets/_rels/sheet1.xml.rels",
            &relationships(&[("rId1", "drawing", "../drawings/drawing1.xml")]),
        ),
        ("xl/drawings/drawing1.xml", drawing.as_bytes()),
        (
            "xl/drawings/_rels/drawing1.xml.rels",
            &relationships(&[("rId1", "image", "../media/image1.png")]),
        ),
        ("xl/media/image1.png", &picture(90, 60, ImageFormat::Png)),
    ])
}

pub fn xlsx(trace: &str) -> Vec<u8> {
    xlsx_of(
        &format!(
            "<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>{EVIDENCE}</t></is></c><c r=\"B1\"><v>45000.5</v></c><c r=\"C1\" t=\"inlineStr\"><is><t>{trace}</t></is></c></row>\
         <row r=\"2\" hidden=\"1\"><c r=\"A2\" t=\"inlineStr\"><is><t>{trace}</t></is></c></row>\
         <row r=\"4\"><c r=\"A4\" t=\"b\"><v>1</v></c></row>"
        ),
        trace,
    )
}

/// The archive with `old` replaced by `new` in this part.
pub fn replaced_in_part(archive: &[u8], part: &str, old: &[u8], new: &[u8]) -> Vec<u8> {
    let mut read = zip::ZipArchive::new(Cursor::new(archive)).unwrap();
    let mut parts = Vec::new();
    for n in 0..read.len() {
        let mut file = read.by_index(n).unwrap();
        let mut content = Vec::new();
        file.read_to_end(&mut content).unwrap();
        let name = file.name().unwrap().to_string();
        if name == part {
            let at = content.windows(old.len()).position(|w| w == old).unwrap();
            content.splice(at..at + old.len(), new.iter().copied());
        }
        parts.push((name, content));
    }
    let parts: Vec<(&str, &[u8])> = parts
        .iter()
        .map(|(n, c)| (n.as_str(), c.as_slice()))
        .collect();
    zip(&parts)
}
