//! Which operations a key may ask for, by the scope that opens them. `app.rs` fills the list from the OpenAPI document; what is not on it is closed to keys.

use std::collections::HashMap;
use std::sync::Arc;

use actix_web::http::Method;

use crate::identity::scope::Scope;

/// The operations open to keys, by method and route pattern. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct ScopedOperations(Arc<HashMap<(Method, String), Scope>>);

impl ScopedOperations {
    /// These, and no others.
    pub fn new(operations: impl IntoIterator<Item = ((Method, String), Scope)>) -> Self {
        Self(Arc::new(operations.into_iter().collect()))
    }

    /// The scope that opens the operation, if one does. HEAD is what GET is.
    #[must_use]
    pub fn scope(&self, method: &Method, pattern: &str) -> Option<Scope> {
        let method = if method == Method::HEAD {
            Method::GET
        } else {
            method.clone()
        };
        self.0.get(&(method, pattern.to_owned())).copied()
    }
}
