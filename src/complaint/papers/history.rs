//! The history of a complaint as handlers and the reporter see it: with time for staff, in days for
//! the reporter.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use utoipa::openapi::schema::{ObjectBuilder, Type};

use super::retaliation_file::HIDDEN_TASKS;
use crate::complaint::identity::IdentityField;
use crate::complaint::sop::{Stage, Task};
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

/// Codes of all tasks and actions in the timeline of the handlers.
pub fn visible_codes() -> impl Iterator<Item = &'static str> {
    Task::all()
        .map(Task::code)
        .filter(|code| !HIDDEN_TASKS.contains(code))
        .chain(VISIBLE_ACTIONS)
}

fn task_code_schema() -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .description(Some("Code of what was done."))
        .enum_values(Some(visible_codes()))
        .examples(["dispose_complaint"])
}

/// A step of the timeline as the reporter sees it.
#[derive(Serialize, utoipa::ToSchema)]
pub struct ReporterStep {
    /// Day.
    #[schema(value_type = String, format = Date, example = "2026-07-07")]
    pub on: NaiveDate,
    /// Code of the task.
    #[schema(example = "dispose_complaint")]
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
    #[schema(example = "head")]
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
    #[schema(schema_with = task_code_schema)]
    pub task: String,
    /// Number of the printed step that the task is, or is part of.
    #[schema(example = 2)]
    pub step: Option<i16>,
    /// `staff`, `reporter` or `service`.
    #[schema(example = "staff")]
    pub actor: String,
    /// Roles under which staff acted.
    #[schema(example = json!(["head"]))]
    pub roles: Vec<String>,
    /// Kind of acting appointment: `plh` or `plt`.
    pub acting: Option<String>,
    /// Stage before the step.
    pub from_stage: Option<Stage>,
    /// Stage after the step.
    pub to_stage: Option<Stage>,
}
