//! A complaint as the steps and the views know it: its file, and its whole record.

use chrono::{DateTime, NaiveDate, Utc};

use super::papers::form::{Category, Content};
use super::sealing::case_key::CaseKey;
use super::sop::{SOP, Stage, Task};
use crate::casework::ledger::Turn;
use crate::casework::workflow::FileHeader;
use crate::ids::{ComplaintId, OfficeId, TeamId};
use crate::sop::role::{Role, Roles};
use crate::sop::table::Actor;

/// Roles that see only what was forwarded to a team of theirs.
pub const OF_A_TEAM: [Role; 2] = [Role::TeamLead, Role::TeamStaff];

/// What the steps need to know of a complaint.
pub struct Complaint {
    /// Its id.
    pub id: ComplaintId,
    /// The number staff and reporter call it by.
    pub public_number: String,
    /// Its team, once forwarded.
    pub team: Option<TeamId>,
    /// The key of the case.
    pub key: CaseKey,
    /// The day it was received on.
    pub received_on: NaiveDate,
    /// On line or on paper.
    pub channel: String,
}

/// A complaint, as far as it takes to tell of it.
#[derive(Debug, Clone, Copy)]
pub struct Whereabouts {
    /// Which.
    pub case: ComplaintId,
    /// Of which office.
    pub office: OfficeId,
    /// Where it is.
    pub stage: Stage,
}

impl Whereabouts {
    /// Those of a file.
    #[must_use]
    pub fn of(header: &FileHeader<Task>) -> Self {
        Self {
            case: header.file.id,
            office: header.office,
            stage: header.stage,
        }
    }
}

/// A complaint as read for showing.
pub struct Record {
    pub(super) id: ComplaintId,
    pub(super) office: OfficeId,
    pub(super) public_number: String,
    pub(super) channel: String,
    pub(super) category: Category,
    pub(super) stage: Stage,
    pub(super) version: i64,
    pub(super) round: i16,
    pub(super) team: Option<TeamId>,
    /// The roles under which the one who asks sees it.
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
    pub(super) turns: Vec<Turn>,
    pub(super) done: Vec<Task>,
    pub(super) given: Vec<Task>,
}

/// What a list shows of a complaint: nothing that anybody wrote.
pub struct Line {
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
    pub(super) turns: Vec<Turn>,
}

/// A complaint about to be handed in.
pub struct NewComplaint<'a> {
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

/// The roles that see a file from `stage` on.
#[must_use]
pub fn named_at(stage: Stage) -> Vec<String> {
    SOP.roles_named_at(stage)
        .map(|role| role.code().to_owned())
        .collect()
}

/// The roles a file at `stage` waits for: those of its numbered steps and their parts; where there are none, those whose row leads on.
#[must_use]
pub fn waited_for_at(stage: Stage) -> Vec<String> {
    let of_people = || {
        SOP.rows.iter().filter(move |row| {
            row.targets(stage).is_some() && matches!(row.actor, Actor::Person(_))
        })
    };
    let measured = |role: &Role| {
        of_people().any(|row| row.no.or(row.part_of).is_some() && row.actor.admits(*role))
    };
    let leading =
        |role: &Role| of_people().any(|row| row.leads_on(stage) && row.actor.admits(*role));
    let wanted: &dyn Fn(&Role) -> bool = if SOP.waiting_at(stage).is_some() {
        &measured
    } else {
        &leading
    };
    Role::all()
        .filter(wanted)
        .map(|role| role.code().to_owned())
        .collect()
}

/// Whether nothing is to be done any more to a file at `stage`, but to take it up again.
#[must_use]
pub fn is_closed(stage: Stage) -> bool {
    !SOP.rows.iter().any(|row| row.leads_on(stage))
}

/// Whether a file at `stage` has been settled, and not been taken elsewhere since: what one team's lead let its drafter read, the next lead has not.
#[must_use]
pub fn is_settled(stage: Stage) -> bool {
    SOP.is_behind(Task::ResolveComplaint, stage)
}

/// Whether the office's answer lies before the reporter of a file at `stage`.
#[must_use]
pub fn is_answered(stage: Stage) -> bool {
    SOP.is_behind(Task::DeliverAnswer, stage)
}
