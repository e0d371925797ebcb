//! What may be done next with a complaint, as its reporter is told: by the same gate as everybody, and in days.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use crate::casework::ledger::reading;
use crate::casework::next;
use crate::complaint::file::Record;
use crate::complaint::sop::{SOP, Task};
use crate::sop::gate::{AuthContext, Who};
use crate::sop::role::Roles;
use crate::sop::working_time::{Calendar, WIB};

/// A task that starts at the complaint's present stage.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct OwnNext {
    /// The printed step it is, or is part of.
    #[schema(example = 7)]
    pub step: Option<u8>,
    /// Its code.
    #[schema(example = "acknowledge_answer")]
    pub task: &'static str,
    /// What it is, in Indonesian.
    #[schema(example = "Menerima surat jawaban")]
    pub title_id: &'static str,
    /// What it is, in English.
    #[schema(example = "Receive the answer")]
    pub title_en: &'static str,
    /// `reporter`, the role codes that may do it, or `system`.
    #[schema(example = "reporter")]
    pub actor: String,
    /// Whether you may do it now.
    pub allowed: bool,
    /// Why not: the problem code an attempt would get.
    #[schema(example = "not_your_step")]
    pub refusal: Option<&'static str>,
    /// Why not, in Indonesian.
    #[schema(example = "“Menandatangani surat jawaban” dikerjakan oleh Kepala Balai.")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason_id: Option<String>,
    /// Why not, in English.
    #[schema(example = "“Sign the letter of answer” is done by head (Kepala Balai).")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason_en: Option<String>,
    /// The day until which it is due.
    #[schema(value_type = Option<String>, format = Date, example = "2026-07-20")]
    pub due_on: Option<NaiveDate>,
}

/// Every task that starts where the complaint is.
pub(super) fn next(record: &Record, calendar: &Calendar, now: DateTime<Utc>) -> Vec<OwnNext> {
    let clock = reading(&SOP, &record.turns, calendar, now);
    let standing: AuthContext<'_, Task> = AuthContext {
        who: Who::Reporter,
        roles: Roles::NONE,
        sees: true,
        done_by_caller: &record.done,
        done_by_anyone: &record.given,
    };
    let tasks = next::next::<Task>(record.stage, &standing, clock.as_ref(), |_| None).into_iter();
    tasks
        .map(|one| OwnNext {
            step: one.step,
            task: one.task,
            title_id: one.title_id,
            title_en: one.title,
            actor: one.actor,
            allowed: one.allowed,
            refusal: one.refusal,
            reason_id: one.reason_id,
            reason_en: one.reason_en,
            due_on: one.due_at.map(|due| due.with_timezone(&WIB).date_naive()),
        })
        .collect()
}
