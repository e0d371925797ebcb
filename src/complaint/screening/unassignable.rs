//! A complaint that nobody can handle: when it is outside the office, and whoever would carry it there or judge its conflicts is barred or does not exist, the
//! trail says so and those who watch over it are told that it holds an alarm. Neither says which complaint, or who is barred.

use sqlx::PgConnection;

use crate::audit::{self, Actor as By, Event};
use crate::casework::announce::{About, Kind, Notice, tell_by_tag};
use crate::casework::workflow::{Asking, Change, FileHeader, RequestTime};
use crate::complaint::alarms::AlarmKind;
use crate::complaint::announcing::who_may_know;
use crate::complaint::file::Whereabouts;
use crate::complaint::services::ComplaintServices;
use crate::complaint::sop::{SOP, Task};
use crate::complaint::store::conflicts;
use crate::complaint::store::viewer::Viewer;
use crate::error::Result;
use crate::identity::roster::holders;
use crate::identity::signed_in::today;
use crate::ids::{ComplaintId, OfficeId};
use crate::sop::role::Role;
use crate::sop::table::Actor;

/// What must find somebody outside, and what the trail says when it does not.
const NEEDED: [(Task, AlarmKind); 2] = [
    (Task::SettleExternally, AlarmKind::ComplaintWithoutHandler),
    (
        Task::RecallComplaint,
        AlarmKind::ComplaintWithoutConflictOfficer,
    ),
];
/// Who is told that the trail holds an alarm: auditors, who read it, and administrators, who can give a role.
const TOLD_OF_ALARMS: [Role; 2] = [Role::InternalAuditor, Role::Admin];

/// Raises the alarm for each step outside that nobody free can take after `change`.
///
/// # Errors
/// When the server refuses.
pub async fn raise(
    connection: &mut PgConnection,
    change: &Change<'_, Task>,
    at: &RequestTime,
    services: &ComplaintServices,
) -> Result<()> {
    let header = change.header;
    let bars = matches!(
        change.row.task,
        Task::RecuseFromComplaint | Task::DeclareConflict | Task::ScreenAgain
    );
    if SOP
        .row(Task::SettleExternally)
        .targets(header.stage)
        .is_none()
        || !(change.from != header.stage || bars)
    {
        return Ok(());
    }
    Viewer::enter(connection, Asking::Service, None, &services.keys).await?;
    let mut events = Vec::new();
    for (task, kind) in NEEDED {
        let Actor::Person(roles) = SOP.row(task).actor else {
            continue;
        };
        if who_may_know(
            connection,
            Whereabouts::of(header),
            roles,
            None,
            at,
            services,
        )
        .await?
        .is_empty()
        {
            events.push(event(header, kind.code(), at, services));
        }
    }
    if events.is_empty() {
        return Ok(());
    }
    tell_watchers(connection, (header.office, header.file.id), at, services).await?;
    audit::append(connection, &services.audit, &events).await
}

fn event<'a>(
    header: &FileHeader<Task>,
    action: &'a str,
    at: &RequestTime,
    services: &ComplaintServices,
) -> Event<'a> {
    Event {
        office: header.office,
        at: Some(at.now),
        on: today(at.now),
        actor: By::Service,
        action,
        object: services.keys.case_ref(header.file.id),
        step: None,
        moved: None,
        counted: (0, 0),
        detail: None,
    }
}

/// Tells those who watch over the trail, and are not barred from the complaint, that it holds an alarm. Ask as the service.
///
/// # Errors
/// When the server refuses.
pub async fn tell_watchers(
    connection: &mut PgConnection,
    (office, case): (OfficeId, ComplaintId),
    at: &RequestTime,
    services: &ComplaintServices,
) -> Result<()> {
    let mut watching = Vec::new();
    for role in TOLD_OF_ALARMS {
        watching.extend(
            holders(connection, office, role, today(at.now))
                .await?
                .into_iter()
                .map(|holder| holder.user),
        );
    }
    watching.sort_unstable();
    watching.dedup();
    let tagged: Vec<_> = watching
        .into_iter()
        .map(|user| (user, services.keys.person_tag(user)))
        .collect();
    let barred = conflicts::barred(connection, case, &tagged).await?;
    let mut told: Vec<_> = tagged
        .into_iter()
        .filter(|(user, _)| !barred.contains(user))
        .map(|(_, tag)| tag.to_vec())
        .collect();
    told.sort_unstable();
    let notice = Notice {
        office,
        kind: Kind::TrailAlarm,
        about: About::Trail,
        step: None,
        task: None,
        stage: None,
        percent: None,
    };
    tell_by_tag(connection, &notice, &told, at.now).await
}
