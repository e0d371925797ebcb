//! The Typst templates: one file for each document type, and `surat.typ` with the shared parts.

/// A document type with its Typst template.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Template {
    /// Surat permohonan sertifikasi.
    ApplicationLetter,
    /// Lembar kekurangan dokumen.
    DeficiencySheet,
    /// Lembar konfirmasi audit.
    AuditConfirmation,
    /// Surat pemberitahuan audit.
    AuditNotice,
    /// Lembar disposisi of a complaint.
    Disposition,
    /// Surat jawaban to a reporter.
    Answer,
    /// Tanda terima of a complaint or of its answer.
    Receipt,
    /// Laporan realisasi layanan sertifikasi.
    Realization,
}

/// File name and source of the shared template.
pub(super) const SHARED: (&str, &str) = ("surat.typ", include_str!("templates/surat.typ"));

impl Template {
    /// Every template.
    pub const ALL: [Self; 8] = [
        Self::ApplicationLetter,
        Self::DeficiencySheet,
        Self::AuditConfirmation,
        Self::AuditNotice,
        Self::Disposition,
        Self::Answer,
        Self::Receipt,
        Self::Realization,
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
            Self::AuditNotice => (
                "pemberitahuan.typ",
                include_str!("templates/pemberitahuan.typ"),
            ),
            Self::Disposition => ("disposisi.typ", include_str!("templates/disposisi.typ")),
            Self::Answer => ("jawaban.typ", include_str!("templates/jawaban.typ")),
            Self::Receipt => (
                "tanda-terima.typ",
                include_str!("templates/tanda-terima.typ"),
            ),
            Self::Realization => ("realisasi.typ", include_str!("templates/realisasi.typ")),
        }
    }
}
