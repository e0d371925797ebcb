//! The deprecated operations. A row of the table sets the `deprecated` flag in the contract and
//! adds headers to every reply of the operation.

use serde_json::{Value, json};
use utoipa::openapi::header::{Header, HeaderBuilder};
use utoipa::openapi::path::Operation;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::openapi::{Deprecated, RefOr};

use super::{extend, inline};
use crate::web::deprecation::Deprecation;

/// The deprecated operations. A row stays at least half a year before its sunset. The operation,
/// and its row, are removed in a major version: `Deprecation { operation: "list_old_things", since:
/// "2027-01-04", sunset: "2027-07-05", guide: "/guide/integrator#old-things" }`.
pub(super) const TABLE: &[Deprecation] = &[];

/// The row of `operation`, if it is deprecated.
pub(super) fn row(operation: &Operation, table: &[Deprecation]) -> Option<Deprecation> {
    table
        .iter()
        .copied()
        .find(|row| operation.operation_id.as_deref() == Some(row.operation))
}

/// Documents the deprecation of an operation.
pub(super) fn annotate(operation: &mut Operation, table: &[Deprecation]) {
    let Some(row) = row(operation, table) else {
        return;
    };
    operation.deprecated = Some(Deprecated::True);
    extend(
        operation,
        "x-deprecation",
        json!({"since": row.since, "sunset": row.sunset, "guide": row.guide}),
    );
    for response in operation
        .responses
        .responses
        .values_mut()
        .filter_map(inline)
    {
        response.headers.insert(
            "Deprecation".to_owned(),
            RefOr::T(header(
                "The time since which the operation is deprecated (RFC 9745).",
                json!("@1799020800"),
            )),
        );
        response.headers.insert(
            "Sunset".to_owned(),
            RefOr::T(header(
                "The time from which the operation may be removed (RFC 8594).",
                json!("Mon, 05 Jul 2027 00:00:00 GMT"),
            )),
        );
    }
}

fn header(words: &str, example: Value) -> Header {
    let text = RefOr::T(Schema::Object(
        ObjectBuilder::new().schema_type(Type::String).build(),
    ));
    HeaderBuilder::new()
        .schema(Some(text))
        .description(Some(words))
        .example(Some(example))
        .build()
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use utoipa::openapi::{ResponseBuilder, ResponsesBuilder};

    use super::*;

    const MADE_UP: Deprecation = Deprecation {
        operation: "list_old_things",
        since: "2027-01-04",
        sunset: "2027-07-05",
        guide: "/guide/integrator",
    };

    #[test]
    fn a_row_is_flagged_in_the_contract_with_its_dates_and_nothing_else_is() {
        let mut old = Operation::new();
        old.operation_id = Some("list_old_things".to_owned());
        old.responses = ResponsesBuilder::new()
            .response("200", ResponseBuilder::new().build())
            .build();
        let mut other = old.clone();
        other.operation_id = Some("list_things".to_owned());
        annotate(&mut old, &[MADE_UP]);
        annotate(&mut other, &[MADE_UP]);
        let (old, other) = (
            serde_json::to_value(&old).unwrap(),
            serde_json::to_value(&other).unwrap(),
        );
        assert_eq!(
            (&old["deprecated"], &old["x-deprecation"]["sunset"]),
            (&json!(true), &json!("2027-07-05"))
        );
        assert!(
            old["responses"]["200"]["headers"].get("Sunset").is_some(),
            "{old}"
        );
        assert!(other.get("deprecated").is_none() && other.get("x-deprecation").is_none());
    }

    #[test]
    fn every_row_names_an_operation_and_leaves_half_a_year() {
        let document = crate::app::document();
        let known: Vec<_> = super::super::documented(&document)
            .filter_map(|(_, _, operation)| operation.operation_id.clone())
            .collect();
        for row in TABLE {
            let day = |text: &str| text.parse::<NaiveDate>().unwrap();
            assert!(
                known.iter().any(|id| id == row.operation),
                "{}",
                row.operation
            );
            assert!(
                day(row.sunset) - day(row.since) >= chrono::TimeDelta::days(182),
                "{}",
                row.operation
            );
        }
        let flagged = super::super::documented(&document)
            .filter(|(_, _, operation)| operation.deprecated.is_some());
        assert_eq!(
            flagged.count(),
            TABLE.len(),
            "the flag comes from the table and nowhere else"
        );
    }
}
