//! Staff views of a complaint. This file alone decides which role reads which part (design:
//! whistleblowing 4.6).

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use super::file::{ComplaintListRow, ComplaintRow};
use super::papers::form::{Category, Content};
use super::papers::of_staff::{Answer, Resolution, Signature};
use super::sop::{SOP, Stage, Task};
use crate::casework::ledger::{ClockView, current_clock};
use crate::casework::next::{NextView, RestView, next_tasks, other_tasks};
use crate::identity::SignedIn;
use crate::ids::{ComplaintId, TeamId, WarningId};
use crate::sop::code_schema;
use crate::sop::gate::{AuthContext, Principal};
use crate::sop::role::{Role, Roles};
use crate::sop::working_time::Calendar;

code_schema!(
    ComplaintChannel,
    "The way a complaint came in.",
    ["online", "paper"]
);

/// Roles that read the content of a complaint.
pub const READERS: [Role; 4] = [
    Role::Head,
    Role::PjiLead,
    Role::TeamLead,
    Role::ExternalHandler,
];

/// The part of a complaint that a staff member may read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReadAccess {
    /// Everything except the identity.
    All,
    /// The settlement and the answer, to draft the letter.
    Settlement,
    /// The existence and the stage only.
    StageOnly,
}

impl ReadAccess {
    /// Access of a holder of `roles`. `staff_reads`: the team lead lets team staff read the
    /// content.
    pub(crate) fn for_roles(roles: Roles, staff_reads: bool) -> Self {
        if READERS.iter().any(|role| roles.has(*role)) || staff_reads && roles.has(Role::TeamStaff)
        {
            Self::All
        } else if roles.has(Role::TeamStaff) {
            Self::Settlement
        } else {
            Self::StageOnly
        }
    }

    /// Role recorded in the reporter's access log.
    pub(crate) fn reading_role(roles: Roles) -> Option<Role> {
        READERS
            .into_iter()
            .chain([Role::TeamStaff])
            .find(|role| roles.has(*role))
    }
}

/// A paper with one text.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct ComplaintPaper {
    /// Text of the paper.
    #[schema(example = "Mohon ditanggapi sesuai prosedur.")]
    pub text: String,
    /// When the paper was written.
    pub at: DateTime<Utc>,
}

/// A letter of answer, from draft to signature.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct AnswerView {
    /// Number of the draft, from 1.
    #[schema(example = 1)]
    pub draft: i16,
    /// Subject and body of the letter.
    #[serde(flatten)]
    pub letter: Answer,
    /// Reason of the return; null when the draft was not returned.
    pub returned: Option<String>,
    /// The signature; null until the letter is signed.
    pub signature: Option<Signature>,
}

/// A warning, as the handlers of the complaint see it.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct WarningOfCase {
    /// Id of the warning.
    pub id: WarningId,
    /// Day of issue.
    #[schema(value_type = String, format = Date, example = "2026-07-08")]
    pub issued_on: NaiveDate,
    /// Text of the warning.
    #[schema(example = "Pungutan di luar tarif tidak dibenarkan.")]
    pub text: String,
    /// Statement of the warned person (keterangan); null until given.
    #[schema(example = "Saya telah mengembalikan uang tersebut.")]
    pub statement: Option<String>,
}

/// The papers of a complaint that the reader may read.
#[derive(Default)]
pub(crate) struct Papers {
    pub(super) content: Option<Content>,
    pub(super) disposition: Option<ComplaintPaper>,
    pub(super) forwarding: Option<ComplaintPaper>,
    pub(super) resolution: Option<Resolution>,
    pub(super) answer: Option<AnswerView>,
    pub(super) reasons: Vec<ComplaintPaper>,
    pub(super) warnings: Vec<WarningOfCase>,
}

/// A complaint (pengaduan). No field holds the reporter's identity or reveals whether there is one.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct ComplaintView {
    /// Id of the complaint.
    pub id: ComplaintId,
    /// Public number; random.
    #[schema(example = "WBS-2026-7K3F9QX")]
    pub public_number: String,
    /// `online` or `paper`.
    #[schema(value_type = ComplaintChannel)]
    pub channel: String,
    /// Category of the complaint.
    pub category: Category,
    /// Stage of the complaint.
    pub stage: Stage,
    /// Day of receipt (WIB); no time of day is stored.
    #[schema(value_type = String, format = Date, example = "2026-07-06")]
    pub received_on: NaiveDate,
    /// Day of the closing.
    #[schema(value_type = Option<String>, format = Date)]
    pub closed_on: Option<NaiveDate>,
    /// Whether a legal hold prevents its deletion.
    #[schema(example = false)]
    pub legal_hold: bool,
    /// Round of handling, from 1; each reopening starts a new one.
    #[schema(example = 1)]
    pub round: i16,
    /// Team that handles the complaint, once forwarded.
    pub team: Option<TeamId>,
    /// Content by the reporter; null when you may not read it.
    pub content: Option<Content>,
    /// Disposisi (disposition).
    pub disposition: Option<ComplaintPaper>,
    /// Pengantar penerusan (note of the forwarding).
    pub forwarding: Option<ComplaintPaper>,
    /// Tanggapan (response).
    pub resolution: Option<Resolution>,
    /// The newest letter of answer.
    pub answer: Option<AnswerView>,
    /// Reasons given outside the numbered steps: out of scope, referral, reopening, legal hold.
    pub reasons: Vec<ComplaintPaper>,
    /// Teguran (warnings).
    pub warnings: Vec<WarningOfCase>,
    /// Clock of the current step.
    pub clock: Option<ClockView>,
    /// Tasks that are possible at this stage: the roles, the deadline, and the reason why you may
    /// not take one.
    pub next: Vec<NextView>,
    /// All other tasks of the SOP, with the reason why each is not possible now.
    pub rest: Vec<RestView>,
}

impl ComplaintView {
    /// Builds the view of `record` for `caller`.
    pub(crate) fn of(
        record: ComplaintRow,
        papers: Papers,
        caller: Principal<&SignedIn>,
        calendar: &Calendar,
        now: DateTime<Utc>,
    ) -> Self {
        let clock = current_clock(&SOP, &record.turns, calendar, now);
        let standing: AuthContext<'_, Task> = AuthContext {
            caller: caller.map(|user| user.user.0),
            roles: record.roles,
            sees: true,
            done_by_caller: &record.done_by_caller,
            done_by_anyone: &record.done_by_anyone,
        };
        let (next, rest) = (
            next_tasks::<Task>(record.stage, &standing, clock.as_ref(), |_| None),
            other_tasks::<Task>(record.stage, &standing),
        );
        let Papers {
            content,
            disposition,
            forwarding,
            resolution,
            answer,
            reasons,
            warnings,
        } = papers;
        Self {
            id: record.id,
            public_number: record.public_number,
            channel: record.channel,
            category: record.category,
            stage: record.stage,
            received_on: record.received_on,
            closed_on: record.closed_on,
            legal_hold: record.legal_hold,
            round: record.round,
            team: record.team,
            content,
            disposition,
            forwarding,
            resolution,
            answer,
            reasons,
            warnings,
            clock,
            next,
            rest,
        }
    }
}

/// A complaint in a list. Holds no text.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct ComplaintSummary {
    /// Id of the complaint.
    pub id: ComplaintId,
    /// Public number; random.
    #[schema(example = "WBS-2026-7K3F9QX")]
    pub public_number: String,
    /// `online` or `paper`.
    #[schema(value_type = ComplaintChannel)]
    pub channel: String,
    /// Category of the complaint.
    pub category: Category,
    /// Stage of the complaint.
    pub stage: Stage,
    /// Day of receipt.
    #[schema(value_type = String, format = Date, example = "2026-07-06")]
    pub received_on: NaiveDate,
    /// When the complaint reached this stage.
    pub stage_since: DateTime<Utc>,
    /// Clock of the current step.
    pub clock: Option<ClockView>,
}

impl ComplaintSummary {
    /// Builds the list entry at `now`.
    pub(crate) fn of(line: ComplaintListRow, calendar: &Calendar, now: DateTime<Utc>) -> Self {
        Self {
            id: line.id,
            public_number: line.public_number,
            channel: line.channel,
            category: line.category,
            stage: line.stage,
            received_on: line.received_on,
            stage_since: line.stage_since,
            clock: current_clock(&SOP, &line.turns, calendar, now),
        }
    }
}
