//! The history of a complaint as handlers and the reporter see it: with time for staff, in days for
//! the reporter.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use super::retaliation_file::HIDDEN_TASKS;
use crate::audit::ActorKind;
use crate::complaint::identity::IdentityField;
use crate::complaint::sop::{Stage, Task};
use crate::identity::signed_in::ActingKind;
use crate::sop::code_schema;
use crate::sop::role::Role;
use crate::sop::table::Task as _;

/// Actions outside the SOP that the timeline of the handlers shows. The other events of the trail
/// are for watchers: alarms, failed passphrases, shredding. A new action stays hidden until it is
/// listed here.
const VISIBLE_ACTIONS: [&str; 11] = [
    "activate_slip",
    "attach_scan",
    "state_side",
    "request_disclosure",
    "second_disclosure",
    "grant_disclosure",
    "deny_disclosure",
    "open_disclosure",
    "expire_disclosure",
    "freeze_disclosure",
    "thaw_disclosure",
];

/// Actions outside the SOP that the reporter's timeline shows: the reporter's own, and the scans of
/// the clerk that entered the complaint.
const REPORTER_ACTIONS: [&str; 5] = [
    "activate_slip",
    "activation_expired",
    "activation_replayed",
    "attach_scan",
    "reporter_wrote",
];

/// Codes of all tasks and actions in the timeline of the handlers.
pub fn visible_codes() -> impl Iterator<Item = &'static str> {
    Task::all()
        .map(Task::code)
        .filter(|code| !HIDDEN_TASKS.contains(code))
        .chain(VISIBLE_ACTIONS)
}

code_schema!(
    ComplaintActCode,
    "Code of a task of the SOP or of another act on a complaint.",
    visible_codes()
);

code_schema!(
    ReporterActCode,
    "Code of a task of the SOP or of another act of the reporter.",
    Task::all().map(Task::code).chain(REPORTER_ACTIONS)
);

/// A step of the timeline as the reporter sees it.
#[derive(Serialize, utoipa::ToSchema)]
pub struct ReporterStep {
    /// Day.
    #[schema(value_type = String, format = Date, example = "2026-07-07")]
    pub on: NaiveDate,
    /// Code of the task.
    #[schema(value_type = ReporterActCode)]
    pub task: String,
    /// Stage after the step.
    pub stage: Option<Stage>,
}

/// An access to the complaint by staff.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Access {
    /// Day.
    #[schema(value_type = String, format = Date, example = "2026-07-07")]
    pub on: NaiveDate,
    /// Role.
    #[schema(value_type = Role)]
    pub role: String,
    /// Number of persons with that role.
    #[schema(example = 1)]
    pub people: i64,
    /// Fields of your identity that were disclosed; null when none were.
    #[schema(example = json!(["address"]))]
    pub disclosed: Option<Vec<IdentityField>>,
    /// Number of your attachment with a disclosed original; null when none was.
    #[schema(example = json!(null))]
    pub original: Option<i32>,
}

/// A step of the timeline as staff sees it.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = ComplaintTimelineStep)]
pub struct TimelineStep {
    /// Time; null for acts of the reporter, of which only the day is stored.
    pub at: Option<DateTime<Utc>>,
    /// Day.
    #[schema(value_type = String, format = Date, example = "2026-07-07")]
    pub on: NaiveDate,
    /// Code of the task or action.
    #[schema(value_type = ComplaintActCode)]
    pub task: String,
    /// Number of the printed step that the task is, or is part of.
    #[schema(example = 2)]
    pub step: Option<i16>,
    /// `staff`, `reporter` or `service`.
    #[schema(value_type = ActorKind)]
    pub actor: String,
    /// Roles under which staff acted.
    #[schema(value_type = Vec<Role>)]
    pub roles: Vec<String>,
    /// Kind of acting appointment.
    #[schema(value_type = Option<ActingKind>)]
    pub acting: Option<String>,
    /// Stage before the step.
    pub from_stage: Option<Stage>,
    /// Stage after the step.
    pub to_stage: Option<Stage>,
}
