//! Stores reports and assessments, within the locked complaint.

use super::forms::{AssessmentForm, AtRetaliation, RetaliationForm};
use super::views::{RetaliationSummary, RetaliationView};
use crate::casework::desk::{Desk, OpenFile};
use crate::complaint::papers::retaliation_file::{
    RetaliationAccount, RetaliationAssessment, State,
};
use crate::complaint::read_transaction;
use crate::complaint::services::release_slots::next_release;
use crate::complaint::sop::Task;
use crate::complaint::store::retaliation::{self as store, NewReport};
use crate::complaint::store::viewer::Viewer;
use crate::error::{Code, Error, Result, fault};
use crate::identity::signed_in::today;
use crate::sop::gate::Principal;

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
    let (now, who, keys) = (
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
    let viewer = Viewer::set_context(connection, Principal::User(&who), Some(at.id), &keys).await?;
    let found = store::find(connection, (at.id, at.report), &viewer, now)
        .await?
        .ok_or_else(|| Error::new(Code::NotFound))?;
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
        by: who.user,
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
