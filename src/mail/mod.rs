//! Mails to users: their kinds, their texts in two languages, the queue, and the job that sends
//! them. The transport is in `gateways::mail`. No mail contains anything about a complaint, not
//! even that one exists.

mod kind;
mod mailer;
mod message;
mod new_mail;
pub mod redelivery;
mod render;
mod send;
pub mod store;
mod token;
mod transport;

pub use kind::MailKind;
pub use mailer::{Mailer, TemplateSettings};
pub use message::{Message, Recipient};
pub use new_mail::NewMail;
pub use send::{SendMail, define, deliver, queue};
pub use token::{MailTokens, Purpose};
pub use transport::{Delivery, DeliveryFailure, MailTransport};
