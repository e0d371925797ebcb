//! What a report and an assessment write, within the file that was taken for it.

use super::forms::{AssessmentForm, AtRetaliation, RetaliationForm};
use super::views::{RetaliationSummary, RetaliationView};
use crate::casework::desk::{Desk, OpenFile};
use crate::casework::workflow::Asking;
use crate::complaint::papers::retaliation_file::{Assessed, State, Told};
use crate::complaint::read_transaction;
use crate::complaint::services::release_slots::next_surfacing;
use crate::complaint::sop::Task;
use crate::complaint::store::retaliation::{self as store, NewReport};
use crate::complaint::store::viewer::Viewer;
use crate::error::{Code, Error, Result, fault};
use crate::identity::signed_in::today;

/// How many reports of one complaint may wait: whoever protects reads them all.
const MOST: i64 = 50;

/// Writes a report down. It becomes known at the next surfacing time.
///
/// # Errors
/// `invalid_content` at `/day` for one to come, unless it is feared; `conflict` when too many wait.
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
            "Hari itu belum tiba; kirim feared: true bila dikhawatirkan.",
            "That day is to come; send feared: true if you fear it.",
        );
        return Err(Error::invalid(vec![fault("/day", "in_the_future", id, en)]));
    }
    let (header, connection) = file.parts();
    if store::unsettled(connection, header.file.id).await? >= MOST {
        return Err(Error::new(Code::Conflict).detail(
            "Sudah terlalu banyak laporan yang belum dinilai.",
            "Too many reports wait to be assessed.",
        ));
    }
    let (_, surfaces_at) = next_surfacing(connection, &request_time, &services).await?;
    let told = Told {
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
            told: &told,
        },
    )
    .await?;
    let Told {
        kind,
        feared,
        day,
        text,
    } = told;
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

/// How often a report was assessed, as the person at `desk` finds it before they take the file; nothing when they find none.
///
/// # Errors
/// When the server refuses.
pub async fn seen(desk: &Desk, at: AtRetaliation) -> Result<Option<i16>> {
    let now = desk.request_time().now;
    read_transaction::read(desk, async |c, viewer, _| {
        Ok(store::find(c, (at.id, at.report), viewer, now)
            .await?
            .map(|found| found.version))
    })
    .await
}

/// Writes an assessment down, if nobody has assessed the report since it was `seen`.
///
/// # Errors
/// `not_found` when whoever took the file does not protect its reporter, or there is no such report; `overtaken` when somebody was faster; `conflict` when
/// it is settled.
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
    let viewer = Viewer::enter(connection, Asking::Person(&who), Some(at.id), &keys).await?;
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
    let mut assessed = found.assessed(key)?;
    assessed.push(Assessed {
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
        state: finding.leads_to(),
        reported_on: found.reported_on,
        assessed_on: Some(on),
    })
}
