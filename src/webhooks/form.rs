//! The request bodies for webhooks.

use serde::Deserialize;

use super::client::WebhookClient;
use crate::casework::announce::EventKind;
use crate::error::{Error, FieldError, Result, fault};
use crate::web::body::Validate;

/// The maximum length of a URL.
const MAX_URL_LENGTH: usize = 2000;

/// A new webhook.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewWebhook {
    /// The URL to call: `https`, with a publicly reachable address.
    #[schema(
        example = "https://hooks.tirtamusi.example/desk",
        format = "uri",
        max_length = 2000
    )]
    pub url: String,
    /// The events to send.
    #[schema(min_items = 1, max_items = 2)]
    pub events: Vec<EventKind>,
}

/// Changes to a webhook; omitted fields stay unchanged.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WebhookChange {
    /// The URL to call.
    #[schema(
        example = "https://hooks.tirtamusi.example/desk",
        format = "uri",
        max_length = 2000
    )]
    pub url: Option<String>,
    /// The events to send.
    #[schema(min_items = 1, max_items = 2)]
    pub events: Option<Vec<EventKind>>,
    /// Whether the webhook is called. Switching it on resets its failures.
    pub active: Option<bool>,
}

impl Validate for NewWebhook {
    fn errors(&self) -> Vec<FieldError> {
        faults(Some(&self.url), Some(&self.events))
    }
}

impl Validate for WebhookChange {
    fn errors(&self) -> Vec<FieldError> {
        faults(self.url.as_deref(), self.events.as_deref())
    }
}

fn faults(url: Option<&str>, events: Option<&[EventKind]>) -> Vec<FieldError> {
    let long = url.filter(|url| url.len() > MAX_URL_LENGTH).map(|_| {
        fault(
            "/url",
            "too_long",
            "Paling banyak 2000 karakter.",
            "At most 2000 characters.",
        )
    });
    let none = events.filter(|events| events.is_empty()).map(|_| {
        fault(
            "/events",
            "wrong_number",
            "Pilih paling sedikit satu.",
            "Choose at least one.",
        )
    });
    let twice = |events: &[EventKind]| {
        events
            .iter()
            .enumerate()
            .any(|(i, event)| events[..i].contains(event))
    };
    let twice = events.filter(|events| twice(events)).map(|_| {
        fault(
            "/events",
            "duplicate",
            "Ada yang disebut dua kali.",
            "One is named twice.",
        )
    });
    [long, none, twice].into_iter().flatten().collect()
}

/// The codes of `events`, without duplicates, in declaration order.
pub fn codes(events: &[EventKind]) -> Vec<String> {
    EventKind::ALL
        .into_iter()
        .filter(|kind| events.contains(kind))
        .map(|kind| kind.code().to_owned())
        .collect()
}

/// Refuses a URL that may not be called. A host name is resolved only at the call, so that no
/// caller can probe names through this service.
pub fn must_be_callable(client: &WebhookClient, url: &str) -> Result<()> {
    if client.url(url).is_some() && !url.chars().any(char::is_control) {
        return Ok(());
    }
    let (id, en) = (
        "Alamat harus https, tanpa nama pengguna atau fragmen, dan dapat dijangkau dari internet.",
        "It must be https, without user name or fragment, and reachable from the internet.",
    );
    Err(Error::invalid(vec![fault("/url", "not_callable", id, en)]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_webhook_wants_each_event_once_and_one_at_least() {
        let told = |events: &[EventKind]| {
            faults(Some("https://a.example"), Some(events))
                .into_iter()
                .map(|fault| fault.code)
                .collect::<Vec<_>>()
        };
        assert_eq!(told(&[EventKind::BillingPaid]), [""; 0]);
        assert_eq!(told(&[]), ["wrong_number"]);
        assert_eq!(
            told(&[EventKind::BillingPaid, EventKind::BillingPaid]),
            ["duplicate"]
        );
        assert_eq!(faults(Some(&"x".repeat(2001)), None)[0].code, "too_long");
        assert_eq!(
            codes(&[EventKind::BillingPaid, EventKind::StageChanged]),
            ["application.stage_changed", "application.billing_paid"]
        );
    }
}
