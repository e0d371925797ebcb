//! The compiled schemas of one document (JSON Schema draft 2020-12, formats checked), each compiled once and only when asked for.
//! Nothing is fetched: a reference out of the document is a fault.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};

use jsonschema::{Draft, Registry, RegistryBuilder, ValidationError, Validator};
use serde_json::{Value, json};

const BASE: &str = "urn:service-desk:contract";
/// A validator quotes the value it refuses; a whole page of it helps nobody.
const LONGEST_MESSAGE: usize = 400;

/// Every schema of a document, by JSON pointer.
pub struct Schemas {
    registry: Result<Registry<'static>, String>,
    compiled: Mutex<HashMap<String, Arc<Validator>>>,
}

impl Schemas {
    /// Makes the schemas of a document known; compiles none.
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

    /// What of `value` the schema at `pointer` refuses; empty when it fits.
    ///
    /// # Errors
    /// The schema does not compile.
    pub fn faults(&self, pointer: &str, value: &Value) -> Result<Vec<String>, String> {
        Ok(self
            .compile(pointer)?
            .iter_errors(value)
            .map(|error| explain(&error))
            .collect())
    }

    /// Whether `value` fits the schema at `pointer`; a schema that does not compile fits nothing.
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

/// A JSON pointer as the fragment of a URI: paths carry braces, which a URI may not.
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
