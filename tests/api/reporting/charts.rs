//! The charts: each is drawn in both languages, with its title and an accessible description.

use reqwest::Method;
use service_desk::reporting::realization::formats::Chart;

use super::RECORD;
use crate::certification::Office;
use crate::certification::office::Until;
use crate::support::Request;

#[actix_web::test]
async fn every_chart_is_drawn_in_both_languages() {
    let office = Office::open().await;
    for until in [Until::Filed, Until::Sent] {
        office.case(until).await;
    }
    for chart in Chart::ALL {
        let path = format!("{RECORD}/svg?chart={}", chart.code());
        let mut titles = Vec::new();
        for language in ["id", "en"] {
            let headers = [("accept-language", language)];
            let answer = office
                .pji_staff
                .ask(&Request {
                    method: Method::GET,
                    path: &path,
                    body: None,
                    headers: &headers,
                })
                .await;
            assert_eq!(
                (
                    answer.status,
                    answer.header("content-type"),
                    answer.header("content-language")
                ),
                (200, Some("image/svg+xml"), Some(language))
            );
            let svg = String::from_utf8(answer.bytes).unwrap();
            for part in [
                "role=\"img\"",
                "<title id=\"title\">",
                "<desc id=\"desc\">",
                &format!("xml:lang=\"{language}\""),
            ] {
                assert!(svg.contains(part), "{path}: {part}");
            }
            assert!(
                !svg.contains("<script")
                    && svg.split("href=\"").skip(1).all(|to| to.starts_with("#g")),
                "it contains no script and no external link"
            );
            let mut reader = quick_xml::Reader::from_str(&svg);
            while !matches!(
                reader.read_event().expect("it is XML"),
                quick_xml::events::Event::Eof
            ) {}
            titles.push(
                svg.split("<title id=\"title\">")
                    .nth(1)
                    .unwrap()
                    .split('<')
                    .next()
                    .unwrap()
                    .to_owned(),
            );
        }
        assert_ne!(titles[0], titles[1], "{path}");
    }
    let plain = office.pji_staff.get(&format!("{RECORD}/svg")).await;
    assert!(
        String::from_utf8(plain.bytes)
            .unwrap()
            .contains("Ketepatan waktu tiap langkah"),
        "Indonesian, and the first of them, when nothing is said"
    );
}
