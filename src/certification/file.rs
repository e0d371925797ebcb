//! The application as the steps use it (`Application`) and as the views use it
//! (`ApplicationRecord`).

use chrono::{DateTime, NaiveDate, Utc};

use super::form::ApplicationForm;
use super::sop::{Stage, Task};
use crate::casework::ledger::ClockEntry;
use crate::casework::workflow::TaskClosed;
use crate::ids::{ApplicationId, CustomerId, OfficeId};

/// The data of an application that the steps use.
#[derive(Debug)]
pub struct Application {
    /// Id of the application.
    pub id: ApplicationId,
    /// The customer it belongs to.
    pub customer: CustomerId,
    /// Its number; none before submission.
    pub number: Option<String>,
    /// The application form.
    pub form: ApplicationForm,
    /// The pending answer, while the file waits for the customer.
    pub pending_answer: Option<PendingAnswer>,
}

/// The answer that the customer owes at step 5.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PendingAnswer {
    /// Deadline of the answer (the last moment).
    pub answer_by: DateTime<Utc>,
    /// Whether the last deficiency sheet has items.
    pub has_open_items: bool,
}

/// Why `task` is closed at `now`, given the pending answer; `None` if it is open.
pub fn closed(
    task: Task,
    pending_answer: Option<PendingAnswer>,
    now: DateTime<Utc>,
) -> Option<TaskClosed> {
    let pending_answer = pending_answer?;
    let pointer = if task == Task::CompleteApplication {
        "/confirmation"
    } else {
        ""
    };
    if !matches!(task, Task::CompleteApplication | Task::AttachDocument) {
        return None;
    }
    if is_over(pending_answer.answer_by, now) {
        return Some(TaskClosed {
            pointer,
            code: "too_late",
            id: "Batas jawaban sudah lewat.",
            en: "The deadline for the answer has passed.",
        });
    }
    let (id, en) = (
        "Tidak ada butir yang terbuka pada putaran ini.",
        "No item is open in this round.",
    );
    (task == Task::AttachDocument && !pending_answer.has_open_items).then_some(TaskClosed {
        pointer,
        code: "not_open",
        id,
        en,
    })
}

/// True if the deadline of the answer has passed. The steps, `next` and the expiry job all use this
/// function.
pub fn is_over(answer_by: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    answer_by < now
}

/// An application with everything its views show.
#[derive(Debug)]
pub struct ApplicationRecord {
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
    /// The pending answer, while the file waits for the customer.
    pub(super) pending_answer: Option<PendingAnswer>,
    /// The clock entries of the application.
    pub(super) clock_entries: Vec<ClockEntry>,
    /// Tasks the caller has done on the current draft.
    pub(super) done_by_caller: Vec<Task>,
    /// Tasks anyone has done on the current draft.
    pub(super) done_by_anyone: Vec<Task>,
    /// The first day of the audit, while the notice waits for signature or dispatch.
    pub(super) audit_begins: Option<NaiveDate>,
}
