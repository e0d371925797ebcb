//! Names of posts of the office as people write them when they do not know or write the holder's
//! name. The only such list; the screening uses it.

use crate::sop::role::Role;

/// Other terms for the post of `role`, beside its term in the table of roles. “Plt.” and “Plh.” may
/// precede any of them.
pub fn synonyms(role: Role) -> &'static [&'static str] {
    match role {
        Role::Head => &[
            "Kepala BSPJI",
            "Kepala Kantor",
            "Kepala Baristand",
            "Kepala Satker",
            "Kepala Satuan Kerja",
            "Kepala Instansi",
            "Ka. Balai",
            "Kabalai",
            "Ka. BSPJI",
            "Ka. Kantor",
            "Pimpinan Balai",
            "Pimpinan BSPJI",
            "Pimpinan Kantor",
            "Plt. Kepala",
            "Plh. Kepala",
            "Pelaksana Tugas Kepala",
            "Pelaksana Harian Kepala",
        ],
        Role::PjiLead => &[
            "Ketua PJI",
            "Ketua Tim Kerja PJI",
            "Ketua Pokja PJI",
            "Koordinator PJI",
            "Ketua Tim Pengembangan Jasa Industri",
            "Ketua Tim Kerja Pengembangan Jasa Industri",
            "Ketua Pengembangan Jasa Industri",
            "Koordinator Pengembangan Jasa Industri",
        ],
        Role::SsLead => &[
            "Ketua SS",
            "Ketua Tim Kerja SS",
            "Ketua Pokja SS",
            "Koordinator SS",
            "Ketua Tim Standardisasi dan Sertifikasi",
            "Ketua Tim Standardisasi",
            "Ketua Tim Sertifikasi",
            "Ketua Standardisasi dan Sertifikasi",
        ],
        Role::TeamLead => &["Ketua Tim Teknis"],
        Role::TeamStaff => &["Staf Tim Terkait"],
        Role::PjiStaff => &["Staf Pengembangan Jasa Industri", "Petugas PJI"],
        Role::OperationsStaff => &["Petugas Operasional"],
        Role::IntakeClerk => &["Petugas Penerima Pengaduan", "Petugas Pengaduan"],
        Role::ConflictOfficer => &["Pejabat Benturan Kepentingan"],
        Role::ExternalHandler => &["Penanganan Eksternal"],
        Role::IdentityCustodian => &[
            "Penjaga Identitas Pelapor",
            "Kustodian Identitas",
            "Kustodian",
        ],
        Role::InternalAuditor => &["Auditor Intern", "Pengawas Internal", "Pengawas Intern"],
        Role::Treasurer => &["Bendahara"],
        Role::Admin => &["Admin Sistem", "Administrator Sistem"],
        Role::Customer => &[],
    }
}

/// Short terms that mean a post only in a field for a post, and would mean little in a text.
pub fn short_forms(role: Role) -> &'static [&'static str] {
    match role {
        Role::Head => &["Kepala", "Pimpinan", "Plt.", "Plh.", "Atasan tertinggi"],
        Role::Admin => &["Admin"],
        Role::PjiLead
        | Role::SsLead
        | Role::TeamLead
        | Role::TeamStaff
        | Role::PjiStaff
        | Role::OperationsStaff
        | Role::IntakeClerk
        | Role::ConflictOfficer
        | Role::ExternalHandler
        | Role::IdentityCustodian
        | Role::InternalAuditor
        | Role::Treasurer
        | Role::Customer => &[],
    }
}
