//! Versions: every single resource has an `ETag`, a reader with the current one is sent no body,
//! and a writer must send it.

use reqwest::Method;
use serde_json::json;
use service_desk::sop::role::Role;

use super::{ask, operations, send};
use crate::certification::Office;
use crate::certification::office::Until;
use crate::support::Person;

#[actix_web::test]
async fn every_single_resource_has_a_version_and_spares_who_has_it_the_body() {
    let office = Office::open().await;
    let case = office.case(Until::Sent).await;
    let admin = office.app.staff(Role::Admin).await;
    let billing = office.customer.get("/api/v1/billings").await.expect(200)["items"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let document = office
        .customer
        .get(&format!("{case}/documents"))
        .await
        .expect(200)["items"][0]["requirement"]
        .as_str()
        .unwrap()
        .to_owned();
    let team = admin
        .post(
            "/api/v1/teams",
            json!({"name": "Tim Pengujian", "members": [office.head.id]}),
        )
        .await
        .expect(201);
    let key = admin
        .post("/api/v1/integrations", super::retries::key_for("ERP"))
        .await
        .expect(201)["integration"]["id"]
        .clone();
    let letter = office
        .customer
        .get(&format!("{case}/audit-notice"))
        .await
        .expect(200)["letter"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let page = crate::letters::address(
        &crate::letters::pdf(&office.customer, &format!("{case}/audit-notice")).await,
    );
    let hook = json!({"url": "https://hooks.example/", "events": ["application.stage_changed"]});
    let hook = format!(
        "/api/v1/webhooks/{}",
        office
            .customer
            .post("/api/v1/webhooks", hook)
            .await
            .expect(201)["id"]
            .as_str()
            .unwrap()
    );
    let timed = format!("{}/audit-time", office.case(Until::Verified).await);
    office
        .operations
        .post(&timed, crate::certification::attempts::audit_time())
        .await
        .expect(200);
    let mut seen = 0;
    // `complaint::retries` tests the version of a complaint, with its own users.
    for operation in operations()
        .into_iter()
        .filter(|one| one.statuses.contains(&304) && !super::retries::is_of_complaints(&one.path))
    {
        let (id, paper) = match operation.id.strip_suffix("_pdf") {
            Some(id) => (id, "/pdf"),
            None => (operation.id.as_str(), ""),
        };
        let (person, path): (&Person, String) = match id {
            "show_user" => (&admin, format!("/api/v1/users/{}", office.customer.id)),
            "show_integration" => (
                &admin,
                format!("/api/v1/integrations/{}", key.as_str().unwrap()),
            ),
            "show_team" => (
                &admin,
                format!("/api/v1/teams/{}", team["id"].as_str().unwrap()),
            ),
            "read_payment" => (&office.treasurer, super::retries::payment_of(&office).await),
            "read_billing" => (&office.customer, format!("/api/v1/billings/{billing}")),
            "show_webhook" => (&office.customer, hook.clone()),
            "read_application" => (&office.customer, case.clone()),
            "read_deficiency_sheet" => (&office.customer, format!("{case}/deficiency-sheets/1")),
            "read_audit_confirmation" => {
                (&office.customer, format!("{case}/audit-confirmations/1"))
            }
            "read_audit_notice" => (&office.customer, format!("{case}/audit-notice")),
            "read_audit_time" => (&office.customer, timed.clone()),
            "read_auditor" => (
                &office.ss_lead,
                format!("/api/v1/auditors/{}", office.auditors[0]),
            ),
            "read_letter" => (&office.head, format!("/api/v1/letters/{letter}")),
            "check_letter" => (&office.customer, page.clone()),
            "download_document" => (
                &office.customer,
                format!("{case}/documents/{document}/versions/1"),
            ),
            _ => (&office.customer, operation.address()),
        };
        let path = if path.ends_with(paper) {
            path
        } else {
            path + paper
        };
        let first = person.get(&path).await;
        assert_eq!(first.status, 200, "{path}: {}", first.body);
        let tag = first.etag();
        let again = ask(person, Method::GET, &path, &[("if-none-match", &tag)]).await;
        assert_eq!(
            (again.status, again.bytes.len(), again.etag()),
            (304, 0, tag.clone()),
            "{path}"
        );
        assert_eq!(
            ask(
                person,
                Method::GET,
                &path,
                &[("if-none-match", "\"0.000000000000\"")]
            )
            .await
            .status,
            200,
            "{path}"
        );
        // Lists, weak tags and `*`.
        for listed in [
            format!("\"0.0\", W/{tag}"),
            format!("{tag}, \"x\""),
            "*".to_owned(),
        ] {
            assert_eq!(
                ask(person, Method::GET, &path, &[("if-none-match", &listed)])
                    .await
                    .status,
                304,
                "{path} {listed}"
            );
        }
        let head = ask(person, Method::HEAD, &path, &[]).await;
        assert_eq!(
            (head.status, head.bytes.len(), head.etag()),
            (200, 0, tag),
            "{path}"
        );
        seen += 1;
    }
    assert!(seen > 10, "{seen}");
}

#[actix_web::test]
async fn a_change_names_the_version_it_changes() {
    let office = Office::open().await;
    let (case, admin) = (
        office.bare_draft().await,
        office.app.staff(Role::Admin).await,
    );
    let user = format!("/api/v1/users/{}", office.head.id);
    let team = admin
        .post(
            "/api/v1/teams",
            json!({"name": "Tim Pengujian", "members": []}),
        )
        .await
        .expect(201);
    let key = admin
        .post("/api/v1/integrations", super::retries::key_for("ERP"))
        .await
        .expect(201)["integration"]["id"]
        .clone();
    let hook = json!({"url": "https://hooks.example/", "events": ["application.stage_changed"]});
    let hook = format!(
        "/api/v1/webhooks/{}",
        office
            .customer
            .post("/api/v1/webhooks", hook)
            .await
            .expect(201)["id"]
            .as_str()
            .unwrap()
    );
    let mut seen = 0;
    for operation in operations()
        .into_iter()
        .filter(|one| one.statuses.contains(&428))
    {
        let (person, path, body) = match operation.id.as_str() {
            "amend_application" => (&office.customer, case.clone(), json!({"scope": "Air"})),
            "change_me" => (
                &office.customer,
                "/api/v1/me".to_owned(),
                json!({"language": "en"}),
            ),
            "change_webhook" => (&office.customer, hook.clone(), json!({"active": false})),
            "change_auditor" => (
                &office.ss_lead,
                format!("/api/v1/auditors/{}", office.auditors[0]),
                json!({"name": "Ir. Sri Wahyuni, M.Si."}),
            ),
            "change_user" => (&admin, user.clone(), json!({"display_name": "Kepala"})),
            "set_user_roles" => (&admin, format!("{user}/roles"), json!({"roles": ["head"]})),
            "change_integration" => (
                &admin,
                format!("/api/v1/integrations/{}", key.as_str().unwrap()),
                json!({"name": "ERP baru"}),
            ),
            "change_team" => {
                let form =
                    json!({"name": "Tim Kalibrasi", "active": true, "members": [office.head.id]});
                (
                    &admin,
                    format!("/api/v1/teams/{}", team["id"].as_str().unwrap()),
                    form,
                )
            }
            other => panic!("{other} wants If-Match and is not tried here"),
        };
        let resource = path.trim_end_matches("/roles").to_owned();
        let tag = person.get(&resource).await.etag();
        let (method, change) = (&operation.method, &body);
        send(person, method.clone(), &path, change, &[])
            .await
            .refused(428, "precondition_required");
        for stale in [
            "\"99.0\"",
            "\"x\"",
            "",
            "99",
            "\"98.0\", W/\"99.0\"",
            "\"*\"",
        ] {
            send(
                person,
                method.clone(),
                &path,
                change,
                &[("if-match", stale)],
            )
            .await
            .refused(412, "stale_version");
        }
        assert_eq!(
            person.get(&resource).await.etag(),
            tag,
            "a refused change changes nothing"
        );
        // Of a list, each tag counts, also one that a proxy has weakened.
        for listed in ["@", "\"99.0\", @", "W/@, \"x\"", ",\"98.0\",@,", "*"] {
            let listed = listed.replace('@', &person.get(&resource).await.etag());
            assert_eq!(
                send(
                    person,
                    method.clone(),
                    &path,
                    change,
                    &[("if-match", &listed)]
                )
                .await
                .status,
                200,
                "{path} {listed}"
            );
        }
        let tag = person.get(&resource).await.etag();
        let lines = [("if-match", "\"99.0\""), ("if-match", tag.as_str())];
        assert_eq!(
            send(person, method.clone(), &path, change, &lines)
                .await
                .status,
            200,
            "{path}: two lines are one list"
        );
        seen += 1;
    }
    assert!(seen > 3, "{seen}");
}

#[actix_web::test]
async fn a_step_honours_the_version_when_it_is_told_one() {
    let office = Office::open().await;
    let case = office.draft().await;
    let old = office.customer.get(&case).await.etag();
    send(
        &office.customer,
        Method::PATCH,
        &case,
        &json!({"scope": "Air"}),
        &[("if-match", &old)],
    )
    .await
    .expect(200);
    let submission = format!("{case}/submission");
    ask(
        &office.customer,
        Method::POST,
        &submission,
        &[("if-match", &old)],
    )
    .await
    .refused(412, "stale_version");
    let new = office.customer.get(&case).await.etag();
    assert_eq!(
        ask(
            &office.customer,
            Method::POST,
            &submission,
            &[("if-match", &new)]
        )
        .await
        .status,
        200
    );
}

#[actix_web::test]
async fn of_two_who_change_the_same_version_one_is_told() {
    let office = Office::open().await;
    let case = office.bare_draft().await;
    let tag = office.customer.get(&case).await.etag();
    let change = async |scope: &str| {
        send(
            &office.customer,
            Method::PATCH,
            &case,
            &json!({"scope": scope}),
            &[("if-match", &tag)],
        )
        .await
        .status
    };
    let (one, other) = futures_util::future::join(change("Air"), change("Karet")).await;
    let mut both = [one, other];
    both.sort_unstable();
    assert_eq!(both, [200, 412]);
}
