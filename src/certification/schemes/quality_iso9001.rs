//! Quality management, ISO 9001. The rows of system documents and charts come from a sister office;
//! the other rows are common practice until the office confirms them.

use super::management_system as shared;
use super::requirement::{Basis, Confidence, Requirement};
use super::{Scheme, SchemeCode, Subject};
use crate::sop::text::Term;

const SISTER_OFFICE: Basis = Basis {
    source: "LSSM BBTPPI Semarang, Informasi Sertifikasi ISO 9001 (2016), docplayer.info/40466204",
    confidence: Confidence::Medium,
};

const PRACTICE: Basis = Basis {
    source: "Common practice of ISO 9001 certification bodies",
    confidence: Confidence::GeneralKnowledge,
};

pub(super) static SCHEME: Scheme = Scheme {
    code: SchemeCode::QualityIso9001,
    title: Term {
        id: "Sertifikasi Sistem Manajemen Mutu (SMM)",
        en: "Quality management system certification",
    },
    standard: "ISO 9001:2015",
    version: 1,
    certifies: Subject::Scope,
    types: &[],
    requirements: &[
        shared::application_letter("Q01"),
        shared::deed("Q02", PRACTICE),
        shared::business_number("Q03", PRACTICE),
        shared::taxpayer_number("Q04", PRACTICE),
        Requirement::paper(
            "Q05",
            "Quality management documents, levels 1 and 2 (manual, procedures)",
            "Dokumen SMM level 1-2 (manual/prosedur)",
            SISTER_OFFICE,
        )
        .form()
        .bulky(),
        shared::organisation("Q06", SISTER_OFFICE),
        shared::business_process("Q07", SISTER_OFFICE),
        shared::production_flow("Q08", SISTER_OFFICE),
        shared::scope("Q09", PRACTICE),
        shared::personnel("Q10", PRACTICE),
        shared::internal_audit("Q11", PRACTICE),
        shared::management_review("Q12", PRACTICE),
        shared::regulations("Q13", PRACTICE),
        shared::consultant("Q14", PRACTICE),
        shared::certificate_to_transfer("Q15", PRACTICE),
    ],
};
