//! Of what a reporter did no reply to anybody tells the minute, whatever is asked, and no file does (design: whistleblowing 5, case 32). The tables are
//! searched in `traces`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use chrono::{DateTime, Utc};
use reqwest::Method;
use serde_json::json;

use super::attachments::photograph_of;
use super::wing::{Case, Until, Wing, form};
use crate::manners::{Operation, operations};
use crate::support::{Asking, Person};

/// When the reporter was here: minutes at which nobody of the office does anything.
const HERE: [&str; 2] = ["2026-07-06T02:17:31.234567Z", "2026-07-08T06:43:47.654321Z"];

/// How those moments could be written: in UTC, in Palembang, as seconds since 1970.
fn spellings() -> Vec<String> {
    let clock = |format: &str| {
        HERE.map(|at| {
            at.parse::<DateTime<Utc>>()
                .unwrap()
                .with_timezone(&chrono_tz::Asia::Jakarta)
                .format(format)
                .to_string()
        })
    };
    let utc = HERE.map(|at| at[11..16].to_owned());
    utc.into_iter()
        .chain(clock("%H:%M"))
        .chain(clock("%H.%M"))
        .chain(clock("%s"))
        .collect()
}

/// Where `operation` finds the case.
fn at(operation: &Operation, case: &Case, attachment: &str) -> String {
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
    let attaching = Asking {
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

/// The files below a folder with the time each says it was changed.
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
    let mut wing = Wing::open().await;
    wing.app.clock.put(HERE[0].parse().unwrap());
    let (reporter, code, number) = wing.submit(form()).await;
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
    wing.next_slot().await;
    let found = wing
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
    wing.carry(&case, Until::Answered).await;
    wing.app.clock.put(HERE[1].parse().unwrap());
    let reporter = wing.enter(&case.code).await;
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
    wing.next_slot().await;

    let mut people: Vec<Person> = wing
        .everybody()
        .await
        .into_iter()
        .map(|(_, person)| person)
        .collect();
    people.extend([wing.enter(&case.code).await, wing.nobody.clone()]);
    let (spellings, mut read) = (spellings(), BTreeSet::new());
    // A stream of events has no end; what it says stands in the inbox too.
    let reads = operations().into_iter().filter(|one| {
        one.method == Method::GET && one.path.starts_with("/api/") && one.id != "listen_to_events"
    });
    let mut paths: Vec<String> = reads
        .map(|operation| at(&operation, &case, &attachment))
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
            // The date of a reply is that of the reply.
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
    let timeline = wing
        .head
        .get(&format!("{}/timeline", case.path))
        .await
        .expect(200)
        .to_string();
    assert!(
        ["2026-07-06", "2026-07-08"]
            .iter()
            .all(|day| timeline.contains(day)),
        "days are told: {timeline}"
    );
}

#[actix_web::test]
async fn no_file_tells_when_a_reporter_was_here() {
    let wing = Wing::open().await;
    let others = || {
        files(wing.app.folder())
            .into_iter()
            .filter(|(path, _)| !path.to_string_lossy().contains("/shred/"))
            .collect::<BTreeSet<_>>()
    };
    let before = others();
    let (reporter, _, _) = wing.submit(form()).await;
    reporter
        .post(
            "/api/v1/complaints/mine/messages",
            json!({"text": "Saya tambahkan: hari Senin."}),
        )
        .await
        .expect(201);
    attach(&reporter).await;
    assert_eq!(others(), before, "nothing is written beside the salts");
    let salts: Vec<_> = files(wing.app.folder())
        .into_iter()
        .filter(|(path, _)| path.to_string_lossy().contains("/shred/"))
        .collect();
    assert_eq!(salts.len(), 2, "{salts:?}");
    for (path, changed) in salts {
        assert_eq!(changed, SystemTime::UNIX_EPOCH, "{}", path.display());
    }
}
