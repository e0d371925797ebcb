//! Views of an application. Each view lists its fields explicitly.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::facts::{ApplicationKind, Facts};
use super::file::{self, ApplicationRecord};
use super::form::{Company, Contact, Personnel, Product, Site};
use super::notice::agreement;
use super::schemes::SchemeCode;
use super::sop::{SOP, Stage, Task};
use crate::casework::ledger::{self, ClockView};
use crate::casework::next::{NextView, RestView, next_tasks, other_tasks};
use crate::identity::SignedIn;
use crate::identity::signed_in::ActingKind;
use crate::identity::signed_in::roles_of;
use crate::identity::signed_in::today;
use crate::ids::{ApplicationId, CustomerId};
use crate::sop::code_schema;
use crate::sop::gate::{AuthContext, Principal};
use crate::sop::role::Role;
use crate::sop::table::Task as _;
use crate::sop::working_time::Calendar;

/// The act that begins an application.
pub const START: &str = "start_application";

/// The act of the service that completes the mirror of an application's folder.
pub const MIRROR_FOLDER: &str = "mirror_folder";

/// The acts in the journal of an application that are no tasks of the SOP.
const ACTS: [&str; 2] = [START, MIRROR_FOLDER];

/// Path of an application.
#[derive(Debug, Clone, Copy, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Path)]
pub struct AtApplication {
    /// Id of the application.
    pub id: ApplicationId,
}

/// An application (permohonan sertifikasi).
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ApplicationView {
    /// Id of the application.
    pub id: ApplicationId,
    /// Number of the application; null before submission.
    #[schema(example = "P-2026-00001")]
    pub number: Option<String>,
    /// The customer.
    pub customer: CustomerView,
    /// Code of the scheme.
    pub scheme: SchemeCode,
    /// Version of the checklist at submission.
    #[schema(example = 1)]
    pub scheme_version: Option<i16>,
    /// Kind of application.
    pub kind: ApplicationKind,
    /// Facts that determine the checklist.
    pub facts: Facts,
    /// The applicant company.
    pub company: Company,
    /// The site.
    pub site: Option<Site>,
    /// Products to certify, under `product_sni`.
    pub products: Vec<Product>,
    /// Scope to certify, under the other schemes.
    #[schema(example = "Produksi air minum dalam kemasan")]
    pub scope: Option<String>,
    /// The personnel.
    pub personnel: Option<Personnel>,
    /// The contact person.
    pub contact: Option<Contact>,
    /// Stage.
    pub stage: Stage,
    /// Number of the round: counts the customer's submissions.
    #[schema(example = 1)]
    pub round: i16,
    /// The next steps with actor and due date, and the reason if a step is refused.
    pub next: Vec<NextView>,
    /// Every other task of the SOP, with the reason why it is not open to you now.
    pub rest: Vec<RestView>,
    /// Clock of the current step.
    pub clock: Option<ClockView>,
    /// When the draft was created.
    pub created_at: DateTime<Utc>,
    /// Time of submission.
    pub submitted_at: Option<DateTime<Utc>>,
    /// When the current stage began.
    pub stage_since: DateTime<Utc>,
}

/// A customer, as shown to others.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct CustomerView {
    /// Id of the customer.
    pub id: CustomerId,
    /// Name of the customer.
    #[schema(example = "PT Tirta Musi Sejahtera")]
    pub name: String,
}

impl ApplicationView {
    /// The view for `caller` at `now`.
    pub fn of(
        record: ApplicationRecord,
        caller: Principal<&SignedIn>,
        calendar: &Calendar,
        now: DateTime<Utc>,
    ) -> Self {
        let clock = ledger::current_clock(&SOP, &record.clock_entries, calendar, now);
        let auth: AuthContext<'_, Task> = AuthContext {
            caller: caller.map(|user| user.user.0),
            roles: roles_of(caller),
            sees: true,
            done_by_caller: &record.done_by_caller,
            done_by_anyone: &record.done_by_anyone,
        };
        let closed = |task| file::closed(task, record.pending_answer, now);
        let (mut next, rest) = (
            next_tasks(record.stage, &auth, clock.as_ref(), closed),
            other_tasks(record.stage, &auth),
        );
        agreement::disallow_past_audit(&mut next, record.audit_begins, today(now));
        let facts = record.form.facts();
        Self {
            id: record.id,
            number: record.number,
            customer: CustomerView {
                id: record.customer,
                name: record.customer_name,
            },
            scheme: record.form.scheme,
            scheme_version: record.scheme_version,
            kind: record.form.kind,
            facts,
            company: record.form.company,
            site: record.form.site,
            products: record.form.products,
            scope: record.form.scope,
            personnel: record.form.personnel,
            contact: record.form.contact,
            stage: record.stage,
            round: record.round,
            next,
            rest,
            clock,
            created_at: record.created_at,
            submitted_at: record.submitted_at,
            stage_since: record.stage_since,
        }
    }
}

/// An application in a list.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ApplicationSummary {
    /// Id of the application.
    pub id: ApplicationId,
    /// Number of the application; null before submission.
    #[schema(example = "P-2026-00001")]
    pub number: Option<String>,
    /// Name of the company, from the form.
    #[schema(example = "PT Tirta Musi Sejahtera")]
    pub company: String,
    /// Code of the scheme.
    pub scheme: SchemeCode,
    /// Kind of application.
    pub kind: ApplicationKind,
    /// Stage.
    pub stage: Stage,
    /// Number of the round: counts the customer's submissions.
    #[schema(example = 1)]
    pub round: i16,
    /// Clock of the current step.
    pub clock: Option<ClockView>,
    /// When the draft was created.
    pub created_at: DateTime<Utc>,
    /// Time of submission.
    pub submitted_at: Option<DateTime<Utc>>,
    /// When the current stage began.
    pub stage_since: DateTime<Utc>,
}

code_schema!(
    ApplicationActCode,
    "Code of a task of the SOP or of another act on an application.",
    Task::all().map(Task::code).chain(ACTS)
);

/// A journal entry.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct TimelineEntry {
    /// Time of the act.
    pub at: DateTime<Utc>,
    /// Code of the task.
    #[schema(value_type = ApplicationActCode)]
    pub task: String,
    /// Number of the printed step it belongs to.
    #[schema(example = 3)]
    pub step: Option<i16>,
    /// Stage before the act.
    pub from_stage: Option<Stage>,
    /// Stage after the act.
    pub to_stage: Option<Stage>,
    /// The actor's roles; empty for the service.
    #[schema(value_type = Vec<Role>)]
    pub roles: Vec<String>,
    /// The kind of appointment if the actor was an acting office holder.
    #[schema(value_type = Option<ActingKind>)]
    pub acting: Option<String>,
    /// Name of the actor.
    #[schema(example = "Dewi Lestari")]
    pub name: Option<String>,
    /// The customer's round.
    #[schema(example = 1)]
    pub round: i16,
    /// Note, such as a reason.
    #[schema(example = "Biaya transport belum sesuai SBM.")]
    pub note: Option<String>,
}
