//! SQL for audit notices. The content of a draft is written once; the service's database role may
//! not change it.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use sqlx::types::Json;

use super::agreement::AgreementProof;
use super::{Mark, NoticeContent, NoticeView, Returned};
use crate::casework::register::Number;
use crate::casework::workflow::FileHeader;
use crate::certification::sop::Task;
use crate::error::{Error, Result};
use crate::ids::{ApplicationId, AuditNoticeId, UserId};
use crate::letters::{self, LetterStatus};

/// A new draft.
#[derive(Debug)]
pub struct NewDraft<'a> {
    /// Id of the notice.
    pub id: AuditNoticeId,
    /// Number of the draft within the file.
    pub draft: i16,
    /// Canonical JSON of the content.
    pub content: &'a str,
    /// SHA-256 of the content.
    pub hash: [u8; 32],
    /// The user that drafted it.
    pub by: UserId,
    /// Proof that the draft was checked against the agreement.
    #[expect(
        dead_code,
        reason = "it is demanded, not read: a draft without it cannot be added"
    )]
    pub agreement: AgreementProof,
}

/// Adds a draft.
pub async fn add(
    connection: &mut PgConnection,
    header: &FileHeader<Task>,
    new: &NewDraft<'_>,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        r#"
        insert into audit_notice (id, office_id, application_id, draft, content, content_sha256, drafted_by, drafted_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8)
        "#,
        new.id.0,
        header.office.0,
        header.id,
        new.draft,
        new.content,
        new.hash.as_slice(),
        new.by.0,
        now,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The two initials of a notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Initial {
    /// Paraf for the letter.
    Letter,
    /// Paraf for the cost.
    Cost,
}

/// Stores a paraf on the notice.
pub async fn initial(
    connection: &mut PgConnection,
    id: AuditNoticeId,
    which: Initial,
    mark: &Mark,
) -> Result<()> {
    sqlx::query!(
        r#"
        update audit_notice
        set letter_initial = case when $2 then $3 else letter_initial end,
            cost_initial = case when $2 then cost_initial else $3 end
        where id = $1
        "#,
        id.0,
        which == Initial::Letter,
        Json(mark) as _,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Marks the draft as returned.
pub async fn send_back(
    connection: &mut PgConnection,
    id: AuditNoticeId,
    returned: &Returned,
) -> Result<()> {
    sqlx::query!(
        "update audit_notice set returned = $2 where id = $1",
        id.0,
        Json(returned) as _
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Stores signature and number of the notice.
pub async fn sign(
    connection: &mut PgConnection,
    id: AuditNoticeId,
    mark: &Mark,
    number: &Number,
) -> Result<()> {
    sqlx::query!(
        r#"
        update audit_notice
        set signature = $2,
            signed_at = $3,
            number = $4,
            number_year = $5,
            number_sequence = $6
        where id = $1
        "#,
        id.0,
        Json(mark) as _,
        mark.at,
        number.written,
        number.year,
        number.sequence,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Marks the notice as sent.
pub async fn dispatch(
    connection: &mut PgConnection,
    id: AuditNoticeId,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "update audit_notice set sent_at = $2 where id = $1",
        id.0,
        now
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The drafts a reader may see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VisibleDrafts {
    /// All drafts (staff).
    All,
    /// Only sent notices (customers).
    Sent,
}

/// The newest draft of the application's notice that the reader may see.
pub async fn newest(
    connection: &mut PgConnection,
    application: ApplicationId,
    drafts: VisibleDrafts,
) -> Result<Option<NoticeView>> {
    let row = sqlx::query_as!(
        NoticeRow,
        r#"
        select id, draft, content, content_sha256, drafted_at, letter_initial as "letter_initial: Json<Mark>", cost_initial as "cost_initial: Json<Mark>",
               returned as "returned: Json<Returned>", number, signature as "signature: Json<Mark>", sent_at
        from audit_notice
        where application_id = $1
          and (sent_at is not null or not $2)
        order by draft desc
        limit 1
        "#,
        application.0,
        drafts == VisibleDrafts::Sent,
    )
    .fetch_optional(&mut *connection)
    .await?;
    let Some(mut notice) = row.map(NoticeRow::view).transpose()? else {
        return Ok(None);
    };
    if notice.signature.is_some() {
        notice.letter = letters::find_by_draft(connection, application, notice.draft).await?;
    }
    Ok(Some(notice))
}

/// A notice, as selected.
struct NoticeRow {
    id: uuid::Uuid,
    draft: i16,
    content: String,
    content_sha256: Vec<u8>,
    drafted_at: DateTime<Utc>,
    letter_initial: Option<Json<Mark>>,
    cost_initial: Option<Json<Mark>>,
    returned: Option<Json<Returned>>,
    number: Option<String>,
    signature: Option<Json<Mark>>,
    sent_at: Option<DateTime<Utc>>,
}

impl NoticeRow {
    fn view(self) -> Result<NoticeView> {
        let content: NoticeContent =
            serde_json::from_str(&self.content).map_err(Error::internal)?;
        let (letter, cost) = (
            self.letter_initial.map(|mark| mark.0),
            self.cost_initial.map(|mark| mark.0),
        );
        let (returned, signature) = (
            self.returned.map(|returned| returned.0),
            self.signature.map(|mark| mark.0),
        );
        let status = NoticeView::status(
            letter.as_ref(),
            cost.as_ref(),
            returned.as_ref(),
            signature.as_ref(),
            self.sent_at.is_some(),
        );
        Ok(NoticeView {
            id: AuditNoticeId(self.id),
            draft: self.draft,
            status,
            number: self.number,
            content,
            content_sha256: hex::encode(self.content_sha256),
            drafted_at: self.drafted_at,
            letter_initial: letter,
            cost_initial: cost,
            returned,
            signature,
            sent_at: self.sent_at,
            letter: None,
        })
    }
}

/// A signed notice in a list.
#[derive(Debug, serde::Serialize, utoipa::ToSchema)]
pub struct NoticeSummary {
    /// Id of the notice.
    pub id: AuditNoticeId,
    /// The application it belongs to.
    pub application_id: ApplicationId,
    /// Number of the letter.
    #[schema(example = "B/1/BSKJI/BSPJI-Palembang/PA/VII/2026")]
    pub number: String,
    /// The addressed company.
    #[schema(example = "PT Tirta Musi Sejahtera")]
    pub company: String,
    /// When it was signed.
    pub signed_at: DateTime<Utc>,
    /// When it was sent to the customer.
    pub sent_at: Option<DateTime<Utc>>,
    /// Whether the letter is valid.
    pub status: LetterStatus,
}

/// At most `limit` signed notices after `after` that the caller may see, newest first.
pub async fn list_signed(
    connection: &mut PgConnection,
    viewer: &crate::identity::SignedIn,
    after: Option<(DateTime<Utc>, uuid::Uuid)>,
    limit: i64,
) -> Result<Vec<NoticeSummary>> {
    let (at, id) = after.unzip();
    let rows = sqlx::query!(
        r#"
        select n.id, n.application_id, n.number as "number!", a.company, n.signed_at as "signed_at!", n.sent_at,
               l.voided_at is not null as "voided!", l.superseded_on is not null as "superseded!"
        from audit_notice n
        join application a on a.id = n.application_id
        left join letter l on l.application_id = n.application_id and l.draft = n.draft
        where n.office_id = $1
          and n.signed_at is not null
          and may_see(a, $1, $2, $3)
          and ($2::uuid is null or n.sent_at is not null)
          and ($4::timestamptz is null or (n.signed_at, n.id) < ($4, $5))
        order by n.signed_at desc, n.id desc
        limit $6
        "#,
        viewer.office.0,
        viewer.customer.map(|customer| customer.0),
        &viewer.roles.codes(),
        at,
        id,
        limit,
    )
    .fetch_all(connection)
    .await?;
    let summaries = rows.into_iter().map(|row| NoticeSummary {
        id: AuditNoticeId(row.id),
        application_id: ApplicationId(row.application_id),
        number: row.number,
        company: row.company,
        signed_at: row.signed_at,
        sent_at: row.sent_at,
        status: LetterStatus::of(row.voided, row.superseded),
    });
    Ok(summaries.collect())
}
