//! The forms: one text file for each paper, and `surat.typ` with what they share.

/// A form.
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

/// What the forms share.
pub(super) const SHARED: (&str, &str) = ("surat.typ", include_str!("templates/surat.typ"));

impl Template {
    /// Every form.
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

    /// The name of its file.
    #[must_use]
    pub fn file(self) -> &'static str {
        self.both().0
    }

    /// Its text.
    pub(super) fn text(self) -> &'static str {
        self.both().1
    }

    fn both(self) -> (&'static str, &'static str) {
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
