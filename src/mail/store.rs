//! The SQL of the queue of mails.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::kind::MailKind;
use super::new_mail::NewMail;
use crate::error::Result;
use crate::ids::{OfficeId, UserId};

/// A mail that waits, with whom it goes to. `Debug` is not derived: it would show an address.
pub struct Waiting {
    /// Its id.
    pub id: Uuid,
    /// Code of its kind.
    pub kind: String,
    /// `id` or `en`.
    pub language: String,
    /// What its words need.
    pub data: serde_json::Value,
    /// When it was queued.
    pub created_at: DateTime<Utc>,
    /// When it would help nobody any more.
    pub useless_from: Option<DateTime<Utc>>,
    /// How often it was tried in this run.
    pub tries: i32,
    /// The name of whom it goes to.
    pub name: String,
    /// Their address as it is now.
    pub address: String,
    /// The name of the office.
    pub office: String,
}

/// A mail as staff see it: to which account, not to which address.
#[derive(Debug)]
pub struct Row {
    /// Its id.
    pub id: Uuid,
    /// To whose account.
    pub user_id: Uuid,
    /// Code of its kind.
    pub kind: String,
    /// When it was queued.
    pub created_at: DateTime<Utc>,
    /// How often it was tried.
    pub attempts: i32,
    /// When it was last tried.
    pub last_attempt_at: Option<DateTime<Utc>>,
    /// Code of the last failure.
    pub failure: Option<String>,
    /// When it left.
    pub sent_at: Option<DateTime<Utc>>,
    /// When it was given up.
    pub given_up_at: Option<DateTime<Utc>>,
}

/// Adds a mail; false when it is there already.
///
/// # Errors
/// When the server refuses.
pub async fn add(
    connection: &mut PgConnection,
    mail: &NewMail,
    now: DateTime<Utc>,
) -> Result<bool> {
    let added = sqlx::query!(
        "
        insert into mail (id, office_id, user_id, kind, language, data, created_at, useless_from)
        values ($1, $2, $3, $4, $5, $6, $7, $8)
        on conflict (id) do nothing
        ",
        mail.id,
        mail.office.0,
        mail.user.0,
        mail.kind.code(),
        mail.language.tag(),
        mail.data,
        now,
        mail.useless_from,
    );
    Ok(added.execute(connection).await?.rows_affected() > 0)
}

/// The mail, if it is neither sent nor given up and the account is active.
///
/// # Errors
/// When the server refuses.
pub async fn waiting(connection: &mut PgConnection, id: Uuid) -> Result<Option<Waiting>> {
    let found = sqlx::query_as!(
        Waiting,
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

/// It left.
///
/// # Errors
/// When the server refuses.
pub async fn sent(connection: &mut PgConnection, id: Uuid, now: DateTime<Utc>) -> Result<()> {
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

/// It did not leave; `never` when it will not be tried again.
///
/// # Errors
/// When the server refuses.
pub async fn failed(
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

/// How many mails of this kind an account was sent since then.
///
/// # Errors
/// When the server refuses.
pub async fn count_since(
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

/// Mails of the office, the newest first; only those that wait after a failure or were given up when `failed`.
///
/// # Errors
/// When the server refuses.
pub async fn list(
    connection: &mut PgConnection,
    office: OfficeId,
    failed: bool,
    after: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<Row>> {
    let (at, id) = after.unzip();
    let rows = sqlx::query_as!(
        Row,
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

/// What decides whether a mail may be sent again.
#[derive(Debug)]
pub struct Standing {
    /// When it left.
    pub sent_at: Option<DateTime<Utc>>,
    /// When it was given up.
    pub given_up_at: Option<DateTime<Utc>>,
    /// It would help nobody any more, or its token was used or gave way to a newer one.
    pub is_past_use: bool,
    /// Somebody can read it.
    pub is_of_active_account: bool,
}

/// How it stands with a mail of the office; locked.
///
/// # Errors
/// When the server refuses.
pub async fn standing(
    connection: &mut PgConnection,
    office: OfficeId,
    id: Uuid,
    now: DateTime<Utc>,
) -> Result<Option<Standing>> {
    let found = sqlx::query_as!(
        Standing,
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

/// Lets a mail that was given up begin anew.
///
/// # Errors
/// When the server refuses.
pub async fn renew(connection: &mut PgConnection, id: Uuid) -> Result<Row> {
    let row = sqlx::query_as!(
        Row,
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

/// Deletes mails, with their tokens, that were queued before.
///
/// # Errors
/// When the server refuses.
pub async fn forget(connection: &mut PgConnection, before: DateTime<Utc>) -> Result<()> {
    sqlx::query!("delete from mail where created_at < $1", before)
        .execute(connection)
        .await?;
    Ok(())
}
