//! What staff see of a complaint. Who reads what stands in one place here: the design's table of who sees what (whistleblowing 4.6).

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use super::file::{Line, Record};
use super::papers::form::{Category, Content};
use super::papers::of_staff::{Answer, Resolution, Signature};
use super::sop::{SOP, Stage, Task};
use crate::casework::ledger::{ClockView, reading};
use crate::casework::next::{NextView, RestView, next, rest};
use crate::casework::workflow::Asking;
use crate::ids::{ComplaintId, TeamId, WarningId};
use crate::sop::gate::AuthContext;
use crate::sop::role::{Role, Roles};
use crate::sop::working_time::Calendar;

/// Roles that read what the reporter wrote.
pub const READERS: [Role; 4] = [
    Role::Head,
    Role::PjiLead,
    Role::TeamLead,
    Role::ExternalHandler,
];

/// What somebody may read of a complaint they see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reads {
    /// Everything but the identity.
    All,
    /// The settlement and the answer, for drafting.
    Settlement,
    /// That it exists and how far it is.
    Cover,
}

impl Reads {
    /// What a holder of `roles` reads; `staff_reads` when the team lead has let team staff read the complaint itself.
    #[must_use]
    pub fn of(roles: Roles, staff_reads: bool) -> Self {
        if READERS.iter().any(|role| roles.has(*role)) || staff_reads && roles.has(Role::TeamStaff)
        {
            Self::All
        } else if roles.has(Role::TeamStaff) {
            Self::Settlement
        } else {
            Self::Cover
        }
    }

    /// The role under which it is read, for the reporter's access log.
    #[must_use]
    pub fn under(roles: Roles) -> Option<Role> {
        READERS
            .into_iter()
            .chain([Role::TeamStaff])
            .find(|role| roles.has(*role))
    }
}

/// A paper of one text.
#[derive(Serialize, utoipa::ToSchema)]
pub struct ComplaintPaper {
    /// What it says.
    #[schema(example = "Mohon ditanggapi sesuai prosedur.")]
    pub text: String,
    /// When it was written.
    pub at: DateTime<Utc>,
}

/// A letter of answer on its way.
#[derive(Serialize, utoipa::ToSchema)]
pub struct AnswerView {
    /// Counts the drafts.
    #[schema(example = 1)]
    pub draft: i16,
    /// What it says.
    #[serde(flatten)]
    pub letter: Answer,
    /// Why it was returned, if it was.
    pub returned: Option<String>,
    /// The signature, once it has one.
    pub signature: Option<Signature>,
}

/// A warning as the handlers of the case see it.
#[derive(Serialize, utoipa::ToSchema)]
pub struct WarningOfCase {
    /// Its id.
    pub id: WarningId,
    /// On which day it was issued.
    #[schema(value_type = String, format = Date, example = "2026-07-08")]
    pub issued_on: NaiveDate,
    /// What it says.
    #[schema(example = "Pungutan di luar tarif tidak dibenarkan.")]
    pub text: String,
    /// What the person stated (keterangan), if they did.
    #[schema(example = "Saya telah mengembalikan uang tersebut.")]
    pub statement: Option<String>,
}

/// What people of the office wrote, as far as the reader may read it.
#[derive(Default)]
pub struct Papers {
    pub(super) content: Option<Content>,
    pub(super) disposition: Option<ComplaintPaper>,
    pub(super) forwarding: Option<ComplaintPaper>,
    pub(super) resolution: Option<Resolution>,
    pub(super) answer: Option<AnswerView>,
    pub(super) reasons: Vec<ComplaintPaper>,
    pub(super) warnings: Vec<WarningOfCase>,
}

/// A complaint (pengaduan). The reporter's identity is in none of its fields, and nothing here says whether there is one.
#[derive(Serialize, utoipa::ToSchema)]
pub struct ComplaintView {
    /// Its id.
    pub id: ComplaintId,
    /// The number to call it by; random.
    #[schema(example = "WBS-2026-7K3F9QX")]
    pub public_number: String,
    /// `online` or `paper`.
    #[schema(example = "online")]
    pub channel: String,
    /// What it is about.
    pub category: Category,
    /// Where it is.
    pub stage: Stage,
    /// The day it was received on (WIB); no time of day is kept.
    #[schema(value_type = String, format = Date, example = "2026-07-06")]
    pub received_on: NaiveDate,
    /// The day it was closed on.
    #[schema(value_type = Option<String>, format = Date)]
    pub closed_on: Option<NaiveDate>,
    /// Whether it is kept as evidence.
    #[schema(example = false)]
    pub legal_hold: bool,
    /// Counts reopenings, from 1.
    #[schema(example = 1)]
    pub round: i16,
    /// The team it was forwarded to.
    pub team: Option<TeamId>,
    /// What the reporter wrote; null when it is not yours to read.
    pub content: Option<Content>,
    /// Disposisi.
    pub disposition: Option<ComplaintPaper>,
    /// Pengantar penerusan.
    pub forwarding: Option<ComplaintPaper>,
    /// Tanggapan.
    pub resolution: Option<Resolution>,
    /// The newest letter of answer.
    pub answer: Option<AnswerView>,
    /// Reasons of side ways: out of scope, referral, recall, reopening, hold.
    pub reasons: Vec<ComplaintPaper>,
    /// Teguran.
    pub warnings: Vec<WarningOfCase>,
    /// The clock of the step at hand.
    pub clock: Option<ClockView>,
    /// What may be done next, by whom, until when, and why the rest may not.
    pub next: Vec<NextView>,
    /// Every other task of the SOP, and why it is not its time or not yours.
    pub rest: Vec<RestView>,
}

impl ComplaintView {
    /// `record` as `who` sees it, with the papers they may read.
    #[must_use]
    pub fn of(
        record: Record,
        papers: Papers,
        who: Asking<'_>,
        calendar: &Calendar,
        now: DateTime<Utc>,
    ) -> Self {
        let clock = reading(&SOP, &record.turns, calendar, now);
        let standing: AuthContext<'_, Task> = AuthContext {
            who: who.who(),
            roles: record.roles,
            sees: true,
            done_by_caller: &record.done,
            done_by_anyone: &record.given,
        };
        let (next, rest) = (
            next::<Task>(record.stage, &standing, clock.as_ref(), |_| None),
            rest::<Task>(record.stage, &standing),
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

/// A complaint in a list: nothing that anybody wrote.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ComplaintSummary {
    /// Its id.
    pub id: ComplaintId,
    /// The number to call it by.
    #[schema(example = "WBS-2026-7K3F9QX")]
    pub public_number: String,
    /// `online` or `paper`.
    #[schema(example = "online")]
    pub channel: String,
    /// What it is about.
    pub category: Category,
    /// Where it is.
    pub stage: Stage,
    /// The day it was received on.
    #[schema(value_type = String, format = Date, example = "2026-07-06")]
    pub received_on: NaiveDate,
    /// Since when it is at this stage.
    pub stage_since: DateTime<Utc>,
    /// The clock of the step at hand.
    pub clock: Option<ClockView>,
}

impl ComplaintSummary {
    /// `line` at `now`.
    #[must_use]
    pub fn of(line: Line, calendar: &Calendar, now: DateTime<Utc>) -> Self {
        Self {
            id: line.id,
            public_number: line.public_number,
            channel: line.channel,
            category: line.category,
            stage: line.stage,
            received_on: line.received_on,
            stage_since: line.stage_since,
            clock: reading(&SOP, &line.turns, calendar, now),
        }
    }
}
