//! Notifications: the inbox, live streams, webhooks, escalation.

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

/// The notifications in the inbox, newest first. Asserts in every test that the reader can open the
/// subject of each notification.
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
    // Notifications of one moment of the test's clock have no fixed order.
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

/// A waiting step, in the form of `told`.
pub fn waiting(step: i64) -> (String, Option<i64>, Option<i64>) {
    ("step_waiting".to_owned(), Some(step), None)
}

/// A moved case, in the form of `told`.
pub fn moved(step: Option<i64>) -> (String, Option<i64>, Option<i64>) {
    ("case_moved".to_owned(), step, None)
}

/// A late step, in the form of `told`.
pub fn late(step: i64, percent: i64) -> (String, Option<i64>, Option<i64>) {
    ("step_late".to_owned(), Some(step), Some(percent))
}
