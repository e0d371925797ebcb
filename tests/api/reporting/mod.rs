//! The realization report of certification over HTTP: contents, readers and formats.

mod charts;
mod exports;
mod record;
mod visibility;

use serde_json::Value;

use crate::support::Person;

/// The path of the report.
pub const RECORD: &str = "/api/v1/reports/realization";

/// Every row under `filter` (`&scheme=…`), page by page, and the sums of the first page.
pub async fn record(person: &Person, filter: &str) -> (Vec<Value>, Value) {
    let first = person
        .get(&format!("{RECORD}?limit=3{filter}"))
        .await
        .expect(200);
    let (mut rows, mut next) = (
        first["items"].as_array().unwrap().clone(),
        first["next_cursor"].clone(),
    );
    while let Some(cursor) = next.as_str() {
        let page = person
            .get(&format!("{RECORD}?limit=3{filter}&cursor={cursor}"))
            .await
            .expect(200);
        assert!(page["summary"].is_null(), "the sums come once");
        rows.extend(page["items"].as_array().unwrap().clone());
        next = page["next_cursor"].clone();
    }
    (rows, first["summary"].clone())
}
