//! Formats a mail as RFC 5322. The library encodes names and subjects, so that no text written by a
//! person can become a header.

use std::time::{Duration, SystemTime};

use lettre::message::header::{Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};

use crate::mail::{DeliveryFailure, Message};

/// `Auto-Submitted: auto-generated` (RFC 3834): no out-of-office reply comes back.
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// Formats `message` with sender `from`. Message-ID and date do not change when the mail is sent
/// again.
///
/// # Errors
/// `bad_address` when the recipient's address is invalid.
pub fn to_rfc5322(from: &Mailbox, message: &Message) -> Result<lettre::Message, DeliveryFailure> {
    let never = |()| DeliveryFailure::Permanent("bad_address".to_owned());
    let name = message
        .to
        .name
        .split(char::is_control)
        .collect::<Vec<_>>()
        .join(" ");
    let to = Mailbox::new(
        Some(name),
        message
            .to
            .address
            .parse()
            .map_err(|_bad| DeliveryFailure::Permanent("bad_address".to_owned()))?,
    );
    let written = u64::try_from(message.written_at.timestamp()).unwrap_or_default();
    lettre::Message::builder()
        .from(from.clone())
        .to(to)
        .subject(message.subject.clone())
        .date(SystemTime::UNIX_EPOCH + Duration::from_secs(written))
        .message_id(Some(format!("<{}@{}>", message.id, from.email.domain())))
        .header(AutoSubmitted)
        .multipart(MultiPart::alternative_plain_html(
            message.text.clone(),
            message.html.clone(),
        ))
        .map_err(|_: lettre::error::Error| ())
        .map_err(never)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::transport::Recipient;

    fn message(name: &str, address: &str, subject: &str) -> Message {
        let to = Recipient {
            name: name.to_owned(),
            address: address.to_owned(),
        };
        let (id, written_at) = (uuid::Uuid::nil(), "2026-07-06T01:00:00Z".parse().unwrap());
        Message {
            id,
            written_at,
            to,
            subject: subject.to_owned(),
            text: "Isi.".into(),
            html: "<p>Isi.</p>".into(),
            language: "id",
        }
    }

    fn from() -> Mailbox {
        "BSPJI Palembang <layanan@bspji.example>".parse().unwrap()
    }

    #[test]
    fn nothing_a_person_wrote_becomes_a_header() {
        for evil in [
            "Siti\r\nBcc: korban@contoh.id",
            "Siti\nBcc: korban@contoh.id",
            "Siti\r\n\r\nIsi palsu",
            "Siti\" <x@contoh.id>, \"",
        ] {
            let mail = String::from_utf8(
                to_rfc5322(&from(), &message(evil, "siti@contoh.id", evil))
                    .unwrap()
                    .formatted(),
            )
            .unwrap();
            let (head, _) = mail.split_once("\r\n\r\n").unwrap();
            let names: Vec<_> = head
                .lines()
                .filter(|line| !line.starts_with([' ', '\t']))
                .filter_map(|line| line.split_once(':'))
                .map(|(name, _)| name)
                .collect();
            assert_eq!(
                names,
                [
                    "From",
                    "To",
                    "Subject",
                    "Date",
                    "Message-ID",
                    "Auto-Submitted",
                    "MIME-Version",
                    "Content-Type"
                ],
                "{head}"
            );
            assert!(
                !mail.contains("Isi palsu\r\n") || head.contains("Isi palsu"),
                "{mail}"
            );
        }
    }

    #[test]
    fn an_address_that_is_none_is_never_tried() {
        for bad in [
            "",
            "siti",
            "siti@contoh.id\r\nRCPT TO:<korban@contoh.id>",
            "siti@contoh.id, korban@contoh.id",
            "<siti@contoh.id> x",
        ] {
            assert_eq!(
                to_rfc5322(&from(), &message("Siti", bad, "Halo")).unwrap_err(),
                DeliveryFailure::Permanent("bad_address".to_owned()),
                "{bad}"
            );
        }
    }

    #[test]
    fn a_mail_sent_again_has_the_same_id_and_date() {
        let mail = || {
            String::from_utf8(
                to_rfc5322(&from(), &message("Siti", "siti@contoh.id", "Halo"))
                    .unwrap()
                    .formatted(),
            )
            .unwrap()
        };
        for header in [
            "Message-ID: <00000000-0000-0000-0000-000000000000@bspji.example>",
            "Date: Mon, 06 Jul 2026 01:00:00 +0000",
        ] {
            assert!(
                mail().contains(header) && mail().contains(header),
                "{}",
                mail()
            );
        }
    }
}
