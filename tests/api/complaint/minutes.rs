//! No reply and no stored file reveals the minute of a reporter's act, whatever the request (abuse
//! case 32). `traces` searches the tables.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use chrono::{DateTime, Utc};
use reqwest::Method;
use serde_json::json;

use super::attachments::photograph_of;
use super::office::{Case, ComplaintOffice, Until, form};
use crate::manners::{Operation, operations};
use crate::support::{Person, Request};

/// The times of the reporter's acts: minutes in which the office does nothing.
const VISITS: [&str; 2] = ["2026-07-06T02:17:31.234567Z", "2026-07-08T06:43:47.654321Z"];

/// The possible spellings of those times: in UTC, in Palembang, as seconds since 1970.
fn spellings() -> Vec<String> {
    let clock = |format: &str| {
        VISITS.map(|at| {
            at.parse::<DateTime<Utc>>()
                .unwrap()
                .with_timezone(&chrono_tz::Asia::Jakarta)
                .format(format)
                .to_string()
        })
    };
    let utc = VISITS.map(|at| at[11..16].to_owned());
    utc.into_iter()
        .chain(clock("%H:%M"))
        .chain(clock("%H.%M"))
        .chain(clock("%s"))
        .collect()
}

/// The path of `operation` for the case.
fn path_of(operation: &Operation, case: &Case, attachment: &str) -> String {
    let path = operation.path.replace("{attachment}", attachment);
    match path.strip_prefix("/api/v1/complaints/{id}") {
        Some(end) => format!("{}{end}", case.path),
        None if path.starts_with("/api/v1/complaints") => path,
        None => operation.address(),
    }
}

fn retaliation() -> serde_json::Value {
    json!({"kind": "transfer", "text": "Saya dipindahkan ke gudang."})
}

async fn attach(reporter: &Person) -> String {
    let photograph = Some((
        "application/octet-stream",
        photograph_of(b"loket", "GPS 2.9761 S", "Kamera kantor"),
    ));
    let attaching = Request {
        method: Method::POST,
        path: "/api/v1/complaints/mine/attachments",
        body: photograph,
        headers: &[],
    };
    reporter.ask(&attaching).await.expect(201)["id"]
        .as_str()
        .unwrap()
        .to_owned()
}

/// The files below a folder with their modification times.
fn files(folder: &Path) -> Vec<(PathBuf, SystemTime)> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(files(&path));
        } else {
            let changed = path.metadata().unwrap().modified().unwrap();
            all.push((path, changed));
        }
    }
    all
}

#[actix_web::test]
async fn no_reply_to_anybody_tells_the_minute_of_a_reporters_act() {
    let mut office = ComplaintOffice::open().await;
    office.app.clock.set(VISITS[0].parse().unwrap());
    let (reporter, code, number) = office.submit(form()).await;
    reporter
        .post(
            "/api/v1/complaints/mine/messages",
            json!({"text": "Saya tambahkan: hari Senin."}),
        )
        .await
        .expect(201);
    reporter
        .post(
            "/api/v1/complaints/mine/identity",
            json!({"name": "Siti Rahayu"}),
        )
        .await
        .expect(204);
    reporter
        .post("/api/v1/complaints/mine/retaliation-reports", retaliation())
        .await
        .expect(201);
    let attachment = attach(&reporter).await;
    office.next_slot().await;
    let found = office
        .head
        .get(&format!("/api/v1/complaints?public_number={number}"))
        .await
        .expect(200);
    let case = Case {
        code,
        number,
        path: format!(
            "/api/v1/complaints/{}",
            found["items"][0]["id"].as_str().unwrap()
        ),
    };
    office.bring_to(&case, Until::Answered).await;
    office.app.clock.set(VISITS[1].parse().unwrap());
    let reporter = office.sign_in_with_code(&case.code).await;
    reporter
        .act("/api/v1/complaints/mine/answer/acknowledgement")
        .await
        .expect(200);
    reporter
        .post(
            "/api/v1/complaints/mine/messages",
            json!({"text": "Terima kasih."}),
        )
        .await
        .expect(201);
    reporter
        .post("/api/v1/complaints/mine/retaliation-reports", retaliation())
        .await
        .expect(201);
    office.next_slot().await;

    let mut people: Vec<Person> = office
        .person_of_each_role()
        .await
        .into_iter()
        .map(|(_, person)| person)
        .collect();
    people.extend([
        office.sign_in_with_code(&case.code).await,
        office.nobody.clone(),
    ]);
    let (spellings, mut read) = (spellings(), BTreeSet::new());
    // An event stream has no end; the inbox has the same content.
    let reads = operations().into_iter().filter(|one| {
        one.method == Method::GET && one.path.starts_with("/api/") && one.id != "listen_to_events"
    });
    let mut paths: Vec<String> = reads
        .map(|operation| path_of(&operation, &case, &attachment))
        .collect();
    paths.extend(
        [
            "/api/v1/audit-trail?limit=200",
            "/api/v1/notifications?limit=200",
            "/api/v1/complaints?count=true&limit=200",
        ]
        .map(str::to_owned),
    );
    for path in &paths {
        for person in &people {
            let answer = person.get(path).await;
            // The `Date` header is the time of the reply itself.
            let headers = answer
                .headers()
                .into_iter()
                .filter(|(name, _)| *name != "date")
                .map(|(name, value)| format!("{name}: {value}\n"));
            let told = headers.collect::<String>() + &String::from_utf8_lossy(&answer.bytes);
            let minute = spellings
                .iter()
                .find(|minute| told.contains(minute.as_str()));
            assert_eq!(
                minute, None,
                "{path} tells when the reporter was here: {told}"
            );
            if answer.status == 200 {
                read.insert(path.as_str());
            }
        }
    }
    let ours = read
        .iter()
        .filter(|path| path.contains("complaint") || path.contains("audit-trail"))
        .count();
    assert!(ours >= 18, "what was looked for was read: {read:?}");
    let timeline = office
        .head
        .get(&format!("{}/timeline", case.path))
        .await
        .expect(200)
        .to_string();
    assert!(
        ["2026-07-06", "2026-07-08"]
            .iter()
            .all(|day| timeline.contains(day)),
        "the timeline shows days: {timeline}"
    );
}

#[actix_web::test]
async fn no_file_tells_when_a_reporter_was_here() {
    let office = ComplaintOffice::open().await;
    let others = || {
        files(office.app.folder())
            .into_iter()
            .filter(|(path, _)| !path.to_string_lossy().contains("/shred/"))
            .collect::<BTreeSet<_>>()
    };
    let before = others();
    let (reporter, _, _) = office.submit(form()).await;
    reporter
        .post(
            "/api/v1/complaints/mine/messages",
            json!({"text": "Saya tambahkan: hari Senin."}),
        )
        .await
        .expect(201);
    attach(&reporter).await;
    assert_eq!(others(), before, "nothing is written beside the salts");
    let salts: Vec<_> = files(office.app.folder())
        .into_iter()
        .filter(|(path, _)| path.to_string_lossy().contains("/shred/"))
        .collect();
    assert_eq!(salts.len(), 1, "{salts:?}");
    for (path, changed) in salts {
        assert_eq!(changed, SystemTime::UNIX_EPOCH, "{}", path.display());
    }
}
