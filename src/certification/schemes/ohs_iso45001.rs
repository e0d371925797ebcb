//! Occupational health and safety, ISO 45001, with one additional row for SMK3. The office has not
//! said which of the two it certifies. All rows but the application letter are common practice.

use super::management_system as shared;
use super::requirement::{Basis, Confidence, Requirement};
use super::{Condition, Scheme, SchemeCode, Subject};
use crate::certification::facts::CertificationType;
use crate::sop::text::Term;

const PRACTICE: Basis = Basis {
    source: "Common practice of ISO 45001 and SMK3 certification bodies",
    confidence: Confidence::GeneralKnowledge,
};

/// The three levels are law; the numbers of criteria were not read there.
const SMK3_LEVELS: Basis = Basis {
    source: "PP 50/2012 for the three levels; common knowledge for the numbers of criteria",
    confidence: Confidence::GeneralKnowledge,
};

const fn paper(code: &'static str, title_en: &'static str, title_id: &'static str) -> Requirement {
    Requirement::paper(code, title_en, title_id, PRACTICE)
}

pub(super) static SCHEME: Scheme = Scheme {
    code: SchemeCode::OhsIso45001,
    title: Term {
        id: "Sertifikasi Sistem Manajemen Keselamatan dan Kesehatan Kerja",
        en: "Occupational health and safety management system certification",
    },
    standard: "ISO 45001:2018",
    version: 1,
    certifies: Subject::Scope,
    types: &[CertificationType::Smk3],
    requirements: &[
        shared::application_letter("K01"),
        shared::deed("K02", PRACTICE),
        shared::business_number("K03", PRACTICE),
        shared::taxpayer_number("K04", PRACTICE),
        paper(
            "K05",
            "Hazard identification, risk assessment and control (HIRADC)",
            "HIRADC",
        )
        .form(),
        paper("K06", "Health and safety policy", "Kebijakan K3"),
        paper(
            "K07",
            "Safety committee (P2K3), with the decree of the manpower office",
            "P2K3 (SK Disnaker)",
        ),
        paper("K08", "Appointed safety expert", "Ahli K3"),
        paper("K09", "Accident records", "Data kecelakaan").form(),
        paper("K10", "List of regulations", "Daftar regulasi").form(),
        Requirement::paper(
            "K11",
            "Level of implementation (64, 122 or 166 criteria)",
            "Tingkat penerapan (64/122/166 kriteria)",
            SMK3_LEVELS,
        )
        .form()
        .when(Condition::CertificationTypeIs(&[CertificationType::Smk3])),
    ],
};
