//! Food-safety management, ISO 22000: the rows of ISO 9001 and the documents of hazard analysis.
//! All rows but the application letter are common practice until the office confirms them.

use super::management_system as shared;
use super::requirement::{Basis, Confidence, Requirement};
use super::{Scheme, SchemeCode, Subject};
use crate::sop::text::Term;

const PRACTICE: Basis = Basis {
    source: "Common practice of ISO 22000 certification bodies",
    confidence: Confidence::GeneralKnowledge,
};

const fn paper(code: &'static str, title_en: &'static str, title_id: &'static str) -> Requirement {
    Requirement::paper(code, title_en, title_id, PRACTICE)
}

pub(super) static SCHEME: Scheme = Scheme {
    code: SchemeCode::FoodSafetyIso22000,
    title: Term {
        id: "Sertifikasi Sistem Manajemen Keamanan Pangan",
        en: "Food-safety management system certification",
    },
    standard: "ISO 22000:2018",
    version: 1,
    certifies: Subject::Scope,
    types: &[],
    requirements: &[
        shared::application_letter("F01"),
        shared::deed("F02", PRACTICE),
        shared::business_number("F03", PRACTICE),
        shared::taxpayer_number("F04", PRACTICE),
        paper(
            "F05",
            "Food-safety management documents, levels 1 and 2 (manual, procedures)",
            "Dokumen SMKP level 1-2 (manual/prosedur)",
        )
        .form()
        .bulky(),
        shared::organisation("F06", PRACTICE),
        shared::business_process("F07", PRACTICE),
        shared::production_flow("F08", PRACTICE),
        shared::scope("F09", PRACTICE),
        shared::personnel("F10", PRACTICE),
        shared::internal_audit("F11", PRACTICE),
        shared::management_review("F12", PRACTICE),
        shared::regulations("F13", PRACTICE),
        shared::consultant("F14", PRACTICE),
        shared::certificate_to_transfer("F15", PRACTICE),
        paper("F16", "HACCP plan", "HACCP plan").form().bulky(),
        paper("F17", "Prerequisite programmes (PRP/CPPOB)", "PRP/CPPOB").form(),
        paper("F18", "Product description", "Deskripsi produk").form(),
        paper("F19", "Verified flow chart", "Diagram alir terverifikasi"),
        paper(
            "F20",
            "Distribution permit (MD or PIRT)",
            "Izin edar (MD/PIRT)",
        ),
        paper("F21", "Number of HACCP studies", "Jumlah HACCP study").form(),
        paper("F22", "Product recall", "Penarikan produk").form(),
    ],
};
