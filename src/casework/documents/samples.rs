//! The smallest valid file of each kind, built byte by byte for the tests of this module.

use crate::casework::file_kind::FileKind;

/// A one-page PDF without content.
pub fn pdf() -> Vec<u8> {
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n\
      3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\nxref\n0 4\n0000000000 65535 f \n0000000009 00000 n \n\
      0000000052 00000 n \n0000000101 00000 n \ntrailer<</Size 4/Root 1 0 R>>\nstartxref\n159\n%%EOF\n"
        .to_vec()
}

/// The content type of a letter's main part.
pub const DOCX: &str =
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml";
/// The content type of a spreadsheet's main part.
pub const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml";

/// The frame of a JPEG: start, JFIF header, end.
pub fn jpeg() -> Vec<u8> {
    [
        b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0".as_slice(),
        b"\xff\xd9",
    ]
    .concat()
}

/// A transparent dot.
pub fn png() -> Vec<u8> {
    [
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89"
            .as_slice(),
        b"\0\0\0\nIDATx\x9cc\0\x01\0\0\x05\0\x01\r\n-\xb4",
        b"\0\0\0\0IEND\xae\x42\x60\x82",
    ]
    .concat()
}

/// A letter.
pub fn docx() -> Vec<u8> {
    zip(&["[Content_Types].xml", "_rels/.rels", "word/document.xml"])
}

/// A spreadsheet.
pub fn xlsx() -> Vec<u8> {
    zip(&[
        "[Content_Types].xml",
        "_rels/.rels",
        "xl/workbook.xml",
        "xl/worksheets/sheet1.xml",
    ])
}

/// One of each.
pub fn of_each_kind() -> [(FileKind, Vec<u8>); 5] {
    [
        (FileKind::Pdf, pdf()),
        (FileKind::Jpeg, jpeg()),
        (FileKind::Png, png()),
        (FileKind::Docx, docx()),
        (FileKind::Xlsx, xlsx()),
    ]
}

/// One of each with `filling` bytes in the middle.
pub fn filled(filling: usize) -> [(FileKind, Vec<u8>); 5] {
    let filling = vec![b'.'; filling];
    let within = |file: Vec<u8>, at: usize| {
        [
            &file[..at],
            &filling,
            &file[file.len() - (file.len() - at)..],
        ]
        .concat()
    };
    let zipped = |main: &str, part: &str| {
        zip_with(&[
            ("[Content_Types].xml", &types_of(main)),
            (part, filling.as_slice()),
            ("docProps/app.xml", filling.as_slice()),
        ])
    };
    [
        (FileKind::Pdf, within(pdf(), 9)),
        (FileKind::Jpeg, within(jpeg(), 20)),
        (
            FileKind::Png,
            [&png()[..33], &chunk(*b"tEXt", &filling), &png()[33..]].concat(),
        ),
        (FileKind::Docx, zipped(DOCX, "word/document.xml")),
        (FileKind::Xlsx, zipped(XLSX, "xl/workbook.xml")),
    ]
}

/// A chunk of a PNG.
fn chunk(kind: [u8; 4], content: &[u8]) -> Vec<u8> {
    let covered = [kind.as_slice(), content].concat();
    let length = u32::try_from(content.len()).unwrap().to_be_bytes();
    [
        &length[..],
        &covered,
        &crc32fast::hash(&covered).to_be_bytes(),
    ]
    .concat()
}

/// A zip with these entries of a few bytes each. The content types follow from the names.
pub fn zip(names: &[&str]) -> Vec<u8> {
    let types = types_of(if names.iter().any(|name| name.starts_with("xl/")) {
        XLSX
    } else {
        DOCX
    });
    let content = |name: &str| {
        if name == "[Content_Types].xml" {
            types.clone()
        } else {
            b"<x/>".to_vec()
        }
    };
    let entries: Vec<(&str, Vec<u8>)> = names.iter().map(|name| (*name, content(name))).collect();
    zip_with(
        &entries
            .iter()
            .map(|(name, content)| (*name, content.as_slice()))
            .collect::<Vec<_>>(),
    )
}

/// The content types of a file with a main part of type `main`.
pub fn types_of(main: &str) -> Vec<u8> {
    format!("<Types><Default Extension=\"xml\" ContentType=\"application/xml\"/><Override PartName=\"/main\" ContentType=\"{main}\"/></Types>")
        .into_bytes()
}

/// A zip with these entries, as they are.
pub fn zip_with(entries: &[(&str, &[u8])]) -> Vec<u8> {
    zip_of(entries, false)
}

/// A letter as Word packs it: deflated, and with room to grow in the head of its first entry.
pub fn packed_docx() -> Vec<u8> {
    zip_of(
        &[
            ("[Content_Types].xml", &types_of(DOCX)),
            ("word/document.xml", b"<x/>"),
        ],
        true,
    )
}

fn zip_of(entries: &[(&str, &[u8])], packed: bool) -> Vec<u8> {
    use std::io::Write as _;
    let short = |n: usize| u16::try_from(n).unwrap().to_le_bytes();
    let long = |n: usize| u32::try_from(n).unwrap().to_le_bytes();
    let (mut file, mut directory) = (Vec::new(), Vec::new());
    let (method, extra) = if packed {
        (8, vec![0; 520])
    } else {
        (0, Vec::new())
    };
    for (name, content) in entries {
        let mut packing =
            flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
        packing.write_all(content).unwrap();
        let body = if packed {
            packing.finish().unwrap()
        } else {
            content.to_vec()
        };
        let (offset, sum) = (long(file.len()), crc32fast::hash(content).to_le_bytes());
        let (size, unpacked, length) = (long(body.len()), long(content.len()), short(name.len()));
        let common = [
            &[20, 0, 0, 0, method, 0, 0, 0, 0x21, 0],
            &sum[..],
            &size,
            &unpacked,
            &length,
        ]
        .concat();
        file.extend(
            [
                b"PK\x03\x04",
                &common[..],
                &short(extra.len()),
                name.as_bytes(),
                &extra,
                &body,
            ]
            .concat(),
        );
        directory.extend(
            [
                b"PK\x01\x02\x14\0",
                &common[..],
                &[0; 12],
                &offset,
                name.as_bytes(),
            ]
            .concat(),
        );
    }
    let (count, offset, size) = (
        short(entries.len()),
        long(file.len()),
        long(directory.len()),
    );
    file.extend(directory);
    file.extend(
        [
            b"PK\x05\x06\0\0\0\0",
            &count[..],
            &count,
            &size,
            &offset,
            &[0, 0],
        ]
        .concat(),
    );
    file
}
