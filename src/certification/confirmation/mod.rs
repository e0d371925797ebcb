//! The audit confirmation sheet (lembar konfirmasi audit): the proposed dates, team and cost, and
//! the customer's answer.

pub(crate) mod store;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;

use super::audit_time;
use super::auditors::bookings::{self, Firmness};
use super::auditors::{Span, TeamMember};
use super::cost::check::PriceBasis;
use super::cost::{self, CostLine};
use super::file::{PendingAnswer, is_over};
use super::form::{check_number, check_text};
use super::sop::{Stage, Task};
use super::team::rules::MAX_MEMBERS;
use super::team::{self, TeamNeed, audit_span, check_audit_days, team_errors};
use crate::casework::desk::OpenFile;
use crate::error::{Error, FieldError, Result, fault};
use crate::ids::{ApplicationId, AuditorId};
use crate::jobs::{self, Job};
use crate::web::body::{Validate, duplicate_errors};

/// Maximum number of proposed dates.
const MAX_DATES: usize = 10;

/// Delay of the expiry job after the deadline. The job engine uses the database's clock and the
/// deadline rule uses the service's, so the job may still come early; it then queues itself again.
const EXPIRY_MARGIN: TimeDelta = TimeDelta::seconds(1);

/// The office's proposal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Proposal {
    /// Possible first days of the audit; the customer chooses one.
    #[schema(example = json!(["2026-07-20", "2026-07-27"]), min_items = 1, max_items = 10)]
    pub proposed_dates: Vec<NaiveDate>,
    /// Length of the audit in days, from the chosen day on without skipping a working day. If left
    /// out, the audit may take up to five days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = 2, minimum = 1, maximum = 60)]
    pub audit_days: Option<u16>,
    /// The proposed audit team.
    #[schema(min_items = 1, max_items = 50)]
    pub proposed_team: Vec<TeamMember>,
    /// The cost estimate: the lines of a suggestion (`POST …/cost-suggestions`), and lines by hand.
    #[schema(min_items = 1, max_items = 100)]
    pub cost_estimate: Vec<CostLine>,
    /// Deadline for the customer's answer (the last moment).
    #[schema(example = "2026-07-13T09:00:00Z")]
    pub answer_by: DateTime<Utc>,
    /// Why a member is proposed again that the customer objected to, or a cost that the customer
    /// did not accept, or a team in spite of a warning (rotation of the lead, load, too few days).
    /// Required in these cases; stored with the sheet.
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
        if self.proposed_dates.is_empty() || self.proposed_dates.len() > MAX_DATES {
            faults.push(fault(
                "/proposed_dates",
                "wrong_value",
                "Usulkan 1 sampai 10 tanggal.",
                "Propose 1 to 10 dates.",
            ));
        }
        faults.extend(duplicate_errors(
            &self.proposed_dates,
            |date| *date,
            |i| format!("/proposed_dates/{i}"),
        ));
        check_audit_days(&mut faults, self.audit_days);
        let members = self.proposed_team.len();
        check_number(&mut faults, "/proposed_team", members, MAX_MEMBERS);
        if let Some(reason) = &self.reason {
            check_text(&mut faults, "/reason", reason);
        }
        faults.extend(cost::errors(&self.cost_estimate, "/cost_estimate"));
        faults
    }
}

impl Proposal {
    /// Validates the dates against `now`.
    pub fn errors_at(&self, now: DateTime<Utc>) -> Vec<FieldError> {
        let mut faults = Vec::new();
        if self.answer_by <= now {
            faults.push(fault(
                "/answer_by",
                "in_the_past",
                "Batas jawaban sudah lewat.",
                "The deadline must be in the future.",
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
                "The audit date must be after the deadline of the answer.",
            ));
        }
        faults
    }

    /// Errors for members and costs that the customer refused in the latest answer of `earlier`
    /// about them and that are proposed again without a reason.
    pub fn repeated_refusals(&self, earlier: &[Confirmation]) -> Vec<FieldError> {
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
            let earlier_cost = cost::charged(&proposal.cost_estimate);
            let applies = if answer.accepts_cost {
                charged <= earlier_cost
            } else {
                charged >= earlier_cost
            };
            applies.then_some(answer.accepts_cost)
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
    /// The member of the team.
    pub auditor_id: AuditorId,
    /// Reason of the objection.
    #[schema(
        example = "Pernah menjadi konsultan kami tahun lalu.",
        min_length = 1,
        max_length = 4000
    )]
    pub reason: String,
}

/// The customer's answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// One of the proposed dates.
    pub chosen_date: NaiveDate,
    /// Whether the customer accepts the cost estimate. If not, or if the customer objects to a
    /// member, the office makes a new proposal (step 4) once no document is missing.
    pub accepts_cost: bool,
    /// Why the customer does not accept the cost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = json!(null), min_length = 1, max_length = 4000)]
    pub cost_reason: Option<String>,
    /// Members of the team the customer objects to.
    #[serde(default)]
    #[schema(example = json!([]))]
    pub objections: Vec<Objection>,
}

impl Answer {
    /// Whether the customer accepted the whole proposal.
    pub fn agrees(&self) -> bool {
        self.accepts_cost && self.objections.is_empty()
    }

    /// The refused parts with the customer's reasons, for the journal. `names` are the names of the
    /// proposed team.
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

    /// Validates the answer against `proposal`.
    pub fn errors(&self, proposal: &Proposal) -> Vec<FieldError> {
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
            check_text(&mut faults, "/confirmation/cost_reason", reason);
        }
        faults.extend(duplicate_errors(
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
            check_text(
                &mut faults,
                &format!("/confirmation/objections/{i}/reason"),
                &objection.reason,
            );
        }
        faults
    }
}

/// The customer's answer to an open item, in addition to a new document or instead of one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ItemAnswer {
    /// The row of the checklist.
    #[schema(example = "P07", min_length = 1, max_length = 8)]
    pub requirement: String,
    /// The customer's explanation.
    #[schema(
        example = "NPWP baru sudah diunggah.",
        min_length = 1,
        max_length = 4000
    )]
    pub note: String,
}

/// The customer's completion: the confirmation answer and answers to open items.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CompletionForm {
    /// The answer to the confirmation sheet.
    pub confirmation: Answer,
    /// Answers to open items; each open item needs an answer or a new document.
    #[serde(default)]
    pub answers: Vec<ItemAnswer>,
}

impl Validate for CompletionForm {
    fn errors(&self) -> Vec<FieldError> {
        let mut faults = duplicate_errors(
            &self.answers,
            |answer| answer.requirement.as_str(),
            |i| format!("/answers/{i}/requirement"),
        );
        for (i, answer) in self.answers.iter().enumerate() {
            check_text(&mut faults, &format!("/answers/{i}/note"), &answer.note);
        }
        faults
    }
}

/// A confirmation sheet.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Confirmation {
    /// Number of the proposal within the application, from 1 on.
    #[schema(example = 1)]
    pub seq: i16,
    /// The round of the proposal.
    #[schema(example = 1)]
    pub round: i16,
    /// The proposal.
    pub proposal: Proposal,
    /// When the proposal was sent.
    pub sent_at: DateTime<Utc>,
    /// The customer's answer.
    pub answer: Option<Answer>,
    /// When the customer answered.
    pub answered_at: Option<DateTime<Utc>>,
}

/// The confirmation sheets of an application.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Confirmations {
    /// In the order of the proposals.
    pub items: Vec<Confirmation>,
}

/// Job: expires an application if the confirmation was not answered by its deadline. Queued with
/// the confirmation sheet.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct ExpireConfirmation {
    /// The application.
    pub application: ApplicationId,
    /// The unanswered proposal.
    pub seq: i16,
}

impl Job for ExpireConfirmation {
    const NAME: &'static str = "expire_confirmation";

    fn key(&self) -> String {
        format!("expire_confirmation:{}", self.application)
    }
}

/// Stores `proposal`, books its team for the proposed days and queues its expiry, after validating
/// team and dates.
pub async fn propose(file: &mut OpenFile<Task>, proposal: &Proposal) -> Result<()> {
    let now = file.now();
    let (id, round, caller) = (
        file.header().file.id,
        file.header().round,
        file.signed_in()?.clone(),
    );
    let calendars = file.request_time().calendars.clone();
    let calendar = calendars.newest(file, caller.office).await?;
    let spans: Vec<Span> = proposal
        .proposed_dates
        .iter()
        .map(|first| audit_span(&calendar, *first, proposal.audit_days))
        .collect();
    let time = audit_time::store::latest(file, id).await?;
    let need = TeamNeed::of(&file.header().file.form, time.as_ref());
    let known = team::store::of_team(file, &proposal.proposed_team, &spans).await?;
    let team = &proposal.proposed_team;
    let mut faults = team_errors(team, &known, &need, &spans, "/proposed_team");
    faults.extend(proposal.errors_at(now));
    faults.extend(proposal.repeated_refusals(&store::list(file, id).await?));
    let form = file.header().file.form.clone();
    let basis = PriceBasis::read(file, caller.office, (id, &form), now).await?;
    faults.extend(basis.errors(&proposal.cost_estimate, &[], "/cost_estimate"));
    let warnings = team::warnings(team, &known, &need, proposal.audit_days);
    if proposal.reason.is_none() {
        let wanted = warnings.iter().map(|(_, said)| {
            let (id, en) = (
                format!("{} Isi alasannya.", said.id),
                format!("{} Give a reason.", said.en),
            );
            fault("/reason", "missing_field", id, en)
        });
        faults.extend(wanted);
    }
    if !faults.is_empty() {
        return Err(Error::invalid(faults));
    }
    bookings::book_team(
        file,
        &caller,
        (id, Firmness::Tentative),
        team,
        &spans,
        ("/proposed_team", now),
    )
    .await?;
    if let Some(reason) = &proposal.reason {
        let said = warnings.iter().map(|(_, said)| said.id.as_ref());
        let note: Vec<_> = std::iter::once(reason.as_str()).chain(said).collect();
        file.note(note.join("\n"));
    }
    let name = |member: &TeamMember| {
        known
            .iter()
            .find(|auditor| auditor.id == member.auditor_id)
            .map_or_else(String::new, |auditor| auditor.name.clone())
    };
    let names: Vec<String> = proposal.proposed_team.iter().map(name).collect();
    let by = caller.user;
    let seq = store::propose(file, id, round, (proposal, &names), by, now).await?;
    jobs::queue(
        file,
        &ExpireConfirmation {
            application: id,
            seq,
        },
        proposal.answer_by + EXPIRY_MARGIN,
    )
    .await
}

/// Stores the customer's answer to the current proposal and journals the refused parts. `faults`
/// are the caller's other validation errors, reported together.
pub async fn answer(
    file: &mut OpenFile<Task>,
    answer: &Answer,
    mut faults: Vec<FieldError>,
) -> Result<()> {
    let now = file.now();
    let id = file.header().file.id;
    let sheet = latest(file, id).await?;
    faults.extend(answer.errors(&sheet.proposal));
    if !faults.is_empty() {
        return Err(Error::invalid(faults));
    }
    store::answer(file, id, sheet.seq, answer, now).await?;
    let refused: Vec<_> = answer.objections.iter().map(|one| one.auditor_id).collect();
    bookings::settle(file, id, answer.chosen_date, &refused, answer.agrees()).await?;
    note_disagreement(file, (sheet.seq, &sheet.proposal), answer).await
}

/// Journals the refused parts of the proposal with the customer's reasons: they explain why the
/// file returns to step 4.
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

/// The next stage of a file with complete documents: `Confirmed` (on to the notice) if the customer
/// agreed, otherwise `Verified` (back to step 4).
pub fn stage_when_complete(answer: &Answer) -> Stage {
    if answer.agrees() {
        Stage::Confirmed
    } else {
        Stage::Verified
    }
}

/// The current proposal. Step 4 makes the first one, so there is always one from then on.
pub async fn latest(connection: &mut PgConnection, id: ApplicationId) -> Result<Confirmation> {
    let sheets = store::list(connection, id).await?;
    sheets
        .into_iter()
        .next_back()
        .ok_or_else(|| Error::internal("a file beyond step 4 has no confirmation sheet"))
}

/// State of a proposal when its expiry job runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expiry {
    /// The proposal is answered, or is no longer the current one.
    Settled,
    /// The deadline has not passed; this much time is left.
    Early(TimeDelta),
    /// The deadline has passed without an answer.
    Due,
}

/// The current state of proposal `seq`.
pub async fn expiry(file: &mut OpenFile<Task>, seq: i16) -> Result<Expiry> {
    let (now, id, pending) = (
        file.now(),
        file.header().file.id,
        file.header().file.pending_answer,
    );
    let sheet = latest(file, id).await?;
    let Some(PendingAnswer { answer_by, .. }) =
        pending.filter(|_| sheet.seq == seq && sheet.answer.is_none())
    else {
        return Ok(Expiry::Settled);
    };
    Ok(if is_over(answer_by, now) {
        Expiry::Due
    } else {
        Expiry::Early(answer_by - now + EXPIRY_MARGIN)
    })
}
