//! Messages between reporter and office. The reporter reads all of them. The office reads a
//! reporter's message from its release time on, once the message was screened for conflicts of
//! interest.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::complaint::papers::message::{Author, MessageView};
use crate::complaint::sealing::case_key::CaseKey;
use crate::error::{Code, Error, Result};
use crate::ids::{ComplaintId, MessageId};

/// Sealed column (`table|column`) of a message.
const MESSAGE_COLUMN: &str = "message|sealed";
/// Messages a reporter can write before the office replies; after that, one a day. The limit bounds
/// the size of a case, which is read as a whole, and still lets the reporter write when the office
/// does not reply.
const MAX_UNANSWERED: i64 = 100;

/// A message to insert.
pub struct NewMessage<'a> {
    /// The complaint.
    pub case: ComplaintId,
    /// Author: reporter or office.
    pub author: Author,
    /// Day of the message.
    pub on: NaiveDate,
    /// The office sees the message from this time on.
    pub surfaces_at: DateTime<Utc>,
    /// Whether the message is a question that pauses the settlement.
    pub asks: bool,
    /// Text of the message.
    pub text: &'a str,
}

/// Inserts a message and returns its view.
///
/// # Errors
/// `conflict` when the reporter has reached the limit of unanswered messages.
pub async fn add(
    connection: &mut PgConnection,
    key: &CaseKey,
    new: &NewMessage<'_>,
) -> Result<MessageView> {
    let id = MessageId::random();
    // The row lock serialises concurrent messages, so that numbers are unique.
    sqlx::query!(
        "select id from wbs.complaint where id = $1 for no key update",
        new.case.0
    )
    .fetch_one(&mut *connection)
    .await?;
    if new.author == Author::Reporter {
        check_unanswered_limit(connection, new.case, new.on).await?;
    }
    let seq = sqlx::query_scalar!(
        r#"
        insert into wbs.message (id, case_id, seq, author, on_date, surfaces_at, asks, sealed, screened)
        select $1, $2, coalesce(max(seq), 0) + 1, $3, $4, $5, $6, $7, $3 = 'office'
        from wbs.message
        where case_id = $2
        returning seq
        "#,
        id.0,
        new.case.0,
        new.author.code(),
        new.on,
        new.surfaces_at,
        new.asks,
        key.seal(MESSAGE_COLUMN, id.0, new.text.as_bytes()),
    )
    .fetch_one(connection)
    .await?;
    Ok(MessageView {
        id,
        seq,
        author: new.author,
        on: new.on,
        asks: new.asks,
        text: new.text.to_owned(),
    })
}

/// Refuses a message beyond `MAX_UNANSWERED`. Requires the lock on the complaint row, so that
/// concurrent messages are counted.
async fn check_unanswered_limit(
    connection: &mut PgConnection,
    case: ComplaintId,
    on: NaiveDate,
) -> Result<()> {
    let unanswered = sqlx::query!(
        r#"
        select count(*) as "ever!", count(*) filter (where on_date = $2) as "today!"
        from wbs.message
        where case_id = $1
          and author = 'reporter'
          and seq > (select coalesce(max(seq), 0) from wbs.message where case_id = $1 and author = 'office')
        "#,
        case.0,
        on,
    )
    .fetch_one(connection)
    .await?;
    if unanswered.ever < MAX_UNANSWERED || unanswered.today == 0 {
        return Ok(());
    }
    let id = format!(
        "Kantor belum menjawab {MAX_UNANSWERED} pesan Anda yang terakhir. Sampai kantor menulis, Anda dapat mengirim satu pesan sehari."
    );
    let en = format!(
        "The office has not answered your last {MAX_UNANSWERED} messages. Until it writes, you can send one message a day."
    );
    Err(Error::new(Code::Conflict).detail(id, en))
}

/// Lists at most `limit` messages after number `after`, oldest first: all of them, or those
/// released by `until` and screened.
pub async fn list(
    connection: &mut PgConnection,
    key: &CaseKey,
    case: ComplaintId,
    until: Option<DateTime<Utc>>,
    after: Option<i32>,
    limit: i64,
) -> Result<Vec<MessageView>> {
    let rows = sqlx::query!(
        r#"
        select id, seq, author, on_date, asks, sealed
        from wbs.message
        where case_id = $1
          and ($2::timestamptz is null or (surfaces_at <= $2 and screened))
          and ($3::integer is null or seq > $3)
        order by seq
        limit $4
        "#,
        case.0,
        until,
        after,
        limit,
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            let text = open(key, row.id, &row.sealed)?;
            let author = Author::from_code(&row.author)
                .ok_or_else(|| Error::internal("a message has an unknown author"))?;
            Ok(MessageView {
                id: MessageId(row.id),
                seq: row.seq,
                author,
                on: row.on_date,
                asks: row.asks,
                text,
            })
        })
        .collect()
}

fn open(key: &CaseKey, id: Uuid, sealed: &[u8]) -> Result<String> {
    let text = key
        .open(MESSAGE_COLUMN, id, sealed)
        .ok_or_else(|| Error::internal("a message cannot be opened: moved or changed"))?;
    String::from_utf8(text.to_vec()).map_err(Error::internal)
}

/// Lists the texts of the reporter's messages released by `now`, oldest first, each with whether it
/// was screened.
pub async fn list_of_reporter(
    connection: &mut PgConnection,
    key: &CaseKey,
    case: ComplaintId,
    now: DateTime<Utc>,
) -> Result<Vec<(String, bool)>> {
    let rows = sqlx::query!(
        r#"
        select id, sealed, screened
        from wbs.message
        where case_id = $1
          and author = 'reporter'
          and surfaces_at <= $2
        order by seq
        "#,
        case.0,
        now,
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| Ok((open(key, row.id, &row.sealed)?, row.screened)))
        .collect()
}

/// Marks every message released by `now` as screened: the office may read them.
pub async fn mark_screened(
    connection: &mut PgConnection,
    case: ComplaintId,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!("update wbs.message set screened = true where case_id = $1 and surfaces_at <= $2 and not screened", case.0, now)
        .execute(connection)
        .await?;
    Ok(())
}
