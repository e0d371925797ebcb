//! Certification (pelayanan sertifikasi): SOP 1 from application to dispatched audit notice.

pub(crate) mod announcing;
pub mod audit_time;
pub(crate) mod auditors;
pub(crate) mod billing;
pub(crate) mod checklist;
pub(crate) mod confirmation;
pub(crate) mod cost;
mod cost_suggestions;
pub(crate) mod deficiency;
pub mod facts;
pub(crate) mod file;
pub mod form;
mod letter;
pub(crate) mod mirror;
pub mod notice;
pub(crate) mod planning;
pub mod printed;
pub(crate) mod quantity;
pub(crate) mod queries;
pub mod schemes;
pub(crate) mod snapshot;
pub mod sop;
pub mod steps;
pub(crate) mod store;
pub mod tariffs;
pub(crate) mod team;
pub(crate) mod timeline;
pub(crate) mod verification;
mod viewer;
pub(crate) mod views;
mod workflow;

use crate::web::Registry;

/// Registers the operations of certification; steps in the order of the SOP.
pub(crate) fn routes(config: &mut impl Registry) {
    config
        .service(steps::start_application::start_application)
        .service(steps::amend_application::amend_application)
        .service(steps::attach_document::attach_document)
        .service(steps::submit_application::submit_application)
        .service(steps::file_application::file_application)
        .service(steps::verify_documents::verify_documents)
        .service(steps::propose_audit::propose_audit)
        .service(steps::complete_application::complete_application)
        .service(steps::draft_audit_notice::draft_audit_notice)
        .service(steps::initial_audit_notice::initial_audit_notice)
        .service(steps::sign_audit_notice::sign_audit_notice)
        .service(steps::return_audit_notice::return_audit_notice)
        .service(steps::void_audit_notice::void_audit_notice)
        .service(steps::dispatch_audit_notice::dispatch_audit_notice)
        .service(steps::reject_application::reject_application)
        .service(steps::withdraw_application::withdraw_application)
        .service(steps::record_payment::record_payment)
        .service(steps::record_audit_time::record_audit_time)
        .service(steps::replace_billing::replace_billing)
        .service(steps::cancel_billing::cancel_billing)
        .service(queries::list_applications)
        .service(queries::read_application)
        .service(queries::read_timeline)
        .service(queries::list_deficiency_sheets)
        .service(queries::list_audit_confirmations)
        .service(queries::read_deficiency_sheet)
        .service(queries::read_audit_confirmation)
        .service(queries::list_snapshots)
        .service(queries::compare_snapshots)
        .service(queries::list_documents)
        .service(queries::download_document)
        .service(mirror::http::read_mirror)
        .service(queries::read_audit_notice)
        .service(queries::list_audit_notices)
        .service(queries::read_billing)
        .service(cost_suggestions::suggest_cost)
        .service(tariffs::http::list_tariffs)
        .service(tariffs::http::preview_tariffs)
        .service(tariffs::http::import_tariffs)
        .service(tariffs::http::list_cost_components)
        .service(tariffs::http::preview_cost_components)
        .service(tariffs::http::import_cost_components)
        .service(auditors::http::add_auditor)
        .service(auditors::http::list_auditors)
        .service(auditors::http::read_auditor)
        .service(auditors::http::change_auditor)
        .service(auditors::http::declare_impartiality)
        .service(auditors::http::read_auditor_calendar)
        .service(planning::read_team_rules)
        .service(planning::suggest_team)
        .service(planning::read_audit_time)
        .service(queries::list_schemes)
        .service(queries::read_scheme);
    billing::routes(config);
}
