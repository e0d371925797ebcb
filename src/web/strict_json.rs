//! Deserializer layer that accepts structs only as JSON objects. serde would also fill a struct
//! from a list, field by field in the order of the source, at any depth; this layer rejects that,
//! normalizes texts, takes `2.0` for an integer as JSON Schema does, and passes on everything else.

use std::fmt;

use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error, MapAccess, SeqAccess, VariantAccess, Visitor,
};

use crate::text::tidied;

/// Wraps a JSON deserializer, and everything that is deserialized through it.
pub(super) struct StrictJson<T>(pub(super) T);

/// Forwards each of these calls with the visitor wrapped in `$wrapped`.
macro_rules! pass_on {
    ($wrapped:ident: $($method:ident($($name:ident: $kind:ty),*)),* $(,)?) => {
        $(fn $method<V: Visitor<'de>>(self, $($name: $kind,)* visitor: V) -> Result<V::Value, D::Error> {
            self.0.$method($($name,)* $wrapped(visitor))
        })*
    };
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for StrictJson<D> {
    type Error = D::Error;

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_map(StrictJson(visitor))
    }

    /// Normalizes texts at their ends (`text::tidied`) for all forms. Secrets are deserialized
    /// unchanged through `deserialize_str` (`body::verbatim`).
    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_string(Tidied(visitor))
    }

    pass_on!(
        Integer: deserialize_i8(), deserialize_i16(), deserialize_i32(), deserialize_i64(), deserialize_i128(),
        deserialize_u8(), deserialize_u16(), deserialize_u32(), deserialize_u64(), deserialize_u128(),
    );

    pass_on!(
        StrictJson: deserialize_any(), deserialize_bool(), deserialize_f32(), deserialize_f64(),
        deserialize_char(), deserialize_str(), deserialize_bytes(), deserialize_byte_buf(), deserialize_option(),
        deserialize_unit(), deserialize_seq(), deserialize_map(), deserialize_identifier(), deserialize_ignored_any(),
        deserialize_unit_struct(name: &'static str), deserialize_newtype_struct(name: &'static str), deserialize_tuple(length: usize),
        deserialize_tuple_struct(name: &'static str, length: usize), deserialize_enum(name: &'static str, variants: &'static [&'static str]),
    );

    fn is_human_readable(&self) -> bool {
        self.0.is_human_readable()
    }
}

/// Forwards plain JSON values.
macro_rules! plain {
    ($($method:ident($kind:ty)),* $(,)?) => {
        $(fn $method<E: Error>(self, value: $kind) -> Result<V::Value, E> {
            self.0.$method(value)
        })*
    };
}

impl<'de, V: Visitor<'de>> Visitor<'de> for StrictJson<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(f)
    }

    plain!(
        visit_bool(bool),
        visit_i8(i8),
        visit_i16(i16),
        visit_i32(i32),
        visit_i64(i64),
        visit_i128(i128),
        visit_u8(u8),
        visit_u16(u16),
        visit_u32(u32),
        visit_u64(u64),
        visit_u128(u128),
        visit_f32(f32),
        visit_f64(f64),
        visit_char(char),
        visit_str(&str),
        visit_borrowed_str(&'de str),
        visit_string(String),
        visit_bytes(&[u8]),
        visit_borrowed_bytes(&'de [u8]),
        visit_byte_buf(Vec<u8>),
    );

    fn visit_none<E: Error>(self) -> Result<V::Value, E> {
        self.0.visit_none()
    }

    fn visit_unit<E: Error>(self) -> Result<V::Value, E> {
        self.0.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        self.0.visit_some(StrictJson(deserializer))
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> Result<V::Value, D::Error> {
        self.0.visit_newtype_struct(StrictJson(deserializer))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<V::Value, A::Error> {
        self.0.visit_seq(StrictJson(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<V::Value, A::Error> {
        self.0.visit_map(StrictJson(members))
    }

    fn visit_enum<A: EnumAccess<'de>>(self, choice: A) -> Result<V::Value, A::Error> {
        self.0.visit_enum(StrictJson(choice))
    }
}

/// Visitor of an integer, which also takes a number whose fraction is zero (JSON Schema 2020-12,
/// "integer").
struct Integer<V>(V);

impl<'de, V: Visitor<'de>> Visitor<'de> for Integer<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(f)
    }

    plain!(
        visit_i64(i64),
        visit_i128(i128),
        visit_u64(u64),
        visit_u128(u128)
    );

    fn visit_f64<E: Error>(self, value: f64) -> Result<V::Value, E> {
        // Beyond 2^53 a double does not tell integers apart.
        let exact = 9_007_199_254_740_992.0;
        if value.fract() == 0.0 && value.abs() <= exact {
            #[expect(
                clippy::cast_possible_truncation,
                reason = "a whole number of at most 2^53"
            )]
            self.0.visit_i64(value as i64)
        } else {
            self.0.visit_f64(value)
        }
    }
}

/// Visitor that normalizes a text before it passes it on.
struct Tidied<V>(V);

impl<'de, V: Visitor<'de>> Visitor<'de> for Tidied<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(f)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<V::Value, E> {
        self.0.visit_string(tidied(text))
    }
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for StrictJson<S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<S::Value, D::Error> {
        self.0.deserialize(StrictJson(deserializer))
    }
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for StrictJson<A> {
    type Error = A::Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, A::Error> {
        self.0.next_element_seed(StrictJson(seed))
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for StrictJson<A> {
    type Error = A::Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, A::Error> {
        self.0.next_key_seed(StrictJson(seed))
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        self.0.next_value_seed(StrictJson(seed))
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

impl<'de, A: EnumAccess<'de>> EnumAccess<'de> for StrictJson<A> {
    type Error = A::Error;
    type Variant = StrictJson<A::Variant>;

    fn variant_seed<S: DeserializeSeed<'de>>(
        self,
        seed: S,
    ) -> Result<(S::Value, Self::Variant), A::Error> {
        self.0
            .variant_seed(StrictJson(seed))
            .map(|(name, variant)| (name, StrictJson(variant)))
    }
}

impl<'de, A: VariantAccess<'de>> VariantAccess<'de> for StrictJson<A> {
    type Error = A::Error;

    fn unit_variant(self) -> Result<(), A::Error> {
        self.0.unit_variant()
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, A::Error> {
        self.0.newtype_variant_seed(StrictJson(seed))
    }

    fn tuple_variant<V: Visitor<'de>>(
        self,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, A::Error> {
        self.0.tuple_variant(length, StrictJson(visitor))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, A::Error> {
        self.0.struct_variant(fields, StrictJson(visitor))
    }
}

#[cfg(test)]
mod tests {
    use super::StrictJson;

    #[derive(Debug, PartialEq, serde::Deserialize)]
    struct Form {
        person: Option<Person>,
        others: Vec<Person>,
        pair: (u8, i64),
        kind: Kind,
    }

    #[derive(Debug, PartialEq, serde::Deserialize)]
    struct Person {
        name: String,
        age: Option<u8>,
    }

    #[derive(Debug, PartialEq, serde::Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Kind {
        Plain,
        Of(Person),
        With { person: Person },
    }

    fn read(text: &str) -> Result<Form, serde_json::Error> {
        serde::Deserialize::deserialize(StrictJson(&mut serde_json::Deserializer::from_str(text)))
    }

    #[test]
    fn what_is_written_as_an_object_is_read_as_without_the_layer() {
        for kind in [
            r#""plain""#,
            r#"{"of": {"name": "Budi"}}"#,
            r#"{"with": {"person": {"name": "Budi", "age": null}}}"#,
        ] {
            let text = format!(
                r#"{{"person": {{"name": "Siti", "age": 7}}, "others": [{{"name": "Budi"}}], "pair": [1, -2], "kind": {kind}}}"#
            );
            assert_eq!(read(&text).unwrap(), serde_json::from_str(&text).unwrap());
        }
    }

    #[test]
    fn an_integer_may_be_written_with_a_fraction_of_zero() {
        let form = |pair: &str| {
            read(&format!(
                r#"{{"others": [], "pair": {pair}, "kind": "plain"}}"#
            ))
        };
        assert_eq!(form("[1.0, -2e3]").unwrap().pair, (1, -2000));
        for pair in [
            "[1.5, 2]",
            "[256.0, 2]",
            "[1, 1e300]",
            "[1, 9007199254740994.0]",
        ] {
            assert!(form(pair).is_err(), "{pair}");
        }
    }

    #[test]
    fn a_text_is_tidied_and_a_secret_is_not() {
        let text = "{\"person\": {\"name\": \"\\ufeff Siti \\u00a0\"}, \"others\": [{\"name\": \"Rene\\u0301\"}], \"pair\": [1, 2], \"kind\": \"plain\"}";
        let form = read(text).unwrap();
        assert_eq!(
            (
                form.person.unwrap().name.as_str(),
                form.others[0].name.as_str()
            ),
            ("Siti", "Ren\u{e9}")
        );
        let secret = crate::web::body::verbatim(StrictJson(
            &mut serde_json::Deserializer::from_str("\" kuda \""),
        ))
        .unwrap();
        assert_eq!(secret, " kuda ");
    }

    #[test]
    fn a_list_in_the_place_of_an_object_is_refused_at_any_depth() {
        let form = |person: &str, others: &str, kind: &str| {
            format!(r#"{{"person": {person}, "others": {others}, "pair": [1, 2], "kind": {kind}}}"#)
        };
        for text in [
            form(r#"["Siti", 7]"#, "[]", r#""plain""#),
            form("null", r#"[["Budi", null]]"#, r#""plain""#),
            form("null", "[]", r#"{"of": ["Budi", null]}"#),
            form("null", "[]", r#"{"with": {"person": ["Budi", null]}}"#),
            r#"[null, [], [1, 2], "plain"]"#.to_owned(),
        ] {
            assert!(
                serde_json::from_str::<Form>(&text).is_ok(),
                "serde alone takes {text}"
            );
            let refusal = read(&text).unwrap_err().to_string();
            assert!(
                refusal.starts_with("invalid type: sequence, expected struct"),
                "{refusal}"
            );
        }
    }
}
