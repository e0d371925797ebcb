//! The rights of what stands in no SOP: who may ask for which operation, as the contract says and the tests of rights prove.

use actix_web::http::Method;
use serde_json::Value;
use utoipa::openapi::OpenApi;
use utoipa::openapi::path::Operation;

use super::access::Access;
use super::{integrations, operations};

const HEAD: &str = "## Beside the SOPs

Who sees a file also sees what belongs to it; a list holds what its reader may see.

| operation | | who |
| --- | --- | --- |
";

/// A table of every operation that is no step of an SOP.
#[must_use]
pub fn beside_the_sops(document: &OpenApi) -> String {
    let others =
        operations(document).filter(|(_, _, operation)| extension(operation, "x-sop").is_none());
    let line = |(method, path, operation): (Method, &str, &Operation)| {
        format!(
            "| `{}` | `{method} {path}` | {} |\n",
            operation.operation_id.as_deref().unwrap_or_default(),
            who(operation)
        )
    };
    format!("{HEAD}{}", others.map(line).collect::<String>())
}

fn who(operation: &Operation) -> String {
    let roles = extension(operation, "x-roles")
        .and_then(|roles| serde_json::from_value::<Vec<String>>(roles.clone()).ok());
    let key = integrations::named(operation)
        .map(|scope| format!("; a key with `{}`", scope.code()))
        .unwrap_or_default();
    let who = match (Access::of(operation), roles) {
        (Access::Reporter, _) => "the reporter".to_owned(),
        (Access::Everybody | Access::SignedIn, Some(roles)) => roles.join(", "),
        (Access::Everybody, None) => "everybody".to_owned(),
        (Access::SignedIn, None) => "whoever is signed in".to_owned(),
    };
    who + &key
}

fn extension<'a>(operation: &'a Operation, name: &str) -> Option<&'a Value> {
    operation
        .extensions
        .as_ref()
        .and_then(|extensions| extensions.get(name))
}
