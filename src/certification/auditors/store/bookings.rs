//! SQL for the days on which auditors are not free.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::certification::auditors::{Span, TeamRole, UnavailableKind};
use crate::error::Result;
use crate::identity::SignedIn;
use crate::ids::{ApplicationId, AuditorId, OfficeId};

/// Whether the days of an audit are agreed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Firmness {
    /// Proposed to the customer.
    Tentative,
    /// Agreed with the customer.
    Firm,
}

/// The subject of a booking.
#[derive(Debug, Clone, Copy)]
pub enum BookedFor {
    /// An audit.
    Audit(ApplicationId, TeamRole, Firmness),
    /// Leave or other work.
    Unavailable(UnavailableKind),
}

/// A booking to be made.
#[derive(Debug, Clone)]
pub struct NewBooking {
    /// The person.
    pub auditor: AuditorId,
    /// The subject.
    pub subject: BookedFor,
    /// The days.
    pub days: Span,
    /// A remark.
    pub note: Option<String>,
    /// JSON pointer of the person or the days in the body of the request.
    pub pointer: String,
}

/// Marks the point to which `roll_back` returns.
pub async fn savepoint(connection: &mut PgConnection) -> Result<()> {
    sqlx::raw_sql("savepoint booking")
        .execute(connection)
        .await?;
    Ok(())
}

/// Undoes everything since `savepoint`, so that the transaction can go on after a refused
/// statement.
pub async fn roll_back(connection: &mut PgConnection) -> Result<()> {
    sqlx::raw_sql("rollback to savepoint booking")
        .execute(connection)
        .await?;
    Ok(())
}

/// The columns of bookings, for `unnest`.
#[derive(Default)]
struct Columns {
    auditors: Vec<Uuid>,
    kinds: Vec<String>,
    applications: Vec<Option<Uuid>>,
    roles: Vec<Option<String>>,
    firsts: Vec<NaiveDate>,
    lasts: Vec<NaiveDate>,
    notes: Vec<Option<String>>,
}

impl Columns {
    fn of(wanted: &[NewBooking]) -> Self {
        let mut columns = Self::default();
        for one in wanted {
            let (kind, application, role): (&str, _, Option<&str>) = match one.subject {
                BookedFor::Audit(application, role, firmness) => {
                    (firmness.into(), Some(application.0), Some(role.into()))
                }
                BookedFor::Unavailable(kind) => (kind.into(), None, None),
            };
            columns.auditors.push(one.auditor.0);
            columns.kinds.push(kind.to_owned());
            columns.applications.push(application);
            columns.roles.push(role.map(str::to_owned));
            columns.firsts.push(one.days.0);
            columns.lasts.push(one.days.1);
            columns.notes.push(one.note.clone());
        }
        columns
    }
}

/// Adds bookings. People are locked in the order of their ids, so that two teams with the same
/// people wait for each other.
///
/// # Errors
/// The error of the database, for the caller to explain.
pub async fn add(
    connection: &mut PgConnection,
    office: OfficeId,
    wanted: &[NewBooking],
    now: DateTime<Utc>,
) -> std::result::Result<(), sqlx::Error> {
    let columns = Columns::of(wanted);
    sqlx::query!(
        r#"
        insert into auditor_booking (id, office_id, auditor_id, kind, application_id, role, days, note, created_at)
        select gen_random_uuid(), $1, new.auditor_id, new.kind, new.application_id, new.role, daterange(new.first_day, new.last_day, '[]'), new.note, $9
        from unnest($2::uuid[], $3::text[], $4::uuid[], $5::text[], $6::date[], $7::date[], $8::text[])
            as new (auditor_id, kind, application_id, role, first_day, last_day, note)
        order by new.auditor_id, new.first_day
        "#,
        office.0,
        &columns.auditors,
        &columns.kinds,
        &columns.applications as _,
        &columns.roles as _,
        &columns.firsts,
        &columns.lasts,
        &columns.notes as _,
        now,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Locks `people` and those booked for `application`, in the order of their ids. Everything that
/// frees days and then books or settles others locks first: a writer that waits for freed days holds
/// the lock on their person.
pub async fn lock(
    connection: &mut PgConnection,
    application: ApplicationId,
    people: &[Uuid],
) -> Result<()> {
    sqlx::query!(
        r#"
        select id
        from auditor
        where id = any ($2)
           or id in (select auditor_id from auditor_booking where application_id = $1)
        order by id
        for no key update
        "#,
        application.0,
        people,
    )
    .fetch_all(connection)
    .await?;
    Ok(())
}

/// Frees the days of the application's team.
pub async fn release(connection: &mut PgConnection, application: ApplicationId) -> Result<()> {
    sqlx::query!(
        "delete from auditor_booking where application_id = $1",
        application.0
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Frees the days of leave and other work of a person.
pub async fn release_unavailability(
    connection: &mut PgConnection,
    auditor: AuditorId,
) -> Result<()> {
    sqlx::query!(
        "delete from auditor_booking where auditor_id = $1 and application_id is null",
        auditor.0
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Frees the days that do not begin on `chosen` and those of `refused` members, and makes the rest
/// firm if `agreed`. The days of a member that is related to the customer by now stay tentative:
/// step 6 leads back to the proposal of another team.
pub async fn settle(
    connection: &mut PgConnection,
    application: ApplicationId,
    chosen: NaiveDate,
    refused: &[Uuid],
    agreed: bool,
) -> Result<()> {
    sqlx::query!(
        r#"
        delete from auditor_booking
        where application_id = $1
          and (lower(days) <> $2 or auditor_id = any ($3))
        "#,
        application.0,
        chosen,
        refused,
    )
    .execute(&mut *connection)
    .await?;
    if agreed {
        sqlx::query!(
            r#"
            update auditor_booking b
            set kind = 'firm'
            from application a
            where b.application_id = $1
              and a.id = b.application_id
              and not auditor_is_related(b.auditor_id, a.customer_id, lower(b.days))
            "#,
            application.0
        )
        .execute(connection)
        .await?;
    }
    Ok(())
}

/// A stored booking that conflicts with a requested one.
#[derive(Debug)]
pub struct Clash {
    /// Index of the wanted booking.
    pub wanted: usize,
    /// Name of the person.
    pub name: String,
    /// Code of the kind.
    pub kind: String,
    /// The days.
    pub days: Span,
    /// Number of the audit's application, if the caller may see it.
    pub number: Option<String>,
    /// Company of the audit's application, if the caller may see it.
    pub company: Option<String>,
}

/// The stored bookings that conflict with `wanted`, in the order of `wanted`.
pub async fn clashes(
    connection: &mut PgConnection,
    viewer: &SignedIn,
    wanted: &[NewBooking],
) -> Result<Vec<Clash>> {
    let columns = Columns::of(wanted);
    let rows = sqlx::query!(
        r#"
        select new.place as "place!", p.name, b.kind, lower(b.days) as "first!", upper(b.days) - 1 as "last!", a.number, a.company as "company?"
        from unnest($4::uuid[], $5::uuid[], $6::date[], $7::date[])
            with ordinality as new (auditor_id, application_id, first_day, last_day, place)
        join auditor_booking b
          on b.auditor_id = new.auditor_id
         and b.days && daterange(new.first_day, new.last_day, '[]')
         and b.application_id is distinct from new.application_id
        join auditor p on p.id = b.auditor_id
        left join application a on a.id = b.application_id and may_see(a, $1, $2, $3)
        order by new.place, lower(b.days)
        "#,
        viewer.office.0,
        viewer.customer.map(|customer| customer.0),
        &viewer.roles.codes(),
        &columns.auditors,
        &columns.applications as _,
        &columns.firsts,
        &columns.lasts,
    )
    .fetch_all(connection)
    .await?;
    let clashes = rows.into_iter().map(|row| Clash {
        wanted: index(row.place),
        name: row.name,
        kind: row.kind,
        days: (row.first, row.last),
        number: row.number,
        company: row.company,
    });
    Ok(clashes.collect())
}

/// The indices of the wanted audits of customers to which the person is related.
pub async fn related(connection: &mut PgConnection, wanted: &[NewBooking]) -> Result<Vec<usize>> {
    let columns = Columns::of(wanted);
    let places = sqlx::query_scalar!(
        r#"
        select new.place as "place!"
        from unnest($1::uuid[], $2::uuid[], $3::date[]) with ordinality as new (auditor_id, application_id, first_day, place)
        join application a on a.id = new.application_id
        where auditor_is_related(new.auditor_id, a.customer_id, new.first_day)
        order by new.place
        "#,
        &columns.auditors,
        &columns.applications as _,
        &columns.firsts,
    )
    .fetch_all(connection)
    .await?;
    Ok(places.into_iter().map(index).collect())
}

/// The index of a row of `with ordinality`, which counts from one.
fn index(place: i64) -> usize {
    usize::try_from(place - 1).unwrap_or(usize::MAX)
}

/// A row of a person's calendar.
#[derive(Debug)]
pub struct CalendarRow {
    /// Code of the kind.
    pub kind: String,
    /// The days.
    pub days: Span,
    /// A remark.
    pub note: Option<String>,
    /// Code of the role in the team.
    pub role: Option<String>,
    /// The audit's application, if the caller may see it.
    pub application: Option<Uuid>,
    /// Its number.
    pub number: Option<String>,
    /// Its company.
    pub company: Option<String>,
    /// When it was booked.
    pub created_at: DateTime<Utc>,
}

/// The bookings of `auditor` that touch `days`, in order.
pub async fn calendar(
    connection: &mut PgConnection,
    viewer: &SignedIn,
    auditor: AuditorId,
    days: Span,
) -> Result<Vec<CalendarRow>> {
    let rows = sqlx::query!(
        r#"
        select b.kind, lower(b.days) as "first!", upper(b.days) - 1 as "last!", b.note, b.role, b.created_at,
               a.id as "application?", a.number, a.company as "company?"
        from auditor_booking b
        left join application a on a.id = b.application_id and may_see(a, $1, $2, $3)
        where b.office_id = $1
          and b.auditor_id = $4
          and b.days && daterange($5, $6, '[]')
        order by lower(b.days), b.id
        "#,
        viewer.office.0,
        viewer.customer.map(|customer| customer.0),
        &viewer.roles.codes(),
        auditor.0,
        days.0,
        days.1,
    )
    .fetch_all(connection)
    .await?;
    let rows = rows.into_iter().map(|row| CalendarRow {
        kind: row.kind,
        days: (row.first, row.last),
        note: row.note,
        role: row.role,
        application: row.application,
        number: row.number,
        company: row.company,
        created_at: row.created_at,
    });
    Ok(rows.collect())
}
