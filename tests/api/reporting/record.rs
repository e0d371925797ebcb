//! The realization report of finished cases: compared with their timelines, with their documents,
//! and with itself.

use serde_json::{Value, json};
use service_desk::certification::sop::Stage;
use service_desk::sop::role::Role;
use service_desk::sop::table::Stage as _;

use super::{RECORD, record};
use crate::certification::Office;
use crate::certification::attempts::explained;
use crate::certification::office::{Until, mandatory, verification};

/// A case with one deficient document, walked through all steps with some minutes at each. Returns
/// its path.
async fn long_road(office: &mut Office) -> String {
    let wanting = mandatory()[1];
    let case = office.draft().await;
    let judged = json!({"items": [{"requirement": wanting, "result": "complete"}]});
    for (path, minutes) in [
        ("submission", 3),
        ("filing", 20),
        ("verification", 50),
        ("audit-confirmation", 7),
        ("completion", 40),
        ("verification", 30),
        ("audit-notice", 12),
        ("audit-notice/initials", 5),
        ("audit-notice/initials", 5),
        ("audit-notice/signature", 4),
        ("audit-notice/dispatch", 6),
    ] {
        office.later(minutes).await;
        let stage = office.customer.get(&case).await.expect(200)["stage"]
            .as_str()
            .unwrap()
            .to_owned();
        let first_initial = office.customer.get(&case).await.expect(200)["next"]
            .to_string()
            .contains("initial_notice_letter\",\"title");
        let address = format!("{case}/{path}");
        let answer = match path {
            "submission" => office.customer.act(&address).await,
            "filing" => office.pji_staff.act(&address).await,
            "verification" if stage == "filed" => {
                office
                    .operations
                    .post(&address, verification(&[wanting]))
                    .await
            }
            "verification" => office.operations.post(&address, judged.clone()).await,
            "audit-confirmation" => office.pji_staff.post(&address, office.proposal()).await,
            "completion" => office.customer.post(&address, explained(wanting)).await,
            "audit-notice" => office.operations.post(&address, office.notice()).await,
            "audit-notice/initials" => {
                let letter = office.ss_lead.post(&address, json!({"as": "letter"})).await;
                if letter.status == 200 && first_initial {
                    letter
                } else {
                    office.pji_lead.post(&address, json!({"as": "cost"})).await
                }
            }
            "audit-notice/signature" => office.head.act(&address).await,
            _ => office.pji_staff.post(&address, office.dispatch()).await,
        };
        answer.expect(200);
    }
    case
}

#[actix_web::test]
async fn a_row_says_what_the_timeline_and_the_papers_of_its_case_say() {
    let mut office = Office::open().await;
    let case = long_road(&mut office).await;
    let billing = office.customer.get("/api/v1/billings").await.expect(200)["items"][0].clone();
    let payment = json!({"ntpn": "A1B2C3D4E5F6G7H8", "paid_at": office.app.clock.now(), "amount": billing["amount"]});
    office
        .treasurer
        .post(
            &format!(
                "/api/v1/billings/{}/payments",
                billing["id"].as_str().unwrap()
            ),
            payment,
        )
        .await
        .expect(200);
    let (rows, _) = record(&office.pji_staff, "").await;
    let (row, timeline) = (
        &rows[0],
        office
            .customer
            .get(&format!("{case}/timeline"))
            .await
            .expect(200),
    );
    let application = office.customer.get(&case).await.expect(200);

    for (name, told) in [
        ("number", "number"),
        ("received_at", "submitted_at"),
        ("stage", "stage"),
        ("scheme", "scheme"),
        ("kind", "kind"),
    ] {
        assert_eq!(row[name], application[told], "{name}");
    }
    assert_eq!(
        (&row["no"], &row["regency"], &row["province"]),
        (
            &json!(1),
            &json!("Kota Palembang"),
            &json!("Sumatera Selatan")
        )
    );
    assert_eq!(
        (
            &row["letter_date"],
            &row["satisfaction"],
            &row["remark"],
            &row["age_days"]
        ),
        (&Value::Null, &Value::Null, &Value::Null, &Value::Null)
    );
    assert_eq!(
        (&row["office_minutes"], &row["customer_minutes"]),
        (&timeline["office_minutes"], &timeline["customer_minutes"])
    );
    for step in row["steps"].as_array().unwrap() {
        let told: Vec<_> = timeline["steps"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|told| told["step"] == step["step"])
            .collect();
        let sum = |name: &str| {
            told.iter()
                .map(|told| told[name].as_i64().unwrap())
                .sum::<i64>()
        };
        assert_eq!(
            (
                step["used_minutes"].as_i64(),
                step["standard_minutes"].as_i64()
            ),
            (Some(sum("used_minutes")), Some(sum("standard_minutes"))),
            "{step}"
        );
        assert_eq!(
            step["on_time"],
            told.iter().all(|told| told["on_time"] == true),
            "{step}"
        );
        assert_eq!(
            (&step["started_at"], &step["ended_at"]),
            (&told[0]["started_at"], &told[told.len() - 1]["ended_at"]),
            "{step}"
        );
        assert_eq!(step["rounds"].as_array().unwrap().len(), told.len());
    }
    assert_eq!(
        row["steps"][1]["on_time"], false,
        "filing took 20 of 15 minutes"
    );
    assert_eq!(
        (
            &row["deficiency_rounds"],
            &row["deficiency_items"],
            &row["deficiencies"][0]["requirement"]
        ),
        (&json!(1), &json!(1), &json!(mandatory()[1]))
    );
    assert_eq!(
        (&row["notice"]["team_lead"], &row["notice"]["team_members"]),
        (
            &json!("Ir. Sri Wahyuni, M.T."),
            &json!(["Bambang Susilo, S.T."])
        )
    );
    assert_eq!(
        (
            &row["notice"]["pnbp_amount"],
            &row["notice"]["travel_amount"],
            &row["notice"]["other_amount"]
        ),
        (&json!(4_000_000), &json!(500_000), &json!(0))
    );
    assert_eq!(
        row["notice"]["audit_dates"],
        json!(["2026-08-03", "2026-08-04"])
    );
    let notice = office
        .customer
        .get(&format!("{case}/audit-notice"))
        .await
        .expect(200);
    assert_eq!(
        (&row["notice"]["number"], &row["notice"]["sent_at"]),
        (&notice["number"], &notice["sent_at"])
    );
    for (name, told) in [
        ("code", "code"),
        ("amount", "amount"),
        ("expires_at", "expires_at"),
    ] {
        assert_eq!(row["billing"][name], billing[told], "{name}");
    }
    assert_eq!(
        (&row["billing"]["status"], &row["billing"]["ntpn"]),
        (&json!("paid"), &json!("A1B2C3D4E5F6G7H8"))
    );
    let officers: Vec<_> = row["officers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|name| name.as_str().unwrap())
        .collect();
    assert_eq!(
        officers,
        [
            "Staf PJI",
            "Staf Operasional",
            "Ketua Tim SS",
            "Ketua Tim PJI",
            "Kepala Balai"
        ],
        "no customer, in the order of their first step"
    );
}

/// The sums of `rows`, computed from the rows of the reply.
fn sums(rows: &[Value]) -> Value {
    let count = |of: &dyn Fn(&Value) -> bool| rows.iter().filter(|row| of(row)).count();
    let open = count(&|row| !row["age_days"].is_null());
    let sent = count(&|row| row["stage"] == "notice_sent");
    let amount = |status: &str| -> i64 {
        let billings = rows
            .iter()
            .map(|row| &row["billing"])
            .filter(|billing| !billing.is_null());
        billings
            .filter(|billing| status == "issued" || billing["status"] == status)
            .map(|billing| billing["amount"].as_i64().unwrap())
            .sum()
    };
    let steps = (0..8).map(|step| {
        let decided = |kept: bool| count(&|row| row["steps"][step]["on_time"] == kept);
        json!([decided(true), decided(false)])
    });
    let items: u64 = rows
        .iter()
        .map(|row| row["deficiency_items"].as_u64().unwrap())
        .sum();
    json!({
        "count": rows.len(), "open": open, "sent": sent, "aside": rows.len() - open - sent, "issued": amount("issued"), "paid": amount("paid"),
        "items": items, "steps": steps.collect::<Vec<_>>(),
    })
}

/// The service's own sums in the same form.
fn service_sums(summary: &Value) -> Value {
    let steps = summary["steps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| json!([step["on_time"], step["late"]]));
    let items: u64 = summary["deficiencies"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["items"].as_u64().unwrap())
        .sum();
    json!({
        "count": summary["count"], "open": summary["open"], "sent": summary["sent"], "aside": summary["ended_aside"],
        "issued": summary["pnbp"]["issued"]["amount"], "paid": summary["pnbp"]["paid"]["amount"], "items": items, "steps": steps.collect::<Vec<_>>(),
    })
}

#[actix_web::test]
async fn the_sums_are_those_of_the_rows_under_every_filter() {
    let mut office = Office::open().await;
    let specimens = office.specimens().await;
    office.later(45).await;
    long_road(&mut office).await;
    let received = specimens
        .iter()
        .filter(|specimen| specimen.stage != Stage::Draft)
        .count()
        + 1;
    let (staff, operations) = (office.pji_staff.id, office.operations.id);
    let mut seen = Vec::new();
    for filter in [
        String::new(),
        "&scheme=quality_iso9001".into(),
        "&scheme=product_sni".into(),
        "&kind=initial".into(),
        "&kind=transfer".into(),
        "&stage=notice_sent".into(),
        "&stage=deficient".into(),
        "&stage=withdrawn".into(),
        format!("&officer={staff}"),
        format!("&officer={operations}&stage=confirmed"),
        format!("&officer={}", office.customer.id),
        "&from=2026-07-06&to=2026-07-06".into(),
        "&month=2026-07".into(),
        "&month=2026-06".into(),
        "&from=2026-07-07".into(),
        "&to=2026-07-05".into(),
    ] {
        let (rows, summary) = record(&office.pji_staff, &filter).await;
        assert_eq!(service_sums(&summary), sums(&rows), "{filter}");
        let ids: std::collections::BTreeSet<_> = rows
            .iter()
            .map(|row| row["application_id"].as_str().unwrap())
            .collect();
        assert_eq!(ids.len(), rows.len(), "{filter}: no row comes twice");
        assert!(
            rows.iter().zip(1..).all(|(row, no)| row["no"] == no),
            "{filter}: numbered through the pages"
        );
        assert!(
            rows.is_sorted_by_key(|row| row["received_at"].as_str().unwrap()),
            "{filter}: in the order of receipt"
        );
        seen.push(rows.len());
    }
    let (all, none) = (seen[0], 0);
    assert!(
        all >= received - 2,
        "{all} of {received}: PJI staff see what was submitted"
    );
    assert_eq!([seen[1], seen[2], seen[3], seen[4]], [all, none, all, none]);
    assert_eq!(
        (seen[5], seen[6], seen[7] > 0, seen[8] > 0, seen[9] > 0),
        (2, 1, true, true, true)
    );
    assert!(
        seen[10] > 0,
        "every actor of a file can be a filter, customers too"
    );
    assert_eq!(
        [seen[11], seen[12], seen[13], seen[14], seen[15]],
        [all, all, none, none, none]
    );
}

#[actix_web::test]
async fn the_steps_report_counts_what_is_overdue_now() {
    let mut office = Office::open().await;
    office.case(Until::Submitted).await;
    office.case(Until::Filed).await;
    office.later(16).await;
    let report = office
        .pji_staff
        .get("/api/v1/reports/sla")
        .await
        .expect(200);
    assert_eq!(
        (&report["count"], &report["open"], &report["overdue_now"]),
        (&json!(2), &json!(2), &json!(1)),
        "filing has a quarter of an hour"
    );
    let steps = report["steps"].as_array().unwrap();
    assert_eq!(steps.len(), 8);
    assert_eq!(
        (
            &steps[1]["on_time"],
            &steps[1]["late"],
            &steps[1]["overdue_now"],
            &steps[1]["undecided"]
        ),
        (&json!(1), &json!(1), &json!(1), &json!(0))
    );
    assert_eq!(
        (
            &steps[2]["reached"],
            &steps[2]["undecided"],
            &steps[2]["on_time_percent"]
        ),
        (&json!(1), &json!(1), &Value::Null)
    );
    let other = office
        .pji_staff
        .get("/api/v1/reports/sla?month=2026-06&scheme=product_sni")
        .await
        .expect(200);
    assert_eq!(
        (&other["count"], &other["overdue_now"]),
        (&json!(0), &json!(0))
    );
    let record = office.pji_staff.get(RECORD).await.expect(200);
    assert_eq!(
        record["summary"]["steps"], report["steps"],
        "both are made from the same rows"
    );
}

#[actix_web::test]
async fn the_record_can_be_narrowed_to_every_stage_and_refuses_what_makes_no_sense() {
    let office = Office::open().await;
    let head = office.app.staff(Role::Head).await;
    for stage in service_desk::certification::sop::Stage::all() {
        head.get(&format!("{RECORD}?stage={}", stage.code()))
            .await
            .expect(200);
    }
    for query in [
        "from=yesterday",
        "from=%2B262142-01-01",
        "month=2026-13",
        "format=docx",
        "format=svg&chart=pie",
        "officer=me",
        "stage=lost",
        "limit=0",
        "colour=red",
    ] {
        head.get(&format!("{RECORD}?{query}"))
            .await
            .refused(400, "invalid_parameter");
    }
    for (query, at) in [
        ("from=2026-07-02&to=2026-07-01", "?to"),
        ("month=2026-07&from=2026-07-01", "?month"),
        ("chart=on_time", "?chart"),
    ] {
        let problem = head
            .get(&format!("{RECORD}?{query}"))
            .await
            .refused(422, "invalid_content");
        assert_eq!(
            (
                &problem["errors"][0]["pointer"],
                &problem["errors"][0]["code"]
            ),
            (&json!(at), &json!("contradiction"))
        );
    }
    head.get(&format!("{RECORD}?from=0001-01-01&to=9999-12-31"))
        .await
        .expect(200);
    let cursor = office.case(Until::Submitted).await;
    head.get(&format!("{RECORD}?cursor={}", cursor.len()))
        .await
        .refused(400, "invalid_cursor");
}
