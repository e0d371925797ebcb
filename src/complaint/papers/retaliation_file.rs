//! A report of retaliation as it is kept: what the reporter said and what was found are sealed under the key of the case; how far it is lies in clear, for
//! retention must know, and is held against what is sealed.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::ids::UserId;
use crate::sop::role::Role;

/// Who protects reporters: the actors of the row of assessments.
pub const PROTECTORS: &[Role] = &[Role::ConflictOfficer];
/// That somebody who protects was shown a report, in the trail.
pub const READING: &str = "read_retaliation";
/// Its rows of the SOP: in the audit trail, and in no timeline of those who handle the complaint.
pub const UNTOLD: [&str; 2] = ["report_retaliation", "assess_retaliation"];

/// What was done to the reporter, or is feared: detrimental conduct (ISO 37002 3.13; UU 31/2014 Pasal 10).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = RetaliationKind)]
pub enum Kind {
    /// Pemutusan hubungan kerja atau kontrak.
    Dismissal,
    /// Pembebastugasan sementara.
    Suspension,
    /// Penurunan jabatan atau pangkat.
    Demotion,
    /// Pemindahan tugas atau tempat.
    Transfer,
    /// Hukuman disiplin.
    DisciplinaryAction,
    /// Penahanan gaji, tunjangan atau hak.
    WithheldBenefit,
    /// Penolakan promosi, pelatihan atau kesempatan.
    DeniedOpportunity,
    /// Diskriminasi atau pengucilan.
    Discrimination,
    /// Pelecehan atau perundungan.
    Harassment,
    /// Ancaman.
    Threat,
    /// Kekerasan terhadap orang atau barang.
    Violence,
    /// Pencemaran nama atau daftar hitam.
    Blacklisting,
    /// Tuntutan pidana atau gugatan perdata.
    LegalAction,
    /// Penolakan layanan, kerugian usaha.
    LossOfBusiness,
    /// Upaya mencari tahu atau menyebarkan siapa pelapornya.
    Exposure,
    /// Lainnya.
    Other,
}

/// What the reporter said, sealed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Told {
    /// Of what kind it is.
    pub kind: Kind,
    /// Whether it is feared and has not happened.
    pub feared: bool,
    /// On which day it happened, or is feared to.
    pub day: Option<NaiveDate>,
    /// In the reporter's words.
    pub text: String,
}

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = RetaliationFinding)]
pub enum Finding {
    /// There is retaliation, or good reason to fear it (terbukti).
    Upheld,
    /// There is none (tidak terbukti).
    NotUpheld,
    /// It must be watched, and assessed again: the report stays open (dalam pemantauan).
    NeedsWatch,
}

impl Finding {
    /// The code that stands in the audit trail.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Upheld => "upheld",
            Self::NotUpheld => "not_upheld",
            Self::NeedsWatch => "needs_watch",
        }
    }

    /// How far a report is that was assessed so.
    #[must_use]
    pub fn leads_to(self) -> State {
        match self {
            Self::Upheld | Self::NotUpheld => State::Settled,
            Self::NeedsWatch => State::Watched,
        }
    }
}

/// What is done to protect the reporter (ISO 37002 8.4.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = RetaliationMeasure)]
pub enum Measure {
    /// Whoever retaliates was told to stop (perintah menghentikan).
    OrderToStop,
    /// What was done is undone (pemulihan).
    Restoration,
    /// Reporter and retaliator are kept apart (pemisahan tugas).
    Separation,
    /// Who knows what was narrowed (pembatasan akses).
    NarrowedAccess,
    /// The superior or the inspectorate deals with whoever retaliates (penindakan).
    Discipline,
    /// Referred to the LPSK, the agency that protects witnesses (PP 43/2018 Pasal 12; UU 31/2014).
    LpskReferral,
    /// Reported to the police (laporan kepada kepolisian).
    PoliceReport,
    /// Somebody keeps asking after the reporter (pemantauan berkala).
    RegularContact,
    /// Lainnya, as the words say.
    Other,
}

/// How far a report is.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, sqlx::Type, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
#[schema(as = RetaliationState)]
pub enum State {
    /// To be assessed (menunggu penilaian).
    Open,
    /// Assessed, and to be assessed again (dipantau).
    Watched,
    /// Assessed with an end (selesai).
    Settled,
}

impl State {
    /// The code kept in the database.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Watched => "watched",
            Self::Settled => "settled",
        }
    }

    /// That of a report with these assessments.
    #[must_use]
    pub fn after(assessments: &[Assessed]) -> Self {
        assessments
            .last()
            .map_or(Self::Open, |last| last.finding.leads_to())
    }
}

/// One assessment, sealed with those before it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Assessed {
    /// By whom. Shown to nobody.
    pub by: UserId,
    /// On which day.
    pub on: NaiveDate,
    /// What was found.
    pub finding: Finding,
    /// What is done.
    pub measures: Vec<Measure>,
    /// The words for the reporter.
    pub text: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::complaint::sop::{SOP, Task};
    use crate::sop::table::{Actor, Task as _};

    #[test]
    fn the_table_says_who_protects_and_no_timeline_of_handlers_tells_of_either_task() {
        assert_eq!(
            SOP.row(Task::AssessRetaliation).actor,
            Actor::Person(PROTECTORS)
        );
        for task in [Task::ReportRetaliation, Task::AssessRetaliation] {
            assert!(UNTOLD.contains(&task.code()), "{task:?}");
        }
    }

    fn assessed(finding: Finding) -> Assessed {
        Assessed {
            by: UserId(uuid::Uuid::nil()),
            on: NaiveDate::MIN,
            finding,
            measures: Vec::new(),
            text: String::new(),
        }
    }

    #[test]
    fn a_report_is_settled_by_an_end_and_not_by_a_watch() {
        assert_eq!(State::after(&[]), State::Open);
        assert_eq!(
            State::after(&[assessed(Finding::NeedsWatch)]),
            State::Watched
        );
        for end in [Finding::Upheld, Finding::NotUpheld] {
            assert_eq!(
                State::after(&[assessed(Finding::NeedsWatch), assessed(end)]),
                State::Settled
            );
        }
    }

    #[test]
    fn codes_are_written_as_they_are_kept() {
        for state in [State::Open, State::Watched, State::Settled] {
            assert_eq!(serde_json::to_value(state).unwrap(), state.code());
        }
        for finding in [Finding::Upheld, Finding::NotUpheld, Finding::NeedsWatch] {
            assert_eq!(serde_json::to_value(finding).unwrap(), finding.code());
        }
    }
}
