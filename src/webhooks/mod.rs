//! Webhooks: addresses of customers and integrators that are called with the events of cases their owners may see (Standard Webhooks 1.0). Signed, kept,
//! tried again, and never sent to an address inside a network. There are none of complaints: whoever receives one could not un-know that it exists.

pub mod client;
pub mod contract;
pub mod delivering;
pub mod fan_out;
pub mod form;
mod guard;
pub mod http;
pub mod jobs;
mod notify;
mod resolver;
pub mod secret;
mod store;
pub mod switching;
pub mod views;

use crate::web::Registry;

pub use client::WebhookClient;
pub use guard::Guard;

/// Its operations.
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
