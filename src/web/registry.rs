//! Where a slice puts its operations: the contract, which describes each, or the router of a worker, which only leads to them. One registration serves both,
//! so neither knows an operation that the other does not, and a worker does not describe all of them once more.

use actix_web::dev::HttpServiceFactory;
use utoipa_actix_web::OpenApiFactory;

/// Takes operations.
pub trait Registry {
    /// Takes one.
    fn service<O: HttpServiceFactory + OpenApiFactory + 'static>(
        &mut self,
        operation: O,
    ) -> &mut Self;
}

/// The router of a worker.
impl Registry for actix_web::web::ServiceConfig {
    fn service<O: HttpServiceFactory + OpenApiFactory + 'static>(
        &mut self,
        operation: O,
    ) -> &mut Self {
        self.service(operation)
    }
}

/// The contract.
impl Registry for utoipa_actix_web::service_config::ServiceConfig<'_> {
    fn service<O: HttpServiceFactory + OpenApiFactory + 'static>(
        &mut self,
        operation: O,
    ) -> &mut Self {
        self.service(operation)
    }
}
