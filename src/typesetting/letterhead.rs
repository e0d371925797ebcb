//! The letterhead (kop surat). The office's identity changes by ministerial decree, not by
//! deployment, so the letterhead is a constant. The office must confirm address and telephone
//! before the first letter is sent.

use serde::Serialize;

/// The letterhead of an office.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Letterhead {
    /// The ministry (kementerian).
    pub ministry: &'static str,
    /// The agency within it (badan).
    pub agency: &'static str,
    /// The office (balai): its full name, line by line.
    pub office: &'static [&'static str],
    /// Street and post code; telephone and fax; e-mail and web: one line each.
    pub address: &'static [&'static str],
    /// The city in the date line of letters.
    pub city: &'static str,
    /// The office's name in running text.
    pub name: &'static str,
}

/// The office this service was made for (Permenperin 1/2022). Address, telephone and mail are
/// placeholders until the office confirms its own.
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
