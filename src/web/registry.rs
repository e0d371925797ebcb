//! Registration of operations. A slice registers each operation once, both for the router of a
//! worker and for the OpenAPI document, so neither knows an operation that the other lacks, and a
//! worker does not build the document again.

use actix_web::dev::HttpServiceFactory;
use utoipa_actix_web::OpenApiFactory;

/// A target for the registration of operations.
pub trait Registry {
    /// Registers an operation.
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
