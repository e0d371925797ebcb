//! `GET|DELETE /me/sessions`, and the log of sign-ins: `GET /me/sign-ins` for its owner, `GET
//! /sign-ins` for the internal auditor.

use actix_web::{delete, get};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::clock::Clock;
use crate::database::Database;
use crate::error::{Code, Error, Result};
use crate::identity::Restricted;
use crate::identity::journal::{Subject, record};
use crate::identity::restricted::AllowedRoles;
use crate::identity::session_limits::SessionLimits;
use crate::identity::signed_in::SignedIn;
use crate::identity::store::sessions::{self, RevocationReason, SessionRow};
use crate::identity::store::sign_ins::{self, SignInOutcome, SignInRow};
use crate::ids::{SessionId, SignInId, UserId};
use crate::sop::role::{Role, codes};
use crate::web::page::page_size;
use crate::web::{Cursor, IdempotentWrite, Page, PathParam, Provided, Query, Reply};

/// The internal auditors, who read the log of sign-ins.
#[derive(Debug)]
pub struct SignInReaders;

impl AllowedRoles for SignInReaders {
    const ROLES: &'static [Role] = &[Role::InternalAuditor];
}

/// A page of a list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OwnQuery {
    /// Page size, 1 to 200; default 20.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<i64>,
    /// `next_cursor` of the previous page.
    pub cursor: Option<String>,
}

/// One of your sessions.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct SessionView {
    /// Its id.
    pub id: SessionId,
    /// True for the session of this request.
    pub current: bool,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it was last used, to the minute.
    pub seen_at: DateTime<Utc>,
    /// When it ends without further use.
    pub idle_until: DateTime<Utc>,
    /// When it ends in any case.
    pub expires_at: DateTime<Utc>,
    /// The last proof of the second factor.
    pub proved_at: Option<DateTime<Utc>>,
    /// The network of the sign-in.
    #[schema(example = "192.0.2.0/24")]
    pub place: String,
}

impl SessionView {
    fn of(row: SessionRow, caller: &SignedIn, limits: SessionLimits) -> Self {
        Self {
            id: SessionId(row.id),
            current: row.id == caller.session.0,
            started_at: row.started_at,
            seen_at: row.seen_at,
            idle_until: row.seen_at + limits.idle,
            expires_at: row.expires_at.min(row.started_at + limits.lifetime),
            proved_at: row.proved_at,
            place: row.place,
        }
    }
}

/// List your sessions (sesi saya).
///
/// Lists your open sessions, oldest first. Sessions of roles that read complaints, audit or assign
/// roles end after 30 minutes without use, and after 12 hours in any case; other sessions after 14 and 30
/// days.
#[utoipa::path(tag = "sign in", params(OwnQuery), responses((status = 200, description = "A page of your sessions", body = Page<SessionView>)))]
#[get("/me/sessions")]
pub async fn list_own_sessions(
    caller: SignedIn,
    query: Query<OwnQuery>,
    database: Provided<Database>,
    cursor: Provided<Cursor>,
    clock: Provided<Clock>,
) -> Result<Reply<Page<SessionView>>> {
    let (Query(query), Provided(cursor), now) = (query, cursor, clock.0.now());
    let (limit, bound) = (page_size(query.limit)?, caller.user);
    let after: Option<(DateTime<Utc>, Uuid)> =
        cursor.read(query.cursor.as_deref(), "own-sessions", &bound)?;
    let limits = SessionLimits::of(caller.roles);
    let since = (now - limits.lifetime, now - limits.idle);
    let rows = database
        .0
        .read(async |connection| {
            sessions::list(connection, caller.user, since, now, after, limit + 1).await
        })
        .await?;
    let page = cursor.page(rows, limit, "own-sessions", &bound, |row| {
        (row.started_at, row.id)
    })?;
    Ok(Reply::page(
        page.map(|row| SessionView::of(row, &caller, limits)),
    ))
}

/// End one of your sessions (akhiri sesi).
///
/// From its next request on, the tokens of the session are refused.
#[utoipa::path(tag = "sign in", params(("id" = SessionId, Path, description = "The session")),
    responses((status = 204, description = "The session has ended")))]
#[delete("/me/sessions/{id}")]
pub async fn end_own_session(
    caller: SignedIn,
    at: PathParam<SessionId>,
    database: Provided<Database>,
    clock: Provided<Clock>,
) -> Result<Reply<()>> {
    let now = clock.0.now();
    let mut work = IdempotentWrite::without_idempotency(&database.0, now).await?;
    let reason = RevocationReason::EndedByOwner;
    if !sessions::revoke_of(&mut work, caller.user, at.0, reason, now).await? {
        return Err(Error::new(Code::NotFound));
    }
    let act = Subject::Session(at.0).act("end_session");
    record(&mut work, &caller, act, now).await?;
    work.finish(Reply::no_content()).await
}

/// End your other sessions (akhiri sesi lain).
///
/// Ends all your sessions except the one of this request.
#[utoipa::path(tag = "sign in", responses((status = 204, description = "The other sessions have ended")))]
#[delete("/me/sessions")]
pub async fn end_other_sessions(
    caller: SignedIn,
    database: Provided<Database>,
    clock: Provided<Clock>,
) -> Result<Reply<()>> {
    let now = clock.0.now();
    let mut work = IdempotentWrite::without_idempotency(&database.0, now).await?;
    let (except, reason) = (Some(caller.session), RevocationReason::EndedByOwner);
    sessions::revoke_all(&mut work, caller.user, except, reason, now).await?;
    let act = Subject::User(caller.user).act("end_other_sessions");
    record(&mut work, &caller, act, now).await?;
    work.finish(Reply::no_content()).await
}

/// An attempt to sign in to your account.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct OwnSignIn {
    /// Its id.
    pub id: SignInId,
    /// When it was made.
    pub at: DateTime<Utc>,
    /// The outcome (hasil).
    pub outcome: SignInOutcome,
    /// The network of the client.
    #[schema(example = "192.0.2.0/24")]
    pub place: String,
}

/// List the sign-ins to your account (riwayat masuk saya).
///
/// Lists the attempts of the last half year, newest first: successful ones, wrong passwords and
/// wrong second factors.
#[utoipa::path(tag = "sign in", params(OwnQuery), responses((status = 200, description = "A page of attempts", body = Page<OwnSignIn>)))]
#[get("/me/sign-ins")]
pub async fn list_own_sign_ins(
    caller: SignedIn,
    query: Query<OwnQuery>,
    database: Provided<Database>,
    cursor: Provided<Cursor>,
) -> Result<Reply<Page<OwnSignIn>>> {
    let (Query(query), Provided(cursor)) = (query, cursor);
    let (limit, bound) = (page_size(query.limit)?, caller.user);
    let before: Option<(DateTime<Utc>, Uuid)> =
        cursor.read(query.cursor.as_deref(), "own-sign-ins", &bound)?;
    let user = Some(caller.user);
    let rows = database
        .0
        .read(async |connection| {
            sign_ins::list(connection, caller.office, user, before, limit + 1).await
        })
        .await?;
    let page = cursor.page(rows, limit, "own-sign-ins", &bound, |row| (row.at, row.id))?;
    Ok(Reply::page(page.map(|row| OwnSignIn {
        id: SignInId(row.id),
        at: row.at,
        outcome: row.outcome,
        place: row.place,
    })))
}

/// Filter of the sign-ins.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SignInQuery {
    /// Only attempts on this account.
    pub user: Option<UserId>,
    /// Page size, 1 to 200; default 20.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<i64>,
    /// `next_cursor` of the previous page.
    pub cursor: Option<String>,
}

/// An attempt to sign in.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct SignInView {
    /// Its id.
    pub id: SignInId,
    /// When it was made.
    pub at: DateTime<Utc>,
    /// The account.
    pub user_id: UserId,
    /// The name of the account (nama).
    #[schema(example = "Budi Santoso")]
    pub display_name: String,
    /// The outcome (hasil).
    pub outcome: SignInOutcome,
    /// The network of the client.
    #[schema(example = "192.0.2.0/24")]
    pub place: String,
}

impl From<SignInRow> for SignInView {
    fn from(row: SignInRow) -> Self {
        Self {
            id: SignInId(row.id),
            at: row.at,
            user_id: UserId(row.user_id),
            display_name: row.display_name,
            outcome: row.outcome,
            place: row.place,
        }
    }
}

/// List sign-ins (riwayat masuk).
///
/// Lists the attempts to sign in to accounts of the office in the last half year, newest first.
/// Reporters have no account and do not appear. For internal auditors.
#[utoipa::path(tag = "identity", params(SignInQuery), responses((status = 200, description = "A page of attempts", body = Page<SignInView>)),
    extensions(("x-roles" = json!(codes(SignInReaders::ROLES)))))]
#[get("/sign-ins")]
pub async fn list_sign_ins(
    caller: Restricted<SignInReaders>,
    query: Query<SignInQuery>,
    database: Provided<Database>,
    cursor: Provided<Cursor>,
) -> Result<Reply<Page<SignInView>>> {
    let (caller, Query(query), Provided(cursor)) = (caller.0, query, cursor);
    let (limit, bound) = (page_size(query.limit)?, (caller.office, query.user));
    let before: Option<(DateTime<Utc>, Uuid)> =
        cursor.read(query.cursor.as_deref(), "sign-ins", &bound)?;
    let rows = database
        .0
        .read(async |connection| {
            sign_ins::list(connection, caller.office, query.user, before, limit + 1).await
        })
        .await?;
    let page = cursor.page(rows, limit, "sign-ins", &bound, |row| (row.at, row.id))?;
    Ok(Reply::page(page.map(SignInView::from)))
}
