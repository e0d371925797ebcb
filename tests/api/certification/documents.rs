//! Documents over HTTP: recognised by their content, kept in immutable versions, and downloaded
//! byte for byte as they were uploaded.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::path::Path;
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use super::Office;
use super::office::{Until, pdf};
use crate::support::{Answer, Person, Request};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\0\0\0\nIDATx\x9cc\0\x01\0\0\x05\0\x01\r\n-\xb4\0\0\0\0IEND\xae\x42\x60\x82";
const JPEG: &[u8] = b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0\xff\xd9";

/// Encrypted by qpdf with AES-256 in object streams: one opens without a password, the others need
/// one.
const OPEN: &[u8] = include_bytes!("../../samples/open-aes256.pdf");
const LOCKED: [&[u8]; 2] = [
    include_bytes!("../../samples/locked-aes256.pdf"),
    include_bytes!("../../samples/locked-aes128.pdf"),
];

/// An Office file with these parts beside its list of content types, in the smallest zip archive.
pub fn office_file(main: &str, parts: &[&str]) -> Vec<u8> {
    let short = |n: usize| u16::try_from(n).unwrap().to_le_bytes();
    let long = |n: usize| u32::try_from(n).unwrap().to_le_bytes();
    let (mut file, mut directory) = (Vec::new(), Vec::new());
    let types = format!(
        "<Types><Override PartName=\"/{}\" ContentType=\"application/vnd.{main}\"/></Types>",
        parts[0]
    );
    let entries: Vec<(&str, &str)> = [("[Content_Types].xml", types.as_str())]
        .into_iter()
        .chain(parts.iter().map(|part| (*part, "<x/>")))
        .collect();
    for (name, content) in &entries {
        let sum = crc32fast::hash(content.as_bytes()).to_le_bytes();
        let common = [
            &[20, 0, 0, 0, 0, 0, 0, 0, 0x21, 0],
            &sum[..],
            &long(content.len())[..],
            &long(content.len()),
            &short(name.len()),
            &[0, 0],
        ]
        .concat();
        directory.extend(
            [
                b"PK\x01\x02\x14\0",
                &common[..],
                &[0; 10],
                &long(file.len()),
                name.as_bytes(),
            ]
            .concat(),
        );
        file.extend(
            [
                b"PK\x03\x04",
                &common[..],
                name.as_bytes(),
                content.as_bytes(),
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

const DOCX: &str = "openxmlformats-officedocument.wordprocessingml.document.main+xml";
const XLSX: &str = "openxmlformats-officedocument.spreadsheetml.sheet.main+xml";

async fn send(
    person: &Person,
    path: &str,
    media_type: &str,
    body: Vec<u8>,
    headers: &[(&str, &str)],
) -> Answer {
    person
        .ask(&Request {
            method: Method::PUT,
            path,
            body: Some((media_type, body)),
            headers,
        })
        .await
}

async fn fetch(person: &Person, path: &str, headers: &[(&str, &str)]) -> Answer {
    person
        .ask(&Request {
            method: Method::GET,
            path,
            body: None,
            headers,
        })
        .await
}

async fn list(office: &Office, case: &str) -> Vec<Value> {
    office
        .customer
        .get(&format!("{case}/documents"))
        .await
        .expect(200)["items"]
        .as_array()
        .unwrap()
        .clone()
}

#[actix_web::test]
async fn every_kind_is_taken_where_its_row_takes_it_and_comes_back_byte_for_byte() {
    let office = Office::open().await;
    let case = office.bare_draft().await;
    let docx = office_file(DOCX, &["word/document.xml", "_rels/.rels"]);
    let xlsx = office_file(XLSX, &["xl/workbook.xml", "_rels/.rels"]);
    // A document is a PDF or a picture; a form is a PDF or an Office file.
    let kinds = [
        ("application/pdf", pdf("akta"), "Q02", None),
        ("image/jpeg", JPEG.to_vec(), "Q03", Some("Q09")),
        ("image/png", PNG.to_vec(), "Q04", Some("Q09")),
        (
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            docx,
            "Q09",
            Some("Q02"),
        ),
        (
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            xlsx,
            "Q10",
            Some("Q02"),
        ),
    ];
    for (media_type, bytes, row, refused_for) in kinds {
        for sent_as in [media_type, "application/octet-stream"] {
            let view = send(
                &office.customer,
                &format!("{case}/documents/{row}"),
                sent_as,
                bytes.clone(),
                &[],
            )
            .await
            .expect(201);
            assert_eq!(
                (&view["media_type"], &view["size"]),
                (&json!(media_type), &json!(bytes.len()))
            );
        }
        let back = fetch(
            &office.customer,
            &format!("{case}/documents/{row}/versions/1"),
            &[],
        )
        .await;
        assert_eq!(
            (back.header("content-type"), back.status),
            (Some(media_type), 200)
        );
        assert_eq!(back.bytes, bytes);
        if let Some(other) = refused_for {
            send(
                &office.customer,
                &format!("{case}/documents/{other}"),
                media_type,
                bytes,
                &[],
            )
            .await
            .refused(415, "unsupported_media_type");
        }
    }
    assert_eq!(
        list(&office, &case).await.len(),
        10,
        "two versions of each, and none of a refused file"
    );
}

#[actix_web::test]
async fn what_is_not_what_it_says_is_not_taken() {
    let office = Office::open().await;
    let case = office.bare_draft().await;
    let path = format!("{case}/documents/Q02");
    let macros = office_file(DOCX, &["word/document.xml", "word/vbaProject.bin"]);
    for (media_type, bytes) in [
        ("application/pdf", PNG.to_vec()),
        ("image/png", pdf("bukan gambar")),
        ("application/octet-stream", b"MZ\x90\0 program".to_vec()),
        ("application/pdf", b"<html>bukan pdf</html>".to_vec()),
        ("application/octet-stream", macros),
    ] {
        send(&office.customer, &path, media_type, bytes, &[])
            .await
            .refused(415, "unsupported_media_type");
    }
    send(&office.customer, &path, "application/pdf", Vec::new(), &[])
        .await
        .refused(422, "invalid_content");
    let whole = pdf("terpotong");
    let cut = send(
        &office.customer,
        &path,
        "application/pdf",
        whole[..whole.len() - 10].to_vec(),
        &[],
    )
    .await
    .refused(422, "invalid_content");
    assert_eq!(cut["errors"][0]["code"], "incomplete");
    assert_eq!(list(&office, &case).await, Vec::<Value>::new());
    nothing_is_stored(&office).await;
}

/// Templates, binary workbooks and files with macros are told from documents by the content type of
/// their main part.
#[actix_web::test]
async fn a_template_or_a_binary_workbook_is_no_document() {
    let office = Office::open().await;
    let case = office.bare_draft().await;
    for (main, part) in [
        (
            "openxmlformats-officedocument.wordprocessingml.template.main+xml",
            "word/document.xml",
        ),
        (
            "ms-word.document.macroEnabled.main+xml",
            "word/document.xml",
        ),
        (
            "openxmlformats-officedocument.spreadsheetml.template.main+xml",
            "xl/workbook.xml",
        ),
        ("ms-excel.sheet.binary.macroEnabled.main", "xl/workbook.bin"),
        ("ms-excel.sheet.macroEnabled.main+xml", "xl/workbook.xml"),
        (
            "openxmlformats-officedocument.presentationml.presentation.main+xml",
            "ppt/presentation.xml",
        ),
    ] {
        let file = office_file(main, &[part]);
        send(
            &office.customer,
            &format!("{case}/documents/Q09"),
            "",
            file,
            &[],
        )
        .await
        .refused(415, "unsupported_media_type");
    }
    send(
        &office.customer,
        &format!("{case}/documents/Q09"),
        "",
        office_file(DOCX, &["word/document.xml"]),
        &[],
    )
    .await
    .expect(201);
    assert_eq!(list(&office, &case).await.len(), 1);
}

/// Valid files with bytes before or after the content are accepted; encrypted files that need a
/// password are refused.
#[actix_web::test]
async fn honest_files_are_taken_as_they_are_and_locked_ones_are_not() {
    let office = Office::open().await;
    let case = office.bare_draft().await;
    let movie = [
        b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom".as_slice(),
        &b"\x07".repeat(300_000),
    ]
    .concat();
    let comment = format!("\n<!-- {} -->\n", "Scanned by the gateway. ".repeat(200));
    for (row, file) in [
        ("Q03", [JPEG, b"\r\n"].concat()),
        ("Q03", [JPEG, movie.as_slice()].concat()),
        ("Q03", [JPEG, b"\0\0Image_UTC_DataSEFH\0\0SEFT"].concat()),
        ("Q04", [PNG, movie.as_slice()].concat()),
        ("Q02", [pdf("akta").as_slice(), &[0; 4096]].concat()),
        ("Q02", [pdf("akta").as_slice(), comment.as_bytes()].concat()),
        (
            "Q02",
            [b"\r\n\r\n".as_slice(), &pdf("akta"), b"\x1a"].concat(),
        ),
        ("Q02", OPEN.to_vec()),
    ] {
        let path = format!("{case}/documents/{row}");
        let version = send(&office.customer, &path, "", file.clone(), &[])
            .await
            .expect(201)["version"]
            .clone();
        let back = fetch(&office.customer, &format!("{path}/versions/{version}"), &[]).await;
        assert_eq!(
            (back.status, back.bytes == file),
            (200, true),
            "stored byte for byte"
        );
        assert!(
            back.header("content-disposition")
                .unwrap()
                .starts_with("attachment")
        );
    }
    let before = list(&office, &case).await;
    for locked in LOCKED {
        let refusal = send(
            &office.customer,
            &format!("{case}/documents/Q02"),
            "application/pdf",
            locked.to_vec(),
            &[],
        )
        .await;
        assert_eq!(
            refusal.refused(422, "invalid_content")["errors"][0]["code"],
            "locked"
        );
    }
    let twice = [JPEG, &pdf("akta")].concat();
    send(
        &office.customer,
        &format!("{case}/documents/Q03"),
        "",
        twice,
        &[],
    )
    .await
    .refused(422, "invalid_content");
    assert_eq!(list(&office, &case).await, before);
}

#[actix_web::test]
async fn a_version_never_changes_and_the_next_stands_beside_it() {
    let office = Office::open().await;
    let case = office.bare_draft().await;
    let path = format!("{case}/documents/Q02");
    let (first, second) = (pdf("akta lama"), pdf("akta baru"));
    let one = send(
        &office.customer,
        &path,
        "application/pdf",
        first.clone(),
        &[],
    )
    .await;
    assert_eq!(
        one.header("location"),
        Some(format!("{path}/versions/1").as_str())
    );
    let one = one.expect(201);
    assert_eq!(
        send(
            &office.customer,
            &path,
            "application/pdf",
            second.clone(),
            &[]
        )
        .await
        .expect(201)["version"],
        2
    );
    let kept = fetch(&office.customer, &format!("{path}/versions/1"), &[]).await;
    assert_eq!(
        (
            kept.bytes,
            fetch(&office.customer, &format!("{path}/versions/2"), &[])
                .await
                .bytes
        ),
        (first, second)
    );
    assert!(list(&office, &case).await.contains(&one));
    for nowhere in ["/versions/3", "/versions/0"] {
        fetch(&office.customer, &format!("{path}{nowhere}"), &[])
            .await
            .refused(404, "not_found");
    }
    // Nor can the application's database role change or delete a received version.
    for statement in [
        "update document_version set sha256 = sha256",
        "delete from document_version",
    ] {
        let mut transaction = office.app.database.begin().await.unwrap();
        let refusal = sqlx::query(statement)
            .execute(&mut *transaction)
            .await
            .unwrap_err();
        assert!(
            refusal.to_string().contains("permission denied"),
            "{refusal}"
        );
    }
}

#[actix_web::test]
async fn a_download_is_an_attachment_of_its_true_type_that_nobody_keeps() {
    let office = Office::open().await;
    let case = office.bare_draft().await;
    let path = format!("{case}/documents/Q02");
    let name = "attachment; filename*=UTF-8''..%2FAkta%20Pendirian%20%C3%A9.exe";
    let view = send(
        &office.customer,
        &path,
        "application/pdf",
        pdf("akta"),
        &[("content-disposition", name)],
    )
    .await
    .expect(201);
    assert_eq!(view["file_name"], "Akta Pendirian é.exe.pdf");
    let sent = fetch(
        &office.customer,
        &format!("{path}/versions/1"),
        &[("accept-encoding", "gzip, br")],
    )
    .await;
    let disposition = sent.header("content-disposition").unwrap();
    assert!(
        disposition.starts_with("attachment")
            && disposition.contains("filename*=UTF-8''Akta%20Pendirian%20%C3%A9.exe.pdf"),
        "{disposition}"
    );
    assert_eq!(sent.header("x-content-type-options"), Some("nosniff"));
    assert!(sent.header("cache-control").unwrap().contains("no-store"));
    assert_eq!(sent.header("accept-ranges"), Some("bytes"));
    // A compressed response would have another length, and other ranges than the named ones.
    assert!(matches!(
        sent.header("content-encoding"),
        None | Some("identity")
    ));
    assert_eq!(
        sent.header("content-length"),
        Some(sent.bytes.len().to_string().as_str())
    );
    assert_eq!(sent.bytes, pdf("akta"));
    assert_eq!(
        sent.header("etag").unwrap().trim_matches('"'),
        view["sha256"]
    );
    let unnamed = send(
        &office.customer,
        &format!("{case}/documents/Q03"),
        "application/pdf",
        pdf("nib"),
        &[],
    )
    .await
    .expect(201);
    assert_eq!(unnamed["file_name"], "Q03.pdf");
}

#[actix_web::test]
async fn a_range_is_sent_alone_and_what_the_caller_has_is_not_sent_again() {
    let office = Office::open().await;
    let case = office.bare_draft().await;
    let (path, bytes) = (format!("{case}/documents/Q02"), pdf("akta"));
    send(
        &office.customer,
        &path,
        "application/pdf",
        bytes.clone(),
        &[],
    )
    .await
    .expect(201);
    let version = format!("{path}/versions/1");
    let whole = bytes.len();
    for (range, wanted) in [
        ("bytes=0-3", 0..4),
        ("bytes=5-", 5..whole),
        ("bytes=-6", whole - 6..whole),
    ] {
        let part = fetch(&office.customer, &version, &[("range", range)]).await;
        assert_eq!(
            (part.status, part.bytes.as_slice()),
            (206, &bytes[wanted.clone()]),
            "{range}"
        );
        assert_eq!(
            part.header("content-range"),
            Some(format!("bytes {}-{}/{whole}", wanted.start, wanted.end - 1).as_str())
        );
    }
    let beyond = format!("bytes={whole}-");
    let refusal = fetch(&office.customer, &version, &[("range", &beyond)]).await;
    assert_eq!(
        refusal.header("content-range"),
        Some(format!("bytes */{whole}").as_str())
    );
    refusal.refused(416, "range_not_satisfiable");
    let tag = fetch(&office.customer, &version, &[]).await.etag();
    let known = fetch(&office.customer, &version, &[("if-none-match", &tag)]).await;
    assert_eq!(
        (known.status, known.bytes.len(), known.etag()),
        (304, 0, tag)
    );
    let other = fetch(
        &office.customer,
        &version,
        &[("range", "bytes=0-3"), ("if-range", "\"another\"")],
    )
    .await;
    assert_eq!((other.status, other.bytes), (200, bytes));
}

#[actix_web::test]
async fn a_document_is_read_by_whoever_sees_the_file_and_by_nobody_else() {
    let office = Office::open().await;
    let case = office.case(Until::Draft).await;
    let version = format!("{case}/documents/Q02/versions/1");
    let stranger = office.app.customer().await;
    for hidden_from in [&stranger, &office.pji_staff, &office.operations] {
        fetch(hidden_from, &version, &[])
            .await
            .refused(404, "not_found");
        // The reply to a hidden document does not even reveal that the caller's cached version is
        // current.
        fetch(hidden_from, &version, &[("if-none-match", "*")])
            .await
            .refused(404, "not_found");
    }
    office
        .app
        .nobody()
        .get(&version)
        .await
        .refused(401, "unauthenticated");
    office
        .customer
        .act(&format!("{case}/submission"))
        .await
        .expect(200);
    assert_eq!(fetch(&office.pji_staff, &version, &[]).await.status, 200);
    fetch(&office.operations, &version, &[])
        .await
        .refused(404, "not_found");
    office
        .pji_staff
        .act(&format!("{case}/filing"))
        .await
        .expect(200);
    assert_eq!(fetch(&office.operations, &version, &[]).await.status, 200);
    fetch(&stranger, &version, &[])
        .await
        .refused(404, "not_found");
}

/// The request line and headers of an upload that announces `length` bytes.
fn announced(office: &Office, path: &str, length: usize) -> String {
    let token = office.customer.token.as_deref().unwrap();
    format!(
        "PUT {path} HTTP/1.1\r\nhost: desk.test\r\nauthorization: Bearer {token}\r\ncontent-type: application/pdf\r\ncontent-length: {length}\r\n\r\n"
    )
}

#[actix_web::test]
async fn what_is_too_large_is_refused_before_it_is_sent() {
    let office = Office::open().await;
    let case = office.bare_draft().await;
    // Q02 allows ten megabytes, Q05 twenty-five.
    for (row, length) in [("Q02", 10_000_001), ("Q05", 25_000_001)] {
        let (address, head) = (
            office.app.address().to_owned(),
            announced(&office, &format!("{case}/documents/{row}"), length),
        );
        let heard = actix_web::rt::task::spawn_blocking(move || {
            let mut connection = TcpStream::connect(address).unwrap();
            connection
                .set_read_timeout(Some(Duration::from_secs(20)))
                .unwrap();
            let beginning = [head.as_bytes(), b"%PDF-1.4\n", &[b'.'; 4096]].concat();
            connection.write_all(&beginning).unwrap();
            let mut heard = [0; 512];
            let length = connection.read(&mut heard).unwrap();
            drop(connection.shutdown(Shutdown::Both));
            String::from_utf8_lossy(&heard[..length]).into_owned()
        });
        let heard = heard.await.unwrap();
        assert!(heard.starts_with("HTTP/1.1 413"), "{heard}");
    }
    let whole = [
        b"%PDF-1.4\n".to_vec(),
        vec![b'.'; 10_000_000 - 15],
        b"%%EOF\n".to_vec(),
    ]
    .concat();
    assert_eq!(whole.len(), 10_000_000);
    send(
        &office.customer,
        &format!("{case}/documents/Q02"),
        "application/pdf",
        whole,
        &[],
    )
    .await
    .expect(201);
    assert_eq!(list(&office, &case).await.len(), 1);
}

#[actix_web::test]
async fn an_upload_that_breaks_off_leaves_nothing() {
    let office = Office::open().await;
    let case = office.bare_draft().await;
    let (address, head) = (
        office.app.address().to_owned(),
        announced(&office, &format!("{case}/documents/Q02"), 4 << 20),
    );
    let talk = actix_web::rt::task::spawn_blocking(move || {
        let mut connection = TcpStream::connect(address).unwrap();
        connection
            .write_all(&[head.as_bytes(), b"%PDF-1.4\n", &vec![b'.'; 2 << 20]].concat())
            .unwrap();
        connection
    });
    let connection = talk.await.unwrap();
    until(async || !is_empty(&folder(&office))).await;
    drop(connection);
    nothing_is_stored(&office).await;
    assert_eq!(list(&office, &case).await, Vec::<Value>::new());
    assert_eq!(office.rows("document_version", "case_id", &case).await, 0);
    // The checklist row is as free as before.
    let view = office
        .customer
        .upload(&format!("{case}/documents/Q02"), pdf("akta"))
        .await
        .expect(201);
    assert_eq!(view["version"], 1);
}

fn folder(office: &Office) -> std::path::PathBuf {
    office.app.service.config.data_dir.join("documents")
}

/// Asserts that the store holds no file, not even in quarantine; a file that is being removed has a
/// few seconds.
async fn nothing_is_stored(office: &Office) {
    until(async || is_empty(&folder(office))).await;
}

fn is_empty(folder: &Path) -> bool {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .into_iter()
        .all(|entry| entry.path().is_dir() && is_empty(&entry.path()))
}

async fn until(comes: impl AsyncFn() -> bool) {
    for _ in 0..100 {
        if comes().await {
            return;
        }
        actix_web::rt::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("it did not come about in ten seconds");
}
