//! Webhooks: URLs of customers and integrators that receive the events of the applications their
//! owners may see (Standard Webhooks 1.0). Calls are signed, stored, repeated, and never sent to an
//! internal address. There are none for complaints: a receiver may not learn that a complaint
//! exists.

pub(crate) mod client;
pub(crate) mod contract;
pub(crate) mod deactivation;
pub mod delivery;
mod guard;
pub(crate) mod http;
pub(crate) mod secret;
mod store;
pub(crate) mod views;

use crate::web::Registry;

pub(crate) use client::WebhookClient;
pub(crate) use delivery::define;
pub use guard::Guard;

/// Registers the operations.
pub(crate) fn routes(config: &mut impl Registry) {
    config
        .service(http::create_webhook)
        .service(http::list_webhooks)
        .service(http::show_webhook)
        .service(http::change_webhook)
        .service(http::delete_webhook)
        .service(http::deactivate_webhook)
        .service(http::lift_webhook_deactivation)
        .service(http::rotate_webhook_secret)
        .service(http::list_webhook_deliveries)
        .service(http::redeliver_webhook);
}
