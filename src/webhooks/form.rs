//! What a keeper says of a webhook.

use serde::Deserialize;

use super::client::WebhookClient;
use crate::casework::announce::EventKind;
use crate::error::{Error, FieldError, Result, fault};
use crate::web::body::Validate;

/// The longest URL.
const LONGEST: usize = 2000;

/// A webhook to make.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewWebhook {
    /// Where to call: `https`, and an address anybody on the internet could reach.
    #[schema(
        example = "https://hooks.tirtamusi.example/desk",
        format = "uri",
        max_length = 2000
    )]
    pub url: String,
    /// Which events.
    #[schema(min_items = 1, max_items = 2)]
    pub events: Vec<EventKind>,
}

/// What to change of it: what is left out stays.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WebhookChange {
    /// Where to call.
    #[schema(
        example = "https://hooks.tirtamusi.example/desk",
        format = "uri",
        max_length = 2000
    )]
    pub url: Option<String>,
    /// Which events.
    #[schema(min_items = 1, max_items = 2)]
    pub events: Option<Vec<EventKind>>,
    /// Whether it is called. Who switches it on lets it begin anew.
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
    let long = url.filter(|url| url.len() > LONGEST).map(|_| {
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

/// The codes of `events`, in their own order.
#[must_use]
pub fn codes(events: &[EventKind]) -> Vec<String> {
    EventKind::ALL
        .into_iter()
        .filter(|kind| events.contains(kind))
        .map(|kind| kind.code().to_owned())
        .collect()
}

/// Refuses a URL that may not be called. A name is looked up only when it is called, so that nobody learns from us what names there are.
///
/// # Errors
/// `invalid_content`.
pub fn must_be_callable(caller: &WebhookClient, url: &str) -> Result<()> {
    if caller.url(url).is_some() && !url.chars().any(char::is_control) {
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
