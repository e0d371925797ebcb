//! Messages between reporter and office. Each side sees the other's, the office those of the reporter from their surfacing time on, once they were screened for
//! the names of those who may not know of the complaint then.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::complaint::papers::message::{Author, MessageView};
use crate::complaint::sealing::case_key::CaseKey;
use crate::error::{Code, Error, Result};
use crate::ids::{ComplaintId, MessageId};

/// Where the text of a message is sealed for.
const PLACE: &str = "message|sealed";
/// So many messages a reporter can write before the office writes, and after them one a day: nobody fills a file that is opened as a whole, and nobody is
/// silenced by an office that does not answer.
const MOST_UNANSWERED: i64 = 100;

/// A message to be written.
pub struct NewMessage<'a> {
    /// Of which case.
    pub case: ComplaintId,
    /// By whom.
    pub author: Author,
    /// On which day.
    pub on: NaiveDate,
    /// From when on the office sees it.
    pub surfaces_at: DateTime<Utc>,
    /// Whether the office asks and waits.
    pub asks: bool,
    /// What it says.
    pub text: &'a str,
}

/// Adds a message and gives it back as its reader sees it.
///
/// # Errors
/// `conflict` when the reporter has written so much that there is no room until the office writes, or until tomorrow.
pub async fn add(
    connection: &mut PgConnection,
    key: &CaseKey,
    new: &NewMessage<'_>,
) -> Result<MessageView> {
    let id = MessageId::random();
    // Both sides may write at once: the later waits for the lock of the case's row and numbers after the earlier.
    sqlx::query!(
        "select id from wbs.complaint where id = $1 for no key update",
        new.case.0
    )
    .fetch_one(&mut *connection)
    .await?;
    if new.author == Author::Reporter {
        must_have_room(connection, new.case, new.on).await?;
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
        key.seal(PLACE, id.0, new.text.as_bytes()),
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

/// Refuses what goes beyond `MOST_UNANSWERED`. Ask under the lock of the case's row, or of two at once both would count the same.
async fn must_have_room(
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
    if unanswered.ever < MOST_UNANSWERED || unanswered.today == 0 {
        return Ok(());
    }
    let id = format!(
        "Kantor belum menjawab {MOST_UNANSWERED} pesan Anda yang terakhir. Sampai kantor menulis, Anda dapat mengirim satu pesan sehari."
    );
    let en = format!(
        "The office has not answered your last {MOST_UNANSWERED} messages. Until it writes, you can send one message a day."
    );
    Err(Error::new(Code::Conflict).detail(id, en))
}

/// At most `limit` messages of a case after the one with the number `after`, oldest first: of all, or of those that had surfaced by `until` and were screened.
///
/// # Errors
/// When the server refuses, or a message was moved or changed.
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
        .open(PLACE, id, sealed)
        .ok_or_else(|| Error::internal("a message cannot be opened: moved or changed"))?;
    String::from_utf8(text.to_vec()).map_err(Error::internal)
}

/// The texts of the reporter's messages that had surfaced by `now`, each with whether it was screened, oldest first.
///
/// # Errors
/// When the server refuses, or a message was moved or changed.
pub async fn of_the_reporter(
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

/// Writes down that every message that had surfaced by `now` was screened: the office may read them.
///
/// # Errors
/// When the server refuses.
pub async fn were_screened(
    connection: &mut PgConnection,
    case: ComplaintId,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!("update wbs.message set screened = true where case_id = $1 and surfaces_at <= $2 and not screened", case.0, now)
        .execute(connection)
        .await?;
    Ok(())
}
