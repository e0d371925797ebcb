//! SQL for applications: reads, drafts, hand-overs and lists. `verification`, `confirmation`, `notice`
//! and `billing` have their own `store`.

pub(crate) mod hand_over;
pub(crate) mod lists;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use sqlx::types::Json;

use crate::casework::ledger::{self, ClockEntry};
use crate::casework::workflow::FileHeader;
use crate::certification::file::{Application, ApplicationRecord, PendingAnswer};
use crate::certification::form::ApplicationForm;
use crate::certification::sop::{SOP, Stage, Task};
use crate::certification::viewer::Viewer;
use crate::certification::views::TimelineEntry;
use crate::error::{Error, Result};
use crate::identity::SignedIn;
use crate::identity::signed_in::roles_of;
use crate::ids::{ApplicationId, CustomerId, OfficeId};
use crate::journal::Entry;
use crate::sop::gate::Principal;
use crate::sop::table::{Stage as _, Task as _};

pub(super) fn stage(code: &str) -> Result<Stage> {
    Stage::from_code(code).ok_or_else(|| Error::internal(format!("application.stage holds {code}")))
}

fn pending_answer(
    answer_by: Option<DateTime<Utc>>,
    has_open_items: Option<bool>,
) -> Option<PendingAnswer> {
    answer_by.map(|answer_by| PendingAnswer {
        answer_by,
        has_open_items: has_open_items.unwrap_or_default(),
    })
}

fn tasks(codes: &[String]) -> Vec<Task> {
    codes
        .iter()
        .filter_map(|code| Task::from_code(code))
        .collect()
}

/// Locks the application and reads it.
pub async fn lock(
    connection: &mut PgConnection,
    id: ApplicationId,
    caller: Principal<&SignedIn>,
) -> Result<Option<FileHeader<Task>>> {
    let viewer = Viewer::of(caller);
    let row = sqlx::query!(
        r#"
        select a.office_id,
               a.customer_id,
               a.number,
               a.form as "form: Json<ApplicationForm>",
               a.stage,
               a.version,
               a.round,
               a.draft,
               w.answer_by,
               w.has_open_items,
               ($2::uuid is null or may_see(a, $2, $3, $4)) as "sees!",
               array(
                   select distinct j.task
                   from journal j
                   where j.subject_id = a.id
                     and j.draft = a.draft
                     and a.draft > 0
                     and j.actor_id = $5
               ) as "done!",
               array(
                   select distinct j.task
                   from journal j
                   where j.subject_id = a.id
                     and j.draft = a.draft
                     and a.draft > 0
               ) as "given!"
        from application a
        cross join lateral next_step_conditions(a.id, a.stage) w
        where a.id = $1
        for no key update of a
        "#,
        id.0,
        viewer.office,
        viewer.customer,
        &viewer.roles,
        viewer.user,
    )
    .fetch_optional(connection)
    .await?;
    row.map(|row| {
        Ok(FileHeader {
            id: id.0,
            office: OfficeId(row.office_id),
            stage: stage(&row.stage)?,
            version: row.version,
            round: row.round,
            draft: row.draft,
            sees: row.sees,
            roles: roles_of(caller),
            done_by_caller: tasks(&row.done),
            done_by_anyone: tasks(&row.given),
            file: Application {
                id,
                customer: CustomerId(row.customer_id),
                number: row.number,
                form: row.form.0,
                pending_answer: pending_answer(row.answer_by, row.has_open_items),
            },
        })
    })
    .transpose()
}

/// The application, if the caller may see it.
pub async fn find(
    connection: &mut PgConnection,
    id: ApplicationId,
    caller: Principal<&SignedIn>,
) -> Result<Option<ApplicationRecord>> {
    let viewer = Viewer::of(caller);
    let row = sqlx::query!(
        r#"
        select a.office_id,
               a.customer_id,
               c.name as customer_name,
               a.number,
               a.scheme_version,
               a.form as "form: Json<ApplicationForm>",
               a.stage,
               a.version,
               a.round,
               a.created_at,
               a.submitted_at,
               a.stage_since,
               coalesce(a.calendar_version, (select max(v.version) from calendar_version v where v.office_id = a.office_id)) as "calendar_version!",
               w.answer_by,
               w.has_open_items,
               t.since as "since!",
               t.steps as "steps!: Vec<Option<i16>>",
               t.rounds as "rounds!",
               array(
                   select distinct j.task
                   from journal j
                   where j.subject_id = a.id
                     and j.draft = a.draft
                     and a.draft > 0
                     and j.actor_id = $5
               ) as "done!",
               array(
                   select distinct j.task
                   from journal j
                   where j.subject_id = a.id
                     and j.draft = a.draft
                     and a.draft > 0
               ) as "given!",
               w.audit_begins
        from application a
        join customer c on c.id = a.customer_id
        cross join lateral next_step_conditions(a.id, a.stage) w
        -- The aggregates take the rows as the subquery orders them: one sort less than `order by` in each, and arrays cost half of JSON.
        cross join lateral (
            select coalesce(array_agg(e.at), '{}') as since, coalesce(array_agg(e.step), '{}') as steps, coalesce(array_agg(e.round), '{}') as rounds
            from (select at, step, round from clock_entry where case_id = a.id order by seq) e
        ) t
        where a.id = $1
          and ($2::uuid is null or may_see(a, $2, $3, $4))
        "#,
        id.0,
        viewer.office,
        viewer.customer,
        &viewer.roles,
        viewer.user,
    )
    .fetch_optional(connection)
    .await?;
    row.map(|row| {
        Ok(ApplicationRecord {
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
            clock_entries: ledger::entries_from_columns(row.since, row.steps, row.rounds),
            done_by_caller: tasks(&row.done),
            done_by_anyone: tasks(&row.given),
            audit_begins: row.audit_begins,
        })
    })
    .transpose()
}

/// Adds a draft with its first clock entry and its journal entry, and returns it.
pub async fn add(
    connection: &mut PgConnection,
    id: ApplicationId,
    customer: CustomerId,
    entry: &Entry<'_>,
    form: ApplicationForm,
    now: DateTime<Utc>,
) -> Result<ApplicationRecord> {
    let office = entry.office;
    let waits_at = SOP.waiting_at(Stage::Draft);
    let row = sqlx::query!(
        r#"
        with added as (
            insert into application (id, office_id, customer_id, scheme, kind, form, company, stage, visible_to, waiting_for, created_at, stage_since)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11)
        ),
        clock as (
            insert into clock_entry (office_id, case_id, at, step, round, party)
            values ($2, $1, $11, $12, 0, $13)
        ),
        entry as (
            insert into journal (office_id, subject, subject_id, at, actor_id, actor_roles, acting, task)
            values ($2, 'application', $1, $11, $14, $15, $16, $17)
        )
        select c.name as customer_name,
               (select max(v.version) from calendar_version v where v.office_id = $2) as "calendar_version!"
        from customer c
        where c.id = $3
        "#,
        id.0,
        office.0,
        customer.0,
        form.scheme.as_str(),
        form.kind.as_str(),
        Json(&form) as _,
        form.company.name,
        Stage::Draft.code(),
        &SOP.roles_named_at(Stage::Draft).codes(),
        &SOP.roles_waited_for(Stage::Draft).codes(),
        now,
        waits_at.and_then(|row| row.no).map(i16::from),
        waits_at.map(|row| row.actor.party().code()),
        entry.actor.map(|actor| actor.0),
        &entry.roles,
        entry.acting,
        entry.task,
    )
    .fetch_one(connection)
    .await?;
    Ok(ApplicationRecord {
        id,
        office,
        customer,
        customer_name: row.customer_name,
        number: None,
        scheme_version: None,
        form,
        stage: Stage::Draft,
        version: 1,
        round: 0,
        created_at: now,
        submitted_at: None,
        stage_since: now,
        calendar_version: row.calendar_version,
        pending_answer: None,
        clock_entries: vec![ClockEntry {
            at: now,
            step: waits_at.and_then(|row| row.no),
            round: 0,
        }],
        done_by_caller: Vec::new(),
        done_by_anyone: Vec::new(),
        audit_begins: None,
    })
}

/// Stores the amended form.
pub async fn amend(
    connection: &mut PgConnection,
    id: ApplicationId,
    form: &ApplicationForm,
) -> Result<()> {
    sqlx::query!(
        r#"
        update application
        set scheme = $2,
            kind = $3,
            form = $4,
            company = $5
        where id = $1
        "#,
        id.0,
        form.scheme.as_str(),
        form.kind.as_str(),
        Json(form) as _,
        form.company.name,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Stores the application's number and the checklist version of its submission.
pub async fn set_number(
    connection: &mut PgConnection,
    id: ApplicationId,
    number: &str,
    scheme_version: i16,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        r#"
        update application
        set number = $2,
            scheme_version = $3,
            submitted_at = $4
        where id = $1
        "#,
        id.0,
        number,
        scheme_version,
        now,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Stores the snapshot of `round`.
pub async fn freeze(
    connection: &mut PgConnection,
    id: ApplicationId,
    round: i16,
    content: &impl Serialize,
    now: DateTime<Utc>,
) -> Result<()> {
    let content = serde_json::to_value(content).map_err(Error::internal)?;
    sqlx::query!(
        r#"
        insert into submission_snapshot (office_id, application_id, round, at, content)
        select a.office_id, a.id, $2, $3, $4
        from application a
        where a.id = $1
        "#,
        id.0,
        round,
        now,
        content,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The snapshot of `round`, if there is one.
pub async fn snapshot<T: for<'de> Deserialize<'de>>(
    connection: &mut PgConnection,
    id: ApplicationId,
    round: i16,
) -> Result<Option<T>> {
    let content = sqlx::query_scalar!(
        "select content from submission_snapshot where application_id = $1 and round = $2",
        id.0,
        round
    )
    .fetch_optional(connection)
    .await?;
    content
        .map(|content| serde_json::from_value(content).map_err(Error::internal))
        .transpose()
}

/// All snapshots in order: round, time, content.
pub async fn snapshots<T: for<'de> Deserialize<'de> + Send + Unpin + 'static>(
    connection: &mut PgConnection,
    id: ApplicationId,
) -> Result<Vec<(i16, DateTime<Utc>, T)>> {
    let rows = sqlx::query!(
        r#"
        select round, at, content
        from submission_snapshot
        where application_id = $1
        order by round
        "#,
        id.0,
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok((
                row.round,
                row.at,
                serde_json::from_value(row.content).map_err(Error::internal)?,
            ))
        })
        .collect()
}

/// The journal of an application, in order.
pub async fn journal_entries(
    connection: &mut PgConnection,
    id: ApplicationId,
) -> Result<Vec<TimelineEntry>> {
    let rows = sqlx::query!(
        r#"
        select j.at, j.task, j.step, j.from_stage, j.to_stage, j.actor_roles, j.acting, u.display_name as "name?", j.round, j.note
        from journal j
        left join app_user u on u.id = j.actor_id
        where j.subject_id = $1
        order by j.seq
        "#,
        id.0,
    )
    .fetch_all(connection)
    .await?;
    let entries = rows.into_iter().map(|row| TimelineEntry {
        at: row.at,
        task: row.task,
        step: row.step,
        from_stage: row.from_stage.as_deref().and_then(Stage::from_code),
        to_stage: row.to_stage.as_deref().and_then(Stage::from_code),
        roles: row.actor_roles,
        acting: row.acting,
        name: row.name,
        round: row.round,
        note: row.note,
    });
    Ok(entries.collect())
}
