//! SQL of the complaint row: read, insert and move. The submodules hold the SQL of the tables that
//! belong to a complaint.

pub(crate) mod attachments;
pub(crate) mod breaches;
pub(crate) mod conflicts;
pub(crate) mod delayed_audit;
pub(crate) mod disclosures;
pub(crate) mod letters;
pub(crate) mod lists;
pub(crate) mod messages;
pub(crate) mod openings;
pub(crate) mod papers;
pub(crate) mod release;
pub(crate) mod retaliation;
pub(crate) mod retention;
pub(crate) mod sessions;
pub(crate) mod timeline;
pub(crate) mod vault;
pub(crate) mod viewer;
pub(crate) mod warnings;

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;

use self::viewer::Viewer;
use crate::casework::ledger;
use crate::casework::workflow::FileHeader;
use crate::complaint::file::{Complaint, ComplaintRow, NewComplaint, is_settled};
use crate::complaint::papers::form::Category;
use crate::complaint::sealing::case_key::CaseKey;
use crate::complaint::services::ComplaintServices;
use crate::complaint::sop::{SOP, Stage, Task};
use crate::error::{Error, Result};
use crate::identity::SignedIn;
use crate::identity::signed_in::today;
use crate::ids::{ComplaintId, OfficeId, TeamId};
use crate::sop::gate::{Permit, Principal};
use crate::sop::table::{Stage as _, Task as _};

pub(super) fn stage(code: &str) -> Result<Stage> {
    Stage::from_code(code)
        .ok_or_else(|| Error::internal(format!("wbs.complaint.stage holds {code}")))
}

pub(super) fn category(code: &str) -> Result<Category> {
    Category::from_code(code)
        .ok_or_else(|| Error::internal(format!("wbs.complaint.category holds {code}")))
}

/// Tasks done on the current draft. The acknowledgement comes from the complaint row, because the
/// audit trail records it only at the next release time.
fn tasks(codes: &[String], acknowledged: bool) -> Vec<Task> {
    let audited = codes.iter().filter_map(|code| Task::from_code(code));
    audited
        .chain(acknowledged.then_some(Task::AcknowledgeAnswer))
        .collect()
}

/// Locks a complaint that the viewer may see and returns its header.
///
/// # Errors
/// `not_found` when the key of the case was shredded.
pub async fn lock(
    connection: &mut PgConnection,
    id: ComplaintId,
    viewer: &Viewer,
    caller: Principal<&SignedIn>,
    services: &ComplaintServices,
) -> Result<Option<FileHeader<Task>>> {
    let case_ref = services.keys.case_ref(id);
    let row = sqlx::query!(
        r#"
        select c.office_id, c.public_number, c.channel, c.stage, c.version, c.round, c.draft, c.team_id, c.visible_to, c.received_on, c.acknowledged_on,
               c.dek_wrapped,
               array(
                   select distinct e.action
                   from audit.event e
                   where e.object_ref = $7
                     and e.draft = c.draft
                     and c.draft > 0
                     and e.actor_id = $8
               ) as "done!",
               array(
                   select distinct e.action
                   from audit.event e
                   where e.object_ref = $7
                     and e.draft = c.draft
                     and c.draft > 0
               ) as "given!"
        from wbs.complaint c
        where c.id = $1
          and ($2::uuid is null or wbs.may_see(c, $2, $3, $4, $5, $6))
        for no key update of c
        "#,
        id.0,
        viewer.office.map(|office| office.0),
        viewer.person,
        &viewer.roles,
        &viewer.team_roles,
        &viewer.teams,
        case_ref.as_slice(),
        caller.user().map(|user| user.user.0),
    )
    .fetch_optional(connection)
    .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(FileHeader {
        id: id.0,
        office: OfficeId(row.office_id),
        stage: stage(&row.stage)?,
        version: row.version,
        round: row.round,
        draft: row.draft,
        sees: true,
        roles: viewer.roles_at(&row.visible_to, row.team_id),
        done_by_caller: tasks(&row.done, false),
        done_by_anyone: tasks(&row.given, row.acknowledged_on.is_some()),
        file: Complaint {
            id,
            public_number: row.public_number,
            team: row.team_id.map(TeamId),
            key: services.case_key(id, &row.dek_wrapped).await?,
            received_on: row.received_on,
            channel: row.channel,
        },
    }))
}

/// Moves a complaint; no other statement changes its stage. Requires a permit and repeats the stage
/// at which the permit was granted. Acts that must stay invisible (`leaves_no_trace`) do not bump
/// `version`. `staff_reads` is cleared at every stage that is not settled, because another team may
/// then get the complaint.
pub async fn advance(
    connection: &mut PgConnection,
    permit: &Permit<Task>,
    header: &FileHeader<Task>,
    now: DateTime<Utc>,
) -> Result<bool> {
    let closed_on = SOP.ends_at(header.stage).then(|| today(now));
    let done = sqlx::query!(
        r#"
        update wbs.complaint
        set stage = $3,
            version = version + $4,
            round = $5,
            draft = $6,
            visible_to = array(select distinct role from unnest(visible_to || $7::text[]) as role order by role),
            waiting_for = $8,
            staff_reads = staff_reads and not $12,
            stage_since = case when $9 then $10 else stage_since end,
            closed_on = case when $11::date is null then null else coalesce(closed_on, $11) end,
            calendar_version = case
                when $11::date is not null
                    then coalesce(calendar_version, (select max(v.version) from calendar_version v where v.office_id = complaint.office_id))
            end
        where id = $1
          and stage = $2
        "#,
        header.id,
        permit.from().code(),
        header.stage.code(),
        i64::from(!leaves_no_trace(permit, header.stage)),
        header.round,
        header.draft,
        &SOP.roles_named_at(header.stage).codes(),
        &SOP.roles_waited_for(header.stage).codes(),
        permit.from() != header.stage,
        now,
        closed_on,
        !is_settled(header.stage),
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Whether the act must not show in `version`, which the office can poll: an act of the reporter
/// (its minute), an assessment of retaliation, and a rescreening without a move (it would reveal a
/// report of retaliation).
fn leaves_no_trace(permit: &Permit<Task>, to: Stage) -> bool {
    permit.by() == Principal::Reporter
        || permit.row().task == Task::AssessRetaliation
        || (permit.row().task == Task::ScreenAgain && permit.from() == to)
}

/// Inserts a complaint and its sealed content. Requires the permit of step 1.
pub async fn add(
    connection: &mut PgConnection,
    permit: &Permit<Task>,
    new: &NewComplaint<'_>,
) -> Result<()> {
    let to = permit
        .only_outcome()
        .ok_or_else(|| Error::internal("step 1 leads to one stage"))?;
    let activation = new.activation.as_ref();
    sqlx::query!(
        r#"
        insert into wbs.complaint (id, office_id, public_number, channel, category, stage, visible_to, waiting_for, received_on, surfaces_at, stage_since,
            dek_wrapped, receipt_tag, activation_tag, activation_expires)
        values ($1, $2, $3, $4, $5, $6, '{}', '{}', $7, $8, $8, $9, $10, $11, $12)
        "#,
        new.id.0,
        new.office.0,
        new.public_number,
        new.channel,
        new.category.code(),
        to.code(),
        new.received_on,
        new.surfaces_at,
        new.wrapped,
        new.receipt_tag.as_ref().map(<[u8; 32]>::as_slice),
        activation.map(|(tag, _)| tag.as_slice()),
        activation.map(|(_, expires)| *expires),
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "insert into wbs.content (case_id, sealed) values ($1, $2)",
        new.id.0,
        new.content.seal(new.key, new.id)?
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Finds a complaint if the viewer may see the complaint.
pub async fn find(
    connection: &mut PgConnection,
    id: ComplaintId,
    viewer: &Viewer,
    caller: Principal<&SignedIn>,
    services: &ComplaintServices,
) -> Result<Option<ComplaintRow>> {
    let case_ref = services.keys.case_ref(id);
    let row = sqlx::query!(
        r#"
        select c.office_id, c.public_number, c.channel, c.category, c.stage, c.version, c.round, c.team_id, c.visible_to, c.staff_reads, c.received_on, c.closed_on,
               c.acknowledged_on, c.legal_hold, c.stage_since, c.dek_wrapped, x.sealed as content,
               exists (select from wbs.warning w where w.case_id = c.id) as "has_warnings!",
               coalesce(c.calendar_version, (select max(v.version) from calendar_version v where v.office_id = c.office_id)) as "calendar_version!",
               t.since as "since!",
               t.steps as "steps!: Vec<Option<i16>>",
               t.rounds as "rounds!",
               array(
                   select distinct e.action
                   from audit.event e
                   where e.object_ref = $7
                     and e.draft = c.draft
                     and c.draft > 0
                     and e.actor_id = $8
               ) as "done!",
               array(
                   select distinct e.action
                   from audit.event e
                   where e.object_ref = $7
                     and e.draft = c.draft
                     and c.draft > 0
               ) as "given!"
        from wbs.complaint c
        join wbs.content x on x.case_id = c.id
        cross join lateral (
            select coalesce(array_agg(e.at), '{}') as since, coalesce(array_agg(e.step), '{}') as steps, coalesce(array_agg(e.round), '{}') as rounds
            from (select at, step, round from clock_entry where case_id = c.id order by seq) e
        ) t
        where c.id = $1
          and ($2::uuid is null or wbs.may_see(c, $2, $3, $4, $5, $6))
        "#,
        id.0,
        viewer.office.map(|office| office.0),
        viewer.person,
        &viewer.roles,
        &viewer.team_roles,
        &viewer.teams,
        case_ref.as_slice(),
        caller.user().map(|user| user.user.0),
    )
    .fetch_optional(connection)
    .await?;
    row.map(|row| {
        Ok(ComplaintRow {
            id,
            office: OfficeId(row.office_id),
            public_number: row.public_number,
            channel: row.channel,
            category: category(&row.category)?,
            stage: stage(&row.stage)?,
            version: row.version,
            round: row.round,
            team: row.team_id.map(TeamId),
            roles: viewer.roles_at(&row.visible_to, row.team_id),
            staff_reads: row.staff_reads,
            received_on: row.received_on,
            closed_on: row.closed_on,
            acknowledged_on: row.acknowledged_on,
            legal_hold: row.legal_hold,
            stage_since: row.stage_since,
            calendar_version: row.calendar_version,
            wrapped: row.dek_wrapped,
            content: row.content,
            has_warnings: row.has_warnings,
            turns: ledger::entries_from_columns(row.since, row.steps, row.rounds),
            done_by_caller: tasks(&row.done, false),
            done_by_anyone: tasks(&row.given, row.acknowledged_on.is_some()),
        })
    })
    .transpose()
}

/// Assigns the complaint to a team.
pub async fn assign_team(
    connection: &mut PgConnection,
    id: ComplaintId,
    team: TeamId,
) -> Result<()> {
    sqlx::query!(
        "update wbs.complaint set team_id = $2 where id = $1",
        id.0,
        team.0
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Sets whether team staff may read the content of the complaint.
pub async fn set_staff_reads(
    connection: &mut PgConnection,
    id: ComplaintId,
    reads: bool,
) -> Result<()> {
    sqlx::query!(
        "update wbs.complaint set staff_reads = $2 where id = $1",
        id.0,
        reads
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Sets or lifts the legal hold.
pub async fn set_legal_hold(
    connection: &mut PgConnection,
    id: ComplaintId,
    hold: bool,
) -> Result<()> {
    sqlx::query!(
        "update wbs.complaint set legal_hold = $2 where id = $1",
        id.0,
        hold
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Records that the reporter has received the answer.
pub async fn acknowledge(
    connection: &mut PgConnection,
    id: ComplaintId,
    on: NaiveDate,
) -> Result<()> {
    sqlx::query!(
        "update wbs.complaint set acknowledged_on = $2 where id = $1",
        id.0,
        on
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Clears the acknowledgement, because a new answer will need its own.
pub async fn clear_acknowledgement(connection: &mut PgConnection, id: ComplaintId) -> Result<()> {
    sqlx::query!(
        "update wbs.complaint set acknowledged_on = null where id = $1",
        id.0
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Reads the sealed content, for screening by the service.
pub async fn sealed_content(connection: &mut PgConnection, id: ComplaintId) -> Result<Vec<u8>> {
    Ok(
        sqlx::query_scalar!("select sealed from wbs.content where case_id = $1", id.0)
            .fetch_one(connection)
            .await?,
    )
}

/// Opens the key of a case that row-level security shows to the caller.
///
/// # Errors
/// `not_found` when there is none, or its salt was shredded.
pub async fn key_of(
    connection: &mut PgConnection,
    id: ComplaintId,
    services: &ComplaintServices,
) -> Result<CaseKey> {
    let wrapped = sqlx::query_scalar!("select dek_wrapped from wbs.complaint where id = $1", id.0)
        .fetch_one(connection)
        .await?;
    services.case_key(id, &wrapped).await
}
