//! The table of rights for operations outside the SOPs, generated from the contract and checked by
//! the rights tests.

use actix_web::http::Method;
use serde_json::Value;
use utoipa::openapi::OpenApi;
use utoipa::openapi::path::Operation;

use super::{documented, integrations};
use crate::web::operations::Access;

const HEAD: &str = "## Operations outside the SOPs

A user with access to a file also has access to its parts; a list contains only items the user may see.

| operation | | allowed callers |
| --- | --- | --- |
";

/// A Markdown table of every operation that is not a step of an SOP.
pub fn outside_the_sops(document: &OpenApi) -> String {
    let others =
        documented(document).filter(|(_, _, operation)| extension(operation, "x-sop").is_none());
    let line = |(method, path, operation): (Method, &str, &Operation)| {
        format!(
            "| `{}` | `{method} {path}` | {} |\n",
            operation.operation_id.as_deref().unwrap_or_default(),
            callers(operation)
        )
    };
    format!("{HEAD}{}", others.map(line).collect::<String>())
}

fn callers(operation: &Operation) -> String {
    let roles = extension(operation, "x-roles")
        .and_then(|roles| serde_json::from_value::<Vec<String>>(roles.clone()).ok());
    let key = integrations::documented_scope(operation)
        .map(|scope| format!("; a key with `{}`", scope.code()))
        .unwrap_or_default();
    let callers = match (Access::of(operation), roles) {
        (Access::Reporter, _) => "the reporter".to_owned(),
        (Access::Public | Access::SignedIn, Some(roles)) => roles.join(", "),
        (Access::Public, None) => "everyone".to_owned(),
        (Access::SignedIn, None) => "every signed-in user".to_owned(),
    };
    callers + &key
}

fn extension<'a>(operation: &'a Operation, name: &str) -> Option<&'a Value> {
    operation
        .extensions
        .as_ref()
        .and_then(|extensions| extensions.get(name))
}
