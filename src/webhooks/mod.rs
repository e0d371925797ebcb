//! Webhooks: URLs of customers and integrators that receive the events of the applications their
//! owners may see (Standard Webhooks 1.0). Calls are signed, stored, repeated, and never sent to an
//! internal address. There are none for complaints: a receiver may not learn that a complaint
//! exists.

pub mod client;
pub mod contract;
pub mod deactivation;
pub mod delivery;
pub mod fan_out;
pub mod form;
mod guard;
pub mod http;
pub mod jobs;
mod notify;
mod resolver;
pub mod secret;
mod store;
pub mod views;

use crate::web::Registry;

pub use client::WebhookClient;
pub use guard::Guard;

/// Registers the operations.
pub fn routes(config: &mut impl Registry) {
    config
        .service(http::webhooks::create_webhook)
        .service(http::webhooks::list_webhooks)
        .service(http::webhooks::show_webhook)
        .service(http::webhooks::change_webhook)
        .service(http::webhooks::delete_webhook)
        .service(http::deactivation::deactivate_webhook)
        .service(http::deactivation::lift_webhook_deactivation)
        .service(http::secrets::rotate_webhook_secret)
        .service(http::deliveries::list_webhook_deliveries)
        .service(http::deliveries::redeliver_webhook);
}
