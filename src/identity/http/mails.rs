//! `GET /mails`: what was sent to whose account, and what could not be.

use actix_web::get;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::database::Database;
use crate::error::{Error, Result};
use crate::identity::signed_in::Administrator;
use crate::ids::UserId;
use crate::mail::MailKind;
use crate::mail::store::{self, Row};
use crate::web::page::size;
use crate::web::{Cursor, Page, Provided, Query, Reply};

/// Which mails to list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MailQuery {
    /// Only those that wait after a failure or were given up.
    pub failed: Option<bool>,
    /// How many items, 1 to 200; 20 when not given.
    pub limit: Option<i64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// How far a mail is.
#[derive(Debug, Clone, Copy, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MailState {
    /// It waits, for the first time or for the next.
    Waiting,
    /// The mail server took it.
    Sent,
    /// It will not be tried again.
    GivenUp,
}

/// A mail: to which account it goes and what became of it. Neither its address nor its words are shown.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct MailView {
    /// The mail; its Message-ID begins with it.
    pub id: Uuid,
    /// To whose account.
    pub user_id: UserId,
    /// What it is about.
    pub kind: MailKind,
    /// How far it is.
    pub state: MailState,
    /// How often it was tried.
    #[schema(example = 1)]
    pub attempts: i32,
    /// Why the last attempt failed: `smtp_` and the server's code, `unreachable`, `timeout`, `tls`, `mail_is_off`, `too_late`, `bad_address`, ….
    #[schema(example = "smtp_451")]
    pub failure: Option<String>,
    /// When it was queued.
    pub created_at: DateTime<Utc>,
    /// When it was last tried.
    pub last_attempt_at: Option<DateTime<Utc>>,
    /// When the mail server took it.
    pub sent_at: Option<DateTime<Utc>>,
}

impl TryFrom<Row> for MailView {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let state = match (row.sent_at, row.given_up_at) {
            (Some(_), _) => MailState::Sent,
            (None, Some(_)) => MailState::GivenUp,
            (None, None) => MailState::Waiting,
        };
        Ok(Self {
            id: row.id,
            user_id: UserId(row.user_id),
            kind: MailKind::from_code(&row.kind)
                .ok_or_else(|| Error::internal("a mail of an unknown kind"))?,
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
/// The newest first; with `failed=true` only those that somebody should look after. For administrators.
#[utoipa::path(tag = "identity", params(MailQuery), responses((status = 200, description = "A page of mails", body = Page<MailView>)), extensions(("x-roles" = json!(["admin"]))))]
#[get("/mails")]
pub async fn list_mails(
    who: Administrator,
    query: Query<MailQuery>,
    database: Provided<Database>,
    cursor: Provided<Cursor>,
) -> Result<Reply<Page<MailView>>> {
    let (Administrator(who), Query(query), Provided(cursor)) = (who, query, cursor);
    let (limit, failed) = (size(query.limit)?, query.failed.unwrap_or(false));
    let bound = (who.office, failed);
    let after: Option<(DateTime<Utc>, Uuid)> =
        cursor.read(query.cursor.as_deref(), "mails", &bound)?;
    let rows = database
        .0
        .read(async |c| store::list(c, who.office, failed, after, limit + 1).await)
        .await?;
    let page = cursor.page(rows, limit, "mails", &bound, |row| (row.created_at, row.id))?;
    let items = page
        .items
        .into_iter()
        .map(MailView::try_from)
        .collect::<Result<_>>()?;
    Ok(Reply::page(Page {
        items,
        next_cursor: page.next_cursor,
        count: page.count,
    }))
}
