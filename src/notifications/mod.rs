//! The inbox of a user: notifications about waiting steps, moved cases and late steps. They are
//! written by `casework::announce`; this module reads them and renders their texts. Reporters of
//! complaints have no inbox.

pub(crate) mod http;
pub(crate) mod preference;
mod store;
pub(crate) mod texts;
pub(crate) mod views;

use crate::web::Registry;

/// Registers the operations.
pub fn routes(config: &mut impl Registry) {
    config
        .service(http::list_notifications)
        .service(http::mark_notifications_read)
        .service(preference::show_notification_preferences)
        .service(preference::set_notification_preferences)
        .service(http::mark_notification_read);
}
