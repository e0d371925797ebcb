//! Attachments: nothing about the sender reaches a reader, a file of another kind is not stored, and
//! a file changed in the store is not served.

use std::io::{Cursor, Write as _};
use std::net::TcpStream;
use std::sync::LazyLock;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use reqwest::Method;
use serde_json::{Value, json};

use super::office::{Case, ComplaintOffice, Until, form};
use crate::certification::documents::office_file;
use crate::support::{Answer, Person, Request};

pub const MINE: &str = "/api/v1/complaints/mine/attachments";
/// Bytes behind the end of the test pictures.
const PICTURE: &[u8] = b"yang terlihat di foto";
const TRACES: [&str; 4] = [
    "GPS 2.9761 S 104.7754 E",
    "Kamera milik Siti Rahayu",
    "siti-rahayu-ruang-23",
    "Catatan Siti",
];

fn segment(marker: u8, content: &[u8]) -> Vec<u8> {
    [
        &[0xff, marker],
        u16::try_from(content.len() + 2)
            .unwrap()
            .to_be_bytes()
            .as_slice(),
        content,
    ]
    .concat()
}

/// A photograph as a telephone makes it: with its location, the camera's owner, and a film of
/// `padding` bytes after its end.
pub fn photograph(padding: usize) -> Vec<u8> {
    photograph_of(
        &[PICTURE, &b"0123456789".repeat(padding / 10)].concat(),
        TRACES[0],
        TRACES[1],
    )
}

/// Coloured noise: its copy has more than 200,000 bytes.
static NOISE: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let noise = RgbImage::from_fn(480, 320, |x, y| {
        let [r, g, b, _] = (x * 480 + y)
            .wrapping_mul(2_654_435_761)
            .rotate_left(x % 31)
            .to_le_bytes();
        Rgb([r, g, b])
    });
    let mut file = Cursor::new(Vec::new());
    DynamicImage::ImageRgb8(noise)
        .write_to(&mut file, ImageFormat::Jpeg)
        .unwrap();
    file.into_inner()
});

/// The same with these bytes behind its end, this location and this camera.
pub fn photograph_of(behind: &[u8], place: &str, camera: &str) -> Vec<u8> {
    let exif = [
        b"Exif\0\0II*\0\x08\0\0\0\0\0\0\0\0\0".as_slice(),
        place.as_bytes(),
    ]
    .concat();
    [
        &NOISE[..2],
        &segment(0xe1, &exif),
        &segment(0xfe, camera.as_bytes()),
        &NOISE[2..],
        behind,
    ]
    .concat()
}

fn chunk(kind: [u8; 4], content: &[u8]) -> Vec<u8> {
    let covered = [kind.as_slice(), content].concat();
    [
        &u32::try_from(content.len()).unwrap().to_be_bytes()[..],
        &covered,
        &crc32fast::hash(&covered).to_be_bytes(),
    ]
    .concat()
}

/// A screenshot with a text comment.
fn screenshot() -> Vec<u8> {
    [
        b"\x89PNG\r\n\x1a\n".to_vec(),
        chunk(*b"IHDR", b"\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0"),
        chunk(*b"tEXt", format!("Author\0{}", TRACES[3]).as_bytes()),
        chunk(*b"IDAT", b"x\x9cc\0\x01\0\0\x05\0\x01\r\n-\xb4"),
        chunk(*b"IEND", b""),
    ]
    .concat()
}

pub async fn attach_as(reporter: &Person, file: Vec<u8>, headers: &[(&str, &str)]) -> Answer {
    reporter
        .ask(&Request {
            method: Method::POST,
            path: MINE,
            body: Some(("application/octet-stream", file)),
            headers,
        })
        .await
}

pub async fn attach(reporter: &Person, file: Vec<u8>) -> Value {
    attach_as(reporter, file, &[]).await.expect(201)
}

pub fn holds(within: &[u8], what: &[u8]) -> bool {
    within.windows(what.len()).any(|window| window == what)
}

pub fn has_no_trace(answer: &Answer) {
    for trace in TRACES {
        assert!(!holds(&answer.bytes, trace.as_bytes()), "{trace}");
        for name in ["content-disposition", "content-type", "location", "etag"] {
            assert!(
                !answer
                    .header(name)
                    .is_some_and(|value| value.contains(trace)),
                "{name} tells {trace}"
            );
        }
    }
}

/// The numbers of attachment rows and of chunks.
async fn rows(office: &ComplaintOffice) -> (i64, i64) {
    let count =
        "select (select count(*) from wbs.attachment), (select count(*) from wbs.attachment_chunk)";
    sqlx::query_as(count)
        .fetch_one(&mut office.app.sql().await)
        .await
        .unwrap()
}

async fn ids(person: &Person, path: &str) -> Vec<String> {
    let list = person.get(path).await.expect(200);
    list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["id"].as_str().unwrap().to_owned())
        .collect()
}

#[actix_web::test]
async fn handlers_see_the_picture_from_the_surfacing_time_on_and_nothing_of_who_made_it() {
    let mut office = ComplaintOffice::open().await;
    let case = office.case(Until::Forwarded).await;
    let reporter = office.sign_in_with_code(&case.code).await;
    let named = format!("attachment; filename=\"{}.jpg\"", TRACES[2]);
    let sent = attach_as(
        &reporter,
        photograph(200_000),
        &[("content-disposition", &named)],
    )
    .await;
    has_no_trace(&sent);
    let place = sent.header("location").unwrap().to_owned();
    let photo = sent.expect(201);
    assert_eq!(
        (
            &photo["seq"],
            &photo["on"],
            &photo["media_type"],
            &photo["copy"],
            &photo["size"],
            &photo["left_out"]
        ),
        (
            &json!(1),
            &json!("2026-07-06"),
            &json!("image/jpeg"),
            &json!("pending"),
            &json!(null),
            &json!(null)
        )
    );
    let shot = attach(&reporter, screenshot()).await;
    assert_eq!(
        (&shot["seq"], &shot["media_type"]),
        (&json!(2), &json!("image/png"))
    );
    assert_eq!(place, format!("{MINE}/{}", photo["id"].as_str().unwrap()));

    // Before the surfacing time only the reporter sees the attachments, and gets the same cleaned
    // copies.
    let path = format!("{}/attachments", case.path);
    let of = |one: &Value| format!("{path}/{}", one["id"].as_str().unwrap());
    assert_eq!(ids(&office.team_lead, &path).await, [""; 0]);
    office
        .team_lead
        .get(&of(&photo))
        .await
        .refused(404, "not_found");
    let waiting = reporter.get(&place).await;
    assert_eq!(waiting.header("retry-after"), Some("5"));
    waiting.refused(409, "copy_pending");
    office.make_copies().await;
    let mine = reporter.get(MINE).await.expect(200)["items"].clone();
    for one in mine.as_array().unwrap() {
        assert_eq!(
            (&one["copy"], &one["left_out"]),
            (&json!("ready"), &json!(0))
        );
    }
    let own = reporter.get(&place).await;
    has_no_trace(&own);

    office.next_slot().await;
    let listed = office.team_lead.get(&path).await;
    has_no_trace(&listed);
    assert_eq!(listed.expect(200)["items"], mine);
    for (one, name) in [(&mine[0], "lampiran-1.pdf"), (&mine[1], "lampiran-2.pdf")] {
        let copy = office.team_lead.get(&of(one)).await;
        assert_eq!(
            (copy.status, copy.bytes.len()),
            (200, usize::try_from(one["size"].as_u64().unwrap()).unwrap())
        );
        has_no_trace(&copy);
        for (header, value) in [
            ("content-type", "application/octet-stream"),
            (
                "content-disposition",
                &format!("attachment; filename=\"{name}\""),
            ),
            ("x-content-type-options", "nosniff"),
            (
                "content-security-policy",
                "sandbox; default-src 'none'; frame-ancestors 'none'",
            ),
            ("cache-control", "no-store"),
        ] {
            assert_eq!(copy.header(header), Some(value));
        }
        assert_eq!(
            (copy.header("etag"), copy.header("last-modified")),
            (None, None)
        );
    }
    let copy = office.team_lead.get(&of(&photo)).await;
    assert!(copy.bytes.starts_with(b"%PDF-") && copy.bytes == own.bytes);
    assert!(!holds(&copy.bytes, PICTURE) && !holds(&copy.bytes, b"0123456789"));

    // A download without opening the complaint is in the access log too.
    office.pji_lead.get(&of(&photo)).await;
    let log = office
        .sign_in_with_code(&case.code)
        .await
        .get("/api/v1/complaints/mine/access-log")
        .await
        .expect(200);
    let roles: Vec<_> = log["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|access| access["role"].as_str().unwrap())
        .collect();
    assert!(
        roles.contains(&"team_lead") && roles.contains(&"pji_lead"),
        "{roles:?}"
    );
    is_sealed(&office).await;
}

/// Asserts that the database contains neither the image data nor the metadata in clear, and that
/// all chunks have one length.
async fn is_sealed(office: &ComplaintOffice) {
    let mut sql = office.app.sql().await;
    let search = "select (select count(*) from wbs.attachment_chunk where position($1 in sealed) > 0) + (select count(*) from wbs.attachment where position($1 in meta || copy || visible_text) > 0)";
    for word in TRACES.map(str::as_bytes).into_iter().chain([
        PICTURE,
        b"0123456789",
        b"image/jpeg",
        b"IHDR",
        b"JFIF",
        b"%PDF",
        b"ready",
    ]) {
        let found: i64 = sqlx::query_scalar(search)
            .bind(word)
            .fetch_one(&mut sql)
            .await
            .unwrap();
        assert_eq!(found, 0, "{}", String::from_utf8_lossy(word));
    }
    let lengths: Vec<i32> =
        sqlx::query_scalar("select distinct octet_length(sealed) from wbs.attachment_chunk")
            .fetch_all(&mut sql)
            .await
            .unwrap();
    assert_eq!(lengths.len(), 1, "{lengths:?}");
    assert!(rows(office).await.1 >= 10);
}

#[actix_web::test]
async fn what_was_tampered_with_is_our_fault_and_nothing_of_it_is_given_out() {
    let mut office = ComplaintOffice::open().await;
    let case = office.case(Until::Screened).await;
    let reporter = office.sign_in_with_code(&case.code).await;
    let [one, other] = [
        attach(&reporter, photograph(200_000)).await,
        attach(&reporter, photograph(200_000)).await,
    ];
    office.next_slot().await;
    let (one, other) = (one["id"].as_str().unwrap(), other["id"].as_str().unwrap());
    let path = format!("{}/attachments/{one}", case.path);
    let whole = office.head.get(&path).await.bytes;
    let mut sql = office.app.sql().await;
    sqlx::query("create table kept as select * from wbs.attachment_chunk")
        .execute(&mut sql)
        .await
        .unwrap();
    let of_one = format!("attachment_id = '{one}' and part = 'clean'");
    let last = format!("select max(no) from wbs.attachment_chunk where {of_one}");
    let last: i32 = sqlx::query_scalar(sqlx::AssertSqlSafe(last))
        .fetch_one(&mut sql)
        .await
        .unwrap();
    assert!(last >= 3);
    for (why, statement) in [
        (
            "changed",
            format!(
                "update wbs.attachment_chunk set sealed = set_byte(sealed, 900, 255 - get_byte(sealed, 900)) where {of_one} and no = 3"
            ),
        ),
        (
            "cut short",
            format!("delete from wbs.attachment_chunk where {of_one} and no = {last}"),
        ),
        (
            "without its beginning",
            format!("delete from wbs.attachment_chunk where {of_one} and no = 0"),
        ),
        (
            "closed up",
            format!(
                "delete from wbs.attachment_chunk where {of_one} and no = 1; update wbs.attachment_chunk set no = 1 where {of_one} and no = 2"
            ),
        ),
        (
            "out of order",
            format!(
                "update wbs.attachment_chunk set no = case no when 1 then 2 else 1 end + 100 where {of_one} and no in (1, 2); update wbs.attachment_chunk set no = no - 100 where {of_one} and no > 100"
            ),
        ),
        (
            "of another",
            format!(
                "update wbs.attachment_chunk a set sealed = b.sealed from kept b where a.attachment_id = '{one}' and b.attachment_id = '{other}' and a.part = 'clean' and b.part = 'clean' and a.no = b.no"
            ),
        ),
        (
            "the original",
            format!(
                "update wbs.attachment_chunk a set sealed = b.sealed from kept b where a.attachment_id = b.attachment_id and a.{of_one} and b.part = 'original' and a.no = b.no",
                of_one = of_one.replace("part", "a.part")
            ),
        ),
        (
            "lengthened",
            format!(
                "insert into wbs.attachment_chunk select attachment_id, part, {last} + 1, sealed from kept where {of_one} and no = {last}"
            ),
        ),
    ] {
        sqlx::raw_sql(sqlx::AssertSqlSafe(statement))
            .execute(&mut sql)
            .await
            .unwrap();
        let answer = office.head.get(&path).await;
        assert_eq!(
            (
                answer.status,
                answer.code(),
                answer.header("content-disposition")
            ),
            (500, "internal_error", None),
            "{why}"
        );
        assert!(!holds(&answer.bytes, b"%PDF"), "{why}");
        let again =
            "delete from wbs.attachment_chunk; insert into wbs.attachment_chunk select * from kept";
        sqlx::raw_sql(again).execute(&mut sql).await.unwrap();
        assert_eq!(
            office.head.get(&path).await.bytes,
            whole,
            "{why}: put right again"
        );
    }
    let exchange = format!(
        "update wbs.attachment a set meta = (select b.meta from wbs.attachment b where b.id = '{other}') where a.id = '{one}'"
    );
    sqlx::query(sqlx::AssertSqlSafe(exchange))
        .execute(&mut sql)
        .await
        .unwrap();
    office.head.get(&path).await.refused(500, "internal_error");
}

#[actix_web::test]
async fn what_is_of_another_kind_or_does_not_arrive_leaves_nothing() {
    let office = ComplaintOffice::open().await;
    let (reporter, _, _) = office.submit(form()).await;
    let html = b"<!DOCTYPE html><html><script>alert(1)</script></html>".to_vec();
    for (file, status, code) in [
        (html.clone(), 415, "unsupported_media_type"),
        (
            b"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>".to_vec(),
            415,
            "unsupported_media_type",
        ),
        (
            b"GIF89a\x01\0\x01\0\0\0\0;".to_vec(),
            415,
            "unsupported_media_type",
        ),
        ([screenshot(), html].concat(), 422, "invalid_content"),
        (photograph(0)[..100].to_vec(), 422, "invalid_content"),
        (Vec::new(), 422, "invalid_content"),
        (photograph(11 << 20), 413, "body_too_large"),
    ] {
        let headers = [(
            "content-disposition",
            "attachment; filename=\"pengakuan.png\"",
        )];
        let refusal = attach_as(&reporter, file, &headers)
            .await
            .refused(status, code);
        assert!(!refusal.to_string().contains("pengakuan"));
    }
    let broken = attach_as(&reporter, photograph(0)[..100].to_vec(), &[])
        .await
        .refused(422, "invalid_content");
    assert_eq!(
        (
            &broken["errors"][0]["pointer"],
            &broken["errors"][0]["code"]
        ),
        (&json!(""), &json!("incomplete"))
    );
    for (header, status) in [
        (("content-encoding", "gzip"), 415),
        (("content-range", "bytes 0-9/20"), 400),
    ] {
        assert_eq!(
            attach_as(&reporter, photograph(0), &[header]).await.status,
            status
        );
    }
    // The multipart body of a browser's form: its envelope would be stored as the original.
    let envelope =
        b"--x\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n%PDF-1.4\n%%EOF\r\n--x--\r\n"
            .to_vec();
    let body = Some(("multipart/form-data; boundary=x", envelope));
    let refused = reporter
        .ask(&Request {
            method: Method::POST,
            path: MINE,
            body,
            headers: &[],
        })
        .await
        .refused(415, "unsupported_media_type");
    assert!(
        refused["detail"].as_str().unwrap().contains("multipart"),
        "{refused}"
    );
    breaks_off(&office, &reporter).await;
    assert_eq!(
        (
            rows(&office).await,
            reporter.get(MINE).await.expect(200)["items"].clone()
        ),
        ((0, 0), json!([]))
    );
    let outbox: i64 =
        sqlx::query_scalar("select count(*) from wbs.outbox where action = 'reporter_wrote'")
            .fetch_one(&mut office.app.sql().await)
            .await
            .unwrap();
    assert_eq!(outbox, 0);
    // The upload permits are free again.
    assert_eq!(attach(&reporter, screenshot()).await["seq"], 1);
}

/// Bytes that a telephone appends to a picture remain only in the sealed original. An encrypted
/// document that opens without a password is copied; of a document that needs a password there is
/// the original alone; a template is refused.
#[actix_web::test]
async fn honest_files_are_copied_locked_ones_are_not_and_templates_are_refused() {
    let mut office = ComplaintOffice::open().await;
    let case = office.case(Until::Screened).await;
    let reporter = office.sign_in_with_code(&case.code).await;
    let movie = [
        b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom".as_slice(),
        TRACES[0].as_bytes(),
        &b"\x07".repeat(200_000),
    ]
    .concat();
    let gateway = format!("\n<!-- {} -->\n", TRACES[3].repeat(100));
    let files = [
        (photograph(1_000), "image/jpeg"),
        (
            [photograph(1_000).as_slice(), b"\r\n"].concat(),
            "image/jpeg",
        ),
        ([photograph(1_000), movie.clone()].concat(), "image/jpeg"),
        ([screenshot(), movie].concat(), "image/png"),
        ([OPEN[0], &[0; 4_096]].concat(), "application/pdf"),
        (
            [b"\r\n".as_slice(), OPEN[0], gateway.as_bytes()].concat(),
            "application/pdf",
        ),
        (OPEN[1].to_vec(), "application/pdf"),
        (OPEN[2].to_vec(), "application/pdf"),
        (OPEN[3].to_vec(), "application/pdf"),
    ];
    let count = files.len();
    for (file, media_type) in files {
        assert_eq!(attach(&reporter, file).await["media_type"], media_type);
    }
    for locked in [
        include_bytes!("../../samples/locked-aes256.pdf").as_slice(),
        include_bytes!("../../samples/locked-aes128.pdf"),
    ] {
        attach(&reporter, locked.to_vec()).await;
    }
    office.make_copies().await;
    let items = reporter.get(MINE).await.expect(200)["items"].clone();
    let (honest, locked) = items.as_array().unwrap().split_at(count);
    for taken in honest {
        assert_eq!(
            (&taken["copy"], &taken["left_out"]),
            (&json!("ready"), &json!(0)),
            "{taken}"
        );
        let copy = reporter
            .ask(&Request {
                method: Method::GET,
                path: &format!("{MINE}/{}", taken["id"].as_str().unwrap()),
                body: None,
                headers: &[],
            })
            .await;
        has_no_trace(&copy);
        assert!(
            !holds(&copy.bytes, b"ftyp")
                && !holds(&copy.bytes, b"Encrypt")
                && !holds(&copy.bytes, b"<!--"),
            "{taken}"
        );
    }
    for taken in locked {
        assert_eq!(
            (&taken["copy"], &taken["failure"]),
            (&json!("failed"), &json!("locked"))
        );
        reporter
            .get(&format!("{MINE}/{}", taken["id"].as_str().unwrap()))
            .await
            .refused(409, "conflict");
    }
    for (main, part) in [
        (
            "openxmlformats-officedocument.wordprocessingml.template.main+xml",
            "word/document.xml",
        ),
        (
            "openxmlformats-officedocument.spreadsheetml.template.main+xml",
            "xl/workbook.xml",
        ),
        ("ms-excel.sheet.binary.macroEnabled.main", "xl/workbook.bin"),
        (
            "ms-word.document.macroEnabled.main+xml",
            "word/document.xml",
        ),
    ] {
        attach_as(&reporter, office_file(main, &[part]), &[])
            .await
            .refused(415, "unsupported_media_type");
    }
}

/// Encrypted by qpdf without a password to open: with AES-256 and AES-128 in object streams, and
/// with RC4.
const OPEN: [&[u8]; 4] = [
    include_bytes!("../../samples/open-aes256.pdf"),
    include_bytes!("../../samples/open-aes128.pdf"),
    include_bytes!("../../samples/open-rc4-128.pdf"),
    include_bytes!("../../samples/open-rc4-40.pdf"),
];

#[actix_web::test]
async fn a_name_in_any_script_is_neither_kept_nor_in_the_way() {
    let mut office = ComplaintOffice::open().await;
    let case = office.case(Until::Forwarded).await;
    let reporter = office.sign_in_with_code(&case.code).await;
    let names = [
        "attachment; filename=\"bukti-зарплата-给-رشوة.jpg\"",
        "attachment; filename*=UTF-8''%E8%AF%81%E6%8D%AE%20%F0%9F%93%B7.jpg",
        "attachment; filename*=UTF-8''%FF%FE%00.jpg",
        "attachment; filename=\"gaji\u{202e}gpj.exe\"",
        "attachment; filename=\"../../etc/passwd\"; filename=\"lagi\"",
        "attachment; filename=",
        "\"",
    ];
    for name in names {
        let sent = attach_as(&reporter, photograph(0), &[("content-disposition", name)]).await;
        assert_eq!(sent.status, 201, "{name}: {:#}", sent.body);
    }
    office.next_slot().await;
    let path = format!("{}/attachments", case.path);
    let listed = office.team_lead.get(&path).await.expect(200).to_string();
    assert!(
        ["зарплата", "رشوة", "证据", "gaji", "passwd"]
            .iter()
            .all(|part| !listed.contains(part)),
        "{listed}"
    );
    for (n, id) in (1..).zip(ids(&office.team_lead, &path).await) {
        let copy = office.team_lead.get(&format!("{path}/{id}")).await;
        assert_eq!(
            (copy.status, copy.header("content-disposition")),
            (
                200,
                Some(format!("attachment; filename=\"lampiran-{n}.pdf\"").as_str())
            )
        );
    }
}

/// Breaks off more uploads than there are upload permits.
async fn breaks_off(office: &ComplaintOffice, reporter: &Person) {
    let token = reporter.token.as_deref().unwrap();
    let head = format!(
        "POST {MINE} HTTP/1.1\r\nhost: desk.test\r\nauthorization: Bearer {token}\r\ncontent-length: 2000000\r\n\r\n"
    );
    for _ in 0..10 {
        let (address, half) = (
            office.app.address().to_owned(),
            [head.as_bytes(), &photograph(1_000_000)].concat(),
        );
        let talk = actix_web::rt::task::spawn_blocking(move || {
            let mut connection = TcpStream::connect(address).unwrap();
            connection.write_all(&half).unwrap();
        });
        talk.await.unwrap();
    }
}

#[actix_web::test]
async fn an_attachment_is_known_to_its_reporter_and_its_readers_alone() {
    let mut office = ComplaintOffice::open().await;
    let (case, other) = (
        office.case(Until::Forwarded).await,
        office.case(Until::Screened).await,
    );
    let reporter = office.sign_in_with_code(&case.code).await;
    let attachment = attach(&reporter, photograph(0)).await["id"]
        .as_str()
        .unwrap()
        .to_owned();
    office.next_slot().await;
    let path = format!("{}/attachments/{attachment}", case.path);
    for reader in [&office.head, &office.pji_lead, &office.team_lead] {
        assert_eq!(reader.get(&path).await.status, 200);
    }
    // These roles see the complaint, but only its settlement or its metadata.
    for sees in [&office.team_staff, &office.conflict_officer] {
        sees.get(&path).await.refused(404, "not_found");
        sees.get(&format!("{}/attachments", case.path))
            .await
            .refused(404, "not_found");
    }
    for stranger in [
        &office.custodian,
        &office.auditor,
        &office.admin,
        &office.clerk,
        &office.external,
    ] {
        stranger.get(&path).await.refused(404, "not_found");
    }
    office
        .head
        .get(&format!("{}/attachments/{attachment}", other.path))
        .await
        .refused(404, "not_found");
    let stranger = office.sign_in_with_code(&other.code).await;
    assert_eq!(stranger.get(MINE).await.expect(200)["items"], json!([]));
    stranger
        .get(&format!("{MINE}/{attachment}"))
        .await
        .refused(404, "not_found");
    for reporters in [MINE.to_owned(), format!("{MINE}/{attachment}")] {
        office
            .head
            .get(&reporters)
            .await
            .refused(401, "unauthenticated");
        office
            .nobody
            .get(&reporters)
            .await
            .refused(401, "unauthenticated");
    }
    reporter.get(&path).await.refused(401, "unauthenticated");
    // A barred user learns nothing more from a known address.
    let bar = json!({"user": office.pji_lead.id, "reason": "Saudara kandung."});
    let barred = office
        .conflict_officer
        .post(&format!("{}/conflicts", case.path), bar)
        .await;
    assert!((200..300).contains(&barred.status), "{}", barred.body);
    office.pji_lead.get(&path).await.refused(404, "not_found");
    office
        .pji_lead
        .get(&format!("{}/attachments", case.path))
        .await
        .refused(404, "not_found");
    assert_eq!(office.team_lead.get(&path).await.status, 200);
}

#[actix_web::test]
async fn a_repeated_attachment_is_one_and_the_twenty_first_is_refused() {
    let mut office = ComplaintOffice::open().await;
    let Case { code, .. } = office.case(Until::Closed).await;
    let reporter = office.sign_in_with_code(&code).await;
    let key = [("idempotency-key", "5b0a2c9e7f1d4e3ab6c8d9e0f1a2b3c4")];
    let first = attach_as(&reporter, photograph(0), &key).await;
    let again = attach_as(&reporter, photograph(0), &key).await;
    assert_eq!(
        (
            again.status,
            &again.bytes,
            again.header("idempotency-replayed")
        ),
        (201, &first.bytes, Some("true"))
    );
    assert_eq!(again.header("location"), first.header("location"));
    attach_as(&reporter, screenshot(), &key)
        .await
        .refused(422, "idempotency_key_reused");
    attach_as(&reporter, photograph(0), &[("idempotency-key", "satu")])
        .await
        .refused(400, "invalid_parameter");
    let rest =
        futures_util::future::join_all((0..22).map(|_| attach_as(&reporter, screenshot(), &[])))
            .await;
    let (kept, refused): (Vec<_>, Vec<_>) =
        rest.into_iter().partition(|answer| answer.status == 201);
    assert_eq!(
        (kept.len(), refused.len()),
        (19, 3),
        "many at once are counted one after the other"
    );
    for answer in refused {
        answer.refused(409, "conflict");
    }
    let items = reporter.get(MINE).await.expect(200)["items"].clone();
    let numbers: Vec<_> = items
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["seq"].as_i64().unwrap())
        .collect();
    assert_eq!(numbers, (1..=20).collect::<Vec<_>>());
}
