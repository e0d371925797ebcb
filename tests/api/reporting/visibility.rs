//! The readers of the report, and that all of them see the same rows.

use service_desk::sop::role::{Role, Roles};

use service_desk::certification::sop::Stage;

use super::{RECORD, record};
use crate::certification::Office;

/// By hand: the office's roles of the printed SOP, the treasurer, and the internal auditor.
const READERS: [Role; 7] = [
    Role::Head,
    Role::PjiLead,
    Role::SsLead,
    Role::PjiStaff,
    Role::OperationsStaff,
    Role::InternalAuditor,
    Role::Treasurer,
];

#[actix_web::test]
async fn every_reader_of_the_record_sees_the_same_rows_in_every_shape() {
    let mut office = Office::open().await;
    let specimens = office.specimens().await;
    let received = specimens
        .iter()
        .filter(|specimen| specimen.stage != Stage::Draft)
        .count();
    office.later(0).await;
    let shapes = [
        "/api/v1/reports/sla".to_owned(),
        format!("{RECORD}/csv"),
        format!("{RECORD}/svg?chart=cases"),
        format!("{RECORD}/svg?chart=on_time"),
        format!("{RECORD}/pdf?month=2026-07"),
    ];
    let mut first = None;
    for (role, person) in office.person_of_each_role().await {
        if !READERS.contains(&role) {
            for path in shapes.iter().map(String::as_str).chain([RECORD]) {
                person.get(path).await.refused(403, "forbidden");
            }
            continue;
        }
        let (rows, summary) = record(&person, "").await;
        assert_eq!(
            (rows.len(), summary["count"].as_u64()),
            (received, Some(received as u64)),
            "{}",
            role.code()
        );
        let (narrowed, _) = record(&person, "&stage=notice_sent").await;
        let mut files = Vec::new();
        for path in &shapes {
            let answer = person.get(path).await;
            assert_eq!(answer.status, 200, "{path}");
            files.push(answer.bytes);
        }
        let seen = (rows, summary, narrowed, files);
        let book = person.get(&format!("{RECORD}/xlsx")).await;
        assert_eq!(book.status, 200);
        match &first {
            None => first = Some(seen),
            Some(first) => assert!(*first == seen, "{} sees another record", role.code()),
        }
    }
    office
        .app
        .nobody()
        .get(RECORD)
        .await
        .refused(401, "unauthenticated");
    office.customer.get(RECORD).await.refused(403, "forbidden");
}

#[actix_web::test]
async fn a_cursor_of_another_reader_goes_on_in_the_same_record() {
    let office = Office::open().await;
    office.specimens().await;
    let page = office
        .pji_staff
        .get(&format!("{RECORD}?limit=1"))
        .await
        .expect(200);
    let stolen = format!(
        "{RECORD}?limit=200&cursor={}",
        page["next_cursor"].as_str().unwrap()
    );
    let treasurer = office
        .app
        .staff_with(Roles::NONE.with(Role::Treasurer))
        .await;
    let (rest, (all, _)) = (
        treasurer.get(&stolen).await.expect(200),
        record(&treasurer, "").await,
    );
    assert_eq!(rest["items"].as_array().unwrap(), &all[1..]);
}
