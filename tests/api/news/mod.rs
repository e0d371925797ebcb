//! What people and receivers are told: the inbox, live streams, webhooks, what has become late.

mod failures;
mod hooks;
mod inbox;
mod lateness;
mod listener;
mod protection;
mod receiver;
pub mod running;
mod streams;
mod switching;

use serde_json::Value;

use crate::support::Person;

/// What lies in the inbox, newest first. Row 5: whatever it tells of, and in whichever test, its reader can open what it is about.
pub async fn inbox(person: &Person) -> Vec<Value> {
    let items = person
        .get("/api/v1/notifications?limit=200")
        .await
        .expect(200)["items"]
        .as_array()
        .unwrap()
        .clone();
    let links: std::collections::BTreeMap<_, _> = items
        .iter()
        .map(|item| (item["link"].as_str().unwrap(), &item["kind"]))
        .collect();
    for (link, kind) in links {
        assert_eq!(person.get(link).await.status, 200, "{kind}: {link}");
    }
    items
}

/// The same, each as kind, step and percent, oldest first.
pub async fn told(person: &Person) -> Vec<(String, Option<i64>, Option<i64>)> {
    let mut items = inbox(person).await;
    // What comes at one moment of the test's clock lies in any order.
    items.sort_by_key(|item| {
        (
            item["at"].as_str().unwrap().to_owned(),
            item["step"].as_i64(),
        )
    });
    items
        .iter()
        .map(|item| {
            (
                item["kind"].as_str().unwrap().to_owned(),
                item["step"].as_i64(),
                item["percent"].as_i64(),
            )
        })
        .collect()
}

/// As `told` gives it.
pub fn waiting(step: i64) -> (String, Option<i64>, Option<i64>) {
    ("step_waiting".to_owned(), Some(step), None)
}

/// As `told` gives it.
pub fn moved(step: Option<i64>) -> (String, Option<i64>, Option<i64>) {
    ("case_moved".to_owned(), step, None)
}

/// As `told` gives it.
pub fn late(step: i64, percent: i64) -> (String, Option<i64>, Option<i64>) {
    ("step_late".to_owned(), Some(step), Some(percent))
}
