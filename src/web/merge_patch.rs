//! JSON merge patches (RFC 7396).

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use utoipa::ToSchema;

use super::body::{self, Validate};
use crate::error::{Error, FieldError, Result, fault};

/// The error of a patch that is not an object.
pub fn patch_errors(patch: &Value) -> Vec<FieldError> {
    if patch.is_object() {
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

/// `form` with `patch` applied; the result is validated as a whole.
///
/// # Errors
/// Those of a body of type `T`.
pub fn patched<T: Serialize + DeserializeOwned + Validate + ToSchema>(
    form: &T,
    patch: Value,
) -> Result<T> {
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
