//! The price list and the composition of cost estimates: read by day, imported from CSV and XLSX
//! after a preview, and never overlapping.

use reqwest::Method;
use rust_xlsxwriter::Workbook;
use serde_json::{Value, json};
use service_desk::certification::tariffs::examples::{COMPONENTS, TARIFFS};
use service_desk::sop::role::Role;

use super::Office;
use super::drafts::faults;
use crate::support::{Answer, Person, Request, TestApp};

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const HEAD: &str = "code,kind,label,unit,amount,ceiling,province,legal_basis,valid_from,valid_to";

async fn send(by: &Person, path: &str, media_type: &str, body: impl Into<Vec<u8>>) -> Answer {
    by.ask(&Request {
        method: Method::POST,
        path,
        body: Some((media_type, body.into())),
        headers: &[],
    })
    .await
}

/// Previews the file and imports what was shown.
pub(super) async fn import(by: &Person, list: &str, file: &str) -> Value {
    let shown = send(by, &format!("/api/v1/{list}/preview"), "text/csv", file)
        .await
        .expect(200);
    let path = format!(
        "/api/v1/{list}/import?plan={}",
        shown["plan"].as_str().unwrap()
    );
    let done = send(by, &path, "text/csv", file).await.expect(200);
    assert_eq!(done, shown, "an import does what the preview showed");
    done
}

fn lead(amount: i64, from: &str, to: &str) -> String {
    format!("{HEAD}\nSNI-KETUA,service,Ketua tim audit,OH,{amount},,,PP 54/2021,{from},{to}\n")
}

async fn price_on(app: &TestApp, day: &str) -> Option<i64> {
    let list = app
        .nobody()
        .get(&format!("/api/v1/tariffs?day={day}"))
        .await
        .expect(200);
    list["items"][0]["amount"].as_i64()
}

#[actix_web::test]
async fn everyone_reads_the_prices_of_a_day_page_by_page() {
    let app = TestApp::start().await;
    let treasurer = app.staff(Role::Treasurer).await;
    let done = import(&treasurer, "tariffs", TARIFFS).await;
    let prices = TARIFFS.lines().count() - 1;
    assert_eq!(
        (&done["added"], &done["ended"]),
        (&json!(prices), &json!(0))
    );
    let nobody = app.nobody();
    let all = nobody.get("/api/v1/tariffs?limit=200").await.expect(200);
    let codes: Vec<_> = all["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["code"].clone())
        .collect();
    assert_eq!(codes.len(), prices);
    let mut paged = Vec::new();
    let mut path = "/api/v1/tariffs?limit=5&day=2026-12-31".to_owned();
    loop {
        let page = nobody.get(&path).await.expect(200);
        paged.extend(
            page["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|one| one["code"].clone()),
        );
        let Some(next) = page["next_cursor"].as_str() else {
            break;
        };
        path = format!("/api/v1/tariffs?limit=5&day=2026-12-31&cursor={next}");
    }
    assert_eq!(paged, codes);
    let later = nobody
        .get("/api/v1/tariffs?day=2027-01-01&limit=200")
        .await
        .expect(200);
    assert_eq!(
        later["items"].as_array().unwrap().len(),
        prices
            - codes
                .iter()
                .filter(|code| code.as_str().unwrap().starts_with("SBM-"))
                .count(),
        "the allowances are those of one year"
    );
    let lead = all["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["code"] == "SNI-KETUA")
        .unwrap();
    assert_eq!(
        (&lead["amount"], &lead["is_example"], &lead["valid_to"]),
        (&json!(2_000_000), &json!(true), &Value::Null)
    );
}

#[actix_web::test]
async fn an_import_adds_follows_and_ends_and_says_so_beforehand() {
    let app = TestApp::start().await;
    let treasurer = app.staff(Role::Treasurer).await;
    import(&treasurer, "tariffs", &lead(2_000_000, "2026-01-01", "")).await;
    let follow = lead(2_500_000, "2026-09-01", "");
    let shown = send(&treasurer, "/api/v1/tariffs/preview", "text/csv", &*follow)
        .await
        .expect(200);
    assert_eq!(price_on(&app, "2026-09-01").await, Some(2_000_000));
    let change = &shown["changes"][0];
    assert_eq!(
        (
            &change["line"],
            &change["change"],
            &change["previous"]["amount"],
            &change["previous_valid_to"]
        ),
        (
            &json!(2),
            &json!("follows"),
            &json!(2_000_000),
            &json!("2026-08-31")
        )
    );
    import(&treasurer, "tariffs", &follow).await;
    assert_eq!(price_on(&app, "2026-08-31").await, Some(2_000_000));
    assert_eq!(price_on(&app, "2026-09-01").await, Some(2_500_000));
    // The list has moved on, so the old preview no longer holds.
    let stale = format!(
        "/api/v1/tariffs/import?plan={}",
        shown["plan"].as_str().unwrap()
    );
    send(&treasurer, &stale, "text/csv", &*follow)
        .await
        .refused(412, "stale_version");
    let again = import(&treasurer, "tariffs", &follow).await;
    assert_eq!(again["changes"][0]["change"], "unchanged");
    let ended = import(
        &treasurer,
        "tariffs",
        &lead(2_500_000, "2026-09-01", "2026-12-31"),
    )
    .await;
    assert_eq!(ended["changes"][0]["change"], "ended");
    assert_eq!(price_on(&app, "2027-01-01").await, None);
    let wrong = format!(
        "{HEAD}\nSNI-KETUA,service,Ketua,OH,1,,,PP,2026-10-01,2026-11-30\nsni x,travel_lodging,Penginapan,OH,-1,,,PP,2026-01-01,2025-01-01\n"
    );
    let refused = send(&treasurer, "/api/v1/tariffs/preview", "text/csv", wrong)
        .await
        .refused(422, "invalid_content");
    let faults = faults(&refused);
    for fault in [
        ("/2/valid_from", "overlapping_periods"),
        ("/3/code", "wrong_value"),
        ("/3/amount", "wrong_value"),
        ("/3/ceiling", "wrong_value"),
        ("/3/province", "wrong_value"),
        ("/3/valid_to", "before_first_day"),
    ] {
        assert!(faults.contains(&fault), "{fault:?} is not in {faults:?}");
    }
}

#[actix_web::test]
async fn a_workbook_is_read_like_csv_and_other_files_are_refused() {
    let app = TestApp::start().await;
    let admin = app.staff(Role::Admin).await;
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (row, line) in (0..).zip(lead(2_000_000, "2026-01-01", "").lines()) {
        for (column, cell) in (0..).zip(line.split(',')) {
            match cell.parse::<f64>() {
                Ok(number) => sheet.write_number(row, column, number).unwrap(),
                Err(_) => sheet.write_string(row, column, cell).unwrap(),
            };
        }
    }
    let book = book.save_to_buffer().unwrap();
    let shown = send(&admin, "/api/v1/tariffs/preview", XLSX, book.clone())
        .await
        .expect(200);
    let path = format!(
        "/api/v1/tariffs/import?plan={}",
        shown["plan"].as_str().unwrap()
    );
    send(&admin, &path, XLSX, book).await.expect(200);
    assert_eq!(price_on(&app, "2026-07-06").await, Some(2_000_000));
    send(
        &admin,
        "/api/v1/tariffs/preview",
        "text/csv",
        b"\xff\xfe".to_vec(),
    )
    .await
    .refused(415, "unsupported_media_type");
    let huge = vec![b'x'; 3 << 20];
    send(&admin, "/api/v1/tariffs/preview", "text/csv", huge)
        .await
        .refused(413, "body_too_large");
}

#[actix_web::test]
async fn the_composition_is_imported_in_the_same_way() {
    let app = TestApp::start().await;
    let admin = app.staff(Role::Admin).await;
    import(&admin, "cost-components", COMPONENTS).await;
    let list = admin.get("/api/v1/cost-components").await.expect(200);
    assert_eq!(
        list["items"].as_array().unwrap().len(),
        COMPONENTS.lines().count() - 1
    );
    let before = admin
        .get("/api/v1/cost-components?day=2025-12-31")
        .await
        .expect(200);
    assert_eq!(before["items"], json!([]));
    let wrong = "scheme,kind,component,tariff_code,per,valid_from,valid_to\nproduct_sni,initial,process,SNI-PROSES,man_day,2026-01-01,\n";
    let refused = send(&admin, "/api/v1/cost-components/preview", "text/csv", wrong)
        .await
        .refused(422, "invalid_content");
    assert!(faults(&refused).contains(&("/2/per", "wrong_value")));
    app.customer()
        .await
        .get("/api/v1/cost-components")
        .await
        .refused(403, "forbidden");
}

/// Whatever code runs: the database itself refuses two prices of a code, or of a kind and province,
/// for one day.
#[actix_web::test]
async fn the_database_refuses_an_overlap() {
    let app = TestApp::start().await;
    app.import_examples().await;
    let mut sql = app.sql().await;
    for (change, constraint) in [
        (
            "code, gen_random_uuid(), label, province",
            "tariff_one_at_a_time",
        ),
        (
            "code || '-LAIN', gen_random_uuid(), label, upper(province)",
            "tariff_one_for_a_province",
        ),
    ] {
        let copy = format!(
            "insert into tariff (code, id, label, province, office_id, kind, unit, amount, ceiling, legal_basis, is_example, valid, created_at)
             select {change}, office_id, kind, unit, amount, ceiling, legal_basis, is_example, valid, created_at from tariff where code = 'SBM-JAMBI-LUAR-KOTA'"
        );
        let refused = sqlx::query(sqlx::AssertSqlSafe(copy))
            .execute(&mut sql)
            .await
            .unwrap_err();
        let refused = refused.as_database_error().unwrap();
        assert_eq!(
            (refused.code().as_deref(), refused.constraint()),
            (Some("23P01"), Some(constraint))
        );
    }
    let twin = "insert into cost_component (id, office_id, scheme, kind, component, tariff_code, per, valid, created_at)
                select gen_random_uuid(), office_id, scheme, kind, component, tariff_code, per, valid, created_at from cost_component limit 1";
    let refused = sqlx::query(twin).execute(&mut sql).await.unwrap_err();
    assert_eq!(
        refused.as_database_error().unwrap().constraint(),
        Some("cost_component_one_at_a_time")
    );
    // A second price for a province under another code is found by the database alone.
    let treasurer = app.staff(Role::Treasurer).await;
    let other = format!(
        "{HEAD}\nSBM-LAIN,travel_per_diem,Uang harian,OH,1,1,jambi,PMK,2026-05-01,2026-05-31\n"
    );
    let shown = send(&treasurer, "/api/v1/tariffs/preview", "text/csv", &*other)
        .await
        .expect(200);
    let path = format!(
        "/api/v1/tariffs/import?plan={}",
        shown["plan"].as_str().unwrap()
    );
    send(&treasurer, &path, "text/csv", &*other)
        .await
        .refused(409, "conflict");
}

/// Of two imports at once, the second waits for the first and finds its preview outdated.
#[actix_web::test]
async fn of_two_imports_at_once_one_is_carried_out() {
    let app = TestApp::start().await;
    let treasurer = app.staff(Role::Treasurer).await;
    let file = lead(2_000_000, "2026-01-01", "");
    let shown = send(&treasurer, "/api/v1/tariffs/preview", "text/csv", &*file)
        .await
        .expect(200);
    let path = format!(
        "/api/v1/tariffs/import?plan={}",
        shown["plan"].as_str().unwrap()
    );
    let all = (0..8).map(|_| send(&treasurer, &path, "text/csv", &*file));
    let mut statuses: Vec<u16> = futures_util::future::join_all(all)
        .await
        .iter()
        .map(|answer| answer.status)
        .collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412, 412, 412, 412, 412, 412, 412]);
}

#[actix_web::test]
async fn only_treasurer_and_administrator_import() {
    let office = Office::open().await;
    let file = lead(2_000_000, "2026-01-01", "");
    for (role, person) in office.person_of_each_role().await {
        let allowed = [Role::Treasurer, Role::Admin].contains(&role);
        for path in [
            "/api/v1/tariffs/preview",
            &format!("/api/v1/tariffs/import?plan={}", "0".repeat(64)),
            "/api/v1/cost-components/preview",
            &format!("/api/v1/cost-components/import?plan={}", "0".repeat(64)),
        ] {
            let answer = send(&person, path, "text/csv", &*file).await;
            assert_eq!(
                answer.status != 403,
                allowed,
                "{} {path}: {:#}",
                role.code(),
                answer.body
            );
        }
    }
}
