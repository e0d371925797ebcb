//! Mail over a real socket to a mail server that works, fails, or is missing; and the links and
//! codes in mails.

mod certificate;
mod delivery;
mod folder;
mod language;
mod notifications;
mod redelivery;
mod reset;
pub mod server;
mod verification;

use server::{MailServer, ReceivedMail};

use crate::support::TestApp;

/// The flags of a service that sends its mails to `server`.
pub fn sending_to(server: &MailServer) -> Vec<String> {
    let port = server.port().to_string();
    let usual = [
        "--smtp-host",
        "127.0.0.1",
        "--smtp-port",
        &port,
        "--smtp-tls",
        "off",
        "--mail-from",
        "BSPJI Palembang <layanan@bspji.example>",
    ];
    usual.map(str::to_owned).to_vec()
}

/// A service with a mail server of its own on this machine.
pub async fn app_with(server: &MailServer, more: &[&str]) -> TestApp {
    let usual = sending_to(server);
    TestApp::start_with(
        &usual
            .iter()
            .map(String::as_str)
            .chain(more.iter().copied())
            .collect::<Vec<_>>(),
    )
    .await
}

/// The code in a mail: the text after `#token=`, or a line of exactly 43 characters.
pub fn token(mail: &ReceivedMail) -> String {
    let is_token = |line: &&str| {
        line.len() == 43
            && line
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
    };
    let text = mail.text();
    let linked = text
        .split_once("#token=")
        .map(|(_, rest)| rest.lines().next().unwrap().trim().to_owned());
    linked
        .or_else(|| text.lines().find(is_token).map(str::to_owned))
        .unwrap_or_else(|| panic!("no code in {text}"))
}
