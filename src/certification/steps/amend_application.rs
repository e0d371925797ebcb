//! Before step 1: the customer amends the draft by a JSON merge patch (RFC 7396).

use actix_web::patch;
use serde_json::Value;

use super::AtApplication;
use crate::casework::desk::Desk;
use crate::certification::form::ApplicationForm;
use crate::certification::sop::{Stage, Task};
use crate::certification::store;
use crate::certification::views::ApplicationView;
use crate::error::{Error, FieldError, Result, fault};
use crate::web::body::{self, Validate};
use crate::web::{Body, PathParam, Reply, idempotent_write};

/// A JSON merge patch (RFC 7396): given members replace those of the form; null removes a member.
#[derive(Debug, serde::Deserialize, utoipa::ToSchema)]
#[serde(transparent)]
#[schema(value_type = Object, example = json!({"personnel": {"total": 52, "shifts": 2}}))]
pub struct ApplicationPatch(Value);

impl Validate for ApplicationPatch {
    fn errors(&self) -> Vec<FieldError> {
        if self.0.is_object() {
            Vec::new()
        } else {
            vec![fault(
                "",
                "wrong_type",
                "Harus sebuah objek.",
                "It must be an object.",
            )]
        }
    }
}

/// Amend the draft (mengubah konsep permohonan).
///
/// Takes a JSON merge patch (RFC 7396) of the application form. `If-Match` with the version you saw
/// is required.
#[utoipa::path(
    tag = "certification", params(AtApplication, ("If-Match" = String, Header, description = "ETag of the version you change")),
    request_body = ApplicationPatch, responses((status = 200, body = ApplicationView))
)]
#[patch("/applications/{id}")]
pub async fn amend_application(
    desk: Desk,
    at: PathParam<AtApplication>,
    patch: Body<ApplicationPatch>,
) -> Result<Reply<ApplicationView>> {
    idempotent_write::required_if_match(desk.request())?;
    let mut file = desk.take(at.0.id, Task::AmendApplication).await?;
    let form = patched(&file.header().file.form, patch.0.0)?;
    store::amend(&mut file, at.0.id, &form).await?;
    file.hand_over(Stage::Draft).await
}

fn patched(form: &ApplicationForm, patch: Value) -> Result<ApplicationForm> {
    let mut whole = serde_json::to_value(form).map_err(Error::internal)?;
    merge(&mut whole, patch);
    body::parse(&serde_json::to_vec(&whole).map_err(Error::internal)?)
}

/// The `MergePatch` function of RFC 7396, section 2.
fn merge(target: &mut Value, patch: Value) {
    let Value::Object(patch) = patch else {
        *target = patch;
        return;
    };
    if !target.is_object() {
        *target = Value::Object(serde_json::Map::new());
    }
    let Value::Object(target) = target else {
        return;
    };
    for (name, value) in patch {
        if value.is_null() {
            target.remove(&name);
        } else {
            merge(target.entry(name).or_insert(Value::Null), value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::merge;
    use serde_json::json;

    #[test]
    fn a_patch_replaces_adds_and_removes_as_the_rfc_says() {
        for (mut target, patch, result) in [
            (
                json!({"a": "b", "c": {"d": "e", "f": "g"}}),
                json!({"a": "z", "c": {"f": null}}),
                json!({"a": "z", "c": {"d": "e"}}),
            ),
            (
                json!({"a": [1]}),
                json!({"a": {"b": {"c": null}}}),
                json!({"a": {"b": {}}}),
            ),
            (
                json!({}),
                json!({"a": {"bb": {"ccc": null}}}),
                json!({"a": {"bb": {}}}),
            ),
        ] {
            merge(&mut target, patch);
            assert_eq!(target, result);
        }
    }
}
