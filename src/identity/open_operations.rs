//! The operations that need no signed-in user. `app.rs` builds the list from the OpenAPI document,
//! so that exactly the operations documented as open are open.

use std::collections::HashSet;
use std::sync::Arc;

use actix_web::http::Method;

/// Under this prefix, operations are closed unless listed.
const CLOSED: &str = "/api/v1";

/// The operations open to everyone or to reporters, by method and route pattern. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct OpenOperations {
    operations: Arc<HashSet<(Method, String)>>,
    /// Paths with only open operations: there an unsupported method may get its 405.
    paths: Arc<HashSet<String>>,
}

impl OpenOperations {
    /// Creates the list of open operations.
    pub fn new(operations: impl IntoIterator<Item = (Method, String)>) -> Self {
        Self {
            operations: Arc::new(operations.into_iter().collect()),
            paths: Arc::default(),
        }
    }

    /// Adds paths with only open operations. There an unsupported method gets 405 and not 401.
    pub fn with_open_paths(self, paths: impl IntoIterator<Item = String>) -> Self {
        Self {
            paths: Arc::new(paths.into_iter().collect()),
            ..self
        }
    }

    /// True if the operation needs no token. HEAD is treated as GET.
    pub fn is_open(&self, method: &Method, pattern: &str) -> bool {
        let method = if method == Method::HEAD {
            &Method::GET
        } else {
            method
        };
        !pattern.starts_with(CLOSED)
            || self.paths.contains(pattern)
            || self
                .operations
                .contains(&(method.clone(), pattern.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_on_the_list_is_closed() {
        let open = OpenOperations::new([
            (Method::POST, "/api/v1/auth/login".to_owned()),
            (Method::GET, "/api/v1/sops".to_owned()),
        ]);
        assert!(open.is_open(&Method::POST, "/api/v1/auth/login"));
        assert!(open.is_open(&Method::HEAD, "/api/v1/sops"));
        assert!(open.is_open(&Method::GET, "/health/live"));
        assert!(!open.is_open(&Method::POST, "/api/v1/sops"));
        assert!(!open.is_open(&Method::GET, "/api/v1/users/{id}"));
        assert!(
            open.with_open_paths(["/api/v1/sops".to_owned()])
                .is_open(&Method::POST, "/api/v1/sops")
        );
    }
}
