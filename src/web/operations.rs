//! The operations of the contract: one table, built once from the OpenAPI document. The outermost
//! layer finds the operation of a request; all other layers read what it found.

use std::sync::Arc;

use actix_web::body::MessageBody;
use actix_web::dev::{ResourceDef, ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{HttpMessage as _, HttpRequest};

use super::provided;
use super::scope::Scope;
use crate::error::{Error, Result};

/// Every request below this path is confidential unless the contract documents it as a staff
/// operation.
const COMPLAINTS: &str = "/api/v1/complaints";

/// The path of the public letter pages.
const LETTERS: &str = "/api/v1/public/letters";

/// The access class of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Public: `security(())`.
    Public,
    /// Requires the token of a reporter's session: `security(("reporter" = []))`.
    Reporter,
    /// Requires a signed-in user: every other declaration, and none.
    SignedIn,
}

impl Access {
    /// True if requests at `path` are confidential: a reporter's, or public ones that a reporter
    /// may send.
    pub fn is_confidential(self, path: &str) -> bool {
        match self {
            // A reporter may look up the letter that answers the complaint.
            Self::Public => is_complaint_path(path) || path.starts_with(LETTERS),
            Self::Reporter => true,
            Self::SignedIn => false,
        }
    }
}

/// The proof of identity that an operation needs beyond a valid session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Assurance {
    /// A session, with the second factor where the office requires one.
    #[default]
    Session,
    /// Any session, also one that must still enrol a second factor.
    Enrolment,
    /// A second factor that was proved in the last minutes (step-up, RFC 9470). Accounts without a
    /// second factor are not asked.
    Fresh,
    /// Both: open to a session that must still enrol, fresh where the account has a factor.
    FreshEnrolment,
}

impl Assurance {
    /// True if a session that must still enrol a second factor may call the operation.
    pub fn is_for_enrolment(self) -> bool {
        matches!(self, Self::Enrolment | Self::FreshEnrolment)
    }

    /// True if the second factor must have been proved in the last minutes.
    pub fn is_fresh(self) -> bool {
        matches!(self, Self::Fresh | Self::FreshEnrolment)
    }
}

/// True if a path or pattern is below the complaints path. No slash is required after the prefix,
/// because a caller may paste a code right behind it.
pub fn is_complaint_path(path: &str) -> bool {
    path.starts_with(COMPLAINTS)
}

/// A query parameter of an operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryParameter {
    /// The parameter's name.
    pub name: String,
    /// True if the contract declares the parameter a date.
    pub is_date: bool,
}

/// An operation of the contract, as far as the layers need it.
#[derive(Debug, Clone)]
pub struct Operation {
    /// The method; HEAD is part of GET.
    pub method: Method,
    /// The path pattern: `/api/v1/users/{id}`.
    pub pattern: String,
    /// The access class.
    pub access: Access,
    /// The proof of identity that it needs.
    pub assurance: Assurance,
    /// The scope that opens the operation to integration keys.
    pub scope: Option<Scope>,
    /// The query parameters. Outside the API others are ignored, not refused.
    pub parameters: Vec<QueryParameter>,
    /// The representation at this path (`pdf`), if the path is not that of the resource itself.
    pub format: Option<&'static str>,
    /// The headers of every reply; empty unless the operation is deprecated.
    pub deprecation: Vec<(HeaderName, HeaderValue)>,
}

impl Operation {
    /// An operation without parameters that is closed to keys and not deprecated.
    pub fn new(method: Method, pattern: impl Into<String>, access: Access) -> Self {
        Self {
            method,
            pattern: pattern.into(),
            access,
            assurance: Assurance::default(),
            scope: None,
            parameters: Vec::new(),
            format: None,
            deprecation: Vec::new(),
        }
    }

    /// True if no signed-in user is needed: for public operations, and those that check a
    /// reporter's token themselves.
    pub fn is_open(&self) -> bool {
        self.access != Access::SignedIn
    }

    /// True if requests for it are confidential.
    pub fn is_confidential(&self) -> bool {
        self.access.is_confidential(&self.pattern)
    }
}

/// A path of the contract with its operations.
struct KnownPath {
    pattern: ResourceDef,
    operations: Vec<Arc<Operation>>,
}

/// All operations of the contract. Cheap to clone.
#[derive(Clone, Default)]
pub struct Operations(Arc<Vec<Arc<KnownPath>>>);

impl Operations {
    /// Builds the table of these operations.
    pub fn new(operations: impl IntoIterator<Item = Operation>) -> Self {
        let mut paths: Vec<KnownPath> = Vec::new();
        for operation in operations {
            let operation = Arc::new(operation);
            let known = |path: &&mut KnownPath| path.operations[0].pattern == operation.pattern;
            match paths.iter_mut().find(known) {
                Some(path) => path.operations.push(operation),
                None => paths.push(KnownPath {
                    pattern: ResourceDef::new(operation.pattern.as_str()),
                    operations: vec![operation],
                }),
            }
        }
        // A concrete path takes precedence over a path template (OpenAPI, "Path Templating
        // Matching").
        paths.sort_by_key(|path| path.operations[0].pattern.matches('{').count());
        Self(Arc::new(paths.into_iter().map(Arc::new).collect()))
    }

    /// Every operation.
    pub fn iter(&self) -> impl Iterator<Item = &Operation> {
        self.0
            .iter()
            .flat_map(|path| path.operations.iter().map(AsRef::as_ref))
    }

    /// Finds the operation of a request with this path, which the router reads as `decoded`.
    fn find(&self, method: &Method, path: &str, decoded: &str) -> Found {
        let known = self
            .0
            .iter()
            .find(|known| known.pattern.is_match(decoded))
            .cloned();
        let method = if method == Method::HEAD {
            &Method::GET
        } else {
            method
        };
        Found {
            operation: known.as_ref().and_then(|known| {
                known
                    .operations
                    .iter()
                    .find(|one| one.method == method)
                    .cloned()
            }),
            is_respelled: match &known {
                Some(known) => !known.pattern.is_match(path),
                None => path != decoded,
            },
            path: known,
        }
    }
}

/// The path and operation of the contract that a request is for. Cheap to clone.
#[derive(Clone)]
pub struct Found {
    path: Option<Arc<KnownPath>>,
    operation: Option<Arc<Operation>>,
    /// True if letters of the path are percent-encoded (`/%61pi`). The router decodes them, so the
    /// request reaches the operation.
    is_respelled: bool,
}

impl Found {
    /// The result for `request`.
    ///
    /// # Errors
    /// `internal_error` outside `find_operation`.
    pub fn of(request: &HttpRequest) -> Result<Self> {
        request
            .extensions()
            .get::<Self>()
            .cloned()
            .ok_or_else(|| Error::internal("app.rs does not wrap find_operation"))
    }

    /// The operation; `None` for a path that is respelled.
    pub fn operation(&self) -> Option<&Operation> {
        self.operation.as_deref().filter(|_| !self.is_respelled)
    }

    /// True if the request may pass without a token: an open operation, a path with only open
    /// operations, where an unsupported method gets 405, and an unknown path, which gets 404. A
    /// respelled path is never open.
    pub fn is_open(&self) -> bool {
        let is_open_path =
            |path: &Arc<KnownPath>| path.operations.iter().all(|operation| operation.is_open());
        !self.is_respelled
            && self.operation.as_ref().map_or_else(
                || self.path.as_ref().is_none_or(is_open_path),
                |operation| operation.is_open(),
            )
    }

    /// The proof of identity that the operation needs, also under a respelled path, which the router
    /// decodes.
    pub fn assurance(&self) -> Assurance {
        self.operation
            .as_ref()
            .map_or_else(Assurance::default, |operation| operation.assurance)
    }

    /// True if the path is in the contract, and not with this method.
    pub fn lacks_method(&self) -> bool {
        self.path.is_some() && self.operation.is_none()
    }

    /// The methods of the path, with HEAD for GET, and OPTIONS; `None` if the path is not in the
    /// contract.
    pub fn allowed_methods(&self) -> Option<String> {
        let operations = &self.path.as_ref()?.operations;
        let mut methods: Vec<&str> = operations.iter().map(|one| one.method.as_str()).collect();
        if methods.contains(&"GET") {
            methods.push("HEAD");
        }
        methods.push("OPTIONS");
        Some(methods.join(", "))
    }

    /// `path` as a refusal may show it: the part that matches a path of the contract, with UUIDs
    /// and short numbers as parameters. Any other value may be a secret pasted into the address and
    /// ends the result. `/` for a path outside the contract.
    pub fn redacted_path(&self, path: &str) -> String {
        let Some(known) = &self.path else {
            return "/".to_owned();
        };
        let pattern = known.operations[0].pattern.as_str();
        let is_plain = |given: &str| {
            uuid::Uuid::try_parse(given).is_ok()
                || (given.len() <= 4 && given.bytes().all(|byte| byte.is_ascii_alphanumeric()))
        };
        let parts = pattern.split('/').zip(path.split('/')).skip(1);
        let told = parts.map_while(|(said, given)| {
            if said.starts_with('{') {
                is_plain(given).then_some(given)
            } else {
                Some(said)
            }
        });
        told.fold(String::new(), |place, part| place + "/" + part)
    }
}

/// The percent-decoded path as the router sees it: `/%61pi` is `/api`. Layers before the router
/// must use this path, too.
pub fn decoded_path(request: &HttpRequest) -> &str {
    request.match_info().as_str()
}

/// Middleware: finds the operation of the request and puts it into the request's extensions, where
/// all other layers and the extractors read it. It is the outermost layer and needs `Operations` as
/// app data.
pub async fn find_operation<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, actix_web::Error> {
    let operations: Operations = provided(request.request())?;
    let found = operations.find(
        request.method(),
        request.path(),
        decoded_path(request.request()),
    );
    request.extensions_mut().insert(found);
    next.call(request).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table<const N: usize>(operations: [(Method, &str, Access); N]) -> Operations {
        let operations = operations.into_iter();
        Operations::new(
            operations.map(|(method, pattern, access)| Operation::new(method, pattern, access)),
        )
    }

    fn found(table: &Operations, method: &Method, path: &str) -> Found {
        table.find(method, path, path)
    }

    #[test]
    fn what_reporters_may_ask_is_confidential() {
        assert!(Access::Public.is_confidential("/api/v1/complaints/sessions"));
        assert!(Access::Reporter.is_confidential("/api/v1/complaints/mine"));
        assert!(!Access::Public.is_confidential("/api/v1/sops"));
        assert!(!Access::SignedIn.is_confidential("/api/v1/complaints/{id}"));
    }

    #[test]
    fn what_is_not_declared_open_is_closed() {
        let table = table([
            (Method::POST, "/api/v1/auth/login", Access::Public),
            (Method::GET, "/api/v1/sops", Access::Public),
            (Method::GET, "/api/v1/jobs", Access::Public),
            (Method::POST, "/api/v1/jobs", Access::SignedIn),
            (Method::GET, "/api/v1/users/{id}", Access::SignedIn),
            (Method::GET, "/api/v1/complaints/mine", Access::Reporter),
            (Method::GET, "/health/live", Access::Public),
        ]);
        for (method, path, open) in [
            (Method::POST, "/api/v1/auth/login", true),
            (Method::HEAD, "/api/v1/sops", true),
            (Method::HEAD, "/api/v1/complaints/mine", true),
            (Method::GET, "/health/live", true),
            (Method::POST, "/api/v1/jobs", false),
            (Method::PUT, "/api/v1/jobs", false),
            (Method::GET, "/api/v1/users/7", false),
            (Method::HEAD, "/api/v1/users/7", false),
            // The last two get their 405 and 404.
            (Method::POST, "/api/v1/sops", true),
            (Method::GET, "/api/v1/nowhere", true),
        ] {
            assert_eq!(
                found(&table, &method, path).is_open(),
                open,
                "{method} {path}"
            );
        }
    }

    #[test]
    fn a_respelled_path_is_known_and_never_open() {
        let table = table([
            (Method::GET, "/api/v1/sops", Access::Public),
            (Method::GET, "/api/v1/cases/{id}", Access::Public),
        ]);
        let respelled = table.find(&Method::GET, "/%61pi/v1/sops", "/api/v1/sops");
        assert!(respelled.operation().is_none() && !respelled.is_open());
        assert!(!respelled.lacks_method());
        assert!(
            !table
                .find(&Method::GET, "/%61pi/v1/x", "/api/v1/x")
                .is_open()
        );
        // A parameter may be encoded.
        let encoded = table.find(&Method::GET, "/api/v1/cases/%37", "/api/v1/cases/7");
        assert!(encoded.operation().is_some() && encoded.is_open());
    }

    #[test]
    fn a_refusal_tells_no_more_of_a_path_than_the_contract_has() {
        let table = table([
            (Method::GET, "/api/cases/{id}", Access::SignedIn),
            (Method::POST, "/api/cases/{id}/notes/{no}", Access::SignedIn),
            (Method::GET, "/api/cases/mine", Access::SignedIn),
        ]);
        for (path, told) in [
            (
                "/api/cases/0192f0c1-2b3c-7def-8123-456789abcdef",
                "/api/cases/0192f0c1-2b3c-7def-8123-456789abcdef",
            ),
            (
                "/api/cases/0192f0c1-2b3c-7def-8123-456789abcdef/notes/12",
                "/api/cases/0192f0c1-2b3c-7def-8123-456789abcdef/notes/12",
            ),
            ("/api/cases/mine", "/api/cases/mine"),
            ("/api/cases/MANGK-0PA1E-MBANG-0MVS1-2345X-7", "/api/cases"),
            (
                "/api/cases/mangk0pa1embang0mvs12345x7/notes/1",
                "/api/cases",
            ),
            ("/api/cases/mine/MANGK-0PA1E-MBANG-0MVS1-2345X-7", "/"),
            ("/api/casesMANGK-0PA1E", "/"),
            ("/nowhere", "/"),
        ] {
            assert_eq!(
                found(&table, &Method::GET, path).redacted_path(path),
                told,
                "{path}"
            );
        }
    }

    #[test]
    fn a_path_that_is_written_out_comes_before_one_with_parameters() {
        let table = table([
            (Method::GET, "/cases/{id}", Access::SignedIn),
            (Method::POST, "/cases/slips", Access::SignedIn),
            (Method::POST, "/cases", Access::SignedIn),
            (Method::GET, "/cases", Access::SignedIn),
        ]);
        for (path, allowed, lacks_get) in [
            ("/cases/7", Some("GET, HEAD, OPTIONS"), false),
            ("/cases/slips", Some("POST, OPTIONS"), true),
            ("/cases", Some("POST, GET, HEAD, OPTIONS"), false),
            ("/nowhere", None, false),
        ] {
            let found = found(&table, &Method::HEAD, path);
            assert_eq!(found.allowed_methods().as_deref(), allowed, "{path}");
            assert_eq!(found.lacks_method(), lacks_get, "{path}");
        }
    }
}
