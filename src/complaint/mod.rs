//! Whistle-blowing (penanganan whistle blowing): SOP 2 from a complaint to the acknowledged answer, with the reporter protected from everybody.
//!
//! Where to look first: `sop` is the table, `steps` has a file for each row that somebody asks for (the service's own are in `jobs::surfacing`), `papers` what
//! is written on the road. `reading` and `store::viewer` are the one way to read; `reporter` is the reporter's side of the counter, `reads` that of the staff.
//! What protects whom: `sealing` and `custody` hold the keys, `vault` the identities, `screening` keeps whoever is concerned from knowing.

pub mod alarms;
pub mod announcing;
pub mod answer;
pub mod attachment;
pub mod breach;
pub mod cabinet;
pub mod clean;
pub mod conflict;
pub mod custody;
pub mod disclosure;
pub mod file;
pub mod identity;
pub mod intake;
pub mod jobs;
mod names;
pub mod papers;
pub mod printed;
mod quotation;
pub mod reading;
pub mod reads;
pub mod receipt;
mod record;
pub mod reporter;
pub mod retaliation;
pub mod screening;
pub mod sealing;
mod showing;
pub mod sop;
pub mod steps;
pub mod store;
pub mod vault;
pub mod views;
pub mod warning;
mod workflow;

use crate::web::Registry;

/// Every operation of whistle-blowing, in the order of the SOP.
pub fn routes(config: &mut impl Registry) {
    config
        .service(steps::submit_complaint::submit_complaint)
        .service(reporter::entrance::open_complaint_session)
        .service(reporter::entrance::activate_slip)
        .service(reporter::entrance::verify_receipt)
        .service(reads::printing::print_receipt)
        .service(reporter::mine::read_own_complaint)
        .service(reporter::mine::list_own_messages)
        .service(reporter::mine::write_to_office)
        .service(attachment::http::attach_to_complaint)
        .service(attachment::http::list_own_attachments)
        .service(attachment::http::download_own_attachment)
        .service(reporter::mine::declare_identity)
        .service(reporter::mine::read_own_answer)
        .service(steps::acknowledge_answer::acknowledge_answer)
        .service(reporter::mine::read_access_log)
        .service(steps::report_retaliation::report_retaliation)
        .service(reads::protecting::list_own_retaliation_reports)
        .service(reporter::mine::end_complaint_session)
        .service(steps::enter_paper_complaint::enter_paper_complaint)
        .service(attachment::scans::attach_scan)
        .service(reads::count_complaints)
        .service(reads::list_complaints)
        .service(reads::read_complaint)
        .service(reads::read_complaint_timeline)
        .service(reads::list_messages)
        .service(attachment::http::list_attachments)
        .service(attachment::http::download_attachment)
        .service(reads::list_conflicts)
        .service(reads::printing::read_disposition)
        .service(reads::printing::read_answer)
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
        .service(reads::protecting::list_retaliation_reports)
        .service(reads::protecting::list_waiting_retaliation_reports)
        .service(steps::assess_retaliation::assess_retaliation)
        .service(alarms::list_alarms)
        .service(warning::list_warnings)
        .service(warning::state_side);
}
