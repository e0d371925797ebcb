//! Mails to users: their kinds, their texts in two languages, the queue, and the job that sends
//! them. The transport is in `gateways::mail`. No mail contains anything about a complaint, not
//! even that one exists.

mod kind;
mod render;
mod send;
pub(crate) mod store;
mod token;
pub(crate) mod transport;

pub(crate) use kind::MailKind;
pub(crate) use send::{Mailer, TemplateSettings, define, is_limit_reached, queue, requeue};
pub(crate) use store::NewMail;
pub use token::{MailTokens, Purpose};
pub(crate) use transport::{Delivery, DeliveryFailure, MailTransport, Message};
