//! Who reads the record, and that each sees in it the files they see one by one.

use std::collections::BTreeSet;

use service_desk::sop::role::{Role, Roles};

use super::{RECORD, record};
use crate::certification::Office;
use crate::support::Person;

/// Written out by hand: whoever the printed SOP names in the office, and the treasurer beside it.
const READERS: [Role; 6] = [Role::Head, Role::PjiLead, Role::SsLead, Role::PjiStaff, Role::OperationsStaff, Role::Treasurer];

async fn listed(person: &Person) -> BTreeSet<String> {
    let list = person.get("/api/v1/applications?limit=200").await.expect(200);
    let received = list["items"].as_array().unwrap().iter().filter(|item| !item["submitted_at"].is_null());
    received.map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

#[actix_web::test]
async fn each_reader_sees_in_the_record_the_files_they_see_one_by_one() {
    let office = Office::open().await;
    office.specimens().await;
    for (role, person) in office.everybody().await {
        if !READERS.contains(&role) {
            for path in [RECORD, "/api/v1/reports/sla", "/api/v1/reports/realization?format=csv"] {
                person.get(path).await.refused(403, "forbidden");
            }
            continue;
        }
        let (rows, summary) = record(&person, "").await;
        let seen: BTreeSet<_> = rows.iter().map(|row| row["application_id"].as_str().unwrap().to_owned()).collect();
        assert_eq!(seen, listed(&person).await, "{}", role.code());
        assert_eq!(summary["count"], rows.len(), "{}: the sums tell of no others", role.code());
    }
    office.app.nobody().get(RECORD).await.refused(401, "unauthenticated");
    office.customer.get(RECORD).await.refused(403, "forbidden");
}

#[actix_web::test]
async fn a_cursor_of_another_reader_shows_nothing_that_is_not_ones_own() {
    let office = Office::open().await;
    office.specimens().await;
    let page = office.pji_staff.get(&format!("{RECORD}?limit=1")).await.expect(200);
    let stolen = format!("{RECORD}?limit=200&cursor={}", page["next_cursor"].as_str().unwrap());
    let treasurer = office.app.staff_with(Roles::NONE.with(Role::Treasurer)).await;
    let (rows, seen) = (treasurer.get(&stolen).await.expect(200), listed(&treasurer).await);
    assert!(rows["items"].as_array().unwrap().iter().all(|row| seen.contains(row["application_id"].as_str().unwrap())));
}
