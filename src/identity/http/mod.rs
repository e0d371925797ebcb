//! HTTP handlers of identity with their forms and views, one file per group.

mod acting;
mod colleagues;
mod email_verification;
mod integrations;
mod invitations;
mod jwks;
mod login;
mod logout;
mod mail_redelivery;
mod mails;
mod me;
mod password;
mod password_reset;
mod refresh;
mod register;
mod roles;
mod team_views;
mod teams;
mod tokens;
mod users;
mod views;

use crate::web::Registry;

/// Registers the operations under `/api/v1`.
pub fn routes(config: &mut impl Registry) {
    config
        .service(register::register)
        .service(login::login)
        .service(refresh::refresh_session)
        .service(logout::logout)
        .service(me::show_me)
        .service(me::change_me)
        .service(password::change_password)
        .service(password_reset::request_password_reset)
        .service(password_reset::confirm_password_reset)
        .service(email_verification::request_email_verification)
        .service(email_verification::confirm_email)
        .service(integrations::list_integrations)
        .service(integrations::create_integration)
        .service(integrations::show_integration)
        .service(integrations::change_integration)
        .service(integrations::revoke_integration)
        .service(mails::list_mails)
        .service(mail_redelivery::redeliver_mail)
        .service(users::list_users)
        .service(users::create_user)
        .service(users::show_user)
        .service(users::change_user)
        .service(roles::set_user_roles)
        .service(invitations::invite_user)
        .service(invitations::revoke_invitation)
        .service(invitations::accept_invitation)
        .service(acting::list_acting_appointments)
        .service(acting::create_acting_appointment)
        .service(acting::confirm_acting_appointment)
        .service(acting::revoke_acting_appointment)
        .service(colleagues::list_colleagues)
        .service(teams::list_teams)
        .service(teams::create_team)
        .service(teams::show_team)
        .service(teams::change_team);
}

/// Registers the operations outside `/api/v1`.
pub fn well_known(config: &mut impl Registry) {
    config.service(jwks::show_signing_keys);
}
