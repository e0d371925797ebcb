//! Repeated screening. A complaint is screened at its release, and again when its reporter has
//! written or the roster has changed: a new or returning person, a new name, role or appointment.
//! Screening adds conflicts and lifts none.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::casework::desk::OpenFile;
use crate::casework::workflow::FileHeader;
use crate::complaint::conflict::{Concerned, ConflictKind, Staff};
use crate::complaint::papers::form::Content;
use crate::complaint::read_transaction::read_as;
use crate::complaint::screening;
use crate::complaint::services::ComplaintServices;
use crate::complaint::sop::{SOP, Stage, Task};
use crate::complaint::store::conflicts::{self, NewConflict};
use crate::complaint::store::viewer::Viewer;
use crate::complaint::store::{self, attachments, messages, release, retaliation};
use crate::database::Database;
use crate::error::{Code, Error, OrNotFound as _, Result};
use crate::identity::roster::{self, RosterEntry};
use crate::identity::signed_in::today;
use crate::ids::{ComplaintId, OfficeId, UserId};
use crate::sop::gate::Principal;
use crate::sop::role::Role;
use crate::web::IdempotentWrite;

/// Complaints of one office that are screened in one run; the next run screens the rest.
const BATCH_SIZE: i64 = 100;

/// Staff of an office as a complaint is screened for them, with a digest that changes when the
/// staff changes.
struct Roster {
    staff: Arc<Staff>,
    heads: Vec<UserId>,
    digest: [u8; 32],
}

/// The names of a roster with the digest they were indexed for.
type Indexed = ([u8; 32], Arc<Staff>);

/// The rosters of one run. The names of an office's staff are indexed once for each digest.
#[derive(Default)]
pub struct Rosters(Mutex<HashMap<OfficeId, Indexed>>);

impl Rosters {
    /// Loads the roster of `office` on `day`.
    async fn load(
        &self,
        connection: &mut PgConnection,
        office: OfficeId,
        day: NaiveDate,
        services: &ComplaintServices,
    ) -> Result<Roster> {
        let entries = roster::roster(connection, office).await?;
        let heads: Vec<_> = roster::holders(connection, office, Role::Head, day)
            .await?
            .into_iter()
            .map(|head| head.user)
            .collect();
        let digest = services
            .keys
            .service_tag(format!("roll|{office}|{heads:?}|{entries:?}").as_bytes());
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (of, staff) = known
            .entry(office)
            .or_insert_with(|| (digest, Arc::new(Staff::new(entries.clone()))));
        if *of != digest {
            (*of, *staff) = (digest, Arc::new(Staff::new(entries)));
        }
        Ok(Roster {
            staff: Arc::clone(staff),
            heads,
            digest,
        })
    }
}

/// The persons that the texts of a complaint concern. Long texts take time, so they are read and
/// compared before the complaint is locked; under the lock it is checked that they still are the
/// texts.
pub struct Findings {
    /// The digest of the roster.
    roster: [u8; 32],
    /// The texts, each with whether it was screened before.
    texts: Vec<(Uuid, bool)>,
    of_the_form: Vec<Concerned>,
    in_any: Vec<UserId>,
    in_new: Vec<UserId>,
}

/// Reads and screens the texts of a complaint that were released by `now`.
///
/// # Errors
/// `not_found` when the complaint has been deleted.
pub async fn screen(
    database: &Database,
    case: ComplaintId,
    now: DateTime<Utc>,
    services: &ComplaintServices,
    rosters: &Rosters,
) -> Result<Findings> {
    let (content, day, roster, texts, reporter_texts) = read_as(
        database,
        services,
        Principal::System,
        None,
        async |c, viewer, services| {
            let found = store::find(c, case, viewer, Principal::System, services)
                .await?
                .or_not_found()?;
            let key = &services.case_key(case, &found.wrapped).await?;
            let roster = rosters.load(c, found.office, today(now), services).await?;
            // Before the texts themselves: what is added between the two is noticed under the lock.
            let texts = release::texts_to_screen(c, case, now).await?;
            let mut reporter_texts = messages::list_of_reporter(c, key, case, now).await?;
            // A person accused of retaliation may be a handler that would read the report.
            reporter_texts.extend(retaliation::texts(c, key, case, now).await?);
            reporter_texts.extend(attachments::texts(c, key, case, now).await?);
            // With the same roster a screened text tells nothing new.
            if release::screened_with(c, case).await?.as_deref() == Some(roster.digest.as_slice()) {
                reporter_texts.retain(|(_, screened)| !screened);
            }
            let content = Content::open(key, case, &found.content)?;
            Ok((content, found.received_on, roster, texts, reporter_texts))
        },
    )
    .await?;
    // Texts of attachments may be long, and other tasks share this thread.
    let staff = Arc::clone(&roster.staff);
    let screening = tokio::task::spawn_blocking(move || {
        let of_the_form = staff.screen(&content, day);
        let (mut in_any, mut in_new) = (Vec::new(), Vec::new());
        for (text, screened) in reporter_texts {
            let mentioned = staff.find_mentioned(&text, day);
            if !screened {
                in_new.extend_from_slice(&mentioned);
            }
            in_any.extend(mentioned);
        }
        (of_the_form, in_any, in_new)
    });
    // The message of a panic may quote the text, so it is dropped.
    let (of_the_form, in_any, in_new) = screening
        .await
        .map_err(|_| Error::internal("the screening panicked"))?;
    Ok(Findings {
        roster: roster.digest,
        texts,
        of_the_form,
        in_any,
        in_new,
    })
}

/// Bars the persons found at the release of a complaint and returns the next stage.
///
/// # Errors
/// `out_of_order` when its texts or the roster have changed since; the next run starts again.
pub async fn screen_on_release(
    file: &mut OpenFile<Task>,
    findings: &Findings,
    rosters: &Rosters,
) -> Result<Stage> {
    bar_new_conflicts(file, findings, rosters).await?;
    let (now, services) = (file.now(), file.services().clone());
    let (header, connection) = file.parts();
    let holds = screening::office_can_handle(
        connection,
        header.office,
        header.file.id,
        today(now),
        &services,
    )
    .await?;
    Ok(if holds {
        Stage::Screened
    } else {
        Stage::ReferredExternally
    })
}

/// Lists the released complaints to screen again: those with new messages first, closed ones and
/// those that failed last.
pub async fn due(
    connection: &mut PgConnection,
    now: DateTime<Utc>,
    services: &ComplaintServices,
    rosters: &Rosters,
) -> Result<Vec<ComplaintId>> {
    let failed: Vec<_> = {
        let failed = services.failed_screenings.lock();
        let failed = failed.unwrap_or_else(PoisonError::into_inner);
        failed.iter().map(|case| case.0).collect()
    };
    let mut due = Vec::new();
    for office in release::offices(connection).await? {
        let roster = rosters
            .load(connection, office, today(now), services)
            .await?;
        let (mark, most) = (&roster.digest, BATCH_SIZE);
        due.extend(release::to_screen(connection, office, mark, now, &failed, most).await?);
    }
    Ok(due)
}

/// Notes whether the last screening of a complaint failed.
pub fn note_failure(services: &ComplaintServices, case: ComplaintId, failed: bool) {
    let cases = services.failed_screenings.lock();
    let mut cases = cases.unwrap_or_else(PoisonError::into_inner);
    if failed {
        cases.insert(case);
    } else {
        cases.remove(&case);
    }
}

/// Whether the complaint must be taken, because a person or the head is to be barred. When not,
/// marks the complaint as screened, unless its texts or the roster have changed since.
pub async fn has_new_conflicts(
    database: &Database,
    case: ComplaintId,
    now: DateTime<Utc>,
    services: &ComplaintServices,
    findings: &Findings,
    rosters: &Rosters,
) -> Result<bool> {
    let mut work = IdempotentWrite::for_job(database, now).await?;
    let viewer =
        Viewer::set_context(&mut work, Principal::System, Some(case), &services.keys).await?;
    let Some(header) = store::lock(&mut work, case, &viewer, Principal::System, services).await?
    else {
        return Ok(false);
    };
    let roster = rosters
        .load(&mut work, header.office, today(now), services)
        .await?;
    if !still_hold(&mut work, findings, case, &roster, now).await? {
        return Ok(false);
    }
    let may_go = header.stage != Stage::ReferredExternally
        && SOP
            .row(Task::ScreenAgain)
            .targets(header.stage)
            .is_some_and(|to| to.contains(&Stage::ReferredExternally));
    if !new_conflicts(&mut work, &header, findings, &roster, services)
        .await?
        .is_empty()
        || (may_go && head_is_barred(&mut work, case, &roster, services).await?)
    {
        return Ok(true);
    }
    mark_screened(&mut work, case, &roster, now).await?;
    work.commit().await?;
    Ok(false)
}

/// Bars the persons found and returns the next stage.
///
/// # Errors
/// `out_of_order` when the texts or the roster have changed since; the next run starts again.
pub async fn screen_again(
    file: &mut OpenFile<Task>,
    findings: &Findings,
    rosters: &Rosters,
) -> Result<Stage> {
    bar_new_conflicts(file, findings, rosters).await?;
    screening::stage_after_screening(file).await
}

/// Whether the texts of the locked complaint and the roster are those that were screened.
async fn still_hold(
    connection: &mut PgConnection,
    findings: &Findings,
    case: ComplaintId,
    roster: &Roster,
    now: DateTime<Utc>,
) -> Result<bool> {
    Ok(findings.roster == roster.digest
        && findings.texts == release::texts_to_screen(connection, case, now).await?)
}

/// Bars the persons that the screening found and marks the complaint as screened.
async fn bar_new_conflicts(
    file: &mut OpenFile<Task>,
    findings: &Findings,
    rosters: &Rosters,
) -> Result<()> {
    let now = file.now();
    let services = file.services().clone();
    let (header, connection) = file.parts();
    let roster = rosters
        .load(connection, header.office, today(now), &services)
        .await?;
    if !still_hold(connection, findings, header.file.id, &roster, now).await? {
        return Err(Error::new(Code::OutOfOrder));
    }
    for (user, kind) in new_conflicts(connection, header, findings, &roster, &services).await? {
        let new = NewConflict {
            case: header.file.id,
            user,
            tag: services.keys.person_tag(user),
            kind,
            reason: "screening",
        };
        conflicts::bar(connection, &header.file.key, &new, today(now)).await?;
    }
    mark_screened(connection, header.file.id, &roster, now).await
}

/// Of the persons found, those that are not barred yet. A conflict that the conflict officer lifted
/// stays lifted unless a new message mentions the person. After the release, a post alone gives a
/// suspicion only, because its holder may have come later.
async fn new_conflicts(
    connection: &mut PgConnection,
    header: &FileHeader<Task>,
    findings: &Findings,
    roster: &Roster,
    services: &ComplaintServices,
) -> Result<Vec<(UserId, ConflictKind)>> {
    let known = conflicts::tags(connection, header.file.id).await?;
    let concerns = |entry: &RosterEntry| {
        let late = header.stage != Stage::Received;
        let mut of_the_form = findings.of_the_form.iter();
        let by_form = of_the_form.find(|found| found.user == entry.user);
        let by_form = by_form.map(|found: &Concerned| {
            if late && !found.in_person {
                ConflictKind::Suspected
            } else {
                found.kind
            }
        });
        let found = by_form.or_else(|| {
            findings
                .in_any
                .contains(&entry.user)
                .then_some(ConflictKind::Suspected)
        })?;
        let tag = services.keys.person_tag(entry.user);
        match known.iter().find(|(of, _)| *of == tag) {
            None => Some((entry.user, found)),
            Some((_, lifted)) => (*lifted && findings.in_new.contains(&entry.user))
                .then_some((entry.user, ConflictKind::Suspected)),
        }
    };
    Ok(roster.staff.entries().iter().filter_map(concerns).collect())
}

/// Stores the digest of the roster and marks the messages and reports of retaliation as screened.
async fn mark_screened(
    connection: &mut PgConnection,
    case: ComplaintId,
    roster: &Roster,
    now: DateTime<Utc>,
) -> Result<()> {
    messages::mark_screened(connection, case, now).await?;
    retaliation::mark_screened(connection, case, now).await?;
    attachments::mark_screened(connection, case, now).await?;
    release::mark_screened(connection, case, &roster.digest).await
}

/// Whether a present head is barred; then the head of the SOP is missing.
async fn head_is_barred(
    connection: &mut PgConnection,
    case: ComplaintId,
    roster: &Roster,
    services: &ComplaintServices,
) -> Result<bool> {
    let tagged: Vec<_> = roster
        .heads
        .iter()
        .map(|head| (*head, services.keys.person_tag(*head)))
        .collect();
    Ok(!conflicts::filter_barred(connection, case, &tagged)
        .await?
        .is_empty())
}
