//! SQL for auditors. The SQL for bookings is in `bookings`.

pub(crate) mod bookings;

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

use super::{
    AuditorForm, AuditorRecord, AuditorSummary, Competence, Declaration, DeclarationForm, Relation,
    Unavailability,
};
use crate::error::{Code, Error, OnConstraint as _, Result};
use crate::ids::{AuditorId, CustomerId, OfficeId, UserId};

/// Adds an auditor without relations and days.
///
/// # Errors
/// `conflict` if the account or the NIP belongs to another auditor.
pub async fn add(
    connection: &mut PgConnection,
    office: OfficeId,
    id: AuditorId,
    form: &AuditorForm,
    now: DateTime<Utc>,
) -> Result<()> {
    let added = sqlx::query!(
        r#"
        insert into auditor (id, office_id, user_id, name, nip, competences, retired_on, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8)
        "#,
        id.0,
        office.0,
        form.user_id.map(|user| user.0),
        form.name,
        form.nip,
        Json(&form.competences) as _,
        form.retired_on,
        now,
    )
    .execute(connection)
    .await;
    one_record_each(added.map(|_| ()))
}

/// Replaces the record of an auditor, without its relations and days.
///
/// # Errors
/// `conflict` if the account or the NIP belongs to another auditor.
pub async fn change(
    connection: &mut PgConnection,
    id: AuditorId,
    form: &AuditorForm,
) -> Result<()> {
    let changed = sqlx::query!(
        r#"
        update auditor
        set user_id = $2,
            name = $3,
            nip = $4,
            competences = $5,
            retired_on = $6,
            version = version + 1
        where id = $1
        "#,
        id.0,
        form.user_id.map(|user| user.0),
        form.name,
        form.nip,
        Json(&form.competences) as _,
        form.retired_on,
    )
    .execute(connection)
    .await;
    one_record_each(changed.map(|_| ()))
}

fn one_record_each(done: std::result::Result<(), sqlx::Error>) -> Result<()> {
    let taken = || {
        Error::new(Code::Conflict).detail(
            "Akun atau NIP ini sudah ada pada auditor lain.",
            "Another auditor has this account or this NIP.",
        )
    };
    match done {
        Err(sqlx::Error::Database(said))
            if said.constraint() == Some("auditor_account_is_unique") =>
        {
            Err(taken())
        }
        done => done.on_constraint("auditor_nip_is_unique", taken),
    }
}

/// Replaces the relations of an auditor.
pub async fn set_relations(
    connection: &mut PgConnection,
    id: AuditorId,
    relations: &[Relation],
) -> Result<()> {
    sqlx::query!("delete from auditor_relation where auditor_id = $1", id.0)
        .execute(&mut *connection)
        .await?;
    let customers: Vec<Uuid> = relations.iter().map(|one| one.customer_id.0).collect();
    let kinds: Vec<String> = relations
        .iter()
        .map(|one| <&str>::from(one.kind).to_owned())
        .collect();
    let until: Vec<_> = relations.iter().map(|one| one.until).collect();
    let notes: Vec<_> = relations.iter().map(|one| one.note.clone()).collect();
    sqlx::query!(
        r#"
        insert into auditor_relation (auditor_id, customer_id, kind, until, note)
        select $1, new.customer_id, new.kind, new.until, new.note
        from unnest($2::uuid[], $3::text[], $4::date[], $5::text[]) as new (customer_id, kind, until, note)
        "#,
        id.0,
        &customers,
        &kinds,
        &until as _,
        &notes as _,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Adds a person's own declaration.
pub async fn declare(
    connection: &mut PgConnection,
    id: AuditorId,
    form: &DeclarationForm,
    by: UserId,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        r#"
        insert into auditor_declaration (auditor_id, customer_id, kind, until, statement, declared_by, declared_at)
        values ($1, $2, $3, $4, $5, $6, $7)
        "#,
        id.0,
        form.customer_id.0,
        form.conflict.map(<&str>::from),
        form.until,
        form.statement,
        by.0,
        now,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Whether the account is an active member of staff, and those of `customers` that the office does
/// not have.
pub async fn unknown(
    connection: &mut PgConnection,
    office: OfficeId,
    user: Option<UserId>,
    customers: &[CustomerId],
) -> Result<(bool, Vec<CustomerId>)> {
    let customers: Vec<Uuid> = customers.iter().map(|customer| customer.0).collect();
    let row = sqlx::query!(
        r#"
        select ($2::uuid is null or exists (
                   select from app_user u where u.id = $2 and u.office_id = $1 and u.customer_id is null and u.active
               )) as "is_staff!",
               array(
                   select wanted.id
                   from unnest($3::uuid[]) as wanted (id)
                   where not exists (select from customer c where c.id = wanted.id and c.office_id = $1)
               ) as "strangers!"
        "#,
        office.0,
        user.map(|user| user.0),
        &customers,
    )
    .fetch_one(connection)
    .await?;
    Ok((
        row.is_staff,
        row.strangers.into_iter().map(CustomerId).collect(),
    ))
}

/// How an auditor is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To show it.
    Show,
    /// To change it: the record is locked.
    Change,
}

/// An auditor of the office.
///
/// # Errors
/// `not_found`.
pub async fn find(
    connection: &mut PgConnection,
    office: OfficeId,
    id: AuditorId,
    purpose: Purpose,
) -> Result<AuditorRecord> {
    if purpose == Purpose::Change {
        sqlx::query!(
            "select id from auditor where id = $1 for no key update",
            id.0
        )
        .fetch_optional(&mut *connection)
        .await?;
    }
    let row = sqlx::query!(
        r#"
        select a.user_id, a.name, a.nip, a.competences as "competences: Json<Vec<Competence>>", a.retired_on, a.version, a.created_at,
               coalesce((
                   select jsonb_agg(jsonb_build_object('kind', b.kind, 'first_day', lower(b.days), 'last_day', upper(b.days) - 1, 'note', b.note) order by lower(b.days))
                   from auditor_booking b
                   where b.auditor_id = a.id
                     and b.application_id is null
               ), '[]') as "unavailable!: Json<Vec<Unavailability>>",
               coalesce((
                   select jsonb_agg(jsonb_build_object('customer_id', r.customer_id, 'kind', r.kind, 'until', r.until, 'note', r.note) order by r.customer_id, r.kind)
                   from auditor_relation r
                   where r.auditor_id = a.id
               ), '[]') as "relations!: Json<Vec<Relation>>",
               coalesce((
                   select jsonb_agg(jsonb_build_object('customer_id', d.customer_id, 'conflict', d.kind, 'until', d.until, 'statement', d.statement,
                                                       'declared_by', d.declared_by, 'declared_at', d.declared_at) order by d.customer_id)
                   from (
                       select distinct on (customer_id) *
                       from auditor_declaration
                       where auditor_id = a.id
                       order by customer_id, seq desc
                   ) d
               ), '[]') as "declarations!: Json<Vec<Declaration>>"
        from auditor a
        where a.office_id = $1
          and a.id = $2
        "#,
        office.0,
        id.0,
    )
    .fetch_optional(connection)
    .await?
    .ok_or_else(|| Error::new(Code::NotFound))?;
    Ok(AuditorRecord {
        id,
        form: AuditorForm {
            name: row.name,
            nip: row.nip,
            user_id: row.user_id.map(UserId),
            competences: row.competences.0,
            unavailable: row.unavailable.0,
            relations: row.relations.0,
            retired_on: row.retired_on,
        },
        declarations: row.declarations.0,
        version: row.version,
        created_at: row.created_at,
    })
}

/// At most `limit` auditors of the office after `after`, newest first.
pub async fn list(
    connection: &mut PgConnection,
    office: OfficeId,
    after: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<AuditorSummary>> {
    let (at, id) = after.unzip();
    let rows = sqlx::query!(
        r#"
        select id, name, competences as "competences: Json<Vec<Competence>>", retired_on, created_at
        from auditor
        where office_id = $1
          and ($2::timestamptz is null or (created_at, id) < ($2, $3))
        order by created_at desc, id desc
        limit $4
        "#,
        office.0,
        at,
        id,
        limit,
    )
    .fetch_all(connection)
    .await?;
    let items = rows.into_iter().map(|row| AuditorSummary {
        id: AuditorId(row.id),
        name: row.name,
        competences: row.competences.0,
        retired_on: row.retired_on,
        created_at: row.created_at,
    });
    Ok(items.collect())
}
