//! The mirror at Google Drive: filed documents are copied despite every failure on the way, and no
//! failure delays a file.

use serde_json::{Value, json};

use super::Office;
use super::fake_drive::{FakeDrive, Mishap};
use super::office::{Until, mandatory, pdf, verification};

async fn office(drive: &FakeDrive) -> Office {
    let (url, key) = (drive.url(), drive.key());
    Office::open_with(&[
        "--drive-folder",
        "akar-1",
        "--drive-key",
        &key,
        "--drive-api-url",
        &url,
    ])
    .await
}

/// A PDF of so many bytes.
fn large(code: &str, size: usize) -> Vec<u8> {
    let small = pdf(code);
    let (head, tail) = small.split_at(9);
    let filling = b"%abcdefghijklmnopqrstuvwxyz0123\n"
        .iter()
        .copied()
        .cycle()
        .take(size.saturating_sub(small.len()) / 32 * 32);
    head.iter()
        .copied()
        .chain(filling)
        .chain(tail.iter().copied())
        .collect()
}

/// A filed application with a large letter, and the code of the letter's row.
async fn filed(office: &Office, size: usize) -> (String, &'static str) {
    let (case, letter) = (office.draft().await, mandatory()[0]);
    office
        .customer
        .upload(&format!("{case}/documents/{letter}"), large(letter, size))
        .await
        .expect(201);
    office
        .customer
        .act(&format!("{case}/submission"))
        .await
        .expect(200);
    office
        .pji_staff
        .act(&format!("{case}/filing"))
        .await
        .expect(200);
    (case, letter)
}

fn whole(view: &Value) -> bool {
    view["link"].is_string()
        && view["items"]
            .as_array()
            .unwrap()
            .iter()
            .all(|item| item["link"].is_string() && item["mirrored_at"].is_string())
}

/// The timeline entries about the mirrored folder.
async fn entries(office: &Office, case: &str) -> Vec<Value> {
    let timeline = office
        .operations
        .get(&format!("{case}/timeline"))
        .await
        .expect(200);
    timeline["entries"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|entry| entry["task"] == "mirror_folder")
        .cloned()
        .collect()
}

#[actix_web::test]
async fn the_journal_says_once_that_a_filing_was_mirrored_and_that_the_service_did_it() {
    let drive = FakeDrive::open().await;
    let office = office(&drive).await;
    drive.fail_next_with(&[Mishap::List(503)]);
    let (case, _) = filed(&office, 1_000).await;
    office.app.work().await;
    assert!(
        entries(&office, &case).await.is_empty(),
        "a failed attempt makes no entry"
    );
    office.app.work_again().await;
    let found = entries(&office, &case).await;
    assert_eq!(
        found.len(),
        1,
        "one entry for the complete folder, whichever job was last"
    );
    assert_eq!(
        (
            &found[0]["name"],
            &found[0]["roles"],
            &found[0]["step"],
            &found[0]["to_stage"],
            &found[0]["round"]
        ),
        (
            &Value::Null,
            &json!([]),
            &Value::Null,
            &Value::Null,
            &json!(1)
        )
    );
    let row = mandatory()[1];
    office
        .operations
        .post(&format!("{case}/verification"), verification(&[row]))
        .await
        .expect(200);
    office
        .pji_staff
        .post(&format!("{case}/audit-confirmation"), office.proposal())
        .await
        .expect(200);
    office
        .customer
        .upload(&format!("{case}/documents/{row}"), pdf("susulan"))
        .await
        .expect(201);
    office.app.work().await;
    office.app.work_again().await;
    assert!(whole(
        &office
            .pji_staff
            .get(&format!("{case}/mirror"))
            .await
            .expect(200)
    ));
    assert_eq!(
        entries(&office, &case).await,
        found,
        "the filing was mirrored before"
    );
}

#[actix_web::test]
async fn what_is_filed_lies_in_the_customers_folder_byte_for_byte_and_what_comes_later_too() {
    let drive = FakeDrive::open().await;
    let office = office(&drive).await;
    let (case, letter) = filed(&office, 5_000_000).await;
    assert!(
        drive.files().is_empty(),
        "filing does not wait for the mirror"
    );
    office.app.work().await;
    let files = drive.files();
    let folders: Vec<_> = files
        .iter()
        .filter(|file| file.mime.contains("folder"))
        .collect();
    assert_eq!(
        (
            folders.len(),
            folders[0].parent.as_str(),
            folders[0].name.as_str()
        ),
        (2, "akar-1", "PT Tirta Musi Sejahtera")
    );
    assert_eq!(
        (
            folders[1].parent.as_str(),
            folders[1].name.starts_with("P-2026-00001 ")
        ),
        ("id1", true)
    );
    let bytes = office
        .customer
        .get(&format!("{case}/documents/{letter}/versions/2"))
        .await
        .bytes;
    let copy = files
        .iter()
        .find(|file| file.name.starts_with(&format!("{letter} v2")))
        .unwrap();
    assert!(copy.bytes == bytes && copy.parent == "id2" && copy.mime == "application/pdf");
    assert_eq!(
        files.len(),
        2 + mandatory().len() + 1,
        "every version of every document"
    );
    let view = office
        .pji_staff
        .get(&format!("{case}/mirror"))
        .await
        .expect(200);
    assert!(
        whole(&view) && view["link"] == "https://drive.google.com/id2",
        "{view:#}"
    );

    let row = mandatory()[1];
    office
        .operations
        .post(&format!("{case}/verification"), verification(&[row]))
        .await
        .expect(200);
    office
        .pji_staff
        .post(&format!("{case}/audit-confirmation"), office.proposal())
        .await
        .expect(200);
    office
        .customer
        .upload(&format!("{case}/documents/{row}"), pdf("susulan"))
        .await
        .expect(201);
    office.app.work().await;
    assert_eq!(drive.files().len(), files.len() + 1);
    office.app.work_again().await;
    assert_eq!(
        (drive.files().len(), drive.counts().0, drive.faults()),
        (files.len() + 1, 1, Vec::new())
    );
}

#[actix_web::test]
async fn an_upload_that_breaks_goes_on_where_drive_got_to() {
    let drive = FakeDrive::open().await;
    let office = office(&drive).await;
    let (case, letter) = filed(&office, 5_000_000).await;
    // Each of these failures happens once, and the mirror must recover from it.
    drive.fail_next_with(&[
        Mishap::Piece(500),
        Mishap::PartOfPiece,
        Mishap::HangUpInPiece,
        Mishap::Piece(503),
        Mishap::HangUpAtEnd,
    ]);
    for _ in 0..6 {
        office.app.work_again().await;
    }
    let view = office
        .pji_staff
        .get(&format!("{case}/mirror"))
        .await
        .expect(200);
    assert!(whole(&view), "{view:#}");
    let bytes = office
        .customer
        .get(&format!("{case}/documents/{letter}/versions/2"))
        .await
        .bytes;
    let copies: Vec<_> = drive
        .files()
        .into_iter()
        .filter(|file| file.bytes == bytes)
        .collect();
    assert_eq!(
        (copies.len(), drive.faults()),
        (1, Vec::new()),
        "once, and every chunk at its offset"
    );
    assert_eq!(
        drive.counts().1,
        mandatory().len() + 1,
        "no upload session was abandoned"
    );
}

#[actix_web::test]
async fn a_break_that_lasts_is_gone_on_with_by_the_next_attempt_from_the_session_that_was_kept() {
    let drive = FakeDrive::open().await;
    let office = office(&drive).await;
    let (case, _) = filed(&office, 5_000_000).await;
    let often = [Mishap::HangUpInPiece; 40];
    drive.fail_next_with(&often);
    office.app.work().await;
    let sessions: Vec<Vec<u8>> =
        sqlx::query_scalar("select session from drive_file where session is not null")
            .fetch_all(&mut office.app.sql().await)
            .await
            .unwrap();
    assert!(
        sessions
            .iter()
            .all(|sealed| !String::from_utf8_lossy(sealed).contains("/upload/session/")),
        "a reader of the link cannot write the file"
    );
    for _ in 0..20 {
        office.app.work_again().await;
    }
    let view = office
        .pji_staff
        .get(&format!("{case}/mirror"))
        .await
        .expect(200);
    assert!(whole(&view), "{view:#}");
    assert_eq!(
        (drive.counts().1, drive.faults()),
        (mandatory().len() + 1, Vec::new())
    );
}

#[actix_web::test]
async fn a_session_that_is_gone_is_begun_anew_and_a_token_that_is_refused_is_asked_for_again() {
    let drive = FakeDrive::open().await;
    let office = office(&drive).await;
    let (case, _) = filed(&office, 3_000_000).await;
    drive.fail_next_with(&[Mishap::ForgetSession]);
    office.app.work().await;
    assert!(whole(
        &office
            .pji_staff
            .get(&format!("{case}/mirror"))
            .await
            .expect(200)
    ));
    assert_eq!(
        (drive.counts(), drive.faults()),
        ((1, mandatory().len() + 2), Vec::new())
    );
    drive.expire_token();
    let (other, _) = filed(&office, 1_000).await;
    office.app.work().await;
    assert!(whole(
        &office
            .pji_staff
            .get(&format!("{other}/mirror"))
            .await
            .expect(200)
    ));
    assert_eq!(drive.counts().0, 2);
    let folders: Vec<_> = drive
        .files()
        .into_iter()
        .filter(|file| file.mark.starts_with("customer-"))
        .collect();
    assert_eq!(folders.len(), 1, "a customer has one folder");
}

#[actix_web::test]
async fn a_copy_with_other_bytes_is_taken_away_and_made_again() {
    let drive = FakeDrive::open().await;
    let office = office(&drive).await;
    let (case, _) = filed(&office, 1_000).await;
    drive.fail_next_with(&[Mishap::Spoil]);
    office.app.work().await;
    let view = office
        .pji_staff
        .get(&format!("{case}/mirror"))
        .await
        .expect(200);
    assert!(
        view["items"]
            .as_array()
            .unwrap()
            .iter()
            .any(|item| item["failure"] == "checksum_differs"),
        "{view:#}"
    );
    office.app.work_again().await;
    assert!(whole(
        &office
            .pji_staff
            .get(&format!("{case}/mirror"))
            .await
            .expect(200)
    ));
    assert_eq!(drive.files().len(), 2 + mandatory().len() + 1);
}

#[actix_web::test]
async fn a_drive_that_fails_or_is_away_holds_up_no_file_and_staff_see_why() {
    let drive = FakeDrive::open().await;
    let office = office(&drive).await;
    drive.fail_next_with(&[Mishap::List(503)]);
    let (case, _) = filed(&office, 1_000).await;
    office.app.work().await;
    let view = office
        .pji_staff
        .get(&format!("{case}/mirror"))
        .await
        .expect(200);
    assert_eq!(
        (
            &view["link"],
            &view["failure"],
            &view["attempts"],
            &view["is_mirrored"]
        ),
        (&Value::Null, &json!("drive_503"), &json!(1), &json!(true))
    );
    office
        .operations
        .post(&format!("{case}/verification"), verification(&[]))
        .await
        .expect(200);
    office.app.work_again().await;
    assert!(whole(
        &office
            .pji_staff
            .get(&format!("{case}/mirror"))
            .await
            .expect(200)
    ));
    office
        .customer
        .get(&format!("{case}/mirror"))
        .await
        .refused(403, "forbidden");
}

#[actix_web::test]
async fn without_settings_nothing_is_mirrored_and_nothing_is_queued() {
    let office = Office::open().await;
    let case = office.case(Until::Filed).await;
    assert_eq!(
        (
            office.app.waiting("mirror_folder").await,
            office.app.waiting("mirror_document").await
        ),
        (0, 0)
    );
    let view = office
        .pji_staff
        .get(&format!("{case}/mirror"))
        .await
        .expect(200);
    assert_eq!(
        (&view["is_mirrored"], &view["items"]),
        (&json!(false), &json!([]))
    );
}
