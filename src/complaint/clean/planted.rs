//! Test files with traces of a reporter in every place where such files carry them, and the search
//! for those traces.

use std::collections::BTreeMap;

use lopdf::{Dictionary, Document, Object, Stream, StringFormat, dictionary};

use super::inflate::{Wrapping, deflate, inflate};
use super::office::parts_of;

/// Trace that must not be found.
pub const TRACE: &str = "Budi-Santoso-pelapor";
/// Evidence that must be found.
pub const EVIDENCE: &str = "Kuitansi palsu";

fn utf16(big: bool) -> Vec<u8> {
    TRACE
        .encode_utf16()
        .flat_map(|transaction| {
            if big {
                transaction.to_be_bytes()
            } else {
                transaction.to_le_bytes()
            }
        })
        .collect()
}

/// Whether `bytes` contain the trace in any spelling, or in any zlib data within them.
pub fn traced(bytes: &[u8]) -> bool {
    let within = |bytes: &[u8]| {
        [
            TRACE.as_bytes().to_vec(),
            utf16(true),
            utf16(false),
            hex::encode(TRACE).into_bytes(),
            hex::encode_upper(TRACE).into_bytes(),
        ]
        .iter()
        .any(|spelling| {
            bytes
                .windows(spelling.len())
                .any(|window| window == spelling.as_slice())
        })
    };
    let packed = (0..bytes.len()).filter(|at| bytes[*at] == 0x78);
    within(bytes)
        || packed
            .filter_map(|at| inflate(&bytes[at..], Wrapping::Zlib, 1 << 20).ok())
            .any(|(plain, _)| within(&plain))
}

fn segment(marker: u8, content: &[u8]) -> Vec<u8> {
    [
        &[0xff, marker],
        &u16::try_from(content.len() + 2).unwrap().to_be_bytes()[..],
        content,
    ]
    .concat()
}

/// A photograph with EXIF (rotated, with a position), XMP, a colour profile, IPTC, a comment and a
/// second picture after its end.
pub fn jpeg() -> Vec<u8> {
    let exif = [
        b"Exif\0\0II*\0\x08\0\0\0\x02\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\x25\x88\x04\0\x01\0\0\0\x26\0\0\0\0\0\0\0".as_slice(),
        b"GPS -6.2,106.8 ",
        TRACE.as_bytes(),
    ]
    .concat();
    let note = |before: &[u8]| [before, TRACE.as_bytes()].concat();
    let jfif = segment(
        0xe0,
        &[b"JFIF\0\x01\x01\0\0\x01\0\x01\x01\x01", &b"xyz"[..]].concat(),
    );
    let picture = [
        segment(0xdb, &[[0].as_slice(), &[1; 64]].concat()),
        segment(0xc0, &[8, 0, 8, 0, 8, 1, 1, 0x11, 0]),
        segment(0xc4, &[[0].as_slice(), &[1], &[0; 15], &[0]].concat()),
        segment(0xda, &[1, 1, 0, 0, 63, 0]),
        vec![0x3f, 0xff, 0, 0x2a, 0xff, 0xd0, 0x11],
    ]
    .concat();
    let noted = [
        segment(0xe1, &exif),
        segment(0xe1, &note(b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>")),
        segment(0xe2, &note(b"ICC_PROFILE\0\x01\x01")),
        segment(0xe2, &note(b"MPF\0")),
        segment(0xed, &note(b"Photoshop 3.0\08BIM")),
        segment(0xfe, &note(b"")),
    ]
    .concat();
    let whole = [b"\xff\xd8", jfif.as_slice(), &noted, &picture, b"\xff\xd9"].concat();
    [whole.as_slice(), &whole].concat()
}

/// A chunk of a PNG.
pub fn chunk(kind: &[u8], content: &[u8]) -> Vec<u8> {
    let covered = [kind, content].concat();
    [
        &u32::try_from(content.len()).unwrap().to_be_bytes()[..],
        &covered,
        &crc32fast::hash(&covered).to_be_bytes(),
    ]
    .concat()
}

/// A picture with all text chunks, a date, EXIF, a profile, and a text after the end of its packed
/// lines.
pub fn png() -> Vec<u8> {
    let note = |before: &[u8]| [before, TRACE.as_bytes()].concat();
    let packed_note = |before: &[u8]| [before, &deflate(TRACE.as_bytes(), Wrapping::Zlib)].concat();
    [
        b"\x89PNG\r\n\x1a\n".to_vec(),
        chunk(b"IHDR", b"\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0"),
        chunk(b"tEXt", &note(b"Author\0")),
        chunk(b"zTXt", &packed_note(b"Author\0\0")),
        chunk(b"iTXt", &note(b"XML:com.adobe.xmp\0\0\0\0\0")),
        chunk(b"iCCP", &packed_note(b"Layar Budi\0\0")),
        chunk(b"eXIf", &note(b"MM\0*")),
        chunk(b"tIME", b"\x07\xea\x07\x07\x0c\x1e\x0f"),
        chunk(b"gAMA", &[0, 0, 0xb1, 0x8f]),
        chunk(b"prVt", &note(b"")),
        chunk(
            b"IDAT",
            &[
                deflate(&[0; 5], Wrapping::Zlib).as_slice(),
                TRACE.as_bytes(),
            ]
            .concat(),
        ),
        chunk(b"IEND", b""),
    ]
    .concat()
}

fn text() -> Object {
    Object::string_literal(TRACE)
}

fn wide_text() -> Object {
    Object::String(
        [b"\xfe\xff".as_slice(), &utf16(true)].concat(),
        StringFormat::Hexadecimal,
    )
}

fn script() -> Dictionary {
    dictionary! { "Type" => "Action", "S" => "JavaScript", "JS" => Object::string_literal(format!("app.alert('{TRACE}')")) }
}

/// A document of two pages with properties, XMP, private data, an attachment, scripts, annotations
/// with author names, a field, a signature, a photograph with EXIF, and an unreferenced object.
pub fn pdf_document() -> Document {
    let mut document = Document::with_version("1.5");
    let packed = |dictionary, content: &[u8]| {
        let mut stream = Stream::new(dictionary, deflate(content, Wrapping::Zlib));
        stream.dict.set("Filter", "FlateDecode");
        stream
    };
    let metadata = document.add_object(packed(
        dictionary! { "Type" => "Metadata", "Subtype" => "XML" },
        TRACE.as_bytes(),
    ));
    let content = document.add_object(packed(
        dictionary! {},
        format!("BT /F1 12 Tf ({EVIDENCE}) Tj ET").as_bytes(),
    ));
    let photograph = document.add_object(Stream::new(
        dictionary! {
            "Type" => "XObject", "Subtype" => "Image", "Width" => 8, "Height" => 8, "BitsPerComponent" => 8, "ColorSpace" => "DeviceGray",
            "Filter" => "DCTDecode", "Metadata" => metadata, "Author" => text(),
        },
        jpeg(),
    ));
    let attachment = document.add_object(packed(
        dictionary! { "Type" => "EmbeddedFile" },
        TRACE.as_bytes(),
    ));
    let file = document.add_object(dictionary! { "Type" => "Filespec", "F" => text(), "EF" => dictionary! { "F" => attachment } });
    let pages = document.new_object_id();
    let note = document.add_object(dictionary! {
        "Type" => "Annot", "Subtype" => "Text", "Rect" => vec![0.into(), 0.into(), 9.into(), 9.into()], "Contents" => Object::string_literal("Lihat tanggal"),
        "T" => text(), "M" => text(), "CreationDate" => text(), "NM" => wide_text(), "RC" => text(), "A" => script(),
    });
    let field = document.add_object(dictionary! {
        "Type" => "Annot", "Subtype" => "Widget", "FT" => "Tx", "T" => text(), "V" => Object::string_literal("Rp 5 juta"), "AA" => script(),
        "Rect" => vec![0.into(), 0.into(), 9.into(), 9.into()],
    });
    let attached = document.add_object(dictionary! {
        "Type" => "Annot", "Subtype" => "FileAttachment", "Rect" => vec![0.into(), 0.into(), 9.into(), 9.into()], "FS" => file,
    });
    let font = document.add_object(
        dictionary! { "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica" },
    );
    let page = |document: &mut Document| {
        Object::from(document.add_object(dictionary! {
            "Type" => "Page", "Parent" => pages, "MediaBox" => vec![0.into(), 0.into(), 99.into(), 99.into()], "Contents" => content,
            "Resources" => dictionary! { "XObject" => dictionary! { "Im1" => photograph }, "Font" => dictionary! { "F1" => font }, "Secret" => text() },
            "Annots" => vec![note.into(), field.into(), attached.into()], "PieceInfo" => dictionary! { "Word" => text() }, "LastModified" => text(),
            "AA" => dictionary! { "O" => script() }, "Unknown" => wide_text(),
        }))
    };
    let kids = vec![page(&mut document), page(&mut document)];
    document.objects.insert(
        pages,
        dictionary! { "Type" => "Pages", "Kids" => kids, "Count" => 2 }.into(),
    );
    document.add_object(dictionary! { "Forgotten" => text() });
    let signature = dictionary! { "Type" => "Sig", "Name" => text(), "ByteRange" => vec![0.into()], "Contents" => wide_text() };
    let root = document.add_object(dictionary! {
        "Type" => "Catalog", "Pages" => pages, "Metadata" => metadata, "OpenAction" => script(), "AA" => dictionary! { "WC" => script() },
        "Names" => dictionary! {
            "JavaScript" => dictionary! { "Names" => vec![text(), script().into()] },
            "EmbeddedFiles" => dictionary! { "Names" => vec![text(), file.into()] },
        },
        "AcroForm" => dictionary! { "Fields" => vec![field.into()], "XFA" => text(), "Sig" => signature }, "AF" => vec![file.into()],
    });
    let info = document.add_object(
        dictionary! { "Author" => text(), "Producer" => wide_text(), "Title" => text() },
    );
    document.trailer.set("Root", root);
    document.trailer.set("Info", info);
    document.trailer.set("ID", vec![text(), text()]);
    document
}

/// The same as a file, in the classic form or with object streams.
pub fn pdf(modern: bool) -> Vec<u8> {
    let (mut document, mut file) = (pdf_document(), Vec::new());
    if modern {
        document.save_modern(&mut file)
    } else {
        document.save_to(&mut file)
    }
    .unwrap();
    file
}

const RELATIONSHIP: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const TYPE: &str = "application/vnd.openxmlformats-officedocument";

fn relationships(links: &[(&str, &str, &str)]) -> String {
    let link = |(id, kind, target): &(&str, &str, &str)| {
        let mode = if target.contains("://") {
            " TargetMode=\"External\""
        } else {
            ""
        };
        format!(
            "<Relationship Id=\"{id}\" Type=\"{RELATIONSHIP}/{kind}\" Target=\"{target}\"{mode}/>"
        )
    };
    format!(
        "<Relationships>{}</Relationships>",
        links.iter().map(link).collect::<String>()
    )
}

fn types(parts: &[(&str, &str)]) -> String {
    let part = |(name, kind): &(&str, &str)| {
        format!("<Override PartName=\"/{name}\" ContentType=\"{TYPE}.{kind}+xml\"/>")
    };
    format!(
        "<Types>{}</Types>",
        parts.iter().map(part).collect::<String>()
    )
}

fn zip(parts: Vec<(&str, Vec<u8>)>) -> Vec<u8> {
    super::office::archive_of(
        &parts
            .into_iter()
            .map(|(name, content)| (name.to_owned(), content))
            .collect::<BTreeMap<_, _>>(),
    )
}

/// A letter with properties, settings, revisions and a comment with author names, fields, links, an
/// embedded file, custom XML and photographs.
pub fn docx() -> Vec<u8> {
    let document = format!(
        "<?xml version=\"1.0\"?><!-- {TRACE} --><w:document xmlns:w=\"w\" xmlns:r=\"{RELATIONSHIP}\"><w:body><w:p w:rsidR=\"00AB12CD\" w14:paraId=\"1A2B\">\
         <w:ins w:id=\"1\" w:author=\"{TRACE}\" w:date=\"2026-07-07T10:00:00Z\"><w:r><w:t>{EVIDENCE} &amp; saksi</w:t></w:r></w:ins>\
         <w:r><w:fldChar w:fldCharType=\"begin\"/></w:r><w:r><w:instrText>INCLUDEPICTURE \"http://{TRACE}/\"</w:instrText></w:r>\
         <w:fldSimple w:instr=\"AUTHOR {TRACE}\"><w:r><w:t>tetap</w:t></w:r></w:fldSimple>\
         <w:hyperlink r:id=\"rId9\" w:tooltip=\"{TRACE}\"><w:r><w:t>tautan</w:t></w:r></w:hyperlink><?php {TRACE}?>\
         <w:drawing><wp:docPr id=\"1\" name=\"{TRACE}.jpg\" descr=\"C:\\{TRACE}\"/><a:blip r:embed=\"rId1\" r:link=\"rId9\"/></w:drawing>\
         <w:drawing><a:blip r:embed=\"rId2\"/></w:drawing><w:object><v:shape alt=\"{TRACE}\" onclick=\"{TRACE}\"/><o:OLEObject r:id=\"rId4\"/></w:object></w:p>\
         <w:sectPr w:rsidR=\"00AB\"/></w:body></w:document>"
    );
    let comments = format!(
        "<w:comments><w:comment w:id=\"0\" w:author=\"{TRACE}\" w:initials=\"{TRACE}\"><w:t>lihat sini</w:t></w:comment></w:comments>"
    );
    let links = [
        ("rId1", "image", "media/Budi-Santoso-pelapor.jpg"),
        ("rId2", "image", "media/gambar.emf"),
        ("rId3", "comments", "comments.xml"),
        ("rId4", "oleObject", "embeddings/lembar.xlsx"),
        ("rId5", "settings", "settings.xml"),
        ("rId6", "customXml", "../customXml/item1.xml"),
        ("rId9", "hyperlink", "https://Budi-Santoso-pelapor.example/"),
    ];
    let root = [
        ("rId1", "officeDocument", "word/document.xml"),
        ("rId2", "metadata/core-properties", "docProps/core.xml"),
    ];
    let part_types = [
        ("word/document.xml", "wordprocessingml.document.main"),
        ("word/comments.xml", "wordprocessingml.comments"),
        ("word/settings.xml", "wordprocessingml.settings"),
        ("docProps/core.xml", "core-properties"),
    ];
    let trace = || TRACE.as_bytes().to_vec();
    zip(vec![
        ("[Content_Types].xml", types(&part_types).into()),
        ("_rels/.rels", relationships(&root).into()),
        ("word/document.xml", document.into()),
        ("word/_rels/document.xml.rels", relationships(&links).into()),
        ("word/comments.xml", comments.into()),
        (
            "word/settings.xml",
            format!("<w:settings><w:rsids/><w:docVars>{TRACE}</w:docVars></w:settings>").into(),
        ),
        ("word/media/Budi-Santoso-pelapor.jpg", jpeg()),
        ("word/media/gambar.emf", trace()),
        ("word/embeddings/lembar.xlsx", trace()),
        ("customXml/item1.xml", trace()),
        (
            "docProps/core.xml",
            format!("<dc:creator>{TRACE}</dc:creator>").into(),
        ),
        (
            "docProps/app.xml",
            format!("<Company>{TRACE}</Company>").into(),
        ),
        ("docProps/thumbnail.jpeg", jpeg()),
    ])
}

/// A spreadsheet with the path it was saved under, a formula that fetches, a printer and a comment
/// that begins with its author's name.
pub fn xlsx() -> Vec<u8> {
    let workbook = format!(
        "<workbook xmlns:r=\"{RELATIONSHIP}\"><fileSharing userName=\"{TRACE}\"/><mc:AlternateContent><mc:Choice><x15ac:absPath url=\"C:\\{TRACE}\"/></mc:Choice>\
         </mc:AlternateContent><sheets><sheet name=\"Kas\" sheetId=\"1\" r:id=\"rId1\"/></sheets><definedNames><definedName>{TRACE}</definedName></definedNames>\
         </workbook>"
    );
    let sheet = format!(
        "<worksheet xmlns:r=\"{RELATIONSHIP}\"><sheetData><row><c t=\"str\"><f>WEBSERVICE(\"http://{TRACE}\")</f><v>{EVIDENCE}</v></c></row></sheetData>\
         <pageSetup orientation=\"portrait\" r:id=\"rId2\"/></worksheet>"
    );
    let comments = format!(
        "<comments><authors><author>{TRACE}</author></authors><commentList><comment ref=\"A1\" authorId=\"0\"><text><r><t>{TRACE}:</t></r><r><t>curiga</t></r></text>\
         </comment></commentList></comments>"
    );
    let part_types = [
        ("xl/workbook.xml", "spreadsheetml.sheet.main"),
        ("xl/worksheets/sheet1.xml", "spreadsheetml.worksheet"),
        ("xl/comments1.xml", "spreadsheetml.comments"),
    ];
    zip(vec![
        ("[Content_Types].xml", types(&part_types).into()),
        (
            "_rels/.rels",
            relationships(&[("rId1", "officeDocument", "xl/workbook.xml")]).into(),
        ),
        ("xl/workbook.xml", workbook.into()),
        (
            "xl/_rels/workbook.xml.rels",
            relationships(&[("rId1", "worksheet", "worksheets/sheet1.xml")]).into(),
        ),
        ("xl/worksheets/sheet1.xml", sheet.into()),
        (
            "xl/worksheets/_rels/sheet1.xml.rels",
            relationships(&[
                (
                    "rId2",
                    "printerSettings",
                    "../printerSettings/printerSettings1.bin",
                ),
                ("rId3", "comments", "../comments1.xml"),
            ])
            .into(),
        ),
        ("xl/comments1.xml", comments.into()),
        ("xl/printerSettings/printerSettings1.bin", utf16(false)),
        (
            "docProps/core.xml",
            format!("<dc:creator>{TRACE}</dc:creator>").into(),
        ),
    ])
}

/// A letter with this text.
pub fn letter(text: &str) -> Vec<u8> {
    zip(vec![
        (
            "[Content_Types].xml",
            types(&[("word/document.xml", "wordprocessingml.document.main")]).into(),
        ),
        (
            "_rels/.rels",
            relationships(&[("rId1", "officeDocument", "word/document.xml")]).into(),
        ),
        ("word/document.xml", text.into()),
    ])
}

/// A spreadsheet of one empty sheet with these comments.
pub fn commented(comments: &str) -> Vec<u8> {
    let part_types = [
        ("xl/workbook.xml", "spreadsheetml.sheet.main"),
        ("xl/worksheets/sheet1.xml", "spreadsheetml.worksheet"),
        ("xl/comments1.xml", "spreadsheetml.comments"),
    ];
    zip(vec![
        ("[Content_Types].xml", types(&part_types).into()),
        (
            "_rels/.rels",
            relationships(&[("rId1", "officeDocument", "xl/workbook.xml")]).into(),
        ),
        ("xl/workbook.xml", "<workbook/>".into()),
        (
            "xl/_rels/workbook.xml.rels",
            relationships(&[("rId1", "worksheet", "worksheets/sheet1.xml")]).into(),
        ),
        ("xl/worksheets/sheet1.xml", "<worksheet/>".into()),
        (
            "xl/worksheets/_rels/sheet1.xml.rels",
            relationships(&[("rId1", "comments", "../comments1.xml")]).into(),
        ),
        ("xl/comments1.xml", comments.into()),
    ])
}

/// A letter with these pictures only.
pub fn album(pictures: &[Vec<u8>]) -> Vec<u8> {
    let names: Vec<(String, String)> = (0..pictures.len())
        .map(|number| (format!("rId{number}"), format!("media/{number}.png")))
        .collect();
    let links: Vec<(&str, &str, &str)> = names
        .iter()
        .map(|(id, target)| (id.as_str(), "image", target.as_str()))
        .collect();
    let parts: Vec<String> = names
        .iter()
        .map(|(_, target)| format!("word/{target}"))
        .collect();
    let fixed = vec![
        (
            "[Content_Types].xml",
            types(&[("word/document.xml", "wordprocessingml.document.main")]).into(),
        ),
        (
            "_rels/.rels",
            relationships(&[("rId1", "officeDocument", "word/document.xml")]).into(),
        ),
        ("word/document.xml", "<w:document/>".into()),
        ("word/_rels/document.xml.rels", relationships(&links).into()),
    ];
    zip(fixed
        .into_iter()
        .chain(
            parts
                .iter()
                .map(String::as_str)
                .zip(pictures.iter().cloned()),
        )
        .collect())
}

/// The unpacked content of a clean copy.
pub fn unpacked(file: &[u8]) -> Vec<u8> {
    let mut all = file.to_vec();
    if let Ok(document) = Document::load_mem(file) {
        for stream in document
            .objects
            .values()
            .filter_map(|object| object.as_stream().ok())
        {
            all.extend(stream.get_plain_content().unwrap_or_default());
        }
    }
    for (name, content) in parts_of(file) {
        all.extend(name.into_bytes());
        all.extend(content);
    }
    all
}
