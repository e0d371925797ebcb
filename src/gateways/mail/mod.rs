//! How mails leave the house: over SMTP to the office's server, or, in private mode, into a folder. Neither logs an address.

mod folder;
mod message;
mod smtp;

pub use folder::Folder;
pub use smtp::{Protection, Smtp, SmtpSettings};
