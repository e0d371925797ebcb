//! Reports of retaliation (laporan pembalasan; ISO 37002 8.3.2 and 8.4.3, UU 31/2014 Pasal 10, PP
//! 43/2018 Pasal 12). The reporter reports retaliation, suffered or feared. A protector, a conflict
//! officer without a part in the handling of the complaint, assesses the report and orders
//! protective measures. Handlers of the complaint do not learn of a report, because the retaliator
//! may be one of them.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;

use crate::audit::{self, Event};
use crate::casework::announce::{About, Notice, NotificationKind, notify_by_tag};
use crate::casework::desk::{Desk, OpenFile};
use crate::casework::workflow::RequestTime;
use crate::complaint::alarms::AlarmKind;
use crate::complaint::conflict::roles_on;
use crate::complaint::file::ComplaintStatus;
use crate::complaint::papers::form::{duplicate_errors, prose_error};
use crate::complaint::papers::retaliation_file::{
    PROTECTORS, RetaliationAccount, RetaliationAssessment, RetaliationFinding, RetaliationKind,
    RetaliationMeasure, State,
};
use crate::complaint::read_transaction;
use crate::complaint::screening::unassignable;
use crate::complaint::sealing::case_key::CaseKey;
use crate::complaint::services::ComplaintServices;
use crate::complaint::services::next_release;
use crate::complaint::sop::Task;
use crate::complaint::store::retaliation::{
    self as store, NewReport, RetaliationListRow, RetaliationRow,
};
use crate::complaint::store::viewer::Viewer;
use crate::error::{Code, Error, FieldError, OrNotFound as _, Result, fault};
use crate::identity::roster::roster;
use crate::identity::signed_in::today;
use crate::ids::{ComplaintId, RetaliationId};
use crate::sop::gate::Principal;
use crate::web::body::Validate;

/// Maximum length of a text, in characters.
const MAX_TEXT_CHARS: usize = 5_000;

/// Path parameters of a report.
#[derive(Debug, Clone, Copy, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Path)]
pub struct AtRetaliation {
    /// Id of the complaint.
    pub id: ComplaintId,
    /// Id of the report.
    pub report: RetaliationId,
}

/// A report of retaliation (laporan pembalasan).
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RetaliationReportForm)]
pub struct RetaliationForm {
    /// Kind of retaliation, suffered or feared.
    #[schema(example = "transfer")]
    pub kind: RetaliationKind,
    /// Your account. Leave out details that only you can know.
    #[schema(
        example = "Sejak laporan itu saya dipindahkan ke gudang tanpa surat tugas.",
        min_length = 1,
        max_length = 5000
    )]
    pub text: String,
    /// `true` when the retaliation has not happened and is feared.
    #[serde(default)]
    #[schema(example = false)]
    pub feared: bool,
    /// Day of the retaliation, optional; may be in the future only when feared.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date, example = "2026-07-03")]
    pub day: Option<NaiveDate>,
}

impl Validate for RetaliationForm {
    fn errors(&self) -> Vec<FieldError> {
        prose_error(&self.text, "/text".to_owned(), MAX_TEXT_CHARS)
            .into_iter()
            .collect()
    }
}

/// An assessment (penilaian).
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RetaliationAssessmentForm)]
pub struct AssessmentForm {
    /// Finding. `needs_watch` leaves the report open for another assessment.
    #[schema(example = "upheld")]
    pub finding: RetaliationFinding,
    /// Text for the reporter, shown in the portal.
    #[schema(
        example = "Pemindahan Saudara dibatalkan. Bila terjadi lagi, laporkan di sini.",
        min_length = 1,
        max_length = 5000
    )]
    pub text: String,
    /// Protective measures; the reporter is told of them.
    #[serde(default)]
    #[schema(example = json!(["restoration", "order_to_stop"]), max_items = 9)]
    pub measures: Vec<RetaliationMeasure>,
}

impl Validate for AssessmentForm {
    fn errors(&self) -> Vec<FieldError> {
        let named_already = "This measure is named already.";
        let twice = duplicate_errors(&self.measures, "/measures", named_already).take(1);
        prose_error(&self.text, "/text".to_owned(), MAX_TEXT_CHARS)
            .into_iter()
            .chain(twice)
            .collect()
    }
}

/// One assessment.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = RetaliationAssessment)]
pub struct AssessmentView {
    /// Day of the assessment.
    #[schema(value_type = String, format = Date, example = "2026-07-08")]
    pub on: NaiveDate,
    /// Finding.
    pub finding: RetaliationFinding,
    /// Text for the reporter.
    #[schema(example = "Pemindahan Saudara dibatalkan. Bila terjadi lagi, laporkan di sini.")]
    pub text: String,
    /// Protective measures.
    #[schema(example = json!(["restoration", "order_to_stop"]))]
    pub measures: Vec<RetaliationMeasure>,
}

/// A report of retaliation (laporan pembalasan).
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = RetaliationReport)]
pub struct RetaliationView {
    /// Id of the report.
    pub id: RetaliationId,
    /// State of the report.
    pub state: State,
    /// Day of the report (WIB); no time of day is stored.
    #[schema(value_type = String, format = Date, example = "2026-07-06")]
    pub reported_on: NaiveDate,
    /// Kind of retaliation, suffered or feared.
    pub kind: RetaliationKind,
    /// Whether the retaliation has not happened and is feared.
    #[schema(example = false)]
    pub feared: bool,
    /// Day of the retaliation.
    #[schema(value_type = Option<String>, format = Date, example = "2026-07-03")]
    pub day: Option<NaiveDate>,
    /// Account of the reporter.
    #[schema(example = "Sejak laporan itu saya dipindahkan ke gudang tanpa surat tugas.")]
    pub text: String,
    /// Assessments so far, oldest first.
    pub assessments: Vec<AssessmentView>,
}

impl RetaliationView {
    /// Opens the report and its assessments.
    pub fn of(stored: &RetaliationRow, key: &CaseKey) -> Result<Self> {
        let (account, assessed) = (stored.open_report(key)?, stored.open_assessments(key)?);
        let assessments = assessed.into_iter();
        let assessments = assessments.map(|one| AssessmentView {
            on: one.on,
            finding: one.finding,
            text: one.text,
            measures: one.measures,
        });
        Ok(Self {
            id: stored.id,
            state: stored.state,
            reported_on: stored.reported_on,
            kind: account.kind,
            feared: account.feared,
            day: account.day,
            text: account.text,
            assessments: assessments.collect(),
        })
    }
}

/// Reports of one complaint.
#[derive(Serialize, utoipa::ToSchema)]
pub struct RetaliationReports {
    /// Reports, newest day first.
    pub items: Vec<RetaliationView>,
}

/// A report in a list. Holds no text.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = RetaliationReportSummary)]
pub struct RetaliationSummary {
    /// Id of the report.
    pub id: RetaliationId,
    /// The complaint.
    pub complaint: ComplaintId,
    /// Public number of the complaint.
    #[schema(example = "WBS-2026-7K3F9QX")]
    pub public_number: String,
    /// State of the report.
    pub state: State,
    /// Day of the report.
    #[schema(value_type = String, format = Date, example = "2026-07-06")]
    pub reported_on: NaiveDate,
    /// Day of the newest assessment.
    #[schema(value_type = Option<String>, format = Date)]
    pub assessed_on: Option<NaiveDate>,
}

impl RetaliationSummary {
    /// Builds the list entry.
    pub fn of(line: RetaliationListRow) -> Self {
        Self {
            id: line.id,
            complaint: line.case,
            public_number: line.public_number,
            state: line.state,
            reported_on: line.reported_on,
            assessed_on: line.assessed_on,
        }
    }
}

/// Maximum number of unsettled reports of one complaint; a protector reads them all at once.
const MAX_UNSETTLED: i64 = 50;

/// Stores a report, to be released at the next release time.
///
/// # Errors
/// `invalid_content` at `/day` for a future day of a report that is not feared; `conflict` when too
/// many reports are unsettled.
pub async fn report(file: &mut OpenFile<Task>, form: RetaliationForm) -> Result<RetaliationView> {
    let RetaliationForm {
        kind,
        text,
        feared,
        day,
    } = form;
    let (on, request_time, services) = (
        today(file.now()),
        file.request_time().clone(),
        file.services().clone(),
    );
    if day.is_some_and(|day| day > on) && !feared {
        let (id, en) = (
            "Hari tersebut belum tiba; isi `feared` dengan true bila pembalasan dikhawatirkan.",
            "The day is in the future; send `feared`: true if you fear retaliation.",
        );
        return Err(Error::invalid(vec![fault("/day", "in_the_future", id, en)]));
    }
    let (header, connection) = file.parts();
    if store::count_unsettled(connection, header.file.id).await? >= MAX_UNSETTLED {
        return Err(Error::new(Code::Conflict).detail(
            "Sudah terlalu banyak laporan yang belum dinilai.",
            "Too many reports are not assessed yet.",
        ));
    }
    let (_, surfaces_at) = next_release(connection, &request_time, &services).await?;
    let account = RetaliationAccount {
        kind,
        feared,
        day,
        text,
    };
    let id = store::add(
        connection,
        &header.file.key,
        &NewReport {
            case: header.file.id,
            on,
            surfaces_at,
            account: &account,
        },
    )
    .await?;
    let RetaliationAccount {
        kind,
        feared,
        day,
        text,
    } = account;
    Ok(RetaliationView {
        id,
        state: State::Open,
        reported_on: on,
        kind,
        feared,
        day,
        text,
        assessments: Vec::new(),
    })
}

/// Number of assessments of a report that the caller may read, before the complaint is locked; none
/// when there is no such report.
pub async fn current_version(desk: &Desk, at: AtRetaliation) -> Result<Option<i16>> {
    let now = desk.request_time().now;
    read_transaction::read(desk, async |c, viewer, _| {
        Ok(store::find(c, (at.id, at.report), viewer, now)
            .await?
            .map(|found| found.version))
    })
    .await
}

/// Stores an assessment, if the report still has the version `seen`.
///
/// # Errors
/// `not_found` when the caller may not protect the reporter, or there is no such report;
/// `overtaken` when another assessment was stored first; `conflict` when the report is settled.
pub async fn assess(
    file: &mut OpenFile<Task>,
    at: AtRetaliation,
    seen: Option<i16>,
    form: AssessmentForm,
) -> Result<RetaliationSummary> {
    let (now, caller, keys) = (
        file.now(),
        file.signed_in()?.clone(),
        file.services().keys.clone(),
    );
    let AssessmentForm {
        finding,
        text,
        measures,
    } = form;
    file.note(finding.code());
    let (header, connection) = file.parts();
    let viewer =
        Viewer::set_context(connection, Principal::User(&caller), Some(at.id), &keys).await?;
    let found = store::find(connection, (at.id, at.report), &viewer, now)
        .await?
        .or_not_found()?;
    if seen != Some(found.version) {
        return Err(Error::new(Code::Overtaken));
    }
    if found.state == State::Settled {
        return Err(Error::new(Code::Conflict).detail(
            "Laporan ini sudah dinilai.",
            "This report is assessed already.",
        ));
    }
    let (key, on) = (&header.file.key, today(now));
    let mut assessed = found.open_assessments(key)?;
    assessed.push(RetaliationAssessment {
        by: caller.user,
        on,
        finding,
        measures,
        text,
    });
    if !store::assess(connection, key, &found, &assessed).await? {
        return Err(Error::new(Code::Overtaken));
    }
    Ok(RetaliationSummary {
        id: at.report,
        complaint: at.id,
        public_number: header.file.public_number.clone(),
        state: finding.resulting_state(),
        reported_on: found.reported_on,
        assessed_on: Some(on),
    })
}

/// Notifies the protectors of every readable report that was not announced yet. Requires the
/// service's context. Returns true when there was one.
pub async fn notify_protectors(
    connection: &mut PgConnection,
    at: &RequestTime,
    services: &ComplaintServices,
) -> Result<bool> {
    let waiting = store::take_unannounced(connection, at.now).await?;
    let mut alarms = Vec::new();
    for of in &waiting {
        let tags = protectors(connection, *of, today(at.now), services).await?;
        if tags.is_empty() {
            unassignable::notify_alarm_recipients(connection, (of.office, of.case), at, services)
                .await?;
            alarms.push(Event::new(
                of.office,
                Principal::System,
                AlarmKind::RetaliationWithoutProtector.code(),
                services.keys.case_ref(of.case),
                at.now,
            ));
        }
        notify_by_tag(
            connection,
            &Notice::of(
                of.office,
                About::Complaint(of.case),
                NotificationKind::RetaliationWaits,
            ),
            &tags,
            at.now,
        )
        .await?;
    }
    audit::append(connection, &services.audit, &alarms).await?;
    Ok(!waiting.is_empty())
}

/// Tags of the staff members that may protect the reporter of a complaint today.
async fn protectors(
    connection: &mut PgConnection,
    of: ComplaintStatus,
    day: NaiveDate,
    services: &ComplaintServices,
) -> Result<Vec<Vec<u8>>> {
    let mut tags = Vec::new();
    for entry in roster(connection, of.office)
        .await?
        .into_iter()
        .filter(|entry| entry.active)
    {
        let roles = roles_on(&entry, day);
        if !PROTECTORS.iter().any(|role| roles.has(*role)) {
            continue;
        }
        let viewer =
            Viewer::of_account(connection, (of.office, entry.user), roles, &services.keys).await?;
        if store::is_protected_by(connection, of.case, &viewer).await? {
            tags.push(viewer.person);
        }
    }
    // Sorted, so that the order reveals nothing.
    tags.sort_unstable();
    Ok(tags)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_measure_is_named_once_and_words_are_needed() {
        let faults = |body: serde_json::Value| -> Vec<_> {
            serde_json::from_value::<AssessmentForm>(body)
                .ok()
                .unwrap()
                .errors()
                .into_iter()
                .map(|fault| (fault.pointer, fault.code))
                .collect()
        };
        assert_eq!(
            faults(
                json!({"finding": "upheld", "text": "x", "measures": ["separation", "discipline"]})
            ),
            []
        );
        let twice = json!({"finding": "upheld", "text": " ", "measures": ["separation", "discipline", "separation"]});
        assert_eq!(
            faults(twice),
            [
                ("/text".to_owned(), "empty"),
                ("/measures/2".to_owned(), "duplicate")
            ]
        );
    }
}
