//! The SQL of notifications and events. Each statement writes all recipients at once.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::notice::{About, Notice};
use crate::error::Result;
use crate::ids::{ApplicationId, CustomerId, NotificationId, OfficeId, UserId};
use crate::mail::MailKind;

/// A notification to one recipient: a user, or the person behind a tag.
pub(super) struct Addressed<'a> {
    pub id: NotificationId,
    pub notice: Notice<'a>,
    pub user: Option<UserId>,
    pub tag: Option<&'a [u8]>,
}

/// Adds the notifications, and an event for each, which wakes the streams.
pub(super) async fn add(
    connection: &mut PgConnection,
    told: &[Addressed<'_>],
    now: DateTime<Utc>,
) -> Result<()> {
    fn column<'a, T>(told: &'a [Addressed<'a>], of: impl FnMut(&'a Addressed<'a>) -> T) -> Vec<T> {
        told.iter().map(of).collect()
    }
    let subject = |one: &Addressed<'_>| match one.notice.about {
        About::Application(id) => (Some(id.0), None, None),
        About::Complaint(id) => (None, Some(id.0), None),
        About::Webhook(id) => (None, None, Some(id.0)),
        About::Trail | About::PaymentReports => (None, None, None),
    };
    sqlx::query!(
        r#"
        with told as (
            select *
            from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::bytea[], $5::text[], $6::uuid[], $7::uuid[], $8::uuid[], $9::smallint[], $10::text[], $11::text[], $12::smallint[])
                as t (id, office_id, user_id, person_tag, kind, application_id, complaint_id, webhook_id, step, task, stage, percent)
        ),
        added as (
            insert into notification (id, office_id, user_id, person_tag, kind, application_id, complaint_id, webhook_id, step, task, stage, percent, at)
            select told.*, $13
            from told
        )
        insert into event (office_id, kind, notification_id, at)
        select office_id, 'notification.created', id, $13
        from told
        "#,
        &column(told, |one| one.id.0),
        &column(told, |one| one.notice.office.0),
        &column(told, |one| one.user.map(|user| user.0)) as _,
        &column(told, |one| one.tag) as _,
        &column(told, |one| one.notice.kind.code().to_owned()),
        &column(told, |one| subject(one).0) as _,
        &column(told, |one| subject(one).1) as _,
        &column(told, |one| subject(one).2) as _,
        &column(told, |one| one.notice.step.map(i16::from)) as _,
        &column(told, |one| one.notice.task) as _,
        &column(told, |one| one.notice.stage) as _,
        &column(told, |one| one.notice.percent.map(i16::from)) as _,
        now,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The users among `users` that get a mail, with their language: active, with a verified address
/// and mails switched on, and with no unsent mail of this kind.
pub(super) async fn mail_recipients(
    connection: &mut PgConnection,
    users: &[UserId],
) -> Result<Vec<(UserId, String)>> {
    let users: Vec<_> = users.iter().map(|user| user.0).collect();
    let rows = sqlx::query!(
        "
        select u.id, u.language
        from app_user u
        where u.id = any ($1)
          and u.active
          and u.email_verified_at is not null
          and coalesce(u.mails_notifications, u.customer_id is not null)
          and not exists (
              select
              from mail m
              where m.user_id = u.id
                and m.kind = $2
                and m.sent_at is null
                and m.given_up_at is null
          )
        ",
        &users,
        MailKind::Notification.code(),
    );
    Ok(rows
        .fetch_all(connection)
        .await?
        .into_iter()
        .map(|row| (UserId(row.id), row.language))
        .collect())
}

/// Adds an event with the application's current number. Returns the event id, and true if a webhook
/// of the office wants such events.
pub(super) async fn add_event(
    connection: &mut PgConnection,
    office: OfficeId,
    kind: &str,
    application: ApplicationId,
    data: &serde_json::Value,
    now: DateTime<Utc>,
) -> Result<(Uuid, bool)> {
    let row = sqlx::query!(
        r#"
        insert into event (office_id, kind, application_id, data, at)
        select $1, $2, a.id, jsonb_set($4, '{number}', coalesce(to_jsonb(a.number), 'null')), $5
        from application a
        where a.id = $3
        returning id, exists (select from webhook w where w.office_id = $1 and w.active and $2 = any (w.kinds)) as "is_wanted!"
        "#,
        office.0,
        kind,
        application.0,
        data,
        now,
    )
    .fetch_one(connection)
    .await?;
    Ok((row.id, row.is_wanted))
}

/// The active users of a customer.
pub async fn customer_users(
    connection: &mut PgConnection,
    customer: CustomerId,
) -> Result<Vec<UserId>> {
    let ids = sqlx::query_scalar!(
        "select id from app_user where customer_id = $1 and active order by id",
        customer.0
    )
    .fetch_all(connection)
    .await?;
    Ok(ids.into_iter().map(UserId).collect())
}

/// Removes from `users` all that did one of `tasks` on this draft of the file (four eyes),
/// according to the journal.
pub async fn without_barred_users(
    connection: &mut PgConnection,
    file: Uuid,
    draft: i16,
    tasks: &[&str],
    users: Vec<UserId>,
) -> Result<Vec<UserId>> {
    if tasks.is_empty() || draft == 0 || users.is_empty() {
        return Ok(users);
    }
    let tasks: Vec<String> = tasks.iter().map(|task| (*task).to_owned()).collect();
    let did = sqlx::query_scalar!(
        r#"
        select distinct actor_id as "actor!"
        from journal
        where subject_id = $1
          and draft = $2
          and task = any ($3)
          and actor_id is not null
        "#,
        file,
        draft,
        &tasks,
    )
    .fetch_all(connection)
    .await?;
    Ok(users
        .into_iter()
        .filter(|user| !did.contains(&user.0))
        .collect())
}
