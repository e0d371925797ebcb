//! Rows that several schemes share, most of them the rows of ISO 9001. The caller gives the code
//! and the basis: the same document may be well sourced for one scheme and assumed for another.

use super::Condition;
use super::requirement::{Basis, Confidence, Requirement};
use crate::certification::facts::ApplicationKind;

const PRINTED_SOP: Basis = Basis {
    source: "SOP Pelayanan Sertifikasi of BSPJI Palembang, step 1",
    confidence: Confidence::High,
};

/// The only document that the SOP itself requires, for all six schemes.
pub(super) const fn application_letter(code: &'static str) -> Requirement {
    Requirement::paper(code, "Application letter", "Surat permohonan", PRINTED_SOP)
}

pub(super) const fn deed(code: &'static str, basis: Basis) -> Requirement {
    Requirement::paper(
        code,
        "Legal standing: deed of establishment",
        "Legalitas: akta",
        basis,
    )
}

pub(super) const fn business_number(code: &'static str, basis: Basis) -> Requirement {
    Requirement::paper(
        code,
        "Legal standing: business number (NIB)",
        "Legalitas: NIB",
        basis,
    )
}

pub(super) const fn taxpayer_number(code: &'static str, basis: Basis) -> Requirement {
    Requirement::paper(
        code,
        "Legal standing: taxpayer number (NPWP)",
        "Legalitas: NPWP",
        basis,
    )
}

pub(super) const fn organisation(code: &'static str, basis: Basis) -> Requirement {
    Requirement::paper(code, "Organisation structure", "Struktur organisasi", basis)
}

pub(super) const fn business_process(code: &'static str, basis: Basis) -> Requirement {
    Requirement::paper(code, "Business process", "Proses bisnis", basis)
}

pub(super) const fn production_flow(code: &'static str, basis: Basis) -> Requirement {
    Requirement::paper(
        code,
        "Production flow chart",
        "Diagram alir produksi",
        basis,
    )
}

pub(super) const fn scope(code: &'static str, basis: Basis) -> Requirement {
    Requirement::paper(
        code,
        "Scope and exclusions",
        "Lingkup dan pengecualian",
        basis,
    )
    .form()
}

pub(super) const fn personnel(code: &'static str, basis: Basis) -> Requirement {
    Requirement::paper(
        code,
        "Number of personnel per shift and location",
        "Jumlah personel per shift dan lokasi",
        basis,
    )
    .form()
}

pub(super) const fn internal_audit(code: &'static str, basis: Basis) -> Requirement {
    Requirement::paper(
        code,
        "Latest internal audit",
        "Audit internal terakhir",
        basis,
    )
    .form()
}

pub(super) const fn management_review(code: &'static str, basis: Basis) -> Requirement {
    Requirement::paper(
        code,
        "Latest management review",
        "Tinjauan manajemen terakhir",
        basis,
    )
    .form()
}

pub(super) const fn regulations(code: &'static str, basis: Basis) -> Requirement {
    Requirement::paper(code, "List of regulations", "Daftar peraturan", basis).form()
}

/// "None" is a valid statement. Without a statement the two-year impartiality rule cannot be
/// checked.
pub(super) const fn consultant(code: &'static str, basis: Basis) -> Requirement {
    Requirement::paper(
        code,
        "Consultant used, or a statement that there was none",
        "Konsultan yang dipakai",
        basis,
    )
    .form()
}

pub(super) const fn certificate_to_transfer(code: &'static str, basis: Basis) -> Requirement {
    Requirement::paper(code, "Existing certificate", "Sertifikat lama", basis)
        .when(Condition::KindIs(&[ApplicationKind::Transfer]))
}
