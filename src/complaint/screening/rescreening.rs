//! Screening at work, which goes on: a complaint is looked at when it surfaces, and again when its reporter has written, and when somebody of the office
//! has come, come back, changed their name, or been given a role or an appointment since. It adds conflicts and lifts none.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;

use crate::casework::desk::OpenFile;
use crate::casework::workflow::{Asking, FileHeader};
use crate::complaint::conflict::{ConflictKind, is_named, screen, speaks_of};
use crate::complaint::papers::form::Content;
use crate::complaint::screening;
use crate::complaint::services::ComplaintServices;
use crate::complaint::sop::{SOP, Stage, Task};
use crate::complaint::store::conflicts::{self, NewConflict};
use crate::complaint::store::viewer::Viewer;
use crate::complaint::store::{self, messages, release, retaliation};
use crate::database::Database;
use crate::error::Result;
use crate::identity::roster::{self, RosterEntry};
use crate::identity::signed_in::today;
use crate::ids::{ComplaintId, OfficeId, UserId};
use crate::sop::role::Role;
use crate::web::IdempotentWrite;

/// Complaints looked at in one go; the rest wait for the next.
const AT_ONCE: i64 = 100;

/// Everybody of an office, as a complaint is screened for them, and the mark of it.
pub struct Roster {
    everybody: Vec<RosterEntry>,
    heads: Vec<UserId>,
    mark: [u8; 32],
}

impl Roster {
    /// That of `office` on `day`.
    ///
    /// # Errors
    /// When the server refuses.
    pub async fn load(
        connection: &mut PgConnection,
        office: OfficeId,
        day: NaiveDate,
        services: &ComplaintServices,
    ) -> Result<Self> {
        let everybody = roster::roster(connection, office).await?;
        let heads: Vec<_> = roster::holders(connection, office, Role::Head, day)
            .await?
            .into_iter()
            .map(|head| head.user)
            .collect();
        let mark = services
            .keys
            .mark(format!("roll|{office}|{heads:?}|{everybody:?}").as_bytes());
        Ok(Self {
            everybody,
            heads,
            mark,
        })
    }
}

/// Screens a complaint that is about to surface, with what its reporter has written since, and says where it goes.
///
/// # Errors
/// When the server refuses.
pub async fn on_surfacing(file: &mut OpenFile<Task>) -> Result<Stage> {
    bar_whoever_is_found(file).await?;
    let (now, services) = (file.now(), file.services().clone());
    let (header, connection) = file.parts();
    let holds = screening::holds(
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

/// Complaints that surfaced and must be screened again: those whose reporters have written first, and the closed last.
///
/// # Errors
/// When the server refuses.
pub async fn due(
    connection: &mut PgConnection,
    now: DateTime<Utc>,
    services: &ComplaintServices,
) -> Result<Vec<ComplaintId>> {
    let mut due = Vec::new();
    for office in release::offices(connection).await? {
        let roll = Roster::load(connection, office, today(now), services).await?;
        due.extend(release::to_screen(connection, office, &roll.mark, now, AT_ONCE).await?);
    }
    Ok(due)
}

/// Looks at a complaint; true when it must be taken, because somebody is to be barred or the head is. Otherwise what was looked at is remembered.
///
/// # Errors
/// When the server refuses.
pub async fn must_be_taken(
    database: &Database,
    case: ComplaintId,
    now: DateTime<Utc>,
    services: &ComplaintServices,
) -> Result<bool> {
    let mut work = IdempotentWrite::of_the_service(database, now).await?;
    let viewer = Viewer::enter(&mut work, Asking::Service, Some(case), &services.keys).await?;
    let Some(header) = store::lock(&mut work, case, &viewer, Asking::Service, services).await?
    else {
        return Ok(false);
    };
    let roll = Roster::load(&mut work, header.office, today(now), services).await?;
    let may_go = header.stage != Stage::ReferredExternally
        && SOP
            .row(Task::ScreenAgain)
            .targets(header.stage)
            .is_some_and(|to| to.contains(&Stage::ReferredExternally));
    if !found(&mut work, &header, &roll, now, services)
        .await?
        .is_empty()
        || (may_go && head_is_barred(&mut work, case, &roll, services).await?)
    {
        return Ok(true);
    }
    remember(&mut work, case, &roll, now).await?;
    work.commit().await?;
    Ok(false)
}

/// Bars whoever is found now, and says where the file goes.
///
/// # Errors
/// When the server refuses.
pub async fn screen_again(file: &mut OpenFile<Task>) -> Result<Stage> {
    bar_whoever_is_found(file).await?;
    screening::where_it_goes(file).await
}

/// Bars everybody whom the screening finds now, and remembers that it was done.
async fn bar_whoever_is_found(file: &mut OpenFile<Task>) -> Result<()> {
    let now = file.now();
    let services = file.services().clone();
    let (header, connection) = file.parts();
    let roll = Roster::load(connection, header.office, today(now), &services).await?;
    for (user, kind) in found(connection, header, &roll, now, &services).await? {
        let new = NewConflict {
            case: header.file.id,
            user,
            tag: services.keys.person_tag(user),
            bar: kind,
            reason: "screening",
        };
        conflicts::bar(connection, &header.file.key, &new, today(now)).await?;
    }
    remember(connection, header.file.id, &roll, now).await
}

/// Whom the complaint, its reporter's messages and reports of retaliation concern and who is not barred yet. What the conflict officer lifted stays
/// lifted, unless a new message speaks of them. Once the complaint is known, a post by itself is a suspicion: its holder may have come later.
async fn found(
    connection: &mut PgConnection,
    header: &FileHeader<Task>,
    roll: &Roster,
    now: DateTime<Utc>,
    services: &ComplaintServices,
) -> Result<Vec<(UserId, ConflictKind)>> {
    let (case, key, day) = (header.file.id, &header.file.key, header.file.received_on);
    let sealed = store::content(connection, case).await?;
    let content = Content::open(key, case, &sealed)?;
    let mut told = messages::of_the_reporter(connection, key, case, now).await?;
    // Whoever is said to retaliate may be the one who would read of it.
    told.extend(retaliation::words(connection, key, case, now).await?);
    let known = conflicts::tags(connection, case).await?;
    let texts = |new: bool| {
        told.iter()
            .filter(move |(_, screened)| !(new && *screened))
            .map(|(text, _)| text.as_str())
    };
    let (in_any, in_new) = (
        speaks_of(texts(false), &roll.everybody, day),
        speaks_of(texts(true), &roll.everybody, day),
    );
    let of_the_form = screen(&content, &roll.everybody, day);
    let concerns = |entry: &RosterEntry| {
        let by_form = of_the_form
            .iter()
            .find(|(user, _)| *user == entry.user)
            .map(|(_, bar)| *bar);
        let late = header.stage != Stage::Received;
        let by_form = by_form.map(|bar| {
            if late && !is_named(&content, entry) {
                ConflictKind::Suspected
            } else {
                bar
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
    Ok(roll.everybody.iter().filter_map(concerns).collect())
}

/// Writes down with which roll the complaint was screened, and that its messages and reports of retaliation were.
async fn remember(
    connection: &mut PgConnection,
    case: ComplaintId,
    roll: &Roster,
    now: DateTime<Utc>,
) -> Result<()> {
    messages::were_screened(connection, case, now).await?;
    retaliation::were_screened(connection, case, now).await?;
    release::was_screened(connection, case, &roll.mark).await
}

/// Whether somebody is head by now who may not know of it: nobody answers for the head then.
async fn head_is_barred(
    connection: &mut PgConnection,
    case: ComplaintId,
    roll: &Roster,
    services: &ComplaintServices,
) -> Result<bool> {
    let tagged: Vec<_> = roll
        .heads
        .iter()
        .map(|head| (*head, services.keys.person_tag(*head)))
        .collect();
    Ok(!conflicts::barred(connection, case, &tagged)
        .await?
        .is_empty())
}
