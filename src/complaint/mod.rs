//! Whistle-blowing (penanganan whistle blowing): SOP 2, from a complaint to the acknowledged
//! answer, with the identity of the reporter protected.
//!
//! Where to start: `sop` is the table. `steps` has one file for each row that a request takes; rows
//! of the service run in `jobs::release`. `papers` holds the documents written on the way.
//! `read_transaction` and `store::viewer` are the only way to read a complaint. `reporter` serves
//! the reporter's session, `queries` the staff. `sealing` and `custody` hold the keys, `vault` the
//! identities, and `screening` bars the staff that a complaint concerns.

pub mod act;
pub(crate) mod alarms;
pub mod announcing;
pub(crate) mod answer;
pub(crate) mod attachment;
mod audit_events;
pub(crate) mod breach;
pub(crate) mod conflict;
pub mod custody;
pub(crate) mod disclosure;
pub mod file;
pub mod identity;
pub mod intake;
pub mod jobs;
pub mod papers;
pub mod printed;
pub(crate) mod queries;
mod quotation;
pub(crate) mod read_transaction;
pub mod receipt;
pub(crate) mod reporter;
pub(crate) mod retaliation;
pub(crate) mod screening;
pub mod sealing;
mod self_identification;
pub mod services;
pub mod sop;
pub(crate) mod steps;
pub(crate) mod store;
pub mod vault;
mod view_builder;
pub mod views;
pub(crate) mod warning;
mod workflow;

use crate::web::Registry;

/// Registers every operation of whistle-blowing, in the order of the SOP.
pub(crate) fn routes(config: &mut impl Registry) {
    config
        .service(steps::submit_complaint::submit_complaint)
        .service(reporter::sessions::open_complaint_session)
        .service(reporter::sessions::list_reporter_sessions)
        .service(reporter::sessions::end_other_reporter_sessions)
        .service(reporter::sessions::activate_slip)
        .service(reporter::sessions::verify_receipt)
        .service(queries::printing::print_receipt)
        .service(reporter::own_complaint::read_own_complaint)
        .service(reporter::own_complaint::list_own_messages)
        .service(reporter::own_complaint::write_to_office)
        .service(attachment::http::attach_to_complaint)
        .service(attachment::http::list_own_attachments)
        .service(attachment::http::download_own_attachment)
        .service(reporter::own_complaint::declare_identity)
        .service(reporter::own_complaint::read_own_answer)
        .service(steps::acknowledge_answer::acknowledge_answer)
        .service(reporter::own_complaint::read_access_log)
        .service(steps::report_retaliation::report_retaliation)
        .service(queries::retaliation_reports::list_own_retaliation_reports)
        .service(reporter::own_complaint::end_complaint_session)
        .service(steps::enter_paper_complaint::enter_paper_complaint)
        .service(attachment::scans::attach_scan)
        .service(queries::count_complaints)
        .service(queries::list_complaints)
        .service(queries::read_complaint)
        .service(queries::read_complaint_timeline)
        .service(queries::list_messages)
        .service(attachment::http::list_attachments)
        .service(attachment::http::download_attachment)
        .service(queries::list_conflicts)
        .service(queries::printing::read_disposition)
        .service(queries::printing::read_answer)
        .service(steps::dispose_complaint::dispose_complaint)
        .service(steps::declare_out_of_scope::declare_out_of_scope)
        .service(steps::forward_complaint::forward_complaint)
        .service(steps::warn_staff::warn_staff)
        .service(steps::resolve_complaint::resolve_complaint)
        .service(steps::draft_answer::draft_answer)
        .service(steps::sign_answer::sign_answer)
        .service(steps::return_answer::return_answer)
        .service(steps::write_to_reporter::write_to_reporter)
        .service(steps::recuse_from_complaint::recuse_from_complaint)
        .service(steps::declare_conflict::declare_conflict)
        .service(steps::refer_complaint::refer_complaint)
        .service(steps::recall_complaint::recall_complaint)
        .service(steps::settle_externally::settle_externally)
        .service(steps::hold_complaint::hold_complaint)
        .service(steps::release_complaint::release_complaint)
        .service(steps::reopen_complaint::reopen_complaint)
        .service(disclosure::http::request_disclosure)
        .service(disclosure::http::list_own_disclosures)
        .service(disclosure::http::list_disclosures)
        .service(disclosure::http::decide_disclosure)
        .service(disclosure::http::open_disclosure)
        .service(disclosure::http::open_disclosed_original)
        .service(breach::http::declare_breach)
        .service(breach::http::list_breaches)
        .service(breach::http::read_breach)
        .service(breach::http::record_breach_notice)
        .service(breach::http::close_breach)
        .service(queries::retaliation_reports::list_retaliation_reports)
        .service(queries::retaliation_reports::list_waiting_retaliation_reports)
        .service(steps::assess_retaliation::assess_retaliation)
        .service(alarms::list_alarms)
        .service(warning::list_warnings)
        .service(warning::state_side);
}
