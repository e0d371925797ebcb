//! SQL of accounts.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use crate::error::{Code, Error, OnConstraint as _, Result};
use crate::identity::email::stored_form;
use crate::identity::password_rules::Owner;
use crate::ids::{CustomerId, OfficeId, UserId};
use crate::web::problem::Language;

/// An account. The `pending` columns are parallel arrays.
#[derive(Debug)]
pub struct UserRow {
    /// The account.
    pub id: uuid::Uuid,
    /// The organisation of a customer.
    pub customer_id: Option<uuid::Uuid>,
    /// The e-mail as typed.
    pub email: String,
    /// The display name.
    pub display_name: String,
    /// True if it may sign in.
    pub active: bool,
    /// When the address was verified.
    pub email_verified_at: Option<DateTime<Utc>>,
    /// Language of mails to the account.
    pub language: String,
    /// Version for `If-Match`.
    pub version: i64,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// Codes of its roles.
    pub roles: Vec<String>,
    /// Codes of the proposed roles.
    pub pending: Vec<String>,
    /// The author of each role proposal.
    pub pending_by: Vec<uuid::Uuid>,
    /// The time of each role proposal.
    pub pending_at: Vec<DateTime<Utc>>,
    /// For each role proposal, true if the role is to be removed.
    pub pending_takes: Vec<bool>,
    /// True if the owner has chosen a password.
    pub taken_up: bool,
    /// When the open invitation expires.
    pub invited_until: Option<DateTime<Utc>>,
    /// The proposed state, if there is a proposal.
    pub activity: Option<bool>,
    /// The author of that proposal.
    pub activity_by: Option<uuid::Uuid>,
    /// The time of that proposal.
    pub activity_at: Option<DateTime<Utc>>,
    /// The proposed name, if there is a proposal.
    pub pending_name: Option<String>,
    /// The author of that proposal.
    pub pending_name_by: Option<uuid::Uuid>,
    /// The time of that proposal.
    pub pending_name_at: Option<DateTime<Utc>>,
}

/// A new account.
#[derive(Debug)]
pub struct NewUserRow<'a> {
    /// Its id.
    pub id: UserId,
    /// The office.
    pub office: OfficeId,
    /// The organisation of a customer.
    pub customer: Option<CustomerId>,
    /// The e-mail as typed; its domain is stored in lower case.
    pub email: &'a str,
    /// The display name.
    pub display_name: &'a str,
    /// PHC string; none until the owner has chosen a password.
    pub password_hash: Option<&'a str>,
    /// Language of mails to the account.
    pub language: Language,
    /// True if the address counts as verified.
    pub verified: bool,
}

/// The data for signing in.
#[derive(Debug)]
pub struct Credentials {
    /// The account.
    pub id: uuid::Uuid,
    /// The office.
    pub office_id: uuid::Uuid,
    /// The organisation of a customer.
    pub customer_id: Option<uuid::Uuid>,
    /// The e-mail as typed.
    pub email: String,
    /// PHC string; none until the owner has chosen a password.
    pub password_hash: Option<String>,
    /// True if it may sign in.
    pub active: bool,
}

/// Data of an account's owner for the password rules. `Debug` is not derived, because it would show
/// an address.
pub struct OwnerData {
    /// The e-mail of the account.
    pub email: String,
    /// The display name.
    pub display_name: String,
    /// The name of the organisation; empty for staff.
    pub organisation: String,
}

impl OwnerData {
    /// The data as an `Owner` for `Password::field_error`.
    pub fn owner(&self) -> Owner<'_> {
        Owner {
            email: &self.email,
            name: &self.display_name,
            organisation: &self.organisation,
        }
    }
}

/// Filter of a list of accounts.
#[derive(Debug, Clone, Copy)]
pub struct UserFilter<'a> {
    /// Only holders of this role.
    pub role: Option<&'a str>,
    /// Only active or only inactive accounts.
    pub active: Option<bool>,
}

/// One account of the office.
pub async fn find(
    connection: &mut PgConnection,
    office: OfficeId,
    id: UserId,
) -> Result<Option<UserRow>> {
    let row = sqlx::query_as!(
        UserRow,
        r#"
        select u.id, u.customer_id, u.email, u.display_name, u.active, u.email_verified_at, u.language, u.version, u.created_at,
               array(select r.role from user_role r where r.user_id = u.id) as "roles!",
               array(select p.role from role_proposal p where p.user_id = u.id order by p.role) as "pending!",
               array(select p.proposed_by from role_proposal p where p.user_id = u.id order by p.role) as "pending_by!",
               array(select p.proposed_at from role_proposal p where p.user_id = u.id order by p.role) as "pending_at!",
               array(select p.takes from role_proposal p where p.user_id = u.id order by p.role) as "pending_takes!",
               u.password_hash is not null as "taken_up!",
               coalesce(s.expires_at, (
                   select t.expires_at
                   from mail_token t
                   where t.user_id = u.id
                     and t.purpose = 'invitation'
                     and t.used_at is null
                     and t.voided_at is null
               )) as "invited_until?",
               a.active as "activity?", a.proposed_by as "activity_by?", a.proposed_at as "activity_at?",
               n.display_name as "pending_name?", n.proposed_by as "pending_name_by?", n.proposed_at as "pending_name_at?"
        from app_user u
        left join invitation_slip s on s.user_id = u.id
        left join activity_proposal a on a.user_id = u.id
        left join name_proposal n on n.user_id = u.id
        where u.id = $1
          and u.office_id = $2
        "#,
        id.0,
        office.0,
    );
    Ok(row.fetch_optional(connection).await?)
}

/// Lists accounts of the office, oldest first, after a cursor.
pub async fn list(
    connection: &mut PgConnection,
    office: OfficeId,
    filter: UserFilter<'_>,
    after: Option<(DateTime<Utc>, uuid::Uuid)>,
    limit: i64,
) -> Result<Vec<UserRow>> {
    let (after_time, after_id) = after.unzip();
    let rows = sqlx::query_as!(
        UserRow,
        r#"
        select u.id, u.customer_id, u.email, u.display_name, u.active, u.email_verified_at, u.language, u.version, u.created_at,
               array(select r.role from user_role r where r.user_id = u.id) as "roles!",
               array(select p.role from role_proposal p where p.user_id = u.id order by p.role) as "pending!",
               array(select p.proposed_by from role_proposal p where p.user_id = u.id order by p.role) as "pending_by!",
               array(select p.proposed_at from role_proposal p where p.user_id = u.id order by p.role) as "pending_at!",
               array(select p.takes from role_proposal p where p.user_id = u.id order by p.role) as "pending_takes!",
               u.password_hash is not null as "taken_up!",
               coalesce(s.expires_at, (
                   select t.expires_at
                   from mail_token t
                   where t.user_id = u.id
                     and t.purpose = 'invitation'
                     and t.used_at is null
                     and t.voided_at is null
               )) as "invited_until?",
               a.active as "activity?", a.proposed_by as "activity_by?", a.proposed_at as "activity_at?",
               n.display_name as "pending_name?", n.proposed_by as "pending_name_by?", n.proposed_at as "pending_name_at?"
        from app_user u
        left join invitation_slip s on s.user_id = u.id
        left join activity_proposal a on a.user_id = u.id
        left join name_proposal n on n.user_id = u.id
        where u.office_id = $1
          and ($2::text is null or exists (select from user_role r where r.user_id = u.id and r.role = $2))
          and ($3::boolean is null or u.active = $3)
          and ($4::timestamptz is null or (u.created_at, u.id) > ($4, $5))
        order by u.created_at, u.id
        limit $6
        "#,
        office.0,
        filter.role,
        filter.active,
        after_time,
        after_id,
        limit,
    );
    Ok(rows.fetch_all(connection).await?)
}

/// Inserts an account.
pub async fn add(
    connection: &mut PgConnection,
    new: &NewUserRow<'_>,
    now: DateTime<Utc>,
) -> Result<()> {
    let added = sqlx::query!(
        "
        insert into app_user (
            id, office_id, customer_id, email, display_name, password_hash, password_changed_at, created_at, language, email_verified_at
        )
        values ($1, $2, $3, $4, $5, $6, $7, $7, $8, case when $9 then $7::timestamptz end)
        ",
        new.id.0,
        new.office.0,
        new.customer.map(|customer| customer.0),
        stored_form(new.email),
        new.display_name,
        new.password_hash,
        now,
        new.language.tag(),
        new.verified,
    );
    added
        .execute(connection)
        .await
        .on_constraint("app_user_email_is_unique", || {
            Error::new(Code::Conflict).detail(
                "Surel ini sudah dipakai sebuah akun.",
                "An account with this e-mail exists.",
            )
        })?;
    Ok(())
}

/// The sign-in data of the account with this lower-case e-mail.
pub async fn find_credentials(
    connection: &mut PgConnection,
    email: &str,
) -> Result<Option<Credentials>> {
    let found = sqlx::query_as!(
        Credentials,
        "select id, office_id, customer_id, email, password_hash, active from app_user where lower(email) = $1",
        email
    );
    Ok(found.fetch_optional(connection).await?)
}

/// The sign-in data of an account.
pub async fn find_credentials_by_id(
    connection: &mut PgConnection,
    id: UserId,
) -> Result<Option<Credentials>> {
    let found = sqlx::query_as!(
        Credentials,
        "select id, office_id, customer_id, email, password_hash, active from app_user where id = $1",
        id.0
    );
    Ok(found.fetch_optional(connection).await?)
}

/// The data of an account's owner for the password rules.
pub async fn find_owner_data(connection: &mut PgConnection, id: UserId) -> Result<OwnerData> {
    let found = sqlx::query_as!(
        OwnerData,
        r#"
        select u.email, u.display_name, coalesce(c.name, '') as "organisation!"
        from app_user u
        left join customer c on c.id = u.customer_id
        where u.id = $1
        "#,
        id.0,
    );
    Ok(found.fetch_one(connection).await?)
}

/// True if the account is still active and has this password hash. Locks the row until the
/// transaction ends.
pub async fn lock_if_unchanged(
    connection: &mut PgConnection,
    id: UserId,
    password_hash: Option<&str>,
) -> Result<bool> {
    let found = sqlx::query_scalar!(
        r#"select 1 as "one!" from app_user where id = $1 and active and password_hash = $2 for update"#,
        id.0,
        password_hash
    );
    Ok(found.fetch_optional(connection).await?.is_some())
}

/// Stores the hash of the same password with stronger parameters.
pub async fn rehash(connection: &mut PgConnection, id: UserId, password_hash: &str) -> Result<()> {
    sqlx::query!(
        "update app_user set password_hash = $2 where id = $1",
        id.0,
        password_hash
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Changes the password.
pub async fn set_password(
    connection: &mut PgConnection,
    id: UserId,
    password_hash: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "update app_user set password_hash = $2, password_changed_at = $3 where id = $1",
        id.0,
        password_hash,
        now
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// One account of the office, locked until the transaction ends.
pub async fn find_locked(
    connection: &mut PgConnection,
    office: OfficeId,
    id: UserId,
) -> Result<Option<UserRow>> {
    let found = sqlx::query_scalar!(
        r#"select 1 as "one!" from app_user where id = $1 and office_id = $2 for update"#,
        id.0,
        office.0
    );
    match found.fetch_optional(&mut *connection).await? {
        Some(_) => find(connection, office, id).await,
        None => Ok(None),
    }
}

/// Updates name and state of an account and increments its version.
pub async fn change(
    connection: &mut PgConnection,
    id: UserId,
    display_name: &str,
    active: bool,
) -> Result<()> {
    sqlx::query!(
        "update app_user set display_name = $2, active = $3, version = version + 1 where id = $1",
        id.0,
        display_name,
        active
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Sets the language of mails to an account.
pub async fn set_language(
    connection: &mut PgConnection,
    id: UserId,
    language: Language,
) -> Result<()> {
    sqlx::query!(
        "update app_user set language = $2, version = version + 1 where id = $1",
        id.0,
        language.tag()
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Increments the version of an account.
pub async fn bump_version(connection: &mut PgConnection, id: UserId) -> Result<()> {
    sqlx::query!(
        "update app_user set version = version + 1 where id = $1",
        id.0
    )
    .execute(connection)
    .await?;
    Ok(())
}
