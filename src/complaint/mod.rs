//! Whistle-blowing (penanganan whistle blowing): SOP 2 from a complaint to the acknowledged answer, with the reporter protected from everybody.
//!
//! Where to look first: `sop` is the table; `cabinet` holds the keys; `reading` and `store::viewer` are the one way to read; `counter` is the reporter's side.

pub mod admission;
pub mod alarms;
pub mod announcing;
pub mod answer;
pub mod attached;
pub mod attachment;
pub mod attempts;
pub mod breach;
pub mod breach_file;
pub mod cabinet;
pub mod case_key;
mod check_symbol;
pub mod clean;
pub mod conflict;
pub mod counter;
pub mod custodian;
pub mod custodian_key;
pub mod disclosure;
pub mod disclosure_file;
pub mod entrance;
mod envelope;
pub mod file;
pub mod form;
pub mod history;
pub mod identity;
pub mod intake;
pub mod jobs;
pub mod keys;
pub mod letter;
pub mod message;
pub mod mine;
mod naming;
pub mod opening_code;
pub mod other_channels;
pub mod own_next;
pub mod padding;
pub mod paper;
pub mod pickup;
pub mod pin;
mod posts;
pub mod printed;
pub mod printing;
pub mod protecting;
pub mod reading;
pub mod reads;
pub mod receipt;
pub mod receipt_code;
pub mod receipt_kind;
pub mod receipt_signer;
mod record;
mod rescreening;
pub mod retaliation;
pub mod retaliation_file;
pub mod retention;
pub mod retries;
pub mod room;
pub mod salts;
pub mod scan_permit;
pub mod screening;
pub mod sealed_file;
mod self_identification;
mod showing;
pub mod shred_salt;
mod slots;
pub mod sop;
pub mod steps;
pub mod store;
pub mod surfacing;
mod unheard;
mod vault;
pub mod views;
pub mod warning;
mod workflow;
pub mod wrapped_key;

use crate::web::Registry;

/// Every operation of whistle-blowing, in the order of the SOP.
pub fn routes(config: &mut impl Registry) {
    config
        .service(steps::submit_complaint::submit_complaint)
        .service(entrance::open_complaint_session)
        .service(entrance::activate_slip)
        .service(entrance::verify_receipt)
        .service(printing::print_receipt)
        .service(mine::read_own_complaint)
        .service(mine::list_own_messages)
        .service(mine::write_to_office)
        .service(attachment::http::attach_to_complaint)
        .service(attachment::http::list_own_attachments)
        .service(attachment::http::download_own_attachment)
        .service(mine::declare_identity)
        .service(mine::read_own_answer)
        .service(steps::acknowledge_answer::acknowledge_answer)
        .service(mine::read_access_log)
        .service(steps::report_retaliation::report_retaliation)
        .service(protecting::list_own_retaliation_reports)
        .service(mine::end_complaint_session)
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
        .service(printing::read_disposition)
        .service(printing::read_answer)
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
        .service(protecting::list_retaliation_reports)
        .service(protecting::list_waiting_retaliation_reports)
        .service(steps::assess_retaliation::assess_retaliation)
        .service(alarms::list_alarms)
        .service(warning::list_warnings)
        .service(warning::state_side);
}
