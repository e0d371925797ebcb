//! HTTP handlers of identity with their forms and views, one file per group.

mod acting;
mod integrations;
mod invitations;
mod jwks;
mod mails;
mod own_account;
mod second_factors;
mod sessions;
mod sign_in;
mod teams;
mod users;

use crate::web::Registry;

/// Registers the operations under `/api/v1`.
pub fn routes(config: &mut impl Registry) {
    config
        .service(sign_in::register)
        .service(sign_in::login)
        .service(sign_in::complete_login)
        .service(sign_in::refresh_session)
        .service(sign_in::logout)
        .service(own_account::show_me)
        .service(own_account::change_me)
        .service(own_account::change_password)
        .service(second_factors::show_second_factors)
        .service(second_factors::enrol_totp)
        .service(second_factors::confirm_totp)
        .service(second_factors::start_passkey)
        .service(second_factors::add_passkey)
        .service(second_factors::remove_second_factor)
        .service(second_factors::renew_recovery_codes)
        .service(second_factors::step_up)
        .service(second_factors::start_passkey_proof)
        .service(sessions::list_own_sessions)
        .service(sessions::end_own_session)
        .service(sessions::end_other_sessions)
        .service(sessions::list_own_sign_ins)
        .service(sessions::list_sign_ins)
        .service(own_account::request_password_reset)
        .service(own_account::confirm_password_reset)
        .service(own_account::request_email_verification)
        .service(own_account::confirm_email)
        .service(integrations::list_integrations)
        .service(integrations::create_integration)
        .service(integrations::show_integration)
        .service(integrations::change_integration)
        .service(integrations::revoke_integration)
        .service(mails::list_mails)
        .service(mails::redeliver_mail)
        .service(users::list_users)
        .service(users::create_user)
        .service(users::show_user)
        .service(users::change_user)
        .service(users::set_user_roles)
        .service(invitations::invite_user)
        .service(invitations::revoke_invitation)
        .service(invitations::accept_invitation)
        .service(acting::list_acting_appointments)
        .service(acting::create_acting_appointment)
        .service(acting::confirm_acting_appointment)
        .service(acting::revoke_acting_appointment)
        .service(teams::list_colleagues)
        .service(teams::list_teams)
        .service(teams::create_team)
        .service(teams::show_team)
        .service(teams::change_team);
}

/// Registers the operations outside `/api/v1`.
pub fn well_known(config: &mut impl Registry) {
    config.service(jwks::show_signing_keys);
}
