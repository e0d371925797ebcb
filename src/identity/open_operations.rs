//! Which operations need nobody signed in. `app.rs` fills the list from the OpenAPI document, so that what is documented as open is open, and nothing else is.

use std::collections::HashSet;
use std::sync::Arc;

use actix_web::http::Method;

/// Everything under this prefix is closed unless it is on the list.
const CLOSED: &str = "/api/v1";

/// The operations open to all or to reporters, by method and route pattern. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct OpenOperations {
    operations: Arc<HashSet<(Method, String)>>,
    /// Paths with nothing closed about them: there a method that does not exist may say so.
    paths: Arc<HashSet<String>>,
}

impl OpenOperations {
    /// These, and no others.
    pub fn new(operations: impl IntoIterator<Item = (Method, String)>) -> Self {
        Self {
            operations: Arc::new(operations.into_iter().collect()),
            paths: Arc::default(),
        }
    }

    /// The same, with paths of which every operation is open: a wrong method there is refused for what it is.
    #[must_use]
    pub fn with_open_paths(self, paths: impl IntoIterator<Item = String>) -> Self {
        Self {
            paths: Arc::new(paths.into_iter().collect()),
            ..self
        }
    }

    /// Whether the operation may be asked for without a token. HEAD is what GET is.
    #[must_use]
    pub fn admit(&self, method: &Method, pattern: &str) -> bool {
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
        assert!(open.admit(&Method::POST, "/api/v1/auth/login"));
        assert!(open.admit(&Method::HEAD, "/api/v1/sops"));
        assert!(open.admit(&Method::GET, "/health/live"));
        assert!(!open.admit(&Method::POST, "/api/v1/sops"));
        assert!(!open.admit(&Method::GET, "/api/v1/users/{id}"));
        assert!(
            open.with_open_paths(["/api/v1/sops".to_owned()])
                .admit(&Method::POST, "/api/v1/sops")
        );
    }
}
