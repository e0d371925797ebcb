//! The inbox: what a person was told, by steps that wait for them, cases of theirs that move, and steps that are late. Written where things happen
//! (`casework::announce`); here it is read, and put into words. The reporter of a complaint has none.

pub mod http;
pub mod preference;
mod store;
pub mod views;
pub mod words;

use crate::web::Registry;

/// Its operations.
pub fn routes(config: &mut impl Registry) {
    config
        .service(http::list_notifications)
        .service(http::mark_notifications_read)
        .service(preference::show_notification_preferences)
        .service(preference::set_notification_preferences)
        .service(http::mark_notification_read);
}
