//! Canonical JSON (RFC 8785) for letter content: objects, arrays, strings, integers, booleans and
//! null. Letters contain no fractions, so the number format of the RFC is not implemented and
//! fractions are an error.

use serde::Serialize;
use serde_json::Value;

use crate::error::{Error, Result};
use crate::secrecy::sha256;

/// The canonical JSON of `content` and its SHA-256.
pub fn canonical(content: &impl Serialize) -> Result<(String, [u8; 32])> {
    let value = serde_json::to_value(content).map_err(Error::internal)?;
    let mut text = String::new();
    write(&value, &mut text)?;
    let hash = sha256(text.as_bytes());
    Ok((text, hash))
}

fn write(value: &Value, out: &mut String) -> Result<()> {
    match value {
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
            enclose(out, ('{', '}'), members, |(name, member), out| {
                write(&Value::String(name.clone()), out)?;
                out.push(':');
                write(member, out)
            })
        }
        Value::Array(items) => enclose(out, ('[', ']'), items, write),
        Value::Number(number) if number.is_f64() => Err(Error::internal("a fraction in a letter")),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            out.push_str(&value.to_string());
            Ok(())
        }
    }
}

fn enclose<T>(
    out: &mut String,
    (open, close): (char, char),
    items: impl IntoIterator<Item = T>,
    write: impl Fn(T, &mut String) -> Result<()>,
) -> Result<()> {
    out.push(open);
    for (i, item) in items.into_iter().enumerate() {
        if i > 0 {
            out.push(',');
        }
        write(item, out)?;
    }
    out.push(close);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_order_of_writing_does_not_matter() {
        let (text, hash) =
            canonical(&json!({"b": [1, true, null], "a": {"z": "é\n\"", "y": -5}})).unwrap();
        assert_eq!(text, r#"{"a":{"y":-5,"z":"é\n\""},"b":[1,true,null]}"#);
        assert_eq!(
            hash,
            canonical(&json!({"a": {"y": -5, "z": "é\n\""}, "b": [1, true, null]}))
                .unwrap()
                .1
        );
        assert!(canonical(&json!(0.5)).is_err());
    }
}
