//! Tries any task of the SOP over HTTP at any stage, with a body that is valid wherever the task is
//! allowed, so that only the gate can refuse it; and makes one case at every stage for these
//! attempts.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};
use service_desk::casework::workflow::RequestTime;
use service_desk::certification::sop::{SOP, Stage, Task};
use service_desk::certification::steps::expire_application::expire_application;
use service_desk::ids::ApplicationId;
use service_desk::sop::role::Role;
use service_desk::sop::table::{Actor, Stage as _, Task as _};
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::office::{Office, completion, mandatory, pdf, verification};
use crate::support::{Answer, Person, Request};

/// A case at a stage, and the stages that it passed.
#[derive(Clone)]
pub struct Specimen {
    pub case: String,
    pub stage: Stage,
    pub stages: Vec<Stage>,
    /// The path of its billing, once the notice is sent.
    pub billing: Option<String>,
}

impl Specimen {
    pub fn id(&self) -> Uuid {
        id_of(&self.case)
    }

    /// Whether a holder of `role` may see the case: a row at one of its stages names the role, or
    /// the case was submitted and the role is the head or a lead.
    pub fn is_seen_by(&self, role: Role) -> bool {
        let leads = [Role::Head, Role::PjiLead, Role::SsLead].contains(&role)
            && self.stages.contains(&Stage::Submitted);
        let names = |stage: &Stage| {
            SOP.rows
                .iter()
                .any(|row| row.actor.admits(role) && row.shows_at(*stage))
        };
        leads || self.stages.iter().any(names)
    }
}

/// Every task that a person does.
pub fn tasks() -> impl Iterator<Item = Task> {
    Task::all().filter(|task| matches!(SOP.row(*task).actor, Actor::Person(_)))
}

/// The id in the path of a case.
pub fn id_of(case: &str) -> Uuid {
    case.rsplit('/').next().unwrap().parse().unwrap()
}

impl Office {
    /// Tries `task` on `specimen` as `person`.
    #[expect(clippy::too_many_lines, reason = "one arm for each task")]
    pub async fn attempt(&self, person: &Person, specimen: &Specimen, task: Task) -> Answer {
        let Specimen {
            case,
            stage,
            billing,
            ..
        } = specimen;
        let wanting = mandatory()[1];
        let judged = if *stage == Stage::Completed {
            json!({"items": [{"requirement": wanting, "result": "complete"}]})
        } else {
            verification(&[wanting])
        };
        let reason = json!({"reason": "Diuji oleh kantor."});
        match task {
            Task::SubmitApplication => person.act(&format!("{case}/submission")).await,
            Task::FileApplication => person.act(&format!("{case}/filing")).await,
            Task::VerifyDocuments => person.post(&format!("{case}/verification"), judged).await,
            Task::ProposeAudit => {
                person
                    .post(&format!("{case}/audit-confirmation"), self.proposal())
                    .await
            }
            Task::CompleteApplication => {
                person
                    .post(&format!("{case}/completion"), explained(wanting))
                    .await
            }
            Task::DraftAuditNotice => {
                person
                    .post(&format!("{case}/audit-notice"), self.notice())
                    .await
            }
            Task::InitialNoticeLetter => {
                person
                    .post(
                        &format!("{case}/audit-notice/initials"),
                        json!({"as": "letter"}),
                    )
                    .await
            }
            Task::InitialNoticeCost => {
                person
                    .post(
                        &format!("{case}/audit-notice/initials"),
                        json!({"as": "cost"}),
                    )
                    .await
            }
            Task::SignAuditNotice => person.act(&format!("{case}/audit-notice/signature")).await,
            Task::ReturnAuditNotice => {
                person
                    .post(&format!("{case}/audit-notice/return"), reason)
                    .await
            }
            Task::DispatchAuditNotice => {
                person
                    .post(&format!("{case}/audit-notice/dispatch"), self.dispatch())
                    .await
            }
            Task::VoidAuditNotice => {
                person
                    .post(&format!("{case}/audit-notice/voiding"), reason)
                    .await
            }
            Task::AmendApplication => {
                person
                    .patch(
                        case,
                        json!({"scope": "Air minum dan air mineral"}),
                        Some("*"),
                    )
                    .await
            }
            Task::AttachDocument => {
                let path = format!("{case}/documents/{wanting}");
                let body = Some(("application/octet-stream", pdf(&Uuid::new_v4().to_string())));
                person
                    .ask(&Request {
                        method: Method::PUT,
                        path: &path,
                        body,
                        headers: &[],
                    })
                    .await
            }
            Task::RejectApplication => person.post(&format!("{case}/rejection"), reason).await,
            Task::WithdrawApplication => person.post(&format!("{case}/withdrawal"), reason).await,
            Task::RecordAuditTime => {
                person
                    .post(&format!("{case}/audit-time"), audit_time())
                    .await
            }
            Task::RecordPayment => {
                person
                    .post(
                        &format!("{}/payments", money(billing.as_deref())),
                        self.payment(),
                    )
                    .await
            }
            Task::ReplaceBilling => {
                let form =
                    json!({"billing": self.dispatch()["billing"], "reason": "Kode kedaluwarsa."});
                person
                    .post(&format!("{}/replacement", money(billing.as_deref())), form)
                    .await
            }
            Task::CancelBilling => {
                person
                    .post(
                        &format!("{}/cancellation", money(billing.as_deref())),
                        reason,
                    )
                    .await
            }
            Task::ExpireApplication | Task::ReceivePayment | Task::IssueBilling => {
                panic!("the service itself does that")
            }
        }
    }

    /// A payment of the amount that `notice` bills, made now.
    pub fn payment(&self) -> Value {
        let ntpn = Uuid::new_v4().simple().to_string()[..16].to_uppercase();
        json!({"ntpn": ntpn, "paid_at": self.app.clock.now(), "amount": 4_000_000, "bank": "Bank Sumsel Babel"})
    }

    /// One case at every stage. The one case that is walked through all stages has one deficient
    /// document; its copies stay at the stage where they were made.
    pub async fn specimens(&self) -> Vec<Specimen> {
        let mut walker = Specimen {
            case: self.draft().await,
            stage: Stage::Draft,
            stages: vec![Stage::Draft],
            billing: None,
        };
        let mut found = vec![self.copy_of(&walker).await];
        let road: [(&Person, Task, Stage); 11] = [
            (&self.customer, Task::SubmitApplication, Stage::Submitted),
            (&self.pji_staff, Task::FileApplication, Stage::Filed),
            (&self.operations, Task::VerifyDocuments, Stage::Deficient),
            (&self.pji_staff, Task::ProposeAudit, Stage::AwaitingCustomer),
            (&self.customer, Task::CompleteApplication, Stage::Completed),
            (&self.operations, Task::VerifyDocuments, Stage::Confirmed),
            (
                &self.operations,
                Task::DraftAuditNotice,
                Stage::NoticeDrafted,
            ),
            (
                &self.ss_lead,
                Task::InitialNoticeLetter,
                Stage::NoticeDrafted,
            ),
            (
                &self.pji_lead,
                Task::InitialNoticeCost,
                Stage::NoticeInitialled,
            ),
            (&self.head, Task::SignAuditNotice, Stage::NoticeSigned),
            (
                &self.pji_staff,
                Task::DispatchAuditNotice,
                Stage::NoticeSent,
            ),
        ];
        for (person, task, to) in road {
            found.extend(self.leaving(&walker).await);
            let view = self.attempt(person, &walker, task).await.expect(200);
            assert_eq!(view["stage"], to.code());
            if walker.stage != to {
                walker.stages.push(to);
                walker.stage = to;
                if to != Stage::NoticeSent {
                    found.push(self.copy_of(&walker).await);
                }
            }
        }
        let billings = self
            .treasurer
            .get(&format!("/api/v1/billings?application={}", walker.id()))
            .await
            .expect(200);
        walker.billing = Some(format!(
            "/api/v1/billings/{}",
            billings["items"][0]["id"].as_str().unwrap()
        ));
        found.push(walker);
        assert!(Stage::all().all(|stage| {
            found
                .iter()
                .filter(|specimen| specimen.stage == stage)
                .count()
                == 1
        }));
        found
    }

    /// The specimens of the side exits that start at the stage of `walker`.
    async fn leaving(&self, walker: &Specimen) -> Option<Specimen> {
        let to = match walker.stage {
            Stage::Submitted => Stage::Withdrawn,
            Stage::Filed => Stage::Verified,
            Stage::Deficient => Stage::Rejected,
            Stage::AwaitingCustomer => Stage::Expired,
            Stage::Draft
            | Stage::Verified
            | Stage::Completed
            | Stage::Confirmed
            | Stage::NoticeDrafted
            | Stage::NoticeInitialled
            | Stage::NoticeSigned
            | Stage::NoticeSent
            | Stage::Rejected
            | Stage::Withdrawn
            | Stage::Expired => return None,
        };
        let mut leaver = self.copy_of(walker).await;
        if to == Stage::Withdrawn {
            self.attempt(&self.customer, &leaver, Task::WithdrawApplication)
                .await
                .expect(200);
        } else if to == Stage::Verified {
            self.operations
                .post(&format!("{}/verification", leaver.case), verification(&[]))
                .await
                .expect(200);
        } else if to == Stage::Rejected {
            self.attempt(&self.ss_lead, &leaver, Task::RejectApplication)
                .await
                .expect(200);
        } else {
            self.expire(&leaver.case, TimeDelta::days(6)).await;
        }
        leaver.stage = to;
        leaver.stages.push(to);
        Some(leaver)
    }

    /// Runs the expiry of the first proposal of `case` as the job does, at a time `later` than now.
    pub async fn expire(&self, case: &str, later: TimeDelta) {
        let request_time = RequestTime {
            now: self.app.clock.now() + later,
            calendars: self.app.service.calendars.clone(),
        };
        expire_application(
            &self.app.database,
            &request_time,
            ApplicationId(id_of(case)),
            1,
        )
        .await
        .unwrap();
    }

    /// A copy of the same case under another id and company.
    ///
    /// Walking a case through all stages takes forty requests, so the copy is made in the database,
    /// as the superuser, row by row. Unique values are replaced: ids, numbers, the company. The
    /// object names of its documents refer to no files; no test downloads from a copy.
    pub async fn copy_of(&self, of: &Specimen) -> Specimen {
        let (id, mark) = (Uuid::new_v4(), Uuid::new_v4().simple().to_string());
        let mut sql = self.app.sql().await;
        let whole =
            "'id', $2::uuid, 'number', o.number || '/' || $3, 'company', o.company || ' ' || $3";
        let own_id =
            "'id', gen_random_uuid(), 'application_id', $2::uuid, 'number', o.number || '/' || $3";
        let tables = [
            ("application", "id", whole.to_owned(), ""),
            ("document_version", "case_id", "'id', gen_random_uuid(), 'case_id', $2::uuid, 'object_key', o.object_key || '/' || $3".to_owned(), ""),
            ("submission_snapshot", "application_id", "'application_id', $2::uuid".to_owned(), ""),
            ("verification_item", "application_id", "'application_id', $2::uuid".to_owned(), ""),
            ("deficiency_sheet", "application_id", own_id.to_owned(), ""),
            ("audit_confirmation", "application_id", "'application_id', $2::uuid".to_owned(), ""),
            ("audit_notice", "application_id", format!("{own_id}, 'number_sequence', o.number_sequence + (random() * 1e9)::integer"), ""),
            (
                "letter",
                "application_id",
                "'id', gen_random_uuid(), 'application_id', $2::uuid, 'number', o.number || '/' || $3, \
                 'number_sequence', o.number_sequence + (random() * 1e9)::integer, 'token_digest', sha256(convert_to('token' || $3, 'UTF8')), \
                 'sha256', sha256(convert_to($3, 'UTF8'))"
                    .to_owned(),
                "",
            ),
            ("clock_entry", "case_id", "'case_id', $2::uuid".to_owned(), "order by o.seq"),
            ("journal", "subject_id", "'subject_id', $2::uuid".to_owned(), "order by o.seq"),
        ];
        for (table, key, changes, order) in tables {
            // Every statement takes the same three parameters, so that one loop can bind them.
            let copy = format!(
                "insert into {table} overriding user value
                 select (jsonb_populate_record(o, jsonb_build_object({changes}))).*
                 from {table} o where o.{key} = $1 and ($2::uuid, $3::text) is not null {order}"
            );
            sqlx::query(AssertSqlSafe(copy))
                .bind(of.id())
                .bind(id)
                .bind(&mark)
                .execute(&mut sql)
                .await
                .unwrap();
        }
        let billing = match &of.billing {
            Some(billing) => Some(copy_of_billing(&mut sql, id_of(billing), id).await),
            None => None,
        };
        Specimen {
            case: format!("/api/v1/applications/{id}"),
            billing,
            ..of.clone()
        }
    }

    /// One signed-in user for each role: the people of the office, and the roles that the SOP does
    /// not use.
    pub async fn person_of_each_role(&self) -> Vec<(Role, Person)> {
        let mut people = Vec::new();
        for role in Role::all() {
            people.push((role, self.holder(role).await));
        }
        people
    }

    async fn holder(&self, role: Role) -> Person {
        match role {
            Role::Customer => self.customer.clone(),
            Role::PjiStaff => self.pji_staff.clone(),
            Role::OperationsStaff => self.operations.clone(),
            Role::SsLead => self.ss_lead.clone(),
            Role::PjiLead => self.pji_lead.clone(),
            Role::Head => self.head.clone(),
            Role::Treasurer => self.treasurer.clone(),
            Role::TeamLead
            | Role::TeamStaff
            | Role::IntakeClerk
            | Role::ConflictOfficer
            | Role::ExternalHandler
            | Role::IdentityCustodian
            | Role::InternalAuditor
            | Role::Admin => self.app.staff(role).await,
        }
    }

    /// The number of rows of `table` that belong to `case`, counted as the superuser.
    pub async fn rows(&self, table: &str, key: &str, case: &str) -> i64 {
        let count = format!("select count(*) from {table} where {key} = $1");
        sqlx::query_scalar(AssertSqlSafe(count))
            .bind(id_of(case))
            .fetch_one(&mut self.app.sql().await)
            .await
            .unwrap()
    }

    /// The numbers of journal entries and of clock-ledger entries about `case`.
    pub async fn written_counts(&self, case: &str) -> (i64, i64) {
        (
            self.rows("journal", "subject_id", case).await,
            self.rows("clock_entry", "case_id", case).await,
        )
    }
}

/// The audit time of ISO 9001 for the personnel of `application`.
pub fn audit_time() -> Value {
    json!({"rule": "iaf_md5", "personnel": [{"name": "Semua", "people": 48, "hours_a_day": 8}], "technical_codes": ["IAF 3"]})
}

/// The tasks on a billing.
pub const MONEY: [Task; 3] = [
    Task::RecordPayment,
    Task::ReplaceBilling,
    Task::CancelBilling,
];

/// The path of the billing, or of none.
fn money(billing: Option<&str>) -> String {
    billing.map_or_else(
        || format!("/api/v1/billings/{}", Uuid::nil()),
        str::to_owned,
    )
}

/// Copies a billing to the case `to`, with a code of its own; returns its path.
async fn copy_of_billing(sql: &mut sqlx::PgConnection, of: Uuid, to: Uuid) -> String {
    let id = Uuid::new_v4();
    let code = format!("{:015}", id.as_u128() % 1_000_000_000_000_000);
    let copy = "insert into billing
        select (jsonb_populate_record(o, jsonb_build_object('id', $2::uuid, 'application_id', $3::uuid, 'code', $4::text))).*
        from billing o where o.id = $1";
    sqlx::query(copy)
        .bind(of)
        .bind(id)
        .bind(to)
        .bind(code)
        .execute(sql)
        .await
        .unwrap();
    format!("/api/v1/billings/{id}")
}

/// The completion of a case with a written answer to the open item.
pub fn explained(requirement: &str) -> Value {
    let mut form = completion();
    form["answers"] =
        json!([{"requirement": requirement, "note": "Sudah ditandatangani; lihat halaman 2."}]);
    form
}
