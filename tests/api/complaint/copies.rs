//! Copies of attachments: made outside, from pixels and plain text only, screened before they are
//! read; a hostile file fails alone.

use serde_json::{Value, json};

use super::attachments::{MINE, attach, attach_as, holds, photograph};
use super::office::{Case, ComplaintOffice, Until, form};
use crate::support::Person;
use samples::{docx, docx_of, letter_as_pdf, letter_that_says, packed_zeros, xlsx};

#[expect(dead_code, reason = "the tests of the program use more of them")]
#[path = "../../../crates/clean-copy/tests/samples/mod.rs"]
pub mod samples;

const TRACE: &str = "Budi-Santoso-pelapor";

async fn copies(person: &Person, path: &str) -> Vec<Value> {
    person.get(path).await.expect(200)["items"]
        .as_array()
        .unwrap()
        .clone()
}

/// The states of the copies that a person sees.
async fn states(person: &Person, path: &str) -> Vec<String> {
    let copies = copies(person, path).await;
    copies
        .iter()
        .map(|one| one["copy"].as_str().unwrap().to_owned())
        .collect()
}

fn of_case(case: &Case) -> String {
    format!("{}/attachments", case.path)
}

#[actix_web::test]
async fn every_kind_of_file_becomes_a_pdf_of_ours_without_a_trace() {
    let mut office = ComplaintOffice::open().await;
    let case = office.case(Until::Screened).await;
    let reporter = office.sign_in_with_code(&case.code).await;
    for file in [
        photograph(1_000),
        samples::picture(40, 30, image::ImageFormat::Png),
        letter_as_pdf(2, TRACE),
        docx(TRACE),
        xlsx(TRACE),
    ] {
        attach(&reporter, file).await;
    }
    office.next_slot().await;
    let found = copies(&office.head, &of_case(&case)).await;
    let left_out: Vec<_> = found.iter().map(|one| &one["left_out"]).collect();
    assert_eq!(left_out, [0, 0, 0, 8, 4], "{found:?}");
    for (n, one) in (1..).zip(&found) {
        let path = format!("{}/{}", of_case(&case), one["id"].as_str().unwrap());
        let copy = office.head.get(&path).await;
        let name = format!("attachment; filename=\"lampiran-{n}.pdf\"");
        assert_eq!(
            (copy.status, copy.header("content-disposition")),
            (200, Some(name.as_str()))
        );
        assert!(copy.bytes.starts_with(b"%PDF-"));
        for trace in [TRACE, "Exif", "CreationDate", "Producer", "word/", "xl/"] {
            assert!(!holds(&copy.bytes, trace.as_bytes()), "{n}: {trace}");
        }
    }
}

#[actix_web::test]
async fn the_office_reads_a_copy_only_after_it_was_made_and_screened() {
    let mut office = ComplaintOffice::open().await;
    let case = office.case(Until::Screened).await;
    let reporter = office.sign_in_with_code(&case.code).await;
    let place = format!(
        "{}/{}",
        of_case(&case),
        attach(&reporter, docx(TRACE)).await["id"].as_str().unwrap()
    );
    // It surfaces, but its copy has not been made.
    office
        .app
        .clock
        .set(office.app.clock.now() + chrono::TimeDelta::days(3));
    office.later(0).await;
    office.surface().await;
    assert_eq!(states(&office.head, &of_case(&case)).await, ["pending"]);
    office.head.get(&place).await.refused(409, "copy_pending");
    // Its copy has been made, but its text has not been compared with the names of staff.
    office.make_copies().await;
    let reporter = office.sign_in_with_code(&case.code).await;
    assert_eq!(states(&reporter, MINE).await, ["ready"]);
    assert_eq!(states(&office.head, &of_case(&case)).await, ["pending"]);
    office.head.get(&place).await.refused(409, "copy_pending");
    office.surface().await;
    assert_eq!(states(&office.head, &of_case(&case)).await, ["ready"]);
    assert_eq!(office.head.get(&place).await.status, 200);
}

#[actix_web::test]
async fn an_attachment_that_names_a_handler_hides_the_complaint_before_it_can_be_read() {
    let mut office = ComplaintOffice::open().await;
    for file in [
        docx_of(
            "<w:p><w:r><w:t>Uang itu disetor kepada </w:t></w:r><w:r><w:t>Kepala Balai.</w:t></w:r></w:p>",
            TRACE,
        ),
        letter_that_says("atas perintah Kepala Balai", 1, TRACE),
    ] {
        let case = office.case(Until::Screened).await;
        let reporter = office.sign_in_with_code(&case.code).await;
        attach(&reporter, file).await;
        office.head.get(&case.path).await.expect(200);
        office.next_slot().await;
        office.head.get(&case.path).await.refused(404, "not_found");
        office
            .head
            .get(&of_case(&case))
            .await
            .refused(404, "not_found");
        let stage = office.conflict_officer.get(&case.path).await.expect(200)["stage"].clone();
        assert_eq!(stage, "referred_externally");
    }
}

#[actix_web::test]
async fn a_hostile_file_is_taken_at_once_and_fails_alone() {
    let mut office = ComplaintOffice::open().await;
    let case = office.case(Until::Screened).await;
    let reporter = office.sign_in_with_code(&case.code).await;
    let hostile = packed_zeros(1 << 30, 3);
    assert!(hostile.len() < 20_000, "{}", hostile.len());
    for file in [
        hostile,
        photograph(0),
        b"%PDF-1.7 nothing\n%%EOF\n".to_vec(),
    ] {
        assert_eq!(
            attach_as(&reporter, file, &[]).await.expect(201)["copy"],
            "pending"
        );
    }
    office.next_slot().await;
    let found = copies(&office.head, &of_case(&case)).await;
    let outcomes: Vec<_> = found
        .iter()
        .map(|one| (&one["copy"], &one["failure"]))
        .collect();
    assert_eq!(outcomes[1], (&json!("ready"), &json!(null)));
    assert_eq!(outcomes[2], (&json!("failed"), &json!("damaged")));
    let path = format!("{}/{}", of_case(&case), found[2]["id"].as_str().unwrap());
    office.head.get(&path).await.refused(409, "conflict");
}

/// The turns of the files of a reporter, in the order of their receipt.
async fn turns(office: &ComplaintOffice, reporter: &Person) -> Vec<i16> {
    let ids: Vec<uuid::Uuid> = copies(reporter, MINE)
        .await
        .iter()
        .map(|one| one["id"].as_str().unwrap().parse().unwrap())
        .collect();
    sqlx::query_scalar(
        "select copy_turn from wbs.attachment where id = any ($1) order by array_position($1, id)",
    )
    .bind(ids)
    .fetch_all(&mut office.app.sql().await)
    .await
    .unwrap()
}

#[actix_web::test]
async fn files_of_a_sender_of_a_hostile_one_are_copied_after_those_of_all_others() {
    let office = ComplaintOffice::open().await;
    let (honest, _, _) = office.submit(form()).await;
    let (hostile, _, _) = office.submit(form()).await;
    let (unknown, _, _) = office.submit(form()).await;
    attach(&honest, docx(TRACE)).await;
    attach(&hostile, packed_zeros(1 << 30, 3)).await;
    office.make_copies().await;
    for reporter in [&honest, &hostile, &unknown] {
        attach(reporter, docx(TRACE)).await;
    }
    assert_eq!(turns(&office, &honest).await, [0, 0]);
    assert_eq!(turns(&office, &hostile).await, [4, 2]);
    assert_eq!(turns(&office, &unknown).await, [1]);

    // A hostile file of a sender that was honest before.
    attach(&honest, packed_zeros(1 << 30, 3)).await;
    attach(&honest, docx(TRACE)).await;
    office.make_copies().await;
    let after = turns(&office, &honest).await;
    assert_eq!(after[2], 3, "{after:?}");
    attach(&honest, docx(TRACE)).await;
    assert_eq!(turns(&office, &honest).await.last(), Some(&2));
    for reporter in [&hostile, &unknown] {
        assert!(!states(reporter, MINE).await.contains(&"pending".to_owned()));
    }
}

/// The copy tells whom the complaint concerns, so the complaint waits for it.
#[actix_web::test]
async fn a_complaint_is_not_released_before_the_copies_of_its_attachments_were_screened() {
    let mut office = ComplaintOffice::open().await;
    let (reporter, code, number) = office.submit(form()).await;
    attach(
        &reporter,
        letter_that_says("atas perintah Kepala Balai", 1, TRACE),
    )
    .await;
    let (reporter, _, damaged) = office.submit(form()).await;
    attach(&reporter, b"%PDF-1.7 nothing\n%%EOF\n".to_vec()).await;
    let (_, _, bare) = office.submit(form()).await;
    let found = async |person: &Person, number: &str| -> Vec<Value> {
        copies(
            person,
            &format!("/api/v1/complaints?public_number={number}"),
        )
        .await
    };
    // The release time has come, and no copy was made.
    office.advance_to_slot().await;
    office.surface().await;
    for waiting in [&number, &damaged] {
        assert!(found(&office.head, waiting).await.is_empty(), "it waits");
        assert!(found(&office.conflict_officer, waiting).await.is_empty());
    }
    assert_eq!(
        found(&office.head, &bare).await.len(),
        1,
        "nothing to wait for"
    );
    // Copies, and an outcome without a copy.
    office.make_copies().await;
    let reporter = office.sign_in_with_code(&code).await;
    assert_eq!(states(&reporter, MINE).await, ["ready"]);
    office.surface().await;
    assert!(
        found(&office.head, &number).await.is_empty(),
        "it names the head"
    );
    let seen = found(&office.conflict_officer, &number).await;
    assert_eq!(seen[0]["stage"], "referred_externally");
    assert_eq!(found(&office.head, &damaged).await.len(), 1);
}

#[actix_web::test]
async fn a_complaint_waits_for_a_copy_that_is_not_made_for_an_hour_and_no_longer() {
    let mut office = ComplaintOffice::open().await;
    let (reporter, _, number) = office.submit(form()).await;
    attach(&reporter, docx(TRACE)).await;
    office.app.clock.advance(chrono::TimeDelta::days(4));
    office.later(0).await;
    office.surface().await;
    let path = format!("/api/v1/complaints?public_number={number}");
    let found = copies(&office.head, &path).await;
    let file = format!(
        "/api/v1/complaints/{}/attachments",
        found[0]["id"].as_str().unwrap()
    );
    assert_eq!(states(&office.head, &file).await, ["pending"]);
}

#[actix_web::test]
async fn handlers_hear_of_an_attachment_when_they_can_read_it() {
    let mut office = ComplaintOffice::open().await;
    let case = office.case(Until::Screened).await;
    let reporter = office.sign_in_with_code(&case.code).await;
    let told = async |person: &Person| {
        let inbox = copies(person, "/api/v1/notifications").await;
        inbox
            .iter()
            .filter(|one| one["kind"] == "reporter_wrote")
            .count()
    };
    attach(&reporter, docx(TRACE)).await;
    office.advance_to_slot().await;
    office.surface().await;
    assert_eq!(told(&office.head).await, 0, "no copy was made");
    office.make_copies().await;
    assert_eq!(told(&office.head).await, 0, "the copy was not screened");
    office.surface().await;
    assert_eq!(told(&office.head).await, 1);
}
