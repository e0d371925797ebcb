//! The realization report as CSV and as a workbook: the same rows, and no cell that a spreadsheet
//! would execute.

use reqwest::Method;
use serde_json::json;

use super::{RECORD, record};
use crate::certification::Office;
use crate::certification::office::{Until, application};
use crate::support::{Answer, Person, Request};

async fn english(person: &Person, path: &str) -> Answer {
    person
        .ask(&Request {
            method: Method::GET,
            path,
            body: None,
            headers: &[("accept-language", "en")],
        })
        .await
}

/// The fields of a CSV reply without its byte order mark.
fn fields(answer: &Answer) -> Vec<Vec<String>> {
    let bytes = answer
        .bytes
        .strip_prefix("\u{feff}".as_bytes())
        .expect("a byte order mark");
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(bytes);
    reader
        .records()
        .map(|record| record.unwrap().iter().map(str::to_owned).collect())
        .collect()
}

#[actix_web::test]
async fn the_csv_holds_the_rows_of_the_json() {
    let office = Office::open().await;
    for until in [Until::Submitted, Until::Completed, Until::Sent] {
        office.case(until).await;
    }
    let answer = office
        .pji_staff
        .get(&format!("{RECORD}/csv?month=2026-07"))
        .await;
    assert_eq!(
        (answer.status, answer.header("content-type")),
        (200, Some("text/csv; charset=utf-8"))
    );
    assert_eq!(
        answer.header("content-disposition"),
        Some("attachment; filename=\"realisasi-sertifikasi-2026-07-01-2026-07-31.csv\"")
    );
    let (table, (rows, _)) = (
        fields(&answer),
        record(&office.pji_staff, "&month=2026-07").await,
    );
    assert_eq!(
        (table.len(), table[0][1].as_str()),
        (rows.len() + 1, "Nomor permohonan")
    );
    let place = |heading: &str| table[0].iter().position(|name| name == heading).unwrap();
    for (line, row) in table[1..].iter().zip(&rows) {
        assert_eq!(line.len(), table[0].len());
        let number = |heading: &str| line[place(heading)].parse::<i64>().ok();
        assert_eq!(
            line[place("Nomor permohonan")],
            row["number"].as_str().unwrap()
        );
        assert_eq!(line[place("Diterima (WIB)")], "2026-07-06 08:00");
        assert_eq!(number("Menit kantor"), row["office_minutes"].as_i64());
        assert_eq!(
            number("Selisih kantor"),
            row["office_difference_minutes"].as_i64()
        );
        for step in row["steps"].as_array().unwrap() {
            let heading = |name: &str| format!("Langkah {}: {name}", step["step"]);
            assert_eq!(
                number(&heading("menit kerja")),
                step["used_minutes"].as_i64()
            );
            let kept = step["on_time"]
                .as_bool()
                .map_or("", |kept| if kept { "ya" } else { "tidak" });
            assert_eq!(line[place(&heading("tepat waktu"))], kept);
        }
        assert_eq!(
            line[place("Kode billing")],
            row["billing"]["code"].as_str().unwrap_or_default()
        );
    }
    let english = fields(&english(&office.pji_staff, &format!("{RECORD}/csv")).await);
    assert_eq!(
        (english[0][1].as_str(), english[0].len()),
        ("Application number", table[0].len())
    );
}

#[actix_web::test]
async fn nothing_a_customer_writes_runs_in_a_spreadsheet() {
    let office = Office::open().await;
    let mut form = application();
    form["company"]["name"] = json!("=HYPERLINK(\"http://evil.example\";\"klik\")");
    form["site"]["regency"] = json!("@SUM(A1), \"Kota\"");
    form["scope"] = json!("-2+3");
    let view = office
        .customer
        .post("/api/v1/applications", form)
        .await
        .expect(201);
    let case = format!("/api/v1/applications/{}", view["id"].as_str().unwrap());
    for code in crate::certification::office::mandatory() {
        office
            .customer
            .upload(
                &format!("{case}/documents/{code}"),
                crate::certification::office::pdf(code),
            )
            .await
            .expect(201);
    }
    office
        .customer
        .act(&format!("{case}/submission"))
        .await
        .expect(200);
    let table = fields(&office.pji_staff.get(&format!("{RECORD}/csv")).await);
    let line = table[1].join("|");
    for text in [
        "|'=HYPERLINK(\"http://evil.example\";\"klik\")|",
        "|'@SUM(A1), \"Kota\"|",
        "|'-2+3|",
    ] {
        assert!(line.contains(text), "{text} in {line}");
    }
    assert!(
        table[1]
            .iter()
            .all(|field| !field.starts_with(['=', '+', '@']))
    );
}

#[actix_web::test]
async fn the_workbook_is_one_and_an_empty_record_has_its_headings() {
    let office = Office::open().await;
    office.case(Until::Sent).await;
    // Spreadsheets have no dates before 1900.
    for filter in [
        "",
        "month=2020-01",
        "month=0617-07",
        "from=0001-01-01",
        "to=9999-12-31",
    ] {
        let book = office
            .pji_staff
            .get(&format!("{RECORD}/xlsx?{filter}"))
            .await;
        assert_eq!(
            (book.status, book.header("content-type")),
            (
                200,
                Some("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
            )
        );
        assert!(
            book.header("content-disposition")
                .unwrap()
                .ends_with(".xlsx\"")
        );
        assert!(book.bytes.starts_with(b"PK\x03\x04"), "a zip");
    }
    let table = fields(
        &office
            .pji_staff
            .get(&format!("{RECORD}/csv?month=2020-01"))
            .await,
    );
    assert_eq!(table.len(), 1);
}
