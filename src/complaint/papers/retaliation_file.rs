//! A report of retaliation as stored. Account and assessments are sealed under the key of the case.
//! The state is stored in clear, because retention needs it, and is compared with the sealed
//! assessments.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::ids::UserId;
use crate::sop::role::Role;

/// Roles that protect reporters: the actors of the row `AssessRetaliation`.
pub const PROTECTORS: &[Role] = &[Role::ConflictOfficer];
/// Action in the audit trail: a protector was shown a report.
pub const READ_ACTION: &str = "read_retaliation";
/// Tasks that the audit trail records and the timeline of the handlers hides.
pub const HIDDEN_TASKS: [&str; 2] = ["report_retaliation", "assess_retaliation"];

/// Kind of retaliation that happened or is feared: detrimental conduct (ISO 37002 3.13; UU 31/2014
/// Pasal 10).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RetaliationKind {
    /// Dismissal, or end of a contract (pemutusan hubungan kerja atau kontrak).
    Dismissal,
    /// Suspension (pembebastugasan sementara).
    Suspension,
    /// Demotion (penurunan jabatan atau pangkat).
    Demotion,
    /// Transfer (pemindahan tugas atau tempat).
    Transfer,
    /// Disciplinary action (hukuman disiplin).
    DisciplinaryAction,
    /// Withheld pay or benefit (penahanan gaji, tunjangan atau hak).
    WithheldBenefit,
    /// Denied promotion, training or opportunity (penolakan promosi, pelatihan atau kesempatan).
    DeniedOpportunity,
    /// Discrimination or exclusion (diskriminasi atau pengucilan).
    Discrimination,
    /// Harassment or bullying (pelecehan atau perundungan).
    Harassment,
    /// Threat (ancaman).
    Threat,
    /// Violence against persons or property (kekerasan terhadap orang atau barang).
    Violence,
    /// Defamation or blacklisting (pencemaran nama atau daftar hitam).
    Blacklisting,
    /// Prosecution or lawsuit (tuntutan pidana atau gugatan perdata).
    LegalAction,
    /// Denial of service or loss of business (penolakan layanan, kerugian usaha).
    LossOfBusiness,
    /// Attempt to identify the reporter or to spread the identity (upaya mencari tahu atau
    /// menyebarkan siapa pelapornya).
    Exposure,
    /// Other (lainnya).
    Other,
}

/// Account of the reporter, stored sealed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RetaliationAccount {
    /// Kind of retaliation.
    pub kind: RetaliationKind,
    /// Whether the retaliation is feared and has not happened.
    pub feared: bool,
    /// Day on which it happened or is feared.
    pub day: Option<NaiveDate>,
    /// Text of the reporter.
    pub text: String,
}

/// Finding of an assessment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[derive(strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum RetaliationFinding {
    /// Retaliation, or good reason to fear it, is found (terbukti).
    Upheld,
    /// No retaliation is found (tidak terbukti).
    NotUpheld,
    /// Monitoring is needed, and another assessment: the report stays open (dalam pemantauan).
    NeedsWatch,
}

impl RetaliationFinding {
    /// Code in the audit trail.
    pub fn code(self) -> &'static str {
        self.into()
    }

    /// State of a report after this finding.
    pub fn resulting_state(self) -> State {
        match self {
            Self::Upheld | Self::NotUpheld => State::Settled,
            Self::NeedsWatch => State::Watched,
        }
    }
}

/// Measure to protect the reporter (ISO 37002 8.4.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RetaliationMeasure {
    /// The retaliator was ordered to stop (perintah menghentikan).
    OrderToStop,
    /// The detriment is undone (pemulihan).
    Restoration,
    /// Reporter and retaliator are separated (pemisahan tugas).
    Separation,
    /// Access to information was restricted (pembatasan akses).
    NarrowedAccess,
    /// The superior or the inspectorate takes action against the retaliator (penindakan).
    Discipline,
    /// Referred to the LPSK, the agency that protects witnesses (PP 43/2018 Pasal 12; UU 31/2014).
    LpskReferral,
    /// Reported to the police (laporan kepada kepolisian).
    PoliceReport,
    /// Regular contact with the reporter (pemantauan berkala).
    RegularContact,
    /// Other, as described in the text (lainnya).
    Other,
}

/// State of a report.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, sqlx::Type, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
#[schema(as = RetaliationState)]
#[derive(strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum State {
    /// Not assessed yet (menunggu penilaian).
    Open,
    /// Assessed, and to be assessed again (dipantau).
    Watched,
    /// Assessed with a final finding (selesai).
    Settled,
}

impl State {
    /// Code in the database.
    pub fn code(self) -> &'static str {
        self.into()
    }

    /// State of a report with these assessments.
    pub fn after(assessments: &[RetaliationAssessment]) -> Self {
        assessments
            .last()
            .map_or(Self::Open, |last| last.finding.resulting_state())
    }
}

/// An assessment, sealed together with the earlier ones.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RetaliationAssessment {
    /// Assessor. Shown to no one.
    pub by: UserId,
    /// Day.
    pub on: NaiveDate,
    /// Finding.
    pub finding: RetaliationFinding,
    /// Measures.
    pub measures: Vec<RetaliationMeasure>,
    /// Text for the reporter.
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
            assert!(HIDDEN_TASKS.contains(&task.code()), "{task:?}");
        }
    }

    fn assessed(finding: RetaliationFinding) -> RetaliationAssessment {
        RetaliationAssessment {
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
            State::after(&[assessed(RetaliationFinding::NeedsWatch)]),
            State::Watched
        );
        for end in [RetaliationFinding::Upheld, RetaliationFinding::NotUpheld] {
            assert_eq!(
                State::after(&[assessed(RetaliationFinding::NeedsWatch), assessed(end)]),
                State::Settled
            );
        }
    }

    #[test]
    fn codes_are_written_as_they_are_kept() {
        for state in [State::Open, State::Watched, State::Settled] {
            assert_eq!(serde_json::to_value(state).unwrap(), state.code());
        }
        for finding in [
            RetaliationFinding::Upheld,
            RetaliationFinding::NotUpheld,
            RetaliationFinding::NeedsWatch,
        ] {
            assert_eq!(serde_json::to_value(finding).unwrap(), finding.code());
        }
    }
}
