//! What callers see of an application. A view lists its fields; nothing leaks by derive.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::facts::{ApplicationKind, Facts};
use super::file::{self, Record};
use super::form::{Company, Contact, Personnel, Product, Site};
use super::notice::agreement;
use super::schemes::SchemeCode;
use super::sop::{SOP, Stage, Task};
use crate::casework::ledger::{self, ClockView};
use crate::casework::next::{NextView, RestView, next, rest};
use crate::casework::workflow::Asking;
use crate::identity::signed_in::today;
use crate::ids::{ApplicationId, CustomerId};
use crate::sop::gate::AuthContext;
use crate::sop::working_time::Calendar;

/// An application (permohonan sertifikasi).
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ApplicationView {
    /// Its id.
    pub id: ApplicationId,
    /// Its number, once submitted.
    #[schema(example = "P-2026-00001")]
    pub number: Option<String>,
    /// Whose it is.
    pub customer: CustomerView,
    /// Which service.
    pub scheme: SchemeCode,
    /// The checklist's version it was submitted under.
    #[schema(example = 1)]
    pub scheme_version: Option<i16>,
    /// What is asked for.
    pub kind: ApplicationKind,
    /// What decides the checklist.
    pub facts: Facts,
    /// Who applies.
    pub company: Company,
    /// Where.
    pub site: Option<Site>,
    /// What, for product schemes.
    pub products: Vec<Product>,
    /// What, for management systems.
    #[schema(example = "Produksi air minum dalam kemasan")]
    pub scope: Option<String>,
    /// How many work there.
    pub personnel: Option<Personnel>,
    /// Whom to ask.
    pub contact: Option<Contact>,
    /// Where it is on its road.
    pub stage: Stage,
    /// Counts the customer's submissions.
    #[schema(example = 1)]
    pub round: i16,
    /// What may be done next, by whom, until when, and why the rest may not.
    pub next: Vec<NextView>,
    /// Every other task of the SOP, and why it is not its time or not yours.
    pub rest: Vec<RestView>,
    /// The clock of the step at hand.
    pub clock: Option<ClockView>,
    /// When it was begun.
    pub created_at: DateTime<Utc>,
    /// When it was submitted.
    pub submitted_at: Option<DateTime<Utc>>,
    /// When it came to this stage.
    pub stage_since: DateTime<Utc>,
}

/// A customer, as others see it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct CustomerView {
    /// Its id.
    pub id: CustomerId,
    /// Its name.
    #[schema(example = "PT Tirta Musi Sejahtera")]
    pub name: String,
}

impl ApplicationView {
    /// The record as `who` sees it at `now`.
    #[must_use]
    pub fn of(record: Record, who: Asking<'_>, calendar: &Calendar, now: DateTime<Utc>) -> Self {
        let clock = ledger::reading(&SOP, &record.turns, calendar, now);
        let standing: AuthContext<'_, Task> = AuthContext {
            who: who.who(),
            roles: who.roles(),
            sees: true,
            done_by_caller: &record.done,
            done_by_anyone: &record.given,
        };
        let closed = |task| file::closed(task, record.asked, now);
        let (mut next, rest) = (
            next(record.stage, &standing, clock.as_ref(), closed),
            rest(record.stage, &standing),
        );
        agreement::refuse_when_over(&mut next, record.audit_begins, today(now));
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
    /// Its id.
    pub id: ApplicationId,
    /// Its number, once submitted.
    #[schema(example = "P-2026-00001")]
    pub number: Option<String>,
    /// The company as named in the form.
    #[schema(example = "PT Tirta Musi Sejahtera")]
    pub company: String,
    /// Which service.
    pub scheme: SchemeCode,
    /// What is asked for.
    pub kind: ApplicationKind,
    /// Where it is on its road.
    pub stage: Stage,
    /// Counts the customer's submissions.
    #[schema(example = 1)]
    pub round: i16,
    /// The clock of the step at hand.
    pub clock: Option<ClockView>,
    /// When it was begun.
    pub created_at: DateTime<Utc>,
    /// When it was submitted.
    pub submitted_at: Option<DateTime<Utc>>,
    /// When it came to this stage.
    pub stage_since: DateTime<Utc>,
}

/// One entry of the journal.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct TimelineEntry {
    /// When.
    pub at: DateTime<Utc>,
    /// Code of what was done.
    #[schema(example = "verify_documents")]
    pub task: String,
    /// The printed step it is, or is part of.
    #[schema(example = 3)]
    pub step: Option<i16>,
    /// From which stage.
    pub from_stage: Option<Stage>,
    /// To which stage.
    pub to_stage: Option<Stage>,
    /// Codes of the roles of who did it; empty for the service.
    #[schema(example = json!(["operations_staff"]))]
    pub roles: Vec<String>,
    /// `plh` or `plt` when they acted for the office holder.
    #[schema(example = "plh")]
    pub acting: Option<String>,
    /// Name of who did it.
    #[schema(example = "Dewi Lestari")]
    pub name: Option<String>,
    /// The customer's round.
    #[schema(example = 1)]
    pub round: i16,
    /// A reason.
    #[schema(example = "Biaya transport belum sesuai SBM.")]
    pub note: Option<String>,
}
