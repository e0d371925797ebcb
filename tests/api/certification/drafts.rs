//! Before step 1: a draft is amended, completed and submitted.

use serde_json::{Value, json};

use super::Office;
use super::office::{Until, application, pdf};

/// The pointer and the code of every entry in `errors`.
pub fn faults(problem: &Value) -> Vec<(&str, &str)> {
    let errors = problem["errors"].as_array().unwrap();
    errors
        .iter()
        .map(|fault| {
            (
                fault["pointer"].as_str().unwrap(),
                fault["code"].as_str().unwrap(),
            )
        })
        .collect()
}

async fn begin(office: &Office, form: Value) -> String {
    let view = office
        .customer
        .post("/api/v1/applications", form)
        .await
        .expect(201);
    format!("/api/v1/applications/{}", view["id"].as_str().unwrap())
}

#[actix_web::test]
async fn a_submission_is_told_every_gap_at_once() {
    let office = Office::open().await;
    let bare = json!({"scheme": "quality_iso9001", "kind": "initial", "company": {"name": "PT Tirta Musi Sejahtera"}});
    let case = begin(&office, bare).await;
    let before = office.customer.get(&case).await.etag();
    let gaps = office
        .customer
        .act(&format!("{case}/submission"))
        .await
        .refused(422, "invalid_content");
    let expected = [
        ("/site", "missing_field"),
        ("/personnel", "missing_field"),
        ("/contact", "missing_field"),
        ("/scope", "missing_field"),
        ("/documents/Q01", "no_document"),
    ];
    assert_eq!(faults(&gaps), expected);
    assert_eq!(office.customer.get(&case).await.etag(), before);

    let products = begin(&office, json!({"scheme": "product_sni", "kind": "initial", "company": {"name": "PT Tirta Musi Sejahtera"}})).await;
    let gaps = office
        .customer
        .act(&format!("{products}/submission"))
        .await
        .refused(422, "invalid_content");
    assert!(
        faults(&gaps).contains(&("/products", "missing_field"))
            && !faults(&gaps).contains(&("/scope", "missing_field")),
        "{gaps:#}"
    );
}

#[actix_web::test]
async fn the_letter_is_all_the_paper_a_submission_needs() {
    let office = Office::open().await;
    let case = begin(&office, application()).await;
    let gaps = office
        .customer
        .act(&format!("{case}/submission"))
        .await
        .refused(422, "invalid_content");
    assert_eq!(faults(&gaps), [("/documents/Q01", "no_document")]);
    office
        .customer
        .upload(&format!("{case}/documents/Q01"), pdf("surat permohonan"))
        .await
        .expect(201);
    let sent = office
        .customer
        .act(&format!("{case}/submission"))
        .await
        .expect(200);
    assert_eq!(
        (&sent["number"], &sent["round"], &sent["scheme_version"]),
        (&json!("P-2026-00001"), &json!(1), &json!(1))
    );
    let frozen = office
        .customer
        .get(&format!("{case}/snapshots"))
        .await
        .expect(200);
    assert_eq!(
        frozen["items"][0]["content"]["documents"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[actix_web::test]
async fn a_second_application_for_the_same_is_a_conflict_until_the_first_is_over() {
    let office = Office::open().await;
    let mut cases = Vec::new();
    for name in [
        "PT Tirta Musi Sejahtera",
        "pt tirta musi SEJAHTERA",
        "PT Tirta Musi Abadi",
    ] {
        let mut form = application();
        form["company"]["name"] = json!(name);
        let case = begin(&office, form).await;
        office
            .customer
            .upload(&format!("{case}/documents/Q01"), pdf(name))
            .await
            .expect(201);
        cases.push(case);
    }
    office
        .customer
        .act(&format!("{}/submission", cases[0]))
        .await
        .expect(200);
    office
        .customer
        .act(&format!("{}/submission", cases[1]))
        .await
        .refused(409, "conflict");
    office
        .customer
        .act(&format!("{}/submission", cases[2]))
        .await
        .expect(200);
    office
        .customer
        .post(
            &format!("{}/withdrawal", cases[0]),
            json!({"reason": "Salah isi."}),
        )
        .await
        .expect(200);
    let sent = office
        .customer
        .act(&format!("{}/submission", cases[1]))
        .await
        .expect(200);
    assert_eq!(
        sent["number"], "P-2026-00003",
        "the refused submission took no number"
    );
}

/// A draft of `form` with its letter, ready to be submitted.
async fn ready(office: &Office, form: Value) -> String {
    let letter = if form["scheme"] == "product_sni" {
        "P01"
    } else {
        "Q01"
    };
    let case = begin(office, form).await;
    office
        .customer
        .upload(&format!("{case}/documents/{letter}"), pdf(&case))
        .await
        .expect(201);
    case
}

/// `form` with the members at these pointers replaced.
fn with(form: &Value, changes: &[(&str, &str)]) -> Value {
    let mut form = form.clone();
    for (pointer, value) in changes {
        *form.pointer_mut(pointer).unwrap() = json!(value);
    }
    form
}

/// Checks which differences make two applications the same: each try has its changes and the
/// expected status.
async fn assert_submissions(office: &Office, first: &Value, tries: &[(&[(&str, &str)], u16)]) {
    let begun = ready(office, first.clone()).await;
    office
        .customer
        .act(&format!("{begun}/submission"))
        .await
        .expect(200);
    for (changes, status) in tries {
        let case = ready(office, with(first, changes)).await;
        let answer = office.customer.act(&format!("{case}/submission")).await;
        assert_eq!(answer.status, *status, "{changes:?}: {}", answer.body);
        if *status == 200 {
            office
                .customer
                .post(
                    &format!("{case}/withdrawal"),
                    json!({"reason": "Percobaan."}),
                )
                .await
                .expect(200);
        }
    }
}

/// Two applications are the same when organisation, scheme, kind, site, and product or standard
/// are; names are compared after normalisation.
#[actix_web::test]
async fn a_second_factory_is_another_application_and_another_spelling_is_not() {
    let office = Office::open().await;
    let first = with(&application(), &[("/company/name", "PT. KARET OGAN")]);
    assert_submissions(
        &office,
        &first,
        &[
            (&[("/company/name", "PT Karet Ogan")], 409),
            (&[("/company/name", "  pt karet  ogan ")], 409),
            (&[("/company/name", "P.T. Karet Ogan")], 409),
            (&[("/company/name", "PT.Karet Ogan")], 409),
            (&[("/company/name", "Karet Ogan, PT")], 409),
            (&[("/company/name", "PT Karet-Ogan")], 409),
            (&[("/company/name", "CV Karet Ogan")], 200),
            (&[("/company/name", "PT Karet Ogan Dua")], 200),
            (&[("/site/name", "pabrik  KERTAPATI ")], 409),
            (&[("/site/address", "Jalan Ki Marogan Nomor 8")], 409),
            (&[("/site/address", "JL KI MAROGAN NO.8")], 409),
            (&[("/site/regency", "Palembang")], 409),
            (&[("/site/province", "SUMATERA SELATAN")], 409),
            (&[("/scope", "Lingkup lain")], 409),
            (&[("/site/name", "Pabrik Indralaya")], 200),
            (&[("/site/address", "Jl. Lintas Timur KM 32")], 200),
            (&[("/site/regency", "Kabupaten Ogan Ilir")], 200),
            (&[("/kind", "surveillance")], 200),
        ],
    )
    .await;
    // The same name of another organisation is another organisation.
    let stranger = office.app.customer().await;
    let view = stranger
        .post("/api/v1/applications", first)
        .await
        .expect(201);
    let case = format!("/api/v1/applications/{}", view["id"].as_str().unwrap());
    stranger
        .upload(&format!("{case}/documents/Q01"), pdf("lain"))
        .await
        .expect(201);
    stranger
        .act(&format!("{case}/submission"))
        .await
        .expect(200);
}

/// A second product, or the same product under another SNI.
#[actix_web::test]
async fn a_second_product_or_another_standard_is_another_application() {
    let office = Office::open().await;
    let mut first = application();
    first.as_object_mut().unwrap().remove("scope");
    first["scheme"] = json!("product_sni");
    first["facts"] = json!({"certification_type": "type_5", "business_scale": "large"});
    first["products"] = json!([
        {"name": "Karet SIR 20", "brand": "Ogan", "standard": "SNI 06-1903-2017"},
        {"name": "Air mineral", "brand": "Ogan", "standard": "SNI 3553:2023"},
    ]);
    let second = |name: &str, standard: &str| {
        let mut form = first.clone();
        form["products"] = json!([{"name": name, "brand": "Ogan", "standard": standard}]);
        form
    };
    let begun = ready(&office, first.clone()).await;
    office
        .customer
        .act(&format!("{begun}/submission"))
        .await
        .expect(200);
    for (name, standard, status) in [
        ("Karet SIR 20", "SNI 06-1903-2017", 409),
        (" karet  sir 20.", "sni 06-1903:2017", 409),
        ("Karet SIR-20", "SNI No. 06-1903-2017", 409),
        ("Air Mineral", "SNI 3553-2023", 409),
        ("Air mineral", "SNI3553:2023", 409),
        ("Air mineral", "SNI 3553:2015", 200),
        ("Air mineral", "SNI 6241:2015", 200),
        ("Air demineral", "SNI 3553:2023", 200),
        ("Pupuk NPK", "SNI 2803:2024", 200),
    ] {
        let case = ready(&office, second(name, standard)).await;
        let answer = office.customer.act(&format!("{case}/submission")).await;
        assert_eq!(answer.status, status, "{name}, {standard}: {}", answer.body);
        if status == 200 {
            office
                .customer
                .post(
                    &format!("{case}/withdrawal"),
                    json!({"reason": "Percobaan."}),
                )
                .await
                .expect(200);
        }
    }
}

/// Of two simultaneous submissions of the same application, the database accepts one.
#[actix_web::test]
async fn of_many_submissions_for_the_same_one_succeeds() {
    let office = Office::open().await;
    let mut cases = Vec::new();
    for name in [
        "PT. KARET OGAN",
        "PT Karet Ogan",
        "pt karet ogan",
        "PT  Karet Ogan",
        "Karet Ogan PT",
    ] {
        cases.push(ready(&office, with(&application(), &[("/company/name", name)])).await);
    }
    let sent = futures_util::future::join_all(cases.iter().map(async |case| {
        office
            .customer
            .act(&format!("{case}/submission"))
            .await
            .status
    }))
    .await;
    let mut statuses = sent;
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409, 409, 409, 409]);
}

/// A search finds a name by any of its spellings.
#[actix_web::test]
async fn a_search_finds_a_name_however_it_is_spelt() {
    let office = Office::open().await;
    let case = ready(
        &office,
        with(&application(), &[("/company/name", "PT. KARET OGAN")]),
    )
    .await;
    let id = case.rsplit('/').next().unwrap();
    for (text, found) in [
        ("PT Karet Ogan", true),
        ("karet%20%20ogan", true),
        ("P.T.%20Karet", true),
        ("KARET", true),
        ("Karet Musi", false),
        ("%25", false),
    ] {
        let list = office
            .customer
            .get(&format!(
                "/api/v1/applications?text={}",
                text.replace(' ', "%20")
            ))
            .await
            .expect(200);
        let ids: Vec<_> = list["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| item["id"].as_str().unwrap())
            .collect();
        assert_eq!(ids == [id], found, "{text}");
    }
}

#[actix_web::test]
async fn a_draft_is_amended_by_a_merge_patch_of_the_version_that_was_seen() {
    let office = Office::open().await;
    let case = office.bare_draft().await;
    let seen = office.customer.get(&case).await.etag();
    let change =
        json!({"personnel": {"total": 52}, "company": {"nib": null}, "scope": "Air mineral"});
    office
        .customer
        .patch(&case, change.clone(), None)
        .await
        .refused(428, "precondition_required");
    let amended = office
        .customer
        .patch(&case, change.clone(), Some(&seen))
        .await;
    let tag = amended.etag();
    let amended = amended.expect(200);
    assert_eq!(
        amended["personnel"],
        json!({"total": 52, "shifts": 2}),
        "members not named stay"
    );
    assert_eq!(
        (&amended["company"]["nib"], &amended["scope"]),
        (&json!(null), &json!("Air mineral"))
    );
    assert_eq!(amended["stage"], "draft");
    office
        .customer
        .patch(&case, change.clone(), Some(&seen))
        .await
        .refused(412, "stale_version");
    office
        .customer
        .patch(&case, change, Some("\"nonsense\""))
        .await
        .refused(412, "stale_version");
    let wrong = office
        .customer
        .patch(&case, json!({"personnel": {"total": 0}}), Some(&tag))
        .await
        .refused(422, "invalid_content");
    assert_eq!(faults(&wrong), [("/personnel", "wrong_value")]);
    let unknown = office
        .customer
        .patch(&case, json!({"stage": "notice_sent"}), Some(&tag))
        .await
        .refused(422, "invalid_content");
    assert_eq!(faults(&unknown)[0].1, "unknown_field");
    office
        .customer
        .patch(&case, json!([]), Some(&tag))
        .await
        .refused(422, "invalid_content");
    assert_eq!(
        office.customer.get(&case).await.etag(),
        tag,
        "what was refused changed nothing"
    );
}

#[actix_web::test]
async fn a_step_with_if_match_is_taken_only_on_the_version_that_was_seen() {
    use crate::support::Request;
    let office = Office::open().await;
    let case = office.draft().await;
    let seen = office.customer.get(&case).await.etag();
    office
        .customer
        .upload(&format!("{case}/documents/Q02"), pdf("akta baru"))
        .await
        .expect(201);
    let path = format!("{case}/submission");
    let submit = |tag: String| {
        let headers = [("if-match", tag.as_str())];
        office.customer.ask(&Request {
            method: reqwest::Method::POST,
            path: &path,
            body: None,
            headers: &headers,
        })
    };
    submit(seen).await.refused(412, "stale_version");
    let now = office.customer.get(&case).await.etag();
    submit(now).await.expect(200);
}

#[actix_web::test]
async fn a_document_is_taken_for_a_row_of_the_checklist_and_while_the_customer_holds_the_file() {
    let office = Office::open().await;
    let case = office.draft().await;
    for row in ["Q15", "P01", "Q99"] {
        let refusal = office
            .customer
            .upload(&format!("{case}/documents/{row}"), pdf(row))
            .await
            .refused(422, "invalid_content");
        assert_eq!(faults(&refusal)[0].1, "not_on_the_checklist", "{row}");
    }
    office
        .customer
        .patch(&case, json!({"kind": "transfer"}), Some("*"))
        .await
        .expect(200);
    office
        .customer
        .upload(&format!("{case}/documents/Q15"), pdf("sertifikat lama"))
        .await
        .expect(201);
    office
        .customer
        .act(&format!("{case}/submission"))
        .await
        .expect(200);
    office
        .customer
        .upload(&format!("{case}/documents/Q02"), pdf("akta"))
        .await
        .refused(409, "out_of_order");

    let complete = office.case(Until::AwaitingCustomer).await;
    let refusal = office
        .customer
        .upload(&format!("{complete}/documents/Q02"), pdf("akta"))
        .await
        .refused(422, "invalid_content");
    assert_eq!(
        faults(&refusal)[0].1,
        "not_open",
        "no document was deficient"
    );
}
