//! SQL of sessions and refresh tokens, and the statement that every authenticated request runs.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;

use crate::error::Result;
use crate::identity::signed_in::{Acting, ActingKind, SignedIn};
use crate::ids::{AppointmentId, CustomerId, OfficeId, SessionId, UserId};
use crate::sop::role::{Role, Roles};

/// Loads `user` with today's roles if `session` belongs to them and is valid and the account is
/// active. An appointment to a role that the user holds anyway is ignored.
pub async fn find_signed_in(
    connection: &mut PgConnection,
    session: SessionId,
    user: UserId,
    today: NaiveDate,
    now: DateTime<Utc>,
) -> Result<Option<SignedIn>> {
    let row = sqlx::query!(
        r#"
        select u.office_id, u.customer_id, u.display_name,
               array(select r.role from user_role r where r.user_id = u.id) as "roles!",
               a.id as "appointment?", a.kind as "kind?", a.role as "role?"
        from session s
        join app_user u on u.id = s.user_id
        left join acting_appointment a on a.user_id = u.id
                                      and a.revoked_at is null
                                      and a.confirmed_at is not null
                                      and $3 between a.first_day and a.last_day
        where s.id = $1
          and s.user_id = $2
          and s.revoked_at is null
          and s.expires_at > $4
          and u.active
        order by a.created_at
        limit 1
        "#,
        session.0,
        user.0,
        today,
        now,
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| {
        let own = Roles::from_codes(row.roles.iter().map(String::as_str));
        let acting = acting(
            row.appointment.map(AppointmentId),
            row.kind.as_deref(),
            row.role.as_deref(),
        )
        .filter(|acting| !own.has(acting.role));
        SignedIn {
            user,
            session,
            office: OfficeId(row.office_id),
            customer: row.customer_id.map(CustomerId),
            roles: acting.map_or(own, |acting| own.with(acting.role)),
            acting,
            name: row.display_name,
        }
    }))
}

fn acting(
    appointment: Option<AppointmentId>,
    kind: Option<&str>,
    role: Option<&str>,
) -> Option<Acting> {
    Some(Acting {
        appointment: appointment?,
        kind: kind.and_then(ActingKind::from_code)?,
        role: role.and_then(Role::from_code)?,
    })
}

/// Inserts a session.
pub async fn add(
    connection: &mut PgConnection,
    session: SessionId,
    user: UserId,
    now: DateTime<Utc>,
    expires_at: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "insert into session (id, user_id, started_at, expires_at) values ($1, $2, $3, $4)",
        session.0,
        user.0,
        now,
        expires_at
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Inserts a refresh token.
pub async fn add_token(
    connection: &mut PgConnection,
    digest: &[u8],
    session: SessionId,
    now: DateTime<Utc>,
    expires_at: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "insert into refresh_token (digest, session_id, issued_at, expires_at) values ($1, $2, $3, $4)",
        digest,
        session.0,
        now,
        expires_at,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A refresh token with the state of its session.
#[derive(Debug)]
pub struct RefreshToken {
    /// The session.
    pub session: SessionId,
    /// The user.
    pub user: UserId,
    /// The office of the account.
    pub office: OfficeId,
    /// When the session ends, regardless of refreshes.
    pub session_ends: DateTime<Utc>,
    /// True if session and account are valid.
    pub is_live: bool,
    /// True if the token has expired.
    pub is_expired: bool,
    /// True if the token was used before.
    pub is_used: bool,
}

/// The token with this digest. Locks token and session, so that concurrent requests run one after
/// the other.
pub async fn lock_token(
    connection: &mut PgConnection,
    digest: &[u8],
    now: DateTime<Utc>,
) -> Result<Option<RefreshToken>> {
    let row = sqlx::query!(
        r#"
        select t.session_id, s.user_id, u.office_id, s.expires_at,
               (s.revoked_at is null and s.expires_at > $2 and u.active) as "is_live!",
               (t.expires_at <= $2) as "is_old!",
               (t.used_at is not null) as "is_used!"
        from refresh_token t
        join session s on s.id = t.session_id
        join app_user u on u.id = s.user_id
        where t.digest = $1
        for update of t, s
        "#,
        digest,
        now,
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| RefreshToken {
        session: SessionId(row.session_id),
        user: UserId(row.user_id),
        office: OfficeId(row.office_id),
        session_ends: row.expires_at,
        is_live: row.is_live,
        is_expired: row.is_old,
        is_used: row.is_used,
    }))
}

/// Marks the token as used.
pub async fn mark_token_used(
    connection: &mut PgConnection,
    digest: &[u8],
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "update refresh_token set used_at = $2 where digest = $1",
        digest,
        now
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Ends one session.
pub async fn revoke(
    connection: &mut PgConnection,
    session: SessionId,
    reason: RevocationReason,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "update session set revoked_at = $2, revoked_for = $3 where id = $1 and revoked_at is null",
        session.0,
        now,
        reason.code()
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Ends all sessions of a user except `except`.
pub async fn revoke_all(
    connection: &mut PgConnection,
    user: UserId,
    except: Option<SessionId>,
    reason: RevocationReason,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "
        update session
        set revoked_at = $3, revoked_for = $4
        where user_id = $1
          and id is distinct from $2
          and revoked_at is null
        ",
        user.0,
        except.map(|session| session.0),
        now,
        reason.code(),
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Deletes sessions that ended before `before`, with their tokens.
pub async fn delete_ended(connection: &mut PgConnection, before: DateTime<Utc>) -> Result<()> {
    sqlx::query!("delete from session where expires_at < $1", before)
        .execute(connection)
        .await?;
    Ok(())
}

/// Reason for ending a session before it expires.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum RevocationReason {
    /// The user signed out.
    Logout,
    /// The password was changed.
    PasswordChange,
    /// The password was reset by mail.
    PasswordReset,
    /// The account was deactivated.
    Deactivation,
    /// A refresh token was used twice.
    RefreshTokenReuse,
}

impl RevocationReason {
    /// The code in the database.
    pub fn code(self) -> &'static str {
        self.into()
    }
}
