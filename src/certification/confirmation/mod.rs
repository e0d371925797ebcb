//! The audit confirmation sheet (lembar konfirmasi audit): dates, team and cost as proposed, and the customer's answer.

pub mod store;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::auditors::{self, TeamMember, team_faults};
use super::cost::{self, CostLine};
use super::form::text;
use super::sop::Task;
use crate::casework::desk::OpenFile;
use crate::casework::jobs::{self, Job};
use crate::error::{Error, Fault, Result, fault};
use crate::ids::{ApplicationId, AuditorId};
use crate::web::body::Check;

/// The most dates to choose from.
const DATES: usize = 10;

/// How long after the last usable moment the expiry runs: the engine goes by the database's clock, and a job that came early by ours would do nothing
/// and not come again.
const GRACE: TimeDelta = TimeDelta::minutes(1);

/// What the office proposes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Proposal {
    /// First days the audit could begin on; the customer chooses one.
    pub proposed_dates: Vec<NaiveDate>,
    /// Who would come.
    pub proposed_team: Vec<TeamMember>,
    /// What it would cost.
    pub cost_estimate: Vec<CostLine>,
    /// Until when the customer may answer: the last usable moment.
    pub answer_by: DateTime<Utc>,
}

impl Check for Proposal {
    fn faults(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        if self.proposed_dates.is_empty() || self.proposed_dates.len() > DATES {
            faults.push(fault("/proposed_dates", "wrong_value", "Usulkan 1 sampai 10 tanggal.", "Propose 1 to 10 dates."));
        }
        faults.extend(cost::faults(&self.cost_estimate, "/cost_estimate"));
        faults
    }
}

impl Proposal {
    /// What is wrong with it on `now`'s day.
    #[must_use]
    pub fn faults_at(&self, now: DateTime<Utc>) -> Vec<Fault> {
        let mut faults = Vec::new();
        if self.answer_by <= now {
            faults.push(fault("/answer_by", "in_the_past", "Batas jawaban sudah lewat.", "It must lie in the future."));
        }
        for (i, _) in self
            .proposed_dates
            .iter()
            .enumerate()
            .filter(|(_, date)| **date <= self.answer_by.with_timezone(&crate::sop::working_time::WIB).date_naive())
        {
            faults.push(fault(
                format!("/proposed_dates/{i}"),
                "too_early",
                "Tanggal audit harus setelah batas jawaban.",
                "The audit must come after the answer.",
            ));
        }
        faults
    }
}

/// An objection to a member of the team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Objection {
    /// The member.
    pub auditor_id: AuditorId,
    /// Why.
    #[schema(example = "Pernah menjadi konsultan kami tahun lalu.", min_length = 1, max_length = 4000)]
    pub reason: String,
}

/// What the customer answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// One of the proposed dates.
    pub chosen_date: NaiveDate,
    /// Whether the cost estimate is accepted.
    pub accepts_cost: bool,
    /// Members of the team the customer objects to.
    #[serde(default)]
    pub objections: Vec<Objection>,
}

impl Answer {
    /// What is wrong with it as an answer to `proposal`.
    #[must_use]
    pub fn faults(&self, proposal: &Proposal) -> Vec<Fault> {
        let mut faults = Vec::new();
        if !proposal.proposed_dates.contains(&self.chosen_date) {
            faults.push(fault(
                "/confirmation/chosen_date",
                "not_proposed",
                "Bukan salah satu tanggal yang diusulkan.",
                "Not one of the proposed dates.",
            ));
        }
        for (i, objection) in self.objections.iter().enumerate() {
            if !proposal.proposed_team.iter().any(|member| member.auditor_id == objection.auditor_id) {
                let pointer = format!("/confirmation/objections/{i}/auditor_id");
                faults.push(fault(pointer, "not_proposed", "Bukan anggota tim yang diusulkan.", "Not a member of the proposed team."));
            }
            text(&mut faults, &format!("/confirmation/objections/{i}/reason"), &objection.reason);
        }
        faults
    }
}

/// The customer's answer to an open item, beside or instead of a new document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ItemAnswer {
    /// The row of the checklist.
    #[schema(example = "P07")]
    pub requirement: String,
    /// What the customer says.
    #[schema(example = "NPWP baru sudah diunggah.", min_length = 1, max_length = 4000)]
    pub note: String,
}

/// What the customer hands in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CompletionForm {
    /// The confirmation sheet, filled in.
    pub confirmation: Answer,
    /// Explanations; every open item needs one or a new document.
    #[serde(default)]
    pub answers: Vec<ItemAnswer>,
}

impl Check for CompletionForm {
    fn faults(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        for (i, answer) in self.answers.iter().enumerate() {
            text(&mut faults, &format!("/answers/{i}/note"), &answer.note);
        }
        faults
    }
}

/// A confirmation sheet.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Confirmation {
    /// Counts the proposals of this application.
    #[schema(example = 1)]
    pub seq: i16,
    /// The round it belongs to.
    #[schema(example = 1)]
    pub round: i16,
    /// What was proposed.
    pub proposal: Proposal,
    /// When it was sent.
    pub sent_at: DateTime<Utc>,
    /// What the customer answered.
    pub answer: Option<Answer>,
    /// When.
    pub answered_at: Option<DateTime<Utc>>,
}

/// The confirmation sheets of an application.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Confirmations {
    /// In the order of the proposals.
    pub items: Vec<Confirmation>,
}

/// Expires an application whose confirmation was not answered in time. Queued with the confirmation sheet.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct ExpireConfirmation {
    /// The application.
    pub application: ApplicationId,
    /// The proposal that waits for its answer.
    pub seq: i16,
}

impl Job for ExpireConfirmation {
    const NAME: &'static str = "expire_confirmation";

    fn key(&self) -> String {
        format!("expire_confirmation:{}", self.application)
    }
}

/// Sends `proposal` with the file: checks team and dates, writes it, and queues its expiry.
///
/// # Errors
/// `invalid_content` with every fault.
pub async fn propose(file: &mut OpenFile<Task>, proposal: &Proposal) -> Result<()> {
    let (office, scheme, now) = (file.cover().office, file.cover().file.form.scheme, file.now());
    let known = auditors::store::known(file, office, &proposal.proposed_team).await?;
    let mut faults = team_faults(&proposal.proposed_team, &known, scheme, "/proposed_team");
    faults.extend(proposal.faults_at(now));
    if !faults.is_empty() {
        return Err(Error::invalid(faults));
    }
    let (id, round, by) = (file.cover().file.id, file.cover().round, file.signed_in()?.user);
    let seq = store::propose(file, id, round, proposal, by, now).await?;
    jobs::queue(file, &ExpireConfirmation { application: id, seq }, proposal.answer_by + GRACE).await
}

/// Writes the customer's answer to the proposal at hand. `faults` are what else is wrong with what was handed in.
///
/// # Errors
/// `invalid_content` with every fault.
pub async fn answer(file: &mut OpenFile<Task>, answer: &Answer, mut faults: Vec<Fault>) -> Result<()> {
    let now = file.now();
    let sheet = latest(file).await?;
    faults.extend(answer.faults(&sheet.proposal));
    if sheet.proposal.answer_by < now {
        faults.push(fault("/confirmation", "too_late", "Batas jawaban sudah lewat.", "It had to be answered before."));
    }
    if !faults.is_empty() {
        return Err(Error::invalid(faults));
    }
    let id = file.cover().file.id;
    store::answer(file, id, sheet.seq, answer, now).await
}

/// The proposal at hand.
///
/// # Errors
/// Our own fault when there is none: step 4 makes one.
pub async fn latest(file: &mut OpenFile<Task>) -> Result<Confirmation> {
    let id = file.cover().file.id;
    let sheets = store::list(file, id).await?;
    sheets.into_iter().next_back().ok_or_else(|| Error::internal("a file beyond step 4 has no confirmation sheet"))
}

/// Whether proposal `seq` is the one at hand, still unanswered, and its time has passed.
///
/// # Errors
/// When the server refuses.
pub async fn is_unanswered(file: &mut OpenFile<Task>, seq: i16) -> Result<bool> {
    let now = file.now();
    let sheet = latest(file).await?;
    Ok(sheet.seq == seq && sheet.answer.is_none() && sheet.proposal.answer_by < now)
}
