//! The fields of an identity that a granted disclosure hands out, once.

use std::collections::BTreeMap;

use serde::Serialize;
use zeroize::Zeroizing;

use super::given::{Identity, IdentityField, PrivateText, json};
use crate::error::Result;

/// The granted fields with the reporter's texts; null where the reporter gave nothing. Handed out
/// once.
#[derive(Serialize, utoipa::ToSchema)]
#[serde(transparent)]
#[schema(value_type = BTreeMap<IdentityField, Option<String>>, example = json!({"name": "Siti Rahmawati", "phone": null}))]
pub struct Disclosed(BTreeMap<IdentityField, Option<PrivateText>>);

impl Disclosed {
    /// Selects `fields` of `identity`.
    pub fn select(identity: &Identity, fields: &[IdentityField]) -> Self {
        let text = |field| {
            identity
                .get(field)
                .map(|text| PrivateText::new(text.to_owned()))
        };
        Self(fields.iter().map(|field| (*field, text(*field))).collect())
    }

    /// The granted fields, each once.
    pub fn fields(&self) -> impl Iterator<Item = IdentityField> {
        self.0.keys().copied()
    }

    /// Serializes the fields, only to seal them.
    pub(in crate::complaint) fn to_json(&self) -> Result<Zeroizing<Vec<u8>>> {
        json(self)
    }

    /// Restores the fields from the opened JSON.
    pub(in crate::complaint) fn from_json(json: &[u8]) -> Option<Self> {
        serde_json::from_slice(json).ok().map(Self)
    }
}

impl std::fmt::Debug for Disclosed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Disclosed(secret)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_granted_fields_are_disclosed() {
        let identity: Identity =
            serde_json::from_str(r#"{"name":"Siti Rahmawati","nik":"1671014203900001"}"#).unwrap();
        let disclosed = Disclosed::select(
            &identity,
            &[
                IdentityField::Phone,
                IdentityField::Name,
                IdentityField::Name,
            ],
        );
        assert_eq!(
            serde_json::to_value(disclosed).unwrap(),
            serde_json::json!({"name": "Siti Rahmawati", "phone": null})
        );
    }

    #[test]
    fn what_was_disclosed_does_not_show_itself() {
        assert_eq!(
            format!(
                "{:?}",
                Disclosed::select(&Identity::default(), &IdentityField::ALL)
            ),
            "Disclosed(secret)"
        );
    }
}
