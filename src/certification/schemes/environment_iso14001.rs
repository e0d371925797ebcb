//! Environmental management, ISO 14001: the rows of ISO 9001 and the documents of environmental
//! law. All rows but the application letter are common practice. If the law does not require a
//! document of a company, the verifier marks the row as not applicable.

use super::management_system as shared;
use super::requirement::{Basis, Confidence, Requirement};
use super::{Scheme, SchemeCode, Subject};
use crate::sop::text::Term;

const PRACTICE: Basis = Basis {
    source: "Common practice of ISO 14001 certification bodies",
    confidence: Confidence::GeneralKnowledge,
};

const fn paper(code: &'static str, title_en: &'static str, title_id: &'static str) -> Requirement {
    Requirement::paper(code, title_en, title_id, PRACTICE)
}

pub(super) static SCHEME: Scheme = Scheme {
    code: SchemeCode::EnvironmentIso14001,
    title: Term {
        id: "Sertifikasi Sistem Manajemen Lingkungan",
        en: "Environmental management system certification",
    },
    standard: "ISO 14001:2015",
    version: 1,
    certifies: Subject::Scope,
    types: &[],
    requirements: &[
        shared::application_letter("E01"),
        shared::deed("E02", PRACTICE),
        shared::business_number("E03", PRACTICE),
        shared::taxpayer_number("E04", PRACTICE),
        paper(
            "E05",
            "Environmental management documents, levels 1 and 2 (manual, procedures)",
            "Dokumen SML level 1-2 (manual/prosedur)",
        )
        .form()
        .bulky(),
        shared::organisation("E06", PRACTICE),
        shared::business_process("E07", PRACTICE),
        shared::production_flow("E08", PRACTICE),
        shared::scope("E09", PRACTICE),
        shared::personnel("E10", PRACTICE),
        shared::internal_audit("E11", PRACTICE),
        shared::management_review("E12", PRACTICE),
        shared::regulations("E13", PRACTICE),
        shared::consultant("E14", PRACTICE),
        shared::certificate_to_transfer("E15", PRACTICE),
        paper(
            "E16",
            "Environmental document (AMDAL, UKL-UPL or SPPL)",
            "Dokumen lingkungan (AMDAL/UKL-UPL/SPPL)",
        )
        .bulky(),
        paper(
            "E17",
            "Permits for hazardous waste (B3) and water",
            "Izin limbah B3/air",
        ),
        paper(
            "E18",
            "Register of aspects and impacts",
            "Daftar aspek-dampak",
        )
        .form(),
        paper("E19", "Compliance obligations", "Kewajiban penaatan").form(),
        paper(
            "E20",
            "PROPER rating or RKL-RPL report",
            "PROPER/laporan RKL-RPL",
        )
        .bulky(),
        paper("E21", "Emergency response", "Tanggap darurat").form(),
    ],
};
