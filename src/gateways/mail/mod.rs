//! Mail transports: SMTP to the office's server, or, in private mode, a folder. Neither logs an
//! address.

mod folder;
mod message;
mod smtp;

pub use folder::MailFolder;
pub use smtp::{Protection, Smtp, SmtpSettings};
