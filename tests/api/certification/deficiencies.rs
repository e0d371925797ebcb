//! Step 3 and its consequences: deficiency sheets, rounds, and the restriction to open items.

use serde_json::json;

use super::Office;
use super::attempts::explained;
use super::drafts::faults;
use super::office::{Until, completion, mandatory, pdf, product, verification};

#[actix_web::test]
async fn two_rounds_close_item_by_item_and_the_last_sheet_says_nihil() {
    let mut office = Office::open().await;
    let (case, rows) = (office.case(Until::Filed).await, mandatory());
    let (deed, nib) = (rows[1], rows[2]);
    let verify = format!("{case}/verification");

    // Round 1: two items.
    let first = office
        .operations
        .post(&verify, verification(&[deed, nib]))
        .await
        .expect(200);
    assert_eq!(
        (&first["stage"], &first["round"]),
        (&json!("deficient"), &json!(1))
    );
    office
        .pji_staff
        .post(&format!("{case}/audit-confirmation"), office.proposal())
        .await
        .expect(200);
    let refusal = office
        .customer
        .upload(&format!("{case}/documents/{}", rows[3]), pdf("npwp"))
        .await
        .refused(422, "invalid_content");
    assert_eq!(faults(&refusal)[0].1, "not_open");
    office.later(60).await;
    office
        .customer
        .upload(&format!("{case}/documents/{deed}"), pdf("akta baru"))
        .await
        .expect(201);
    let mut answer = completion();
    let half = office
        .customer
        .post(&format!("{case}/completion"), answer.clone())
        .await
        .refused(422, "invalid_content");
    assert_eq!(
        faults(&half),
        [("/answers", "not_answered")],
        "one item is answered by a document, the other not at all"
    );
    answer["answers"] = json!([{"requirement": rows[3], "note": "Tidak diminta."}, {"requirement": nib, "note": "Menyusul."}]);
    let beside = office
        .customer
        .post(&format!("{case}/completion"), answer.clone())
        .await
        .refused(422, "invalid_content");
    assert_eq!(faults(&beside), [("/answers/0/requirement", "not_open")]);
    answer["answers"] = json!([{"requirement": nib, "note": "NIB sedang diperbarui di OSS."}]);
    assert_eq!(
        office
            .customer
            .post(&format!("{case}/completion"), answer)
            .await
            .expect(200)["round"],
        2
    );

    // Round 2: both items are judged, and no others.
    let judged = |row: &str, result: &str| json!({"requirement": row, "result": result, "note": "Dilihat kembali."});
    let again = office
        .operations
        .post(&verify, json!({"items": [judged(deed, "complete")]}))
        .await
        .refused(422, "invalid_content");
    assert_eq!(faults(&again), [("/items", "not_judged")]);
    let more = json!({"items": [judged(deed, "complete"), judged(nib, "unfit"), judged(rows[3], "complete")]});
    assert_eq!(
        faults(
            &office
                .operations
                .post(&verify, more)
                .await
                .refused(422, "invalid_content")
        ),
        [("/items/2/requirement", "not_open")]
    );
    let second = office
        .operations
        .post(
            &verify,
            json!({"items": [judged(deed, "complete"), judged(nib, "unfit")]}),
        )
        .await
        .expect(200);
    assert_eq!(second["stage"], "deficient");
    office
        .pji_staff
        .post(&format!("{case}/audit-confirmation"), office.proposal())
        .await
        .expect(200);
    let refusal = office
        .customer
        .upload(&format!("{case}/documents/{deed}"), pdf("akta lagi"))
        .await
        .refused(422, "invalid_content");
    assert_eq!(
        faults(&refusal)[0].1,
        "not_open",
        "what was closed stays closed"
    );
    office.later(60).await;
    office
        .customer
        .upload(&format!("{case}/documents/{nib}"), pdf("nib baru"))
        .await
        .expect(201);
    assert_eq!(
        office
            .customer
            .post(&format!("{case}/completion"), completion())
            .await
            .expect(200)["round"],
        3
    );

    // Round 3: the last item is closed.
    assert_eq!(
        office
            .operations
            .post(&verify, json!({"items": [judged(nib, "complete")]}))
            .await
            .expect(200)["stage"],
        "confirmed"
    );
    let sheets = office
        .customer
        .get(&format!("{case}/deficiency-sheets"))
        .await
        .expect(200);
    let told: Vec<_> = sheets["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|sheet| {
            let items: Vec<_> = sheet["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|item| item["requirement"].as_str().unwrap())
                .collect();
            (
                sheet["number"].as_str().unwrap(),
                sheet["round"].as_i64().unwrap(),
                items,
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("LK-2026-00001", 1, vec![deed, nib]),
            ("LK-2026-00002", 2, vec![nib]),
            ("LK-2026-00003", 3, vec![])
        ]
    );
    let confirmations = office
        .customer
        .get(&format!("{case}/audit-confirmations"))
        .await
        .expect(200);
    let answered: Vec<_> = confirmations["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|sheet| (sheet["seq"].as_i64().unwrap(), sheet["answer"].is_object()))
        .collect();
    assert_eq!(answered, [(1, true), (2, true)]);
    let changed = office
        .operations
        .get(&format!("{case}/snapshots/3/changes"))
        .await
        .expect(200);
    assert_eq!(changed["documents"].as_array().unwrap().len(), 1);
    assert_eq!(
        office
            .operations
            .get(&format!("{case}/snapshots"))
            .await
            .expect(200)["items"]
            .as_array()
            .unwrap()
            .len(),
        3
    );
}

#[actix_web::test]
async fn a_verification_judges_every_mandatory_row_once_and_says_what_is_wrong() {
    let office = Office::open().await;
    let (case, rows) = (office.case(Until::Filed).await, mandatory());
    let verify = format!("{case}/verification");
    let whole = verification(&[])["items"].as_array().unwrap().clone();
    let post = async |items: Vec<serde_json::Value>| {
        let refusal = office
            .operations
            .post(&verify, json!({"items": items}))
            .await
            .refused(422, "invalid_content");
        faults(&refusal)
            .into_iter()
            .map(|(pointer, code)| (pointer.to_owned(), code.to_owned()))
            .collect::<Vec<_>>()
    };
    let one = |pointer: &str, code: &str| vec![(pointer.to_owned(), code.to_owned())];
    assert_eq!(post(whole[1..].to_vec()).await, one("/items", "not_judged"));
    let twice = [whole.clone(), vec![whole[0].clone()]].concat();
    assert_eq!(
        post(twice).await,
        one(&format!("/items/{}/requirement", whole.len()), "duplicate")
    );
    let mut silent = whole.clone();
    silent[1] = json!({"requirement": rows[1], "result": "unfit"});
    assert_eq!(post(silent).await, one("/items/1/note", "missing_field"));
    let stray = [
        whole.clone(),
        vec![json!({"requirement": "P01", "result": "complete"})],
    ]
    .concat();
    assert_eq!(
        post(stray).await,
        one(
            &format!("/items/{}/requirement", whole.len()),
            "not_on_the_checklist"
        )
    );
    assert_eq!(
        office
            .rows("deficiency_sheet", "application_id", &case)
            .await,
        0,
        "a refused verification makes no sheet"
    );
    office
        .operations
        .post(&verify, json!({"items": whole}))
        .await
        .expect(200);
}

#[actix_web::test]
async fn what_was_not_handed_in_cannot_be_complete() {
    let office = Office::open().await;
    let case = office.bare_draft().await;
    office
        .customer
        .upload(&format!("{case}/documents/Q01"), pdf("surat"))
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
    let refusal = office
        .operations
        .post(&format!("{case}/verification"), verification(&[]))
        .await
        .refused(422, "invalid_content");
    assert_eq!(faults(&refusal).len(), mandatory().len() - 1);
    assert!(
        faults(&refusal)
            .iter()
            .all(|(_, code)| *code == "no_document")
    );
    let missing = mandatory()[1..].to_vec();
    let view = office
        .operations
        .post(&format!("{case}/verification"), verification(&missing))
        .await
        .expect(200);
    assert_eq!(view["stage"], "deficient");
}

/// A mandatory document can be marked not applicable only with a note for each document.
#[actix_web::test]
async fn a_mandatory_paper_is_not_applicable_only_with_a_note() {
    let office = Office::open().await;
    let case = office.case(Until::Filed).await;
    let verify = format!("{case}/verification");
    let judged = |note: Option<&str>| {
        let item = |code: &&str| match note {
            Some(note) => json!({"requirement": code, "result": "not_applicable", "note": note}),
            None => json!({"requirement": code, "result": "not_applicable"}),
        };
        json!({"items": mandatory().iter().map(item).collect::<Vec<_>>()})
    };
    let each = |code: &'static str| {
        (0..mandatory().len())
            .map(move |i| (format!("/items/{i}/note"), code.to_owned()))
            .collect::<Vec<_>>()
    };
    for (note, code) in [
        (None, "missing_field"),
        (Some(""), "empty"),
        (Some(" \n\t"), "empty"),
        (Some("\u{200b}\u{2060}"), "empty"),
    ] {
        let refused = office
            .operations
            .post(&verify, judged(note))
            .await
            .refused(422, "invalid_content");
        let found: Vec<_> = faults(&refused)
            .into_iter()
            .map(|(pointer, code)| (pointer.to_owned(), code.to_owned()))
            .collect();
        assert_eq!(found, each(code), "{note:?}");
    }
    let mut one = verification(&[]);
    one["items"][4] = json!({"requirement": mandatory()[4], "result": "not_applicable"});
    one["items"][6] = json!({"requirement": mandatory()[6], "result": "missing"});
    let refused = office
        .operations
        .post(&verify, one)
        .await
        .refused(422, "invalid_content");
    assert_eq!(
        faults(&refused),
        [
            ("/items/4/note", "missing_field"),
            ("/items/6/note", "missing_field")
        ],
        "both kinds of fault in one reply"
    );
    assert_eq!(
        office
            .rows("deficiency_sheet", "application_id", &case)
            .await,
        0
    );
    let view = office
        .operations
        .post(&verify, judged(Some("Tidak diwajibkan bagi usaha ini.")))
        .await
        .expect(200);
    assert_eq!(view["stage"], "verified");
}

/// A document is mandatory when its condition holds for the facts; an optional one is not. An item
/// that was open needs a note when it is dropped.
#[actix_web::test]
async fn what_is_mandatory_is_what_the_checklist_says_for_these_facts() {
    let mut office = Office::open().await;
    office.add_sampling_officer().await;
    let view = office
        .customer
        .post("/api/v1/applications", product())
        .await
        .expect(201);
    let case = format!("/api/v1/applications/{}", view["id"].as_str().unwrap());
    office
        .customer
        .upload(&format!("{case}/documents/P01"), pdf("surat"))
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
    let form: service_desk::certification::form::ApplicationForm =
        serde_json::from_value(product()).unwrap();
    let rows =
        service_desk::certification::schemes::Scheme::of(form.scheme).checklist(&form.facts());
    let codes: Vec<_> = rows
        .map(|row| {
            (
                row.code,
                row.necessity == service_desk::certification::schemes::Necessity::Mandatory,
            )
        })
        .collect();
    assert!(
        codes.contains(&("P24", true)) && codes.contains(&("P13", false)),
        "asked for bottled water: {codes:?}"
    );
    let judge = |conditional: serde_json::Value| {
        let item = |(code, mandatory): &(&str, bool)| match *code {
            "P01" => json!({"requirement": code, "result": "complete"}),
            "P24" => conditional.clone(),
            "P07" => json!({"requirement": code, "result": "missing", "note": "NPWP belum ada."}),
            _ if *mandatory => {
                json!({"requirement": code, "result": "not_applicable", "note": "Sudah pada berkas tahun lalu."})
            }
            _ => json!({"requirement": code, "result": "not_applicable"}),
        };
        json!({"items": codes.iter().map(item).collect::<Vec<_>>()})
    };
    let at = codes.iter().position(|(code, _)| *code == "P24").unwrap();
    let silent = judge(json!({"requirement": "P24", "result": "not_applicable"}));
    let refused = office
        .operations
        .post(&format!("{case}/verification"), silent)
        .await
        .refused(422, "invalid_content");
    assert_eq!(
        faults(&refused),
        [(format!("/items/{at}/note").as_str(), "missing_field")],
        "optional rows need none"
    );
    let said = judge(
        json!({"requirement": "P24", "result": "not_applicable", "note": "Diuji oleh Balai."}),
    );
    office
        .operations
        .post(&format!("{case}/verification"), said)
        .await
        .expect(200);
    office
        .pji_staff
        .post(&format!("{case}/audit-confirmation"), office.proposal())
        .await
        .expect(200);
    office
        .customer
        .post(&format!("{case}/completion"), explained("P07"))
        .await
        .expect(200);
    let again = |item: serde_json::Value| json!({"items": [item]});
    let silent = again(json!({"requirement": "P07", "result": "not_applicable"}));
    let refused = office
        .operations
        .post(&format!("{case}/verification"), silent)
        .await
        .refused(422, "invalid_content");
    assert_eq!(faults(&refused), [("/items/0/note", "missing_field")]);
    let said = again(
        json!({"requirement": "P07", "result": "not_applicable", "note": "Badan baru; NPWP menyusul menurut OSS."}),
    );
    assert_eq!(
        office
            .operations
            .post(&format!("{case}/verification"), said)
            .await
            .expect(200)["stage"],
        "confirmed"
    );
}
