//! SQL of the mail queue.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::kind::MailKind;
use crate::error::Result;
use crate::ids::{OfficeId, UserId};
use crate::web::problem::Language;

/// A waiting mail with its recipient. `Debug` is not derived, because it would show an address.
pub struct WaitingMail {
    /// Its id.
    pub id: Uuid,
    /// Code of the kind.
    pub kind: String,
    /// `id` or `en`.
    pub language: String,
    /// Values for the template.
    pub data: serde_json::Value,
    /// When it was queued.
    pub created_at: DateTime<Utc>,
    /// Time from which the mail is useless.
    pub useless_from: Option<DateTime<Utc>>,
    /// Number of attempts since it was last queued.
    pub tries: i32,
    /// The recipient's name.
    pub name: String,
    /// The recipient's current address.
    pub address: String,
    /// The name of the office.
    pub office: String,
}

/// A mail as staff see it, without the address.
#[derive(Debug)]
pub struct MailRow {
    /// Its id.
    pub id: Uuid,
    /// The recipient's account.
    pub user_id: Uuid,
    /// Code of the kind.
    pub kind: String,
    /// When it was queued.
    pub created_at: DateTime<Utc>,
    /// Number of attempts.
    pub attempts: i32,
    /// Time of the last attempt.
    pub last_attempt_at: Option<DateTime<Utc>>,
    /// Code of the last failure.
    pub failure: Option<String>,
    /// When it was sent.
    pub sent_at: Option<DateTime<Utc>>,
    /// When it was given up.
    pub given_up_at: Option<DateTime<Utc>>,
}

/// Inserts those of `mails` with an id that does not exist; returns their ids.
pub async fn add(
    connection: &mut PgConnection,
    mails: &[NewMail],
    now: DateTime<Utc>,
) -> Result<Vec<Uuid>> {
    fn column<T>(mails: &[NewMail], of: impl FnMut(&NewMail) -> T) -> Vec<T> {
        mails.iter().map(of).collect()
    }
    let added = sqlx::query_scalar!(
        "
        insert into mail (id, office_id, user_id, kind, language, data, useless_from, created_at)
        select t.*, $8
        from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::jsonb[], $7::timestamptz[]) as t
        on conflict (id) do nothing
        returning id
        ",
        &column(mails, |mail| mail.id),
        &column(mails, |mail| mail.office.0),
        &column(mails, |mail| mail.user.0),
        &column(mails, |mail| mail.kind.code().to_owned()),
        &column(mails, |mail| mail.language.tag().to_owned()),
        &column(mails, |mail| mail.data.clone()),
        &column(mails, |mail| mail.useless_from) as _,
        now,
    );
    Ok(added.fetch_all(connection).await?)
}

/// The mail, if it is neither sent nor given up and the account is active.
pub async fn find_waiting(connection: &mut PgConnection, id: Uuid) -> Result<Option<WaitingMail>> {
    let found = sqlx::query_as!(
        WaitingMail,
        "
        select m.id, m.kind, m.language, m.data, m.created_at, m.useless_from, m.tries,
               u.display_name as name, u.email as address, o.name as office
        from mail m
        join app_user u on u.id = m.user_id
        join office o on o.id = m.office_id
        where m.id = $1
          and m.sent_at is null
          and m.given_up_at is null
          and u.active
        ",
        id,
    );
    Ok(found.fetch_optional(connection).await?)
}

/// Records that the mail was sent.
pub async fn record_sent(
    connection: &mut PgConnection,
    id: Uuid,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "
        update mail
        set sent_at = $2, last_attempt_at = $2, attempts = attempts + 1, tries = tries + 1, failure = null
        where id = $1
          and given_up_at is null
        ",
        id,
        now,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Records a failed attempt; `never` if there will be no further one.
pub async fn record_failure(
    connection: &mut PgConnection,
    id: Uuid,
    failure: &str,
    never: bool,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "
        update mail
        set last_attempt_at = $4, attempts = attempts + 1, tries = tries + 1, failure = $2, given_up_at = case when $3 then $4::timestamptz end
        where id = $1
          and sent_at is null
        ",
        id,
        failure,
        never,
        now,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Counts the mails of this kind queued for an account since `since`.
pub(super) async fn count_since(
    connection: &mut PgConnection,
    user: UserId,
    kind: MailKind,
    since: DateTime<Utc>,
) -> Result<i64> {
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from mail where user_id = $1 and kind = $2 and created_at > $3"#,
        user.0,
        kind.code(),
        since,
    );
    Ok(count.fetch_one(connection).await?)
}

/// Lists mails of the office, newest first; with `failed` only those with a failed attempt that
/// have not been sent.
pub async fn list(
    connection: &mut PgConnection,
    office: OfficeId,
    failed: bool,
    after: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<MailRow>> {
    let (at, id) = after.unzip();
    let rows = sqlx::query_as!(
        MailRow,
        "
        select id, user_id, kind, created_at, attempts, last_attempt_at, failure, sent_at, given_up_at
        from mail
        where office_id = $1
          and (not $2 or failure is not null)
          and ($3::timestamptz is null or (created_at, id) < ($3, $4))
        order by created_at desc, id desc
        limit $5
        ",
        office.0,
        failed,
        at,
        id,
        limit,
    );
    Ok(rows.fetch_all(connection).await?)
}

/// The state of a mail that decides whether it may be sent again.
#[derive(Debug)]
pub struct RedeliveryState {
    /// When it was sent.
    pub sent_at: Option<DateTime<Utc>>,
    /// When it was given up.
    pub given_up_at: Option<DateTime<Utc>>,
    /// True if the mail is useless by now, or its token was used or replaced.
    pub is_past_use: bool,
    /// True if the recipient's account is active.
    pub is_of_active_account: bool,
}

/// The state of a mail of the office. Locks the row.
pub async fn lock_redelivery_state(
    connection: &mut PgConnection,
    office: OfficeId,
    id: Uuid,
    now: DateTime<Utc>,
) -> Result<Option<RedeliveryState>> {
    let found = sqlx::query_as!(
        RedeliveryState,
        r#"
        select m.sent_at, m.given_up_at, u.active as is_of_active_account,
               (coalesce(m.useless_from <= $3, false)
                or exists (select from mail_token t where t.mail_id = m.id and (t.used_at is not null or t.voided_at is not null))) as "is_past_use!"
        from mail m
        join app_user u on u.id = m.user_id
        where m.office_id = $1
          and m.id = $2
        for update of m
        "#,
        office.0,
        id,
        now,
    );
    Ok(found.fetch_optional(connection).await?)
}

/// Resets a mail that was given up, so that it is sent again.
pub async fn reset(connection: &mut PgConnection, id: Uuid) -> Result<MailRow> {
    let row = sqlx::query_as!(
        MailRow,
        "
        update mail
        set given_up_at = null,
            tries = 0
        where id = $1
        returning id, user_id, kind, created_at, attempts, last_attempt_at, failure, sent_at, given_up_at
        ",
        id,
    );
    Ok(row.fetch_one(connection).await?)
}

/// Deletes mails queued before `before`, with their tokens.
pub async fn delete_before(connection: &mut PgConnection, before: DateTime<Utc>) -> Result<()> {
    sqlx::query!("delete from mail where created_at < $1", before)
        .execute(connection)
        .await?;
    Ok(())
}

/// A mail to queue.
#[derive(Debug, Clone)]
pub struct NewMail {
    /// Id of the mail. A repeated job uses the same id, so that the mail is queued once.
    pub id: Uuid,
    /// The office.
    pub office: OfficeId,
    /// The recipient's account.
    pub user: UserId,
    /// The kind.
    pub kind: MailKind,
    /// The language.
    pub language: Language,
    /// Values for the template, besides the recipient's name. They contain no text by users and
    /// nothing about a complaint.
    pub data: serde_json::Value,
    /// Time from which the mail is useless and is not sent any more.
    pub useless_from: Option<DateTime<Utc>>,
}
