//! Mails to people with an account: what kinds there are, their words in two languages, their queue, and the job that sends them. How they leave the
//! house is a carrier's business (`gateways::mail`). No mail carries anything of a complaint, not even that there is one.

mod carrier;
mod kind;
mod mailer;
mod message;
mod new_mail;
pub mod redelivery;
mod render;
mod send;
pub mod store;
mod token;

pub use carrier::{Carrier, Carrying, Undelivered};
pub use kind::MailKind;
pub use mailer::{Letterhead, Mailer};
pub use message::{Message, Recipient};
pub use new_mail::NewMail;
pub use send::{SendMail, define, deliver, queue};
pub use token::{MailTokens, Purpose};
