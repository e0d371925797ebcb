//! SQL of acting appointments.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::{Code, Error, OnConstraint as _, Result};
use crate::identity::signed_in::ActingKind;
use crate::ids::{AppointmentId, OfficeId, UserId};
use crate::sop::role::Role;

/// An appointment.
#[derive(Debug)]
pub struct AppointmentRow {
    /// The appointment.
    pub id: Uuid,
    /// The acting person.
    pub user_id: Uuid,
    /// Their name.
    pub display_name: String,
    /// Code of the role.
    pub role: String,
    /// `plh` or `plt`.
    pub kind: String,
    /// The first day.
    pub first_day: NaiveDate,
    /// The last day, included.
    pub last_day: NaiveDate,
    /// Number of the letter of appointment.
    pub decree_number: String,
    /// When it was entered.
    pub created_at: DateTime<Utc>,
    /// The author.
    pub created_by: Uuid,
    /// When a second administrator confirmed it.
    pub confirmed_at: Option<DateTime<Utc>>,
    /// When it was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
    /// When a first administrator proposed to revoke it.
    pub revocation_proposed_at: Option<DateTime<Utc>>,
    /// The author of that proposal.
    pub revocation_proposed_by: Option<Uuid>,
    /// Version for the `ETag`.
    pub version: i64,
}

/// A new appointment.
#[derive(Debug)]
pub struct NewAppointment<'a> {
    /// Its id.
    pub id: AppointmentId,
    /// The office.
    pub office: OfficeId,
    /// The acting person.
    pub user: UserId,
    /// The role.
    pub role: Role,
    /// Plh. or Plt.
    pub kind: ActingKind,
    /// The first day.
    pub first_day: NaiveDate,
    /// The last day, included.
    pub last_day: NaiveDate,
    /// Number of the letter of appointment.
    pub decree_number: &'a str,
    /// The author.
    pub by: UserId,
}

/// Inserts an appointment.
pub async fn add(
    connection: &mut PgConnection,
    new: &NewAppointment<'_>,
    now: DateTime<Utc>,
) -> Result<()> {
    let added = sqlx::query!(
        "
        insert into acting_appointment (id, office_id, user_id, role, kind, first_day, last_day, decree_number, created_at, created_by)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        ",
        new.id.0,
        new.office.0,
        new.user.0,
        new.role.code(),
        new.kind.code(),
        new.first_day,
        new.last_day,
        new.decree_number,
        now,
        new.by.0,
    );
    added
        .execute(connection)
        .await
        .on_constraint("acting_appointment_does_not_overlap", || {
            Error::new(Code::Conflict).detail(
                "Pada hari-hari itu sudah ada pejabat lain yang ditunjuk untuk jabatan ini.",
                "Another person is already appointed to this post on some of these days.",
            )
        })?;
    Ok(())
}

/// One appointment of the office.
pub async fn find(
    connection: &mut PgConnection,
    office: OfficeId,
    id: AppointmentId,
) -> Result<Option<AppointmentRow>> {
    let row = sqlx::query_as!(
        AppointmentRow,
        "
        select a.id, a.user_id, u.display_name, a.role, a.kind, a.first_day, a.last_day, a.decree_number, a.created_at, a.created_by,
               a.confirmed_at, a.revoked_at, a.revocation_proposed_at, a.revocation_proposed_by, a.version
        from acting_appointment a
        join app_user u on u.id = a.user_id
        where a.id = $1
          and a.office_id = $2
        ",
        id.0,
        office.0,
    );
    Ok(row.fetch_optional(connection).await?)
}

/// Lists appointments of the office, newest first, after a cursor.
pub async fn list(
    connection: &mut PgConnection,
    office: OfficeId,
    after: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<AppointmentRow>> {
    let (after_time, after_id) = after.unzip();
    let rows = sqlx::query_as!(
        AppointmentRow,
        "
        select a.id, a.user_id, u.display_name, a.role, a.kind, a.first_day, a.last_day, a.decree_number, a.created_at, a.created_by,
               a.confirmed_at, a.revoked_at, a.revocation_proposed_at, a.revocation_proposed_by, a.version
        from acting_appointment a
        join app_user u on u.id = a.user_id
        where a.office_id = $1
          and ($2::timestamptz is null or (a.created_at, a.id) < ($2, $3))
        order by a.created_at desc, a.id desc
        limit $4
        ",
        office.0,
        after_time,
        after_id,
        limit,
    );
    Ok(rows.fetch_all(connection).await?)
}

/// Confirms an appointment that is neither confirmed nor revoked; returns false if it is.
pub async fn confirm(
    connection: &mut PgConnection,
    id: AppointmentId,
    by: UserId,
    now: DateTime<Utc>,
) -> Result<bool> {
    let confirmed = sqlx::query!(
        "
        update acting_appointment
        set confirmed_at = $2, confirmed_by = $3, version = version + 1
        where id = $1
          and confirmed_at is null
          and revoked_at is null
        ",
        id.0,
        now,
        by.0,
    );
    Ok(confirmed.execute(connection).await?.rows_affected() == 1)
}

/// True if the person has a confirmed appointment that has not ended on the day `today` (WIB).
pub async fn is_appointed(
    connection: &mut PgConnection,
    user: UserId,
    today: NaiveDate,
) -> Result<bool> {
    let found = sqlx::query_scalar!(
        r#"
        select exists (
            select
            from acting_appointment
            where user_id = $1
              and confirmed_at is not null
              and revoked_at is null
              and last_day >= $2
        ) as "found!"
        "#,
        user.0,
        today,
    );
    Ok(found.fetch_one(connection).await?)
}

/// Stores a proposal to revoke an appointment.
pub async fn propose_revocation(
    connection: &mut PgConnection,
    id: AppointmentId,
    by: UserId,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "update acting_appointment set revocation_proposed_at = $2, revocation_proposed_by = $3, version = version + 1 where id = $1",
        id.0,
        now,
        by.0,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Revokes an appointment; returns false if it is already revoked.
pub async fn revoke(
    connection: &mut PgConnection,
    id: AppointmentId,
    by: UserId,
    now: DateTime<Utc>,
) -> Result<bool> {
    let revoked = sqlx::query!(
        "
        update acting_appointment
        set revoked_at = $2, revoked_by = $3, version = version + 1
        where id = $1
          and revoked_at is null
        ",
        id.0,
        now,
        by.0,
    );
    Ok(revoked.execute(connection).await?.rows_affected() == 1)
}
