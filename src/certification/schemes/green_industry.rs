//! Green industry, Sertifikasi Industri Hijau. The list joins two sources, of which one is
//! official. The origin of each row was not recorded, so no row but the application letter has high
//! confidence.

use super::management_system as shared;
use super::requirement::{Basis, Confidence, Requirement};
use super::{Scheme, SchemeCode, Subject};
use crate::sop::text::Term;

const TWO_LISTS: Basis = Basis {
    source: "sippn.menpan.go.id/pelayanan-publik/8196726 and scribd.com/document/680977545, joined",
    confidence: Confidence::Medium,
};

const fn paper(code: &'static str, title_en: &'static str, title_id: &'static str) -> Requirement {
    Requirement::paper(code, title_en, title_id, TWO_LISTS)
}

pub(super) static SCHEME: Scheme = Scheme {
    code: SchemeCode::GreenIndustry,
    title: Term {
        id: "Sertifikasi Industri Hijau",
        en: "Green industry certification",
    },
    standard: "Green industry standard (SIH) of the industry; Permenperin 39/2018",
    version: 1,
    certifies: Subject::Scope,
    types: &[],
    requirements: &[
        shared::application_letter("G01"),
        paper(
            "G02",
            "Industrial licence or registration (IUI or TDI)",
            "IUI/TDI",
        ),
        paper("G03", "Taxpayer number (NPWP)", "NPWP"),
        paper(
            "G04",
            "Environmental permit or SPPL",
            "Izin lingkungan/SPPL",
        ),
        paper(
            "G05",
            "Company profile (Form II-B)",
            "Profil (Formulir II-B)",
        )
        .form(),
        paper(
            "G06",
            "Description and flow chart",
            "Deskripsi dan diagram alir",
        )
        .form(),
        paper("G07", "Mass balance", "Neraca massa").form(),
        paper("G08", "Energy balance", "Neraca energi").form(),
        paper("G09", "Water balance", "Neraca air").form(),
        paper("G10", "Waste facilities", "Sarana limbah").bulky(),
        paper(
            "G11",
            "Waste test results of the last year",
            "Hasil uji limbah tahun terakhir",
        )
        .bulky()
        .no_older_than(12),
        paper("G12", "Hazardous waste (B3) permit", "Izin limbah B3"),
        paper("G13", "Standard operating procedures", "SOP")
            .form()
            .bulky(),
        paper("G14", "Policy and structure", "Kebijakan dan struktur"),
        paper(
            "G15",
            "Planning, implementation and monitoring",
            "Perencanaan, pelaksanaan, pemantauan",
        )
        .form()
        .bulky(),
        paper("G16", "Social responsibility (CSR) report", "Laporan CSR").bulky(),
    ],
};
