//! Tries any task of whistle-blowing over HTTP at any stage, with a body that is valid wherever the
//! task is allowed, so that only the gate can refuse it; and makes cases at every stage for these
//! attempts.

use serde_json::{Value, json};
use service_desk::complaint::sop::{SOP, Stage, Task};
use service_desk::ids::ComplaintId;
use service_desk::sop::gate::{AuthContext, Principal, Refusal};
use service_desk::sop::role::{Role, Roles};
use service_desk::sop::table::{Actor, Task as _};
use sqlx::AssertSqlSafe;

use super::office::{Case, ComplaintOffice, Until, answer, form};
use crate::support::{Answer, Person};

/// Every stage that the office sees, and the stages on the way there.
pub const PATHS_TO_STAGES: [(Stage, &[Stage]); 13] = [
    (Stage::Screened, &[Stage::Screened]),
    (Stage::Disposed, &[Stage::Screened, Stage::Disposed]),
    (
        Stage::Forwarded,
        &[Stage::Screened, Stage::Disposed, Stage::Forwarded],
    ),
    (
        Stage::InResolution,
        &[
            Stage::Screened,
            Stage::Disposed,
            Stage::Forwarded,
            Stage::InResolution,
        ],
    ),
    (
        Stage::WaitingForReporter,
        &[
            Stage::Screened,
            Stage::Disposed,
            Stage::Forwarded,
            Stage::WaitingForReporter,
        ],
    ),
    (
        Stage::Resolved,
        &[
            Stage::Screened,
            Stage::Disposed,
            Stage::Forwarded,
            Stage::Resolved,
        ],
    ),
    (Stage::AnswerDrafted, UP_TO_DRAFT),
    (Stage::AnswerSigned, UP_TO_DRAFT),
    (Stage::Answered, UP_TO_DRAFT),
    (Stage::Closed, UP_TO_DRAFT),
    (Stage::Reopened, UP_TO_DRAFT),
    (
        Stage::ReferredExternally,
        &[Stage::Screened, Stage::ReferredExternally],
    ),
    (Stage::OutOfScope, &[Stage::Screened, Stage::OutOfScope]),
];

/// From the draft on no further role starts to see the case.
const UP_TO_DRAFT: &[Stage] = &[
    Stage::Screened,
    Stage::Disposed,
    Stage::Forwarded,
    Stage::Resolved,
    Stage::AnswerDrafted,
];

pub struct Specimen {
    pub case: Case,
    pub stage: Stage,
}

impl Specimen {
    pub fn id(&self) -> ComplaintId {
        ComplaintId(self.case.path.rsplit('/').next().unwrap().parse().unwrap())
    }
}

/// Every task that a person does on a case.
pub fn tasks() -> impl Iterator<Item = Task> {
    Task::all().filter(|task| {
        matches!(SOP.row(*task).actor, Actor::Person(_)) && *task != Task::EnterPaperComplaint
    })
}

/// Whether a holder of `role` may see a file at `stage`: a row at one of the stages on its way
/// shows it to the role.
pub fn is_seen(stage: Stage, role: Role) -> bool {
    let road = PATHS_TO_STAGES
        .iter()
        .find(|(at, _)| *at == stage)
        .unwrap()
        .1;
    road.iter().any(|stage| {
        SOP.rows
            .iter()
            .any(|row| row.shows && row.actor.admits(role) && row.targets(*stage).is_some())
    })
}

/// The gate's decision for a user with only `role` and without a step on this file.
pub fn gate(task: Task, stage: Stage, role: Role) -> Option<Refusal<Task>> {
    SOP.permit(
        task,
        stage,
        &AuthContext {
            caller: Principal::User(uuid::Uuid::nil()),
            roles: Roles::NONE.with(role),
            sees: is_seen(stage, role),
            done_by_caller: &[],
            done_by_anyone: &[],
        },
    )
    .err()
}

/// The end of the path of `task`, and its body.
pub fn request(
    office: &ComplaintOffice,
    bystander: &Person,
    task: Task,
) -> (&'static str, Option<Value>) {
    let note = Some(json!({"text": "Diuji oleh kantor."}));
    match task {
        Task::DisposeComplaint => ("disposition", note),
        Task::DeclareOutOfScope => ("out-of-scope", note),
        Task::ForwardComplaint => (
            "forwarding",
            Some(json!({"team": office.team, "text": "Mohon diselesaikan segera."})),
        ),
        Task::WarnStaff => (
            "warnings",
            Some(json!({"warnings": [{"user": bystander.id, "text": "Tidak dibenarkan."}]})),
        ),
        Task::ResolveComplaint => (
            "resolution",
            Some(json!({"finding": "proven", "summary": "Terbukti."})),
        ),
        Task::DraftAnswer => ("answer", Some(answer())),
        Task::SignAnswer => ("answer/signature", None),
        Task::ReturnAnswer => ("answer/return", note),
        Task::WriteToReporter => ("messages", note),
        Task::RecuseFromComplaint => ("recusal", note),
        Task::ReferComplaint => ("referral", note),
        Task::RecallComplaint => ("recall", note),
        Task::SettleExternally => ("external-answer", Some(answer())),
        Task::DeclareConflict => (
            "conflicts",
            Some(json!({"user": bystander.id, "reason": "Saudara kandung."})),
        ),
        Task::HoldComplaint => ("legal-hold", note),
        Task::ReleaseComplaint => ("legal-hold/release", note),
        Task::ReopenComplaint => ("reopening", note),
        Task::AssessRetaliation => (
            "retaliation-reports/{report}/assessment",
            Some(json!({"finding": "needs_watch", "text": "Kami pantau."})),
        ),
        Task::SubmitComplaint
        | Task::EnterPaperComplaint
        | Task::SurfaceComplaint
        | Task::ResumeComplaint
        | Task::ScreenAgain
        | Task::DeliverAnswer
        | Task::AcknowledgeAnswer
        | Task::ReportRetaliation
        | Task::CloseComplaint => panic!("{task:?} is no task of staff at a case"),
    }
}

/// The status of the reply when `task` succeeds.
pub fn success_status(task: Task) -> u16 {
    match task {
        Task::WriteToReporter => 201,
        Task::RecuseFromComplaint | Task::ReferComplaint | Task::DeclareConflict => 204,
        _ => 200,
    }
}

impl ComplaintOffice {
    /// Tries `task` on the case at `path` as `person`.
    pub async fn attempt(
        &self,
        person: &Person,
        path: &str,
        task: Task,
        bystander: &Person,
    ) -> Answer {
        let (end, body) = request(self, bystander, task);
        let path = format!(
            "{path}/{}",
            end.replace("{report}", &self.report_of(path).await)
        );
        match body {
            Some(body) => person.post(&path, body).await,
            None => person.act(&path).await,
        }
    }

    /// The retaliation report of the case at `path`.
    async fn report_of(&self, path: &str) -> String {
        let case: uuid::Uuid = path.rsplit('/').next().unwrap().parse().unwrap();
        let found = sqlx::query_scalar::<_, uuid::Uuid>(
            "select id from wbs.retaliation where case_id = $1",
        )
        .bind(case);
        found
            .fetch_optional(&mut self.app.sql().await)
            .await
            .unwrap()
            .unwrap_or_default()
            .to_string()
    }

    /// A case at each of `stages`, with a retaliation report each.
    pub async fn specimens(&mut self, stages: &[Stage]) -> Vec<Specimen> {
        let bystander = self.another(Role::PjiStaff, "Doni Saputra").await;
        let cases = self.surfaced(&vec![form(); stages.len()]).await;
        let all: Vec<_> = cases
            .into_iter()
            .zip(stages)
            .map(|(case, stage)| Specimen {
                case,
                stage: *stage,
            })
            .collect();
        // The service delivers a signed answer at its next run. These cases need that run; the
        // cases that stay at the signed stage are brought there afterwards.
        let late = [Stage::Answered, Stage::Closed, Stage::Reopened];
        for specimen in all.iter().filter(|specimen| late.contains(&specimen.stage)) {
            self.bring_to(&specimen.case, Until::Signed).await;
        }
        self.run_due_work().await;
        for Specimen { case, .. } in &all {
            let report = json!({"kind": "threat", "text": "Saya diancam dipindahkan."});
            self.sign_in_with_code(&case.code)
                .await
                .post("/api/v1/complaints/mine/retaliation-reports", report)
                .await
                .expect(201);
        }
        for specimen in all
            .iter()
            .filter(|specimen| late[1..].contains(&specimen.stage))
        {
            self.sign_in_with_code(&specimen.case.code)
                .await
                .act("/api/v1/complaints/mine/answer/acknowledgement")
                .await
                .expect(200);
        }
        self.next_slot().await;
        // The screening processes one hundred retaliation reports per run.
        for _ in 0..=all.len() / 100 {
            self.run_due_work().await;
        }
        let bystander = bystander.sign_in_again().await;
        for Specimen { case, stage } in &all {
            let (until, last) = match stage {
                Stage::Screened => (Until::Screened, None),
                Stage::Disposed => (Until::Disposed, None),
                Stage::Forwarded => (Until::Forwarded, None),
                Stage::InResolution => (Until::Forwarded, Some((&self.team_lead, Task::WarnStaff))),
                Stage::Resolved => (Until::Resolved, None),
                Stage::AnswerDrafted => (Until::Drafted, None),
                Stage::AnswerSigned => (Until::Signed, None),
                Stage::ReferredExternally => {
                    (Until::Screened, Some((&self.head, Task::ReferComplaint)))
                }
                Stage::OutOfScope => (Until::Screened, Some((&self.head, Task::DeclareOutOfScope))),
                Stage::Reopened => (Until::Screened, Some((&self.head, Task::ReopenComplaint))),
                Stage::WaitingForReporter => {
                    self.bring_to(case, Until::Forwarded).await;
                    let question = json!({"text": "Apakah ada kuitansi?", "awaits_answer": true});
                    self.team_lead
                        .post(&format!("{}/messages", case.path), question)
                        .await
                        .expect(201);
                    continue;
                }
                Stage::Answered | Stage::Closed | Stage::Written | Stage::Received => continue,
            };
            let last = last.map(|(person, task)| (person.clone(), task));
            self.bring_to(case, until).await;
            if let Some((person, task)) = last {
                assert_eq!(
                    self.attempt(&person, &case.path, task, &bystander)
                        .await
                        .status,
                    success_status(task),
                    "{task:?}"
                );
            }
        }
        for specimen in &all {
            assert_eq!(self.stage(specimen).await, specimen.stage);
        }
        all
    }

    /// The stage of a case, read as the superuser.
    pub async fn stage(&self, specimen: &Specimen) -> Stage {
        let code: String = self
            .query_value("select stage from wbs.complaint where id = $1", specimen)
            .await;
        serde_json::from_value(json!(code)).unwrap()
    }

    /// The counts of what was written about a case: trail events of `task` (or of all),
    /// clock-ledger entries, documents, and the version.
    pub async fn written_counts(&self, specimen: &Specimen, task: Option<Task>) -> [i64; 4] {
        let sql = &mut self.app.sql().await;
        let object = self
            .app
            .service
            .complaint_services
            .keys
            .case_ref(specimen.id());
        let entries = "select count(*) from audit.event where object_ref = $1 and action = coalesce($2, action) and action <> 'read_complaint'";
        let entries = sqlx::query_scalar(entries)
            .bind(object.as_slice())
            .bind(task.map(Task::code))
            .fetch_one(&mut *sql)
            .await
            .unwrap();
        let turns = self
            .query_value(
                "select count(*) from clock_entry where case_id = $1",
                specimen,
            )
            .await;
        let papers = self
            .query_value(
                "select count(*) from wbs.paper where case_id = $1",
                specimen,
            )
            .await;
        [
            entries,
            turns,
            papers,
            self.query_value("select version from wbs.complaint where id = $1", specimen)
                .await,
        ]
    }

    async fn query_value<
        T: for<'r> sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres> + Send + Unpin,
    >(
        &self,
        query: &str,
        of: &Specimen,
    ) -> T {
        sqlx::query_scalar(AssertSqlSafe(query.to_owned()))
            .bind(of.id().0)
            .fetch_one(&mut self.app.sql().await)
            .await
            .unwrap()
    }

    /// One signed-in user for each role: the people of the office, and the roles that the SOP does
    /// not use.
    pub async fn person_of_each_role(&self) -> Vec<(Role, Person)> {
        let mut people = Vec::new();
        for role in Role::all() {
            let person = match role {
                Role::Head => self.head.clone(),
                Role::PjiLead => self.pji_lead.clone(),
                Role::TeamLead => self.team_lead.clone(),
                Role::TeamStaff => self.team_staff.clone(),
                Role::IntakeClerk => self.clerk.clone(),
                Role::ConflictOfficer => self.conflict_officer.clone(),
                Role::ExternalHandler => self.external.clone(),
                Role::IdentityCustodian => self.custodian.clone(),
                Role::InternalAuditor => self.auditor.clone(),
                Role::Admin => self.admin.clone(),
                Role::Customer => self.app.customer().await,
                Role::SsLead | Role::PjiStaff | Role::OperationsStaff | Role::Treasurer => {
                    self.app.staff(role).await
                }
            };
            people.push((role, person));
        }
        people
    }
}
