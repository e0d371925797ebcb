//! `GET /.well-known/security.txt`: where to report a weakness of the service (RFC 9116).

use std::sync::Arc;

use actix_web::{HttpResponse, get};
use chrono::{DurationRound as _, SecondsFormat, TimeDelta};
use lettre::message::Mailbox;

use crate::clock::Clock;
use crate::config::Config;
use crate::error::{Code, Error, Result};
use crate::web::Provided;

/// Days for which the file holds from the day of its request; the standard asks for less than a
/// year.
const VALIDITY: TimeDelta = TimeDelta::days(180);

/// Say where to report a weakness (melaporkan celah keamanan).
///
/// The contact is the address from which the service sends mails. Without one there is no file.
#[utoipa::path(tag = "health", responses((status = 200, description = "The contact, as RFC 9116 asks for", body = String, content_type = "text/plain")), security(()), extensions(("x-problem-codes" = json!(["not_found"]))))]
#[get("/.well-known/security.txt")]
pub async fn read_security_contact(
    config: Provided<Arc<Config>>,
    clock: Provided<Clock>,
) -> Result<HttpResponse> {
    let config = &config.0;
    let sender = config.settings.mail.mail_from.as_deref();
    let contact: Mailbox = sender
        .and_then(|sender| sender.parse().ok())
        .ok_or_else(|| Error::new(Code::NotFound))?;
    let now = clock.0.now();
    let today = now.duration_trunc(TimeDelta::days(1)).unwrap_or(now);
    let file = format!(
        "Contact: mailto:{}\nExpires: {}\nPreferred-Languages: id, en\nCanonical: {}/.well-known/security.txt\n",
        contact.email,
        (today + VALIDITY).to_rfc3339_opts(SecondsFormat::Secs, true),
        config.public_url,
    );
    Ok(HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .body(file))
}
