//! Who may not know of a complaint. People are named by tags; why, and who they are, is sealed.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::complaint::conflict::ConflictKind;
use crate::complaint::sealing::case_key::CaseKey;
use crate::error::{Error, Result};
use crate::ids::{ComplaintId, UserId};

/// Where the words of a conflict are sealed for.
const PLACE: &str = "conflict|sealed";

/// What is sealed.
#[derive(Serialize, Deserialize)]
struct Sealed {
    user: UserId,
    reason: String,
}

/// A conflict as stored.
pub struct Stored {
    /// Whom it is about.
    pub user: UserId,
    /// Why.
    pub bar: ConflictKind,
    /// In words.
    pub reason: String,
    /// Whether it was lifted.
    pub lifted: bool,
    /// Since which day.
    pub on: NaiveDate,
}

/// A conflict to write down.
pub struct NewConflict<'a> {
    /// Of which case.
    pub case: ComplaintId,
    /// About whom.
    pub user: UserId,
    /// Their tag.
    pub tag: [u8; 32],
    /// Why.
    pub bar: ConflictKind,
    /// In words.
    pub reason: &'a str,
}

/// Bars somebody. Barring somebody again renews it.
///
/// # Errors
/// When the server refuses.
pub async fn bar(
    connection: &mut PgConnection,
    key: &CaseKey,
    new: &NewConflict<'_>,
    on: NaiveDate,
) -> Result<()> {
    let sealed = key.seal_json(
        PLACE,
        row_of(&new.tag),
        &Sealed {
            user: new.user,
            reason: new.reason.to_owned(),
        },
    )?;
    sqlx::query!(
        r#"select wbs.bar($1, $2, $3, $4, $5) as "barred: ()""#,
        new.case.0,
        new.tag.as_slice(),
        new.bar.code(),
        sealed,
        on,
    )
    .fetch_one(connection)
    .await?;
    Ok(())
}

/// Lifts a suspicion; false when there is none of this person.
///
/// # Errors
/// When the server refuses.
pub async fn lift(
    connection: &mut PgConnection,
    case: ComplaintId,
    tag: &[u8; 32],
) -> Result<bool> {
    let done = sqlx::query!(
        r#"
        update wbs.conflict
        set lifted = true
        where case_id = $1
          and person_tag = $2
          and kind in ('suspected', 'declared')
          and not lifted
        "#,
        case.0,
        tag.as_slice(),
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Which of these people are barred from a complaint.
///
/// # Errors
/// When the server refuses.
pub async fn barred(
    connection: &mut PgConnection,
    case: ComplaintId,
    people: &[(UserId, [u8; 32])],
) -> Result<Vec<UserId>> {
    let tags: Vec<Vec<u8>> = people.iter().map(|(_, tag)| tag.to_vec()).collect();
    let barred = sqlx::query_scalar!(
        r#"
        select t.tag as "tag!"
        from unnest($2::bytea[]) t(tag)
        where wbs.bars($1, t.tag)
        "#,
        case.0,
        &tags,
    )
    .fetch_all(connection)
    .await?;
    Ok(people
        .iter()
        .filter(|(_, tag)| barred.iter().any(|found| found == tag))
        .map(|(user, _)| *user)
        .collect())
}

/// The tag of everybody about whom there is a conflict, with whether it was lifted. Nothing is opened. Ask as the service.
///
/// # Errors
/// When the server refuses.
pub async fn tags(
    connection: &mut PgConnection,
    case: ComplaintId,
) -> Result<Vec<(Vec<u8>, bool)>> {
    let rows = sqlx::query!(
        "select person_tag, lifted from wbs.conflict where case_id = $1",
        case.0
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.person_tag, row.lifted))
        .collect())
}

/// What a seal is bound to: the tag, as far as an id is long.
fn row_of(tag: &[u8]) -> Uuid {
    let mut bytes = [0; 16];
    bytes
        .iter_mut()
        .zip(tag)
        .for_each(|(byte, of_tag)| *byte = *of_tag);
    Uuid::from_bytes(bytes)
}

/// Every conflict of a complaint.
///
/// # Errors
/// When the server refuses, or a row was moved or changed.
pub async fn list(
    connection: &mut PgConnection,
    case: ComplaintId,
    key: &CaseKey,
) -> Result<Vec<Stored>> {
    let rows = sqlx::query!("select person_tag, kind, lifted, sealed, on_date from wbs.conflict where case_id = $1 order by on_date", case.0)
        .fetch_all(connection)
        .await?;
    rows.into_iter()
        .map(|row| {
            let Sealed { user, reason } =
                key.open_json(PLACE, row_of(&row.person_tag), &row.sealed)?;
            let bar = ConflictKind::from_code(&row.kind)
                .ok_or_else(|| Error::internal("a conflict has an unknown kind"))?;
            Ok(Stored {
                user,
                bar,
                reason,
                lifted: row.lifted,
                on: row.on_date,
            })
        })
        .collect()
}

/// The complaints that somebody is barred from. Ask as the service: to nobody else is it told.
///
/// # Errors
/// When the server refuses.
pub async fn barring(connection: &mut PgConnection, person: &[u8]) -> Result<Vec<ComplaintId>> {
    let cases = sqlx::query_scalar!(
        "select case_id from wbs.conflict where person_tag = $1 and not lifted",
        person
    );
    Ok(cases
        .fetch_all(connection)
        .await?
        .into_iter()
        .map(ComplaintId)
        .collect())
}
