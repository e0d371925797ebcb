//! `GET /mails`: sent and failed mails; `POST /mails/{id}/redelivery`.

use actix_web::{HttpRequest, get, post};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::clock::Clock;
use crate::database::Database;
use crate::error::{Error, Result};
use crate::identity::journal::{Subject, record};
use crate::identity::{Admins, Restricted};
use crate::ids::UserId;
use crate::mail::store::{self, MailRow};
use crate::mail::{MailKind, requeue};
use crate::web::page::page_size;
use crate::web::{Cursor, IdempotentWrite, Page, PathParam, Provided, Query, Reply};

/// Filter of the mails.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MailQuery {
    /// Only mails that failed: those waiting for another attempt and those given up.
    pub failed: Option<bool>,
    /// Page size, 1 to 200; default 20.
    pub limit: Option<i64>,
    /// `next_cursor` of the previous page.
    pub cursor: Option<String>,
}

/// State of a mail.
#[derive(Debug, Clone, Copy, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MailState {
    /// Waiting for its first or next attempt.
    Waiting,
    /// Accepted by the mail server.
    Sent,
    /// Given up: there will be no further attempt.
    GivenUp,
}

/// A mail with its recipient's account and its state. Neither address nor text is shown.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct MailView {
    /// The mail; its Message-ID begins with this id.
    pub id: Uuid,
    /// The recipient's account.
    pub user_id: UserId,
    /// Kind of mail.
    pub kind: MailKind,
    /// State.
    pub state: MailState,
    /// Number of attempts.
    #[schema(example = 1)]
    pub attempts: i32,
    /// Code of the last failure: `smtp_` and the server's code, `unreachable`, `timeout`, `tls`,
    /// `mail_is_off`, `too_late`, `bad_address`, ….
    #[schema(example = "smtp_451")]
    pub failure: Option<String>,
    /// When it was queued.
    pub created_at: DateTime<Utc>,
    /// Time of the last attempt.
    pub last_attempt_at: Option<DateTime<Utc>>,
    /// When the mail server accepted it.
    pub sent_at: Option<DateTime<Utc>>,
}

impl TryFrom<MailRow> for MailView {
    type Error = Error;

    fn try_from(row: MailRow) -> Result<Self> {
        let state = match (row.sent_at, row.given_up_at) {
            (Some(_), _) => MailState::Sent,
            (None, Some(_)) => MailState::GivenUp,
            (None, None) => MailState::Waiting,
        };
        Ok(Self {
            id: row.id,
            user_id: UserId(row.user_id),
            kind: MailKind::from_code(&row.kind)
                .ok_or_else(|| Error::internal("a mail has an unknown kind"))?,
            state,
            attempts: row.attempts,
            failure: row.failure,
            created_at: row.created_at,
            last_attempt_at: row.last_attempt_at,
            sent_at: row.sent_at,
        })
    }
}

/// List mails (daftar surel keluar).
///
/// Newest first; with `failed=true` only those that failed. For administrators.
#[utoipa::path(tag = "identity", params(MailQuery), responses((status = 200, description = "A page of mails", body = Page<MailView>)), extensions(("x-roles" = json!(["admin"]))))]
#[get("/mails")]
pub async fn list_mails(
    caller: Restricted<Admins>,
    query: Query<MailQuery>,
    database: Provided<Database>,
    cursor: Provided<Cursor>,
) -> Result<Reply<Page<MailView>>> {
    let (caller, Query(query), Provided(cursor)) = (caller.0, query, cursor);
    let (limit, failed) = (page_size(query.limit)?, query.failed.unwrap_or(false));
    let bound = (caller.office, failed);
    let after: Option<(DateTime<Utc>, Uuid)> =
        cursor.read(query.cursor.as_deref(), "mails", &bound)?;
    let rows = database
        .0
        .read(async |c| store::list(c, caller.office, failed, after, limit + 1).await)
        .await?;
    let page = cursor.page(rows, limit, "mails", &bound, |row| (row.created_at, row.id))?;
    Ok(Reply::page(page.try_map(MailView::try_from)?))
}

/// Send a failed mail again (kirim ulang surel).
///
/// Sends the same mail to the current address of the account, with as many attempts as for a new
/// mail. Refused for a mail that was sent or is still waiting, and for a mail with an expired, used
/// or replaced code. For administrators.
#[utoipa::path(tag = "identity", params(("id" = Uuid, Path, description = "The mail")), responses((status = 200, description = "The mail, queued again", body = MailView)),
    extensions(("x-roles" = json!(["admin"])), ("x-problem-codes" = json!(["conflict"]))))]
#[post("/mails/{id}/redelivery")]
pub async fn redeliver_mail(
    caller: Restricted<Admins>,
    request: HttpRequest,
    at: PathParam<Uuid>,
    database: Provided<Database>,
    clock: Provided<Clock>,
) -> Result<Reply<MailView>> {
    let mut work =
        IdempotentWrite::begin(&database.0, &request, caller.0.user.0, clock.0.now()).await?;
    let now = work.now();
    let mail = requeue(&mut work, caller.0.office, at.0, now).await?;
    record(
        &mut work,
        &caller.0,
        Subject::Mail(at.0).act("redeliver_mail"),
        now,
    )
    .await?;
    work.finish(Reply::ok(MailView::try_from(mail)?)).await
}
