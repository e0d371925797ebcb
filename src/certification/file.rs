//! An application as the steps and the views know it: its file, and its whole record.

use chrono::{DateTime, NaiveDate, Utc};

use super::form::ApplicationForm;
use super::sop::{SOP, Stage, Task};
use crate::casework::ledger::Turn;
use crate::casework::workflow::Closed;
use crate::ids::{ApplicationId, CustomerId, OfficeId};
use crate::sop::role::Role;

/// What the steps need to know of an application.
#[derive(Debug)]
pub struct Application {
    /// Its id.
    pub id: ApplicationId,
    /// Whose it is.
    pub customer: CustomerId,
    /// Its number, once submitted.
    pub number: Option<String>,
    /// What the customer says.
    pub form: ApplicationForm,
    /// What the customer is asked for, while the file waits for the customer.
    pub asked: Option<Asked>,
}

/// What the customer is asked for at step 5.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// The last moment to answer.
    pub answer_by: DateTime<Utc>,
    /// Whether the last deficiency sheet holds an item.
    pub has_open_items: bool,
}

/// Why `task` is closed at `now` on a file whose customer is asked for `asked`.
#[must_use]
pub fn closed(task: Task, asked: Option<Asked>, now: DateTime<Utc>) -> Option<Closed> {
    let asked = asked?;
    let pointer = if task == Task::CompleteApplication {
        "/confirmation"
    } else {
        ""
    };
    if !matches!(task, Task::CompleteApplication | Task::AttachDocument) {
        return None;
    }
    if is_over(asked.answer_by, now) {
        return Some(Closed {
            pointer,
            code: "too_late",
            id: "Batas jawaban sudah lewat.",
            en: "It had to be answered before.",
        });
    }
    let (id, en) = (
        "Tidak ada butir yang terbuka pada putaran ini.",
        "No item is open in this round.",
    );
    (task == Task::AttachDocument && !asked.has_open_items).then_some(Closed {
        pointer,
        code: "not_open",
        id,
        en,
    })
}

/// Whether the last moment to answer has passed. The call, `next` and the job that expires the file all ask this.
#[must_use]
pub fn is_over(answer_by: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    answer_by < now
}

/// An application as read for showing.
#[derive(Debug)]
pub struct Record {
    pub(super) id: ApplicationId,
    pub(super) office: OfficeId,
    pub(super) customer: CustomerId,
    pub(super) customer_name: String,
    pub(super) number: Option<String>,
    pub(super) scheme_version: Option<i16>,
    pub(super) form: ApplicationForm,
    pub(super) stage: Stage,
    pub(super) version: i64,
    pub(super) round: i16,
    pub(super) created_at: DateTime<Utc>,
    pub(super) submitted_at: Option<DateTime<Utc>>,
    pub(super) stage_since: DateTime<Utc>,
    pub(super) calendar_version: i32,
    /// What the customer is asked for, while the file waits for the customer.
    pub(super) asked: Option<Asked>,
    /// The ledger of the step at hand.
    pub(super) turns: Vec<Turn>,
    /// What the one who asks has done on the draft at hand.
    pub(super) done: Vec<Task>,
    /// What anybody has done on it.
    pub(super) given: Vec<Task>,
    /// The first day of the audit, while the notice waits to be signed or sent.
    pub(super) audit_begins: Option<NaiveDate>,
}

/// The roles a file has been named to once it comes to `stage`: those of the stage, beside those of the road so far.
#[must_use]
pub fn named_at(stage: Stage) -> Vec<String> {
    SOP.roles_named_at(stage)
        .map(|role| role.code().to_owned())
        .collect()
}

/// The roles a file at `stage` waits for: those of its numbered steps and their parts. A side exit is open to its roles; nobody waits for it.
#[must_use]
pub fn waited_for_at(stage: Stage) -> Vec<String> {
    let waits_for = |role: &Role| {
        SOP.rows.iter().any(|row| {
            row.no.or(row.part_of).is_some()
                && row.actor.admits(*role)
                && row.targets(stage).is_some()
        })
    };
    Role::all()
        .filter(waits_for)
        .map(|role| role.code().to_owned())
        .collect()
}
