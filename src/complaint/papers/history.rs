//! What happened to a complaint, as its handlers and its reporter are told: for staff the moment, for reporters the day.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use utoipa::openapi::schema::{ObjectBuilder, Type};

use super::retaliation_file::UNTOLD;
use crate::complaint::identity::IdentityField;
use crate::complaint::sop::{Stage, Task};
use crate::sop::table::Task as _;

/// Acts beside the SOP of which those who handle a complaint are told. The rest of the trail is for who watches over it: alarms, guesses, what was shredded. A
/// new act is told to nobody until it stands here.
const TOLD: [&str; 11] = [
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

/// The codes of everything of which those who handle a complaint are told.
pub fn told() -> impl Iterator<Item = &'static str> {
    Task::all()
        .map(Task::code)
        .filter(|code| !UNTOLD.contains(code))
        .chain(TOLD)
}

fn code_of_what_is_told() -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .description(Some("Code of what was done."))
        .enum_values(Some(told()))
        .examples(["dispose_complaint"])
}

/// Something that happened, as the reporter is told.
#[derive(Serialize, utoipa::ToSchema)]
pub struct ReporterStep {
    /// On which day.
    #[schema(value_type = String, format = Date, example = "2026-07-07")]
    pub on: NaiveDate,
    /// What, as the SOP calls it.
    #[schema(example = "dispose_complaint")]
    pub task: String,
    /// Where the complaint came to.
    pub stage: Option<Stage>,
}

/// That people of the office opened it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Access {
    /// On which day.
    #[schema(value_type = String, format = Date, example = "2026-07-07")]
    pub on: NaiveDate,
    /// Under which role.
    #[schema(example = "head")]
    pub role: String,
    /// How many people of that role.
    #[schema(example = 1)]
    pub people: i64,
    /// The parts of your identity that were opened to them; null when there were none.
    #[schema(example = json!(["address"]))]
    pub disclosed: Option<Vec<IdentityField>>,
    /// The number of your attachment whose original was opened to them; null when there was none.
    #[schema(example = json!(null))]
    pub original: Option<i32>,
}

/// Something done to a complaint.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = ComplaintTimelineStep)]
pub struct TimelineStep {
    /// When; null for acts of the reporter, of which only the day is known.
    pub at: Option<DateTime<Utc>>,
    /// On which day.
    #[schema(value_type = String, format = Date, example = "2026-07-07")]
    pub on: NaiveDate,
    /// Code of what was done.
    #[schema(schema_with = code_of_what_is_told)]
    pub task: String,
    /// The printed step it is, or is part of.
    #[schema(example = 2)]
    pub step: Option<i16>,
    /// `staff`, `reporter` or `service`.
    #[schema(example = "staff")]
    pub actor: String,
    /// The roles under which staff did it.
    #[schema(example = json!(["head"]))]
    pub roles: Vec<String>,
    /// `plh` or `plt`.
    pub acting: Option<String>,
    /// From which stage.
    pub from_stage: Option<Stage>,
    /// To which stage.
    pub to_stage: Option<Stage>,
}
