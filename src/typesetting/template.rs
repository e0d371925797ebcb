//! The forms: one text file for each paper or drawing, and those with what several share.

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
    /// A chart of the record, alone on its sheet.
    Chart,
    /// The poster of an SOP.
    Poster,
}

/// What the forms share: what is common to papers, and the charts.
pub(super) const SHARED: [(&str, &str); 2] = [
    ("surat.typ", include_str!("templates/surat.typ")),
    ("grafik.typ", include_str!("templates/grafik.typ")),
];

impl Template {
    /// Every form.
    pub const ALL: [Self; 10] = [
        Self::ApplicationLetter,
        Self::DeficiencySheet,
        Self::AuditConfirmation,
        Self::AuditNotice,
        Self::Disposition,
        Self::Answer,
        Self::Receipt,
        Self::Realization,
        Self::Chart,
        Self::Poster,
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
            Self::Chart => ("bagan.typ", include_str!("templates/bagan.typ")),
            Self::Poster => ("poster.typ", include_str!("templates/poster.typ")),
        }
    }
}
