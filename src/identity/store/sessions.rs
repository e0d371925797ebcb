//! SQL of sessions and refresh tokens, and the statement that every authenticated request runs.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;
use sqlx::postgres::PgListener;
use uuid::Uuid;

use crate::error::Result;
use crate::identity::session_limits::SessionLimits;
use crate::identity::signed_in::{Acting, ActingKind, SessionState, SignedIn};
use crate::ids::{AppointmentId, CustomerId, OfficeId, SessionId, UserId};
use crate::sop::role::{Role, Roles};

/// A session that is not revoked, with its active account and today's roles, as stored. It is not
/// yet known whether the session still lasts.
#[derive(Debug, Clone)]
pub struct StoredSignIn {
    signed_in: SignedIn,
    started_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    seen_at: DateTime<Utc>,
}

impl StoredSignIn {
    /// The signed-in user, if the session lasts at `now`, within the limits of their roles.
    pub fn admit(&self, now: DateTime<Utc>) -> Option<&SignedIn> {
        let limits = SessionLimits::of(self.signed_in.roles);
        let lasts = self.expires_at > now && limits.admit(self.started_at, self.seen_at, now);
        lasts.then_some(&self.signed_in)
    }

    /// The user.
    pub fn user(&self) -> UserId {
        self.signed_in.user
    }

    /// The session after a use at `now` was recorded.
    #[must_use]
    pub fn used_at(mut self, now: DateTime<Utc>) -> Self {
        self.seen_at = now;
        self.signed_in.state.seen_at = Some(now);
        self
    }
}

/// Loads `user` with today's roles if `session` belongs to them, is valid, and within the limits of
/// these roles, and the account is active.
pub async fn find_signed_in(
    connection: &mut PgConnection,
    session: SessionId,
    user: UserId,
    today: NaiveDate,
    now: DateTime<Utc>,
) -> Result<Option<SignedIn>> {
    let stored = find_stored(connection, session, user, today).await?;
    Ok(stored.and_then(|stored| stored.admit(now).cloned()))
}

/// Loads the session with its account and the roles of `today`. An appointment to a role that the
/// user holds anyway is ignored. A change of each value that this statement reads notifies
/// `desk_sign_in`, except `seen_at`.
pub async fn find_stored(
    connection: &mut PgConnection,
    session: SessionId,
    user: UserId,
    today: NaiveDate,
) -> Result<Option<StoredSignIn>> {
    let row = sqlx::query!(
        r#"
        select u.office_id, u.customer_id, u.display_name, s.started_at, s.expires_at, s.seen_at, s.proved_at,
               array(select r.role from user_role r where r.user_id = u.id) as "roles!",
               exists (
                   select from second_factor f where f.user_id = u.id and f.confirmed_at is not null
               ) as "has_factor!",
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
          and u.active
        order by a.created_at
        limit 1
        "#,
        session.0,
        user.0,
        today,
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
        StoredSignIn {
            started_at: row.started_at,
            expires_at: row.expires_at,
            seen_at: row.seen_at,
            signed_in: SignedIn {
                user,
                session,
                office: OfficeId(row.office_id),
                customer: row.customer_id.map(CustomerId),
                roles: acting.map_or(own, |acting| own.with(acting.role)),
                acting,
                name: row.display_name,
                state: SessionState {
                    has_factor: row.has_factor,
                    proved_at: row.proved_at,
                    seen_at: Some(row.seen_at),
                },
            },
        }
    }))
}

/// Asks the server for nothing. Its reply brings what was notified before.
pub async fn ping(listener: &mut PgListener) -> Result<()> {
    sqlx::raw_sql("select").execute(listener).await?;
    Ok(())
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

/// A new session.
#[derive(Debug)]
pub struct NewSession<'a> {
    /// Its id.
    pub id: SessionId,
    /// The user.
    pub user: UserId,
    /// When it ends, regardless of refreshes.
    pub expires_at: DateTime<Utc>,
    /// True if the second factor was proved.
    pub proved: bool,
    /// The network of the sign-in.
    pub place: &'a str,
}

/// Inserts a session.
pub async fn add(
    connection: &mut PgConnection,
    new: &NewSession<'_>,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "
        insert into session (id, user_id, started_at, seen_at, expires_at, proved_at, place)
        values ($1, $2, $3, $3, $4, case when $5 then $3::timestamptz end, $6)
        ",
        new.id.0,
        new.user.0,
        now,
        new.expires_at,
        new.proved,
        new.place,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Records that the session was used.
pub async fn record_use(
    connection: &mut PgConnection,
    session: SessionId,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "update session set seen_at = $2 where id = $1 and seen_at < $2",
        session.0,
        now
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Records that the second factor was proved in the session.
pub async fn record_proof(
    connection: &mut PgConnection,
    session: SessionId,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "update session set proved_at = $2 where id = $1",
        session.0,
        now
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A session in its owner's list.
#[derive(Debug)]
pub struct SessionRow {
    /// Its id.
    pub id: Uuid,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it was last used, to the minute.
    pub seen_at: DateTime<Utc>,
    /// When it ends, regardless of refreshes.
    pub expires_at: DateTime<Utc>,
    /// The last proof of the second factor.
    pub proved_at: Option<DateTime<Utc>>,
    /// The network of the sign-in.
    pub place: String,
}

/// Lists the sessions of `user` that began after `since`, were used after `used_since`, and have
/// neither ended nor expired; oldest first, after a cursor.
pub async fn list(
    connection: &mut PgConnection,
    user: UserId,
    (since, used_since): (DateTime<Utc>, DateTime<Utc>),
    now: DateTime<Utc>,
    after: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<SessionRow>> {
    let (after_time, after_id) = after.unzip();
    let rows = sqlx::query_as!(
        SessionRow,
        "
        select id, started_at, seen_at, expires_at, proved_at, place
        from session
        where user_id = $1
          and revoked_at is null
          and expires_at > $4
          and started_at > $2
          and seen_at > $3
          and ($5::timestamptz is null or (started_at, id) > ($5, $6))
        order by started_at, id
        limit $7
        ",
        user.0,
        since,
        used_since,
        now,
        after_time,
        after_id,
        limit,
    );
    Ok(rows.fetch_all(connection).await?)
}

/// Ends the session of `user` with this id; false if there is none that has not ended.
pub async fn revoke_of(
    connection: &mut PgConnection,
    user: UserId,
    session: SessionId,
    reason: RevocationReason,
    now: DateTime<Utc>,
) -> Result<bool> {
    let ended = sqlx::query!(
        "
        update session
        set revoked_at = $3, revoked_for = $4
        where id = $1
          and user_id = $2
          and revoked_at is null
        ",
        session.0,
        user.0,
        now,
        reason.code(),
    )
    .execute(connection)
    .await?;
    Ok(ended.rows_affected() == 1)
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
    /// When and by which client the token was used.
    pub used: Option<(DateTime<Utc>, Vec<u8>)>,
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
               t.used_at, t.used_by
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
        used: row.used_at.zip(row.used_by),
    }))
}

/// Marks the token as used by a client.
pub async fn mark_token_used(
    connection: &mut PgConnection,
    digest: &[u8],
    client: &[u8],
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "update refresh_token set used_at = $2, used_by = $3 where digest = $1",
        digest,
        now,
        client
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
    /// A second factor was enrolled or reset.
    SecondFactorChange,
    /// The owner ended it from another session.
    EndedByOwner,
}

impl RevocationReason {
    /// The code in the database.
    pub fn code(self) -> &'static str {
        self.into()
    }
}
