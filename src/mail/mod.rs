//! Mails to users: their kinds, their texts in two languages, the queue, and the job that sends
//! them. The transport is in `gateways::mail`. No mail contains anything about a complaint, not
//! even that one exists.

mod kind;
mod render;
mod send;
pub(crate) mod store;
mod token;
mod transport;

pub use kind::MailKind;
pub use send::{
    Mailer, SendMail, TemplateSettings, define, deliver, is_limit_reached, queue, queue_all,
    requeue,
};
pub use store::NewMail;
pub use token::{MailTokens, Purpose};
pub use transport::{Delivery, DeliveryFailure, MailTransport, Message, Recipient};
