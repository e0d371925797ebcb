//! The one statement of a hand-over: it moves the application, continues the ledger, notifies people,
//! publishes the event, writes the journal, and returns the application as the caller sees it.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use sqlx::types::Json;

use super::{pending_answer, stage};
use crate::casework::announce::EventKind;
use crate::casework::ledger::{self, ClockEntry};
use crate::casework::workflow::{Change, FileHeader};
use crate::certification::announcing::Announcement;
use crate::certification::file::ApplicationRecord;
use crate::certification::form::ApplicationForm;
use crate::certification::sop::{SOP, Stage, Task};
use crate::certification::viewer::Viewer;
use crate::error::{Code, Error, OnConstraint as _, Result};
use crate::identity::SignedIn;
use crate::identity::signed_in::today;
use crate::ids::{CustomerId, OfficeId, UserId};
use crate::journal::Entry;
use crate::sop::gate::{Permit, Principal};
use crate::sop::role::{Role, Roles};
use crate::sop::table::Stage as _;

/// A moved application, and whether the caller may see it.
pub struct Moved {
    record: ApplicationRecord,
    is_seen: bool,
}

impl Moved {
    /// The application.
    ///
    /// # Errors
    /// `not_found` when the caller may not see it after the step.
    pub fn seen(self) -> Result<ApplicationRecord> {
        if self.is_seen {
            Ok(self.record)
        } else {
            Err(Error::new(Code::NotFound))
        }
    }
}

/// Hands the application over. The only statement that changes its stage: the caller holds a permit,
/// and the statement matches the stage the permit was given for. Returns none if the stage has
/// changed meanwhile; then nothing is written.
#[expect(clippy::too_many_lines, reason = "one statement and its view")]
pub async fn hand_over(
    connection: &mut PgConnection,
    permit: &Permit<Task>,
    change: &Change<'_, Task>,
    entry: &Entry<'_>,
    caller: Principal<&SignedIn>,
    now: DateTime<Utc>,
) -> Result<Option<Moved>> {
    let (header, from): (&FileHeader<Task>, _) = (change.header, permit.from());
    let id = header.file.id;
    let moves = from != header.stage;
    let (waits_at, viewer) = (SOP.waiting_at(header.stage), Viewer::of(caller));
    let clock_step = waits_at.and_then(|row| row.no).map(i16::from);
    let Announcement {
        event,
        data,
        to_staff,
        to_customers,
    } = Announcement::of(change)?;
    let row = sqlx::query!(
        r#"
        with moved as (
            update application
            set stage = $3,
                version = version + 1,
                round = $4,
                draft = $5,
                visible_to = array(select distinct role from unnest(visible_to || $6::text[]) as role order by role),
                waiting_for = $7,
                stage_since = case when $8 then $9 else stage_since end,
                calendar_version = case
                    when $10 then coalesce(calendar_version, (select max(c.version) from calendar_version c where c.office_id = application.office_id))
                end
            where id = $1
              and stage = $2
            returning *, ($11::uuid is null or may_see(application, $11, $12, $13)) as is_seen
        ),
        clock as (
            insert into clock_entry (office_id, case_id, at, step, round, party)
            select office_id, id, $9, $14, round, $15
            from moved
            where $8
        ),
        entry as (
            insert into journal (office_id, subject, subject_id, at, actor_id, actor_roles, acting, task, step, from_stage, to_stage, round, draft, note)
            select office_id, 'application', id, $9, $16, $17, $18, $19, $20, $2, $3, round, draft, $21
            from moved
        ),
        -- The functions write, so this part is evaluated once, as it stands.
        told as materialized (
            select case when $22::text is not null then
                       publish_event(m.office_id, $22, m.id, jsonb_set($23::jsonb, '{number}', coalesce(to_jsonb(m.number), 'null')), $9)
                   end,
                   case when $8 then
                       tell(m.office_id, $24, m.id, null, null, $25, $26, $3, null, $9,
                            array_remove(awaited_staff(m.office_id, m.id, m.draft, $27, $28, $29), $16::uuid), '{}')
                   end,
                   case when $8 then
                       tell(m.office_id, $30, m.id, null, null, $31, $32, $3, null, $9,
                            array(select u.id from app_user u where u.customer_id = m.customer_id and u.active and u.id is distinct from $16::uuid), '{}')
                   end
            from moved m
        )
        select m.office_id,
               m.customer_id,
               c.name as customer_name,
               m.number,
               m.scheme_version,
               m.form as "form: Json<ApplicationForm>",
               m.stage,
               m.version,
               m.round,
               m.created_at,
               m.submitted_at,
               m.stage_since,
               m.is_seen as "is_seen!",
               coalesce(m.calendar_version, (select max(v.version) from calendar_version v where v.office_id = m.office_id)) as "calendar_version!",
               w.answer_by,
               w.has_open_items,
               t.since as "since!",
               t.steps as "steps!: Vec<Option<i16>>",
               t.rounds as "rounds!",
               w.audit_begins
        from moved m
        cross join told
        join customer c on c.id = m.customer_id
        cross join lateral next_step_conditions(m.id, m.stage) w
        -- Without the entry of this statement, which does not see its own rows.
        cross join lateral (
            select coalesce(array_agg(e.at), '{}') as since, coalesce(array_agg(e.step), '{}') as steps, coalesce(array_agg(e.round), '{}') as rounds
            from (select at, step, round from clock_entry where case_id = m.id order by seq) e
        ) t
        "#,
        id.0,
        from.code(),
        header.stage.code(),
        header.round,
        header.draft,
        &SOP.roles_named_at(header.stage).codes(),
        &SOP.roles_waited_for(header.stage).codes(),
        moves,
        now,
        SOP.is_over(header.stage),
        viewer.office,
        viewer.customer,
        &viewer.roles,
        clock_step,
        waits_at.map(|row| row.actor.party().code()),
        entry.actor.map(|actor| actor.0),
        &entry.roles,
        entry.acting,
        entry.task,
        entry.step,
        entry.note,
        event.map(EventKind::code),
        data,
        to_staff.kind.code(),
        to_staff.step.map(i16::from),
        to_staff.task,
        &awaited_roles(header.stage).codes(),
        &barring(header.stage),
        today(now),
        to_customers.kind.code(),
        to_customers.step.map(i16::from),
        to_customers.task,
    )
    .fetch_optional(connection)
    .await
    .on_constraint("application_open_once", || {
        Error::new(Code::Conflict).detail(
            "Sudah ada permohonan berjalan untuk perusahaan, skema, jenis, lokasi, dan produk atau standar ini.",
            "An application is already open for this company, scheme, kind, site and product or standard.",
        )
    })?;
    row.map(|row| {
        let mut clock_entries = ledger::entries_from_columns(row.since, row.steps, row.rounds);
        if moves {
            clock_entries.push(ClockEntry {
                at: now,
                step: waits_at.and_then(|row| row.no),
                round: row.round,
            });
        }
        let (done_by_caller, done_by_anyone) = done_after(change, caller);
        Ok(Moved {
            is_seen: row.is_seen,
            record: ApplicationRecord {
                id,
                office: OfficeId(row.office_id),
                customer: CustomerId(row.customer_id),
                customer_name: row.customer_name,
                number: row.number,
                scheme_version: row.scheme_version,
                form: row.form.0,
                stage: stage(&row.stage)?,
                version: row.version,
                round: row.round,
                created_at: row.created_at,
                submitted_at: row.submitted_at,
                stage_since: row.stage_since,
                calendar_version: row.calendar_version,
                pending_answer: pending_answer(row.answer_by, row.has_open_items),
                clock_entries,
                done_by_caller,
                done_by_anyone,
                audit_begins: row.audit_begins,
            },
        })
    })
    .transpose()
}

/// The staff that may take the next step: today's holders of its roles, except those barred by the
/// four-eyes rule.
pub async fn awaited_staff(
    connection: &mut PgConnection,
    header: &FileHeader<Task>,
    now: DateTime<Utc>,
) -> Result<Vec<UserId>> {
    let (roles, barring) = (awaited_roles(header.stage), barring(header.stage));
    staff(connection, header, roles, &barring, now).await
}

/// Today's holders of `roles`, each once.
pub async fn each_holder_of(
    connection: &mut PgConnection,
    header: &FileHeader<Task>,
    roles: Roles,
    now: DateTime<Utc>,
) -> Result<Vec<UserId>> {
    staff(connection, header, roles, &[], now).await
}

async fn staff(
    connection: &mut PgConnection,
    header: &FileHeader<Task>,
    roles: Roles,
    barring: &[String],
    now: DateTime<Utc>,
) -> Result<Vec<UserId>> {
    let found = sqlx::query_scalar!(
        r#"select awaited_staff($1, $2, $3, $4, $5, $6) as "users!""#,
        header.office.0,
        header.id,
        header.draft,
        &roles.codes(),
        barring,
        today(now),
    );
    let users = found.fetch_one(connection).await?;
    Ok(users.into_iter().map(UserId).collect())
}

/// The staff roles that an application at `stage` waits for.
fn awaited_roles(stage: Stage) -> Roles {
    let waited = SOP.roles_waited_for(stage).iter();
    waited.filter(|role| *role != Role::Customer).collect()
}

/// The tasks that bar their actors from the next step.
fn barring(stage: Stage) -> Vec<String> {
    let tasks = SOP.never_by_waited_for(stage).into_iter();
    tasks.map(str::to_owned).collect()
}

/// The tasks done on the current draft after the step: by the caller, and by anyone. Without a draft
/// there are none.
fn done_after(change: &Change<'_, Task>, caller: Principal<&SignedIn>) -> (Vec<Task>, Vec<Task>) {
    let header: &FileHeader<Task> = change.header;
    let with = |mut done: Vec<Task>, is_theirs: bool| {
        if is_theirs && header.draft > 0 && !done.contains(&change.row.task) {
            done.push(change.row.task);
        }
        done
    };
    (
        with(header.done_by_caller.clone(), caller.user().is_some()),
        with(header.done_by_anyone.clone(), true),
    )
}
