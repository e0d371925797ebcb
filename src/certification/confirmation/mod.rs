//! The audit confirmation sheet (lembar konfirmasi audit): dates, team and cost as proposed, and the customer's answer.

pub mod store;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;

use super::auditors::{self, TeamMember, team_faults};
use super::cost::{self, CostLine};
use super::file::{Asked, is_over};
use super::form::text;
use super::sop::{Stage, Task};
use crate::casework::desk::OpenFile;
use crate::casework::jobs::{self, Job};
use crate::error::{Error, FieldError, Result, fault};
use crate::ids::{ApplicationId, AuditorId};
use crate::web::body::{Validate, repeated};

/// The most days an audit takes.
const AUDIT_DAYS: u16 = 60;

/// The most dates to choose from.
const DATES: usize = 10;

/// How long after the last usable moment the expiry is to run. The engine goes by the database's clock and the rule by the service's, so the job may still
/// come early; then it queues itself again.
const GRACE: TimeDelta = TimeDelta::seconds(1);

/// What the office proposes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Proposal {
    /// First days the audit could begin on; the customer chooses one.
    #[schema(example = json!(["2026-07-20", "2026-07-27"]))]
    pub proposed_dates: Vec<NaiveDate>,
    /// How many days the audit takes, from the chosen day on without leaving out a working day. Left out, it may take up to five.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = 2, minimum = 1, maximum = 60)]
    pub audit_days: Option<u16>,
    /// Who would come.
    pub proposed_team: Vec<TeamMember>,
    /// What it would cost.
    pub cost_estimate: Vec<CostLine>,
    /// Until when the customer may answer: the last usable moment.
    #[schema(example = "2026-07-13T09:00:00Z")]
    pub answer_by: DateTime<Utc>,
    /// Why a member is proposed whom the customer objected to, or a cost that was not accepted; needed for these, kept with the sheet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(
        example = "Tidak ada auditor lain dengan kompetensi ini; pernyataan ketidakberpihakan terlampir.",
        min_length = 1,
        max_length = 4000
    )]
    pub reason: Option<String>,
}

impl Validate for Proposal {
    fn errors(&self) -> Vec<FieldError> {
        let mut faults = Vec::new();
        if self.proposed_dates.is_empty() || self.proposed_dates.len() > DATES {
            faults.push(fault(
                "/proposed_dates",
                "wrong_value",
                "Usulkan 1 sampai 10 tanggal.",
                "Propose 1 to 10 dates.",
            ));
        }
        faults.extend(repeated(
            &self.proposed_dates,
            |date| *date,
            |i| format!("/proposed_dates/{i}"),
        ));
        if self
            .audit_days
            .is_some_and(|days| !(1..=AUDIT_DAYS).contains(&days))
        {
            faults.push(fault(
                "/audit_days",
                "wrong_value",
                "Isi 1 sampai 60 hari.",
                "1 to 60 days.",
            ));
        }
        if let Some(reason) = &self.reason {
            text(&mut faults, "/reason", reason);
        }
        faults.extend(cost::faults(&self.cost_estimate, "/cost_estimate"));
        faults
    }
}

impl Proposal {
    /// What is wrong with it on `now`'s day.
    #[must_use]
    pub fn faults_at(&self, now: DateTime<Utc>) -> Vec<FieldError> {
        let mut faults = Vec::new();
        if self.answer_by <= now {
            faults.push(fault(
                "/answer_by",
                "in_the_past",
                "Batas jawaban sudah lewat.",
                "It must lie in the future.",
            ));
        }
        for (i, _) in self.proposed_dates.iter().enumerate().filter(|(_, date)| {
            **date
                <= self
                    .answer_by
                    .with_timezone(&crate::sop::working_time::WIB)
                    .date_naive()
        }) {
            faults.push(fault(
                format!("/proposed_dates/{i}"),
                "too_early",
                "Tanggal audit harus setelah batas jawaban.",
                "The audit must come after the answer.",
            ));
        }
        faults
    }

    /// What of it the customer turned down when last asked about it in `earlier` and is proposed again without a reason.
    #[must_use]
    pub fn turned_down(&self, earlier: &[Confirmation]) -> Vec<FieldError> {
        if self.reason.is_some() {
            return Vec::new();
        }
        let answered = || {
            earlier
                .iter()
                .rev()
                .filter_map(|sheet| Some((&sheet.proposal, sheet.answer.as_ref()?)))
        };
        let objected = |member: &TeamMember| {
            let (_, answer) = answered().find(|(proposal, _)| {
                proposal
                    .proposed_team
                    .iter()
                    .any(|one| one.auditor_id == member.auditor_id)
            })?;
            answer
                .objections
                .iter()
                .find(|objection| objection.auditor_id == member.auditor_id)
        };
        let mut faults = Vec::new();
        if self
            .proposed_team
            .iter()
            .any(|member| objected(member).is_some())
        {
            let (id, en) = (
                "Ada anggota tim yang ditolak pelanggan: isi alasan mengusulkannya kembali.",
                "The customer objected to a member of this team: give a reason to propose them again.",
            );
            faults.push(fault("/reason", "missing_field", id, en));
        }
        let charged = cost::charged(&self.cost_estimate);
        let accepted = answered().find_map(|(proposal, answer)| {
            let asked = cost::charged(&proposal.cost_estimate);
            let tells = if answer.accepts_cost {
                charged <= asked
            } else {
                charged >= asked
            };
            tells.then_some(answer.accepts_cost)
        });
        if accepted == Some(false) {
            let (id, en) = (
                "Biaya ini tidak disetujui pelanggan: turunkan, atau isi alasan mengusulkannya kembali.",
                "The customer did not accept this cost: lower it, or give a reason to propose it again.",
            );
            faults.push(fault("/reason", "missing_field", id, en));
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
    #[schema(
        example = "Pernah menjadi konsultan kami tahun lalu.",
        min_length = 1,
        max_length = 4000
    )]
    pub reason: String,
}

/// What the customer answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// One of the proposed dates.
    pub chosen_date: NaiveDate,
    /// Whether the cost estimate is accepted. If it is not, or a member is objected to, the office proposes anew (step 4) once nothing is missing.
    pub accepts_cost: bool,
    /// Why the cost is not accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = json!(null), min_length = 1, max_length = 4000)]
    pub cost_reason: Option<String>,
    /// Members of the team the customer objects to.
    #[serde(default)]
    #[schema(example = json!([]))]
    pub objections: Vec<Objection>,
}

impl Answer {
    /// Whether the customer agreed to all of the proposal.
    #[must_use]
    pub fn agrees(&self) -> bool {
        self.accepts_cost && self.objections.is_empty()
    }

    /// What the customer did not agree to, with the reasons, for the journal. `names` are those of the members objected to.
    #[must_use]
    pub fn disagreement(&self, names: &[(AuditorId, String)]) -> Option<String> {
        let name = |id: AuditorId| {
            names
                .iter()
                .find(|(known, _)| *known == id)
                .map_or("anggota tim", |(_, name)| name.as_str())
        };
        let cost = match &self.cost_reason {
            _ if self.accepts_cost => None,
            Some(reason) => Some(format!("Biaya tidak disetujui: {reason}")),
            None => Some("Biaya tidak disetujui.".to_owned()),
        };
        let members = self
            .objections
            .iter()
            .map(|one| format!("Keberatan atas {}: {}", name(one.auditor_id), one.reason));
        let all: Vec<_> = cost.into_iter().chain(members).collect();
        (!all.is_empty()).then(|| all.join("\n"))
    }

    /// What is wrong with it as an answer to `proposal`.
    #[must_use]
    pub fn faults(&self, proposal: &Proposal) -> Vec<FieldError> {
        let mut faults = Vec::new();
        if !proposal.proposed_dates.contains(&self.chosen_date) {
            faults.push(fault(
                "/confirmation/chosen_date",
                "not_proposed",
                "Bukan salah satu tanggal yang diusulkan.",
                "Not one of the proposed dates.",
            ));
        }
        if let Some(reason) = &self.cost_reason {
            text(&mut faults, "/confirmation/cost_reason", reason);
        }
        faults.extend(repeated(
            &self.objections,
            |one| one.auditor_id,
            |i| format!("/confirmation/objections/{i}/auditor_id"),
        ));
        for (i, objection) in self.objections.iter().enumerate() {
            if !proposal
                .proposed_team
                .iter()
                .any(|member| member.auditor_id == objection.auditor_id)
            {
                let pointer = format!("/confirmation/objections/{i}/auditor_id");
                faults.push(fault(
                    pointer,
                    "not_proposed",
                    "Bukan anggota tim yang diusulkan.",
                    "Not a member of the proposed team.",
                ));
            }
            text(
                &mut faults,
                &format!("/confirmation/objections/{i}/reason"),
                &objection.reason,
            );
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
    #[schema(
        example = "NPWP baru sudah diunggah.",
        min_length = 1,
        max_length = 4000
    )]
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

impl Validate for CompletionForm {
    fn errors(&self) -> Vec<FieldError> {
        let mut faults = repeated(
            &self.answers,
            |answer| answer.requirement.as_str(),
            |i| format!("/answers/{i}/requirement"),
        );
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
    let (office, scheme, now) = (
        file.header().office,
        file.header().file.form.scheme,
        file.now(),
    );
    let known = auditors::store::known(file, office, &proposal.proposed_team).await?;
    let mut faults = team_faults(&proposal.proposed_team, &known, scheme, "/proposed_team");
    faults.extend(proposal.faults_at(now));
    let (id, round, by) = (
        file.header().file.id,
        file.header().round,
        file.signed_in()?.user,
    );
    faults.extend(proposal.turned_down(&store::list(file, id).await?));
    if !faults.is_empty() {
        return Err(Error::invalid(faults));
    }
    if let Some(reason) = &proposal.reason {
        file.note(reason.as_str());
    }
    let name = |member: &TeamMember| {
        known
            .iter()
            .find(|auditor| auditor.id == member.auditor_id)
            .map_or_else(String::new, |auditor| auditor.name.clone())
    };
    let names: Vec<String> = proposal.proposed_team.iter().map(name).collect();
    let seq = store::propose(file, id, round, (proposal, &names), by, now).await?;
    jobs::queue(
        file,
        &ExpireConfirmation {
            application: id,
            seq,
        },
        proposal.answer_by + GRACE,
    )
    .await
}

/// Writes the customer's answer to the proposal at hand, and what was not agreed to into the journal. `faults` are what else is wrong with what was handed in.
///
/// # Errors
/// `invalid_content` with every fault.
pub async fn answer(
    file: &mut OpenFile<Task>,
    answer: &Answer,
    mut faults: Vec<FieldError>,
) -> Result<()> {
    let now = file.now();
    let id = file.header().file.id;
    let sheet = latest(file, id).await?;
    faults.extend(answer.faults(&sheet.proposal));
    if !faults.is_empty() {
        return Err(Error::invalid(faults));
    }
    store::answer(file, id, sheet.seq, answer, now).await?;
    note_disagreement(file, (sheet.seq, &sheet.proposal), answer).await
}

/// Puts into the journal what the customer did not agree to, with the reasons: it is why the file goes back to step 4.
///
/// # Errors
/// When the server refuses.
pub async fn note_disagreement(
    file: &mut OpenFile<Task>,
    (seq, proposal): (i16, &Proposal),
    answer: &Answer,
) -> Result<()> {
    let id = file.header().file.id;
    let names = store::team_names(file, id, seq).await?;
    let names: Vec<_> = proposal
        .proposed_team
        .iter()
        .map(|member| member.auditor_id)
        .zip(names)
        .collect();
    if let Some(note) = answer.disagreement(&names) {
        file.note(note);
    }
    Ok(())
}

/// Where a file goes whose papers are complete: on to the notice when the customer agreed, else back to step 4.
#[must_use]
pub fn when_complete(answer: &Answer) -> Stage {
    if answer.agrees() {
        Stage::Confirmed
    } else {
        Stage::Verified
    }
}

/// The proposal at hand.
///
/// # Errors
/// Our own fault when there is none: step 4 makes one.
pub async fn latest(connection: &mut PgConnection, id: ApplicationId) -> Result<Confirmation> {
    let sheets = store::list(connection, id).await?;
    sheets
        .into_iter()
        .next_back()
        .ok_or_else(|| Error::internal("a file beyond step 4 has no confirmation sheet"))
}

/// How the answer to a proposal stands when its expiry runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expiry {
    /// The proposal is answered, or is not the one at hand any more.
    Settled,
    /// The customer has this much time left.
    Early(TimeDelta),
    /// The time has passed without an answer.
    Due,
}

/// How the answer to proposal `seq` stands now.
///
/// # Errors
/// When the server refuses.
pub async fn expiry(file: &mut OpenFile<Task>, seq: i16) -> Result<Expiry> {
    let (now, id, asked) = (file.now(), file.header().file.id, file.header().file.asked);
    let sheet = latest(file, id).await?;
    let Some(Asked { answer_by, .. }) =
        asked.filter(|_| sheet.seq == seq && sheet.answer.is_none())
    else {
        return Ok(Expiry::Settled);
    };
    Ok(if is_over(answer_by, now) {
        Expiry::Due
    } else {
        Expiry::Early(answer_by - now + GRACE)
    })
}
