//! Complaints as the steps and the views read them.

use chrono::{DateTime, NaiveDate, Utc};

use super::papers::form::{Category, Content};
use super::sealing::case_key::CaseKey;
use super::sop::{SOP, Stage, Task};
use crate::casework::ledger::ClockEntry;
use crate::casework::workflow::FileHeader;
use crate::ids::{ComplaintId, OfficeId, TeamId};
use crate::sop::role::{Role, Roles};

/// Roles that see only the complaints forwarded to one of their teams.
pub(crate) const TEAM_ROLES: [Role; 2] = [Role::TeamLead, Role::TeamStaff];

/// The columns of a complaint that the steps need.
pub(crate) struct Complaint {
    /// Id of the complaint.
    pub id: ComplaintId,
    /// Public number.
    pub public_number: String,
    /// Assigned team, once forwarded.
    pub team: Option<TeamId>,
    /// Key of the case.
    pub key: CaseKey,
    /// Day of receipt.
    pub received_on: NaiveDate,
    /// `online` or `paper`.
    pub channel: String,
}

/// Id, office and stage of a complaint: enough to notify its handlers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ComplaintStatus {
    /// Id of the complaint.
    pub case: ComplaintId,
    /// Office of the complaint.
    pub office: OfficeId,
    /// Stage of the complaint.
    pub stage: Stage,
}

impl ComplaintStatus {
    /// Status of the locked complaint.
    pub(crate) fn of(header: &FileHeader<Task>) -> Self {
        Self {
            case: header.file.id,
            office: header.office,
            stage: header.stage,
        }
    }
}

/// Row of a complaint with its sealed content, to build a view.
pub(crate) struct ComplaintRow {
    pub(super) id: ComplaintId,
    pub(super) office: OfficeId,
    pub(super) public_number: String,
    pub(super) channel: String,
    pub(super) category: Category,
    pub(super) stage: Stage,
    pub(super) version: i64,
    pub(super) round: i16,
    pub(super) team: Option<TeamId>,
    /// Roles under which the viewer sees the complaint.
    pub(super) roles: Roles,
    pub(super) staff_reads: bool,
    pub(super) received_on: NaiveDate,
    pub(super) closed_on: Option<NaiveDate>,
    pub(super) acknowledged_on: Option<NaiveDate>,
    pub(super) legal_hold: bool,
    pub(super) stage_since: DateTime<Utc>,
    pub(super) calendar_version: i32,
    pub(super) wrapped: Vec<u8>,
    pub(super) content: Vec<u8>,
    /// Whether warnings were issued in the case.
    pub(super) has_warnings: bool,
    pub(super) turns: Vec<ClockEntry>,
    pub(super) done_by_caller: Vec<Task>,
    pub(super) done_by_anyone: Vec<Task>,
}

/// List row of a complaint. Holds no text.
pub(crate) struct ComplaintListRow {
    pub(super) id: ComplaintId,
    pub(super) office: OfficeId,
    pub(super) public_number: String,
    pub(super) channel: String,
    pub(super) category: Category,
    pub(super) stage: Stage,
    pub(super) received_on: NaiveDate,
    pub(super) surfaced_at: DateTime<Utc>,
    pub(super) stage_since: DateTime<Utc>,
    pub(super) calendar_version: i32,
    pub(super) turns: Vec<ClockEntry>,
}

/// A complaint to insert.
pub(crate) struct NewComplaint<'a> {
    pub(super) id: ComplaintId,
    pub(super) office: OfficeId,
    pub(super) public_number: &'a str,
    pub(super) channel: &'static str,
    pub(super) category: Category,
    pub(super) content: &'a Content,
    pub(super) received_on: NaiveDate,
    pub(super) surfaces_at: DateTime<Utc>,
    pub(super) key: &'a CaseKey,
    pub(super) wrapped: Vec<u8>,
    pub(super) receipt_tag: Option<[u8; 32]>,
    pub(super) activation: Option<([u8; 32], NaiveDate)>,
}

/// Whether a complaint at `stage` was settled and not sent elsewhere since. The permission that one
/// team lead gave its drafters to read the content ends outside these stages.
pub fn is_settled(stage: Stage) -> bool {
    SOP.is_reachable_after(Task::ResolveComplaint, stage)
}

/// Whether the answer was delivered to the reporter of a complaint at `stage`.
pub fn is_answered(stage: Stage) -> bool {
    SOP.is_reachable_after(Task::DeliverAnswer, stage)
}
