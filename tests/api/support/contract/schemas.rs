//! The compiled schemas of one document (JSON Schema draft 2020-12, formats checked), each compiled
//! once when first needed. References to other documents are not loaded and count as faults.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};

use jsonschema::{Draft, Registry, RegistryBuilder, ValidationError, Validator};
use serde_json::{Value, json};

const BASE: &str = "urn:service-desk:contract";
/// A validator quotes the refused value; a longer message would be unreadable.
const LONGEST_MESSAGE: usize = 400;

/// Every schema of a document, by JSON pointer.
pub struct Schemas {
    registry: Result<Registry<'static>, String>,
    compiled: Mutex<HashMap<String, Arc<Validator>>>,
}

impl Schemas {
    /// Registers the schemas of a document without compiling them.
    pub fn new(document: &Value) -> Self {
        let registry = Registry::new()
            .draft(Draft::Draft202012)
            .add(BASE, document.clone())
            .and_then(RegistryBuilder::prepare);
        Self {
            registry: registry.map_err(|error| format!("the document's references: {error}")),
            compiled: Mutex::default(),
        }
    }

    /// The faults of `value` under the schema at `pointer`; empty when it is valid. Fails when the
    /// schema does not compile.
    pub fn faults(&self, pointer: &str, value: &Value) -> Result<Vec<String>, String> {
        Ok(self
            .compile(pointer)?
            .iter_errors(value)
            .map(|error| explain(&error))
            .collect())
    }

    /// Whether `value` matches the schema at `pointer`; no value matches a schema that does not
    /// compile.
    pub fn fits(&self, pointer: &str, value: &Value) -> bool {
        self.compile(pointer)
            .is_ok_and(|validator| validator.is_valid(value))
    }

    fn compile(&self, pointer: &str) -> Result<Arc<Validator>, String> {
        let mut compiled = self.compiled.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = compiled.get(pointer) {
            return Ok(Arc::clone(known));
        }
        let registry = self.registry.as_ref().map_err(Clone::clone)?;
        let options = jsonschema::options()
            .with_draft(Draft::Draft202012)
            .with_registry(registry)
            .should_validate_formats(true)
            .offline();
        let validator = options
            .build(&json!({ "$ref": format!("{BASE}#{}", fragment(pointer)) }))
            .map_err(|error| format!("the schema at {pointer} does not compile: {error}"))?;
        let validator = Arc::new(validator);
        compiled.insert(pointer.to_owned(), Arc::clone(&validator));
        Ok(validator)
    }
}

/// A JSON pointer as a URI fragment: paths contain braces, which a URI may not.
fn fragment(pointer: &str) -> String {
    let mut text = String::with_capacity(pointer.len());
    for byte in pointer.bytes() {
        if byte.is_ascii_alphanumeric() || b"/~-._".contains(&byte) {
            text.push(char::from(byte));
        } else {
            write!(text, "%{byte:02X}").expect("a String takes everything");
        }
    }
    text
}

fn explain(error: &ValidationError<'_>) -> String {
    let place = error.instance_path().to_string();
    let place = if place.is_empty() { "the body" } else { &place };
    let message: String = error.to_string().chars().take(LONGEST_MESSAGE).collect();
    format!("{place}: {message}")
}
