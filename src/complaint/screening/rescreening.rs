//! Repeated screening. A complaint is screened at its release, and again when its reporter has
//! written or the roster has changed: a new or returning person, a new name, role or appointment.
//! Screening adds conflicts and lifts none.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;

use crate::casework::desk::OpenFile;
use crate::casework::workflow::FileHeader;
use crate::complaint::conflict::{Concerned, ConflictKind, Staff};
use crate::complaint::papers::form::Content;
use crate::complaint::screening;
use crate::complaint::services::ComplaintServices;
use crate::complaint::sop::{SOP, Stage, Task};
use crate::complaint::store::conflicts::{self, NewConflict};
use crate::complaint::store::viewer::Viewer;
use crate::complaint::store::{self, attachments, messages, release, retaliation};
use crate::database::Database;
use crate::error::{Error, Result};
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
pub struct Roster {
    staff: Arc<Staff>,
    heads: Vec<UserId>,
    digest: [u8; 32],
}

impl Roster {
    /// Loads the roster of `office` on `day`.
    pub async fn load(
        connection: &mut PgConnection,
        office: OfficeId,
        day: NaiveDate,
        services: &ComplaintServices,
    ) -> Result<Self> {
        let entries = roster::roster(connection, office).await?;
        let heads: Vec<_> = roster::holders(connection, office, Role::Head, day)
            .await?
            .into_iter()
            .map(|head| head.user)
            .collect();
        let digest = services
            .keys
            .service_tag(format!("roll|{office}|{heads:?}|{entries:?}").as_bytes());
        Ok(Self {
            staff: Arc::new(Staff::new(entries)),
            heads,
            digest,
        })
    }
}

/// Screens a complaint at its release, including the messages since its receipt, and returns the
/// next stage.
pub async fn screen_on_release(file: &mut OpenFile<Task>) -> Result<Stage> {
    bar_new_conflicts(file).await?;
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

/// Lists the released complaints to screen again: those with new messages first, closed ones last.
pub async fn due(
    connection: &mut PgConnection,
    now: DateTime<Utc>,
    services: &ComplaintServices,
) -> Result<Vec<ComplaintId>> {
    let mut due = Vec::new();
    for office in release::offices(connection).await? {
        let roster = Roster::load(connection, office, today(now), services).await?;
        due.extend(release::to_screen(connection, office, &roster.digest, now, BATCH_SIZE).await?);
    }
    Ok(due)
}

/// Whether the complaint must be taken, because a person or the head is to be barred. When not,
/// marks the complaint as screened.
pub async fn has_new_conflicts(
    database: &Database,
    case: ComplaintId,
    now: DateTime<Utc>,
    services: &ComplaintServices,
) -> Result<bool> {
    let mut work = IdempotentWrite::for_job(database, now).await?;
    let viewer =
        Viewer::set_context(&mut work, Principal::System, Some(case), &services.keys).await?;
    let Some(header) = store::lock(&mut work, case, &viewer, Principal::System, services).await?
    else {
        return Ok(false);
    };
    let roster = Roster::load(&mut work, header.office, today(now), services).await?;
    let may_go = header.stage != Stage::ReferredExternally
        && SOP
            .row(Task::ScreenAgain)
            .targets(header.stage)
            .is_some_and(|to| to.contains(&Stage::ReferredExternally));
    if !new_conflicts(&mut work, &header, &roster, now, services)
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

/// Bars the persons found now and returns the next stage.
pub async fn screen_again(file: &mut OpenFile<Task>) -> Result<Stage> {
    bar_new_conflicts(file).await?;
    screening::stage_after_screening(file).await
}

/// Bars the persons that the screening finds now and marks the complaint as screened.
async fn bar_new_conflicts(file: &mut OpenFile<Task>) -> Result<()> {
    let now = file.now();
    let services = file.services().clone();
    let (header, connection) = file.parts();
    let roster = Roster::load(connection, header.office, today(now), &services).await?;
    for (user, kind) in new_conflicts(connection, header, &roster, now, &services).await? {
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

/// Finds the persons that the complaint, its messages and its reports of retaliation concern and
/// that are not barred yet. A conflict that the conflict officer lifted stays lifted unless a new
/// message mentions the person. After the release, a post alone gives a suspicion only, because its
/// holder may have come later.
async fn new_conflicts(
    connection: &mut PgConnection,
    header: &FileHeader<Task>,
    roster: &Roster,
    now: DateTime<Utc>,
    services: &ComplaintServices,
) -> Result<Vec<(UserId, ConflictKind)>> {
    let (case, key, day) = (header.file.id, &header.file.key, header.file.received_on);
    let sealed = store::sealed_content(connection, case).await?;
    let content = Content::open(key, case, &sealed)?;
    let mut reporter_texts = messages::list_of_reporter(connection, key, case, now).await?;
    // A person accused of retaliation may be a handler that would read the report.
    reporter_texts.extend(retaliation::texts(connection, key, case, now).await?);
    reporter_texts.extend(attachments::texts(connection, key, case, now).await?);
    let known = conflicts::tags(connection, case).await?;
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
    let concerns = |entry: &RosterEntry| {
        let late = header.stage != Stage::Received;
        let by_form = of_the_form.iter().find(|found| found.user == entry.user);
        let by_form = by_form.map(|found: &Concerned| {
            if late && !found.in_person {
                ConflictKind::Suspected
            } else {
                found.kind
            }
        });
        let found = by_form.or_else(|| {
            in_any
                .contains(&entry.user)
                .then_some(ConflictKind::Suspected)
        })?;
        let tag = services.keys.person_tag(entry.user);
        match known.iter().find(|(of, _)| *of == tag) {
            None => Some((entry.user, found)),
            Some((_, lifted)) => (*lifted && in_new.contains(&entry.user))
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
