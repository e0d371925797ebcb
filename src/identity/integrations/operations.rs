//! The operations that integration keys may call, with their scopes. `app.rs` builds the list from
//! the OpenAPI document; all other operations are closed to keys.

use std::collections::HashMap;
use std::sync::Arc;

use actix_web::http::Method;

use crate::identity::scope::Scope;

/// The operations open to keys, by method and route pattern. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct ScopedOperations(Arc<HashMap<(Method, String), Scope>>);

impl ScopedOperations {
    /// Creates the list of open operations.
    pub fn new(operations: impl IntoIterator<Item = ((Method, String), Scope)>) -> Self {
        Self(Arc::new(operations.into_iter().collect()))
    }

    /// The scope of the operation, if it is open to keys. HEAD is treated as GET.
    pub fn scope(&self, method: &Method, pattern: &str) -> Option<Scope> {
        let method = if method == Method::HEAD {
            Method::GET
        } else {
            method.clone()
        };
        self.0.get(&(method, pattern.to_owned())).copied()
    }
}
