//! The Typst templates: one file for each type of document or drawing, `surat.typ` with the shared
//! parts of documents, and `grafik.typ` with the charts.

/// A type of document or drawing with its Typst template.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Template {
    /// Surat permohonan sertifikasi.
    ApplicationLetter,
    /// Lembar kekurangan dokumen.
    DeficiencySheet,
    /// Lembar konfirmasi audit.
    AuditConfirmation,
    /// Lembar perhitungan waktu audit.
    AuditTime,
    /// Surat pemberitahuan audit.
    AuditNotice,
    /// Lembar tagihan e-billing.
    BillingSheet,
    /// Lembar disposisi of a complaint.
    Disposition,
    /// Surat jawaban to a reporter.
    Answer,
    /// Tanda terima of a complaint or of its answer.
    Receipt,
    /// Laporan realisasi layanan sertifikasi.
    Realization,
    /// A single chart of the record.
    Chart,
    /// The poster of an SOP.
    Poster,
}

/// File name and source of the shared templates.
pub(super) const SHARED: [(&str, &str); 2] = [
    ("surat.typ", include_str!("templates/surat.typ")),
    ("grafik.typ", include_str!("templates/grafik.typ")),
];

impl Template {
    /// Every template.
    pub const ALL: [Self; 12] = [
        Self::ApplicationLetter,
        Self::DeficiencySheet,
        Self::AuditConfirmation,
        Self::AuditTime,
        Self::AuditNotice,
        Self::BillingSheet,
        Self::Disposition,
        Self::Answer,
        Self::Receipt,
        Self::Realization,
        Self::Chart,
        Self::Poster,
    ];

    /// The template's file name.
    pub fn file_name(self) -> &'static str {
        self.source_file().0
    }

    /// The template's Typst source.
    pub(super) fn source(self) -> &'static str {
        self.source_file().1
    }

    fn source_file(self) -> (&'static str, &'static str) {
        match self {
            Self::ApplicationLetter => ("permohonan.typ", include_str!("templates/permohonan.typ")),
            Self::DeficiencySheet => ("kekurangan.typ", include_str!("templates/kekurangan.typ")),
            Self::AuditConfirmation => ("konfirmasi.typ", include_str!("templates/konfirmasi.typ")),
            Self::AuditTime => ("waktu-audit.typ", include_str!("templates/waktu-audit.typ")),
            Self::AuditNotice => (
                "pemberitahuan.typ",
                include_str!("templates/pemberitahuan.typ"),
            ),
            Self::BillingSheet => ("tagihan.typ", include_str!("templates/tagihan.typ")),
            Self::Disposition => ("disposisi.typ", include_str!("templates/disposisi.typ")),
            Self::Answer => ("jawaban.typ", include_str!("templates/jawaban.typ")),
            Self::Receipt => (
                "tanda-terima.typ",
                include_str!("templates/tanda-terima.typ"),
            ),
            Self::Realization => ("realisasi.typ", include_str!("templates/realisasi.typ")),
            Self::Chart => ("bagan.typ", include_str!("templates/bagan.typ")),
            Self::Poster => ("poster.typ", include_str!("templates/poster.typ")),
        }
    }
}
