//! The letterhead (kop surat). Who the office is changes with a decree, not with a deployment, so it is one constant; address and telephone must be
//! confirmed by the office before a letter leaves it.

use serde::Serialize;

/// What stands above every letter of an office.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Letterhead {
    /// The ministry (kementerian).
    pub ministry: &'static str,
    /// The agency within it (badan).
    pub agency: &'static str,
    /// The office (balai), as its full name goes over lines.
    pub office: &'static [&'static str],
    /// Street, post code, telephone; web and mail: one line each.
    pub address: &'static [&'static str],
    /// Where letters say they were written.
    pub city: &'static str,
    /// The office in running text.
    pub name: &'static str,
}

/// The office this service was made for (Permenperin 1/2022). Address, telephone and mail are placeholders until the office confirms its own.
pub const BSPJI_PALEMBANG: Letterhead = Letterhead {
    ministry: "KEMENTERIAN PERINDUSTRIAN REPUBLIK INDONESIA",
    agency: "BADAN STANDARDISASI DAN KEBIJAKAN JASA INDUSTRI",
    office: &[
        "BALAI STANDARDISASI DAN PELAYANAN",
        "JASA INDUSTRI PALEMBANG",
    ],
    address: &[
        "Jalan Perindustrian II No. 12, Km 9, Sukarami, Palembang 30152",
        "Telepon (0711) 555 0100 · Faksimile (0711) 555 0101",
        "Pos-el: bspji.palembang@example.go.id · Laman: bspjipalembang.example.go.id",
    ],
    city: "Palembang",
    name: "Balai Standardisasi dan Pelayanan Jasa Industri Palembang",
};
