//! Conflicts of interest: the staff members barred from a complaint. A row names the person by a
//! tag; the user id and the reason are sealed.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::complaint::conflict::ConflictKind;
use crate::complaint::sealing::case_key::CaseKey;
use crate::error::{Error, Result};
use crate::ids::{ComplaintId, UserId};

/// Sealed column (`table|column`) of a conflict.
const CONFLICT_COLUMN: &str = "conflict|sealed";

/// Sealed part of a conflict.
#[derive(Serialize, Deserialize)]
struct SealedConflict {
    user: UserId,
    reason: String,
}

/// Row of `wbs.conflict`, opened.
pub struct ConflictRow {
    /// The barred person.
    pub user: UserId,
    /// Kind of conflict.
    pub kind: ConflictKind,
    /// Reason, as text.
    pub reason: String,
    /// Whether the conflict was lifted.
    pub lifted: bool,
    /// Day of the conflict.
    pub on: NaiveDate,
}

/// A conflict to insert or renew.
pub struct NewConflict<'a> {
    /// The complaint.
    pub case: ComplaintId,
    /// The person to bar.
    pub user: UserId,
    /// Tag of the person.
    pub tag: [u8; 32],
    /// Kind of conflict.
    pub kind: ConflictKind,
    /// Reason, as text.
    pub reason: &'a str,
}

/// Bars a person from a complaint. Barring the same person again renews the conflict.
pub async fn bar(
    connection: &mut PgConnection,
    key: &CaseKey,
    new: &NewConflict<'_>,
    on: NaiveDate,
) -> Result<()> {
    let sealed = key.seal_json(
        CONFLICT_COLUMN,
        row_id(&new.tag),
        &SealedConflict {
            user: new.user,
            reason: new.reason.to_owned(),
        },
    )?;
    sqlx::query!(
        r#"select wbs.bar($1, $2, $3, $4, $5) as "barred: ()""#,
        new.case.0,
        new.tag.as_slice(),
        new.kind.code(),
        sealed,
        on,
    )
    .fetch_one(connection)
    .await?;
    Ok(())
}

/// Lifts a suspected or declared conflict. Returns false when the person has none.
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

/// Returns those of `people` that are barred from a complaint.
pub async fn filter_barred(
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

/// Returns the tag of each person with a conflict, and whether the conflict was lifted. Nothing is
/// opened. Requires the service's context.
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

/// Row id for the seal: the first 16 bytes of the tag.
fn row_id(tag: &[u8]) -> Uuid {
    let mut bytes = [0; 16];
    bytes
        .iter_mut()
        .zip(tag)
        .for_each(|(byte, of_tag)| *byte = *of_tag);
    Uuid::from_bytes(bytes)
}

/// Lists every conflict of a complaint, opened.
///
/// # Errors
/// Internal error when a row was moved or changed.
pub async fn list(
    connection: &mut PgConnection,
    case: ComplaintId,
    key: &CaseKey,
) -> Result<Vec<ConflictRow>> {
    let rows = sqlx::query!("select person_tag, kind, lifted, sealed, on_date from wbs.conflict where case_id = $1 order by on_date", case.0)
        .fetch_all(connection)
        .await?;
    rows.into_iter()
        .map(|row| {
            let SealedConflict { user, reason } =
                key.open_json(CONFLICT_COLUMN, row_id(&row.person_tag), &row.sealed)?;
            let kind = ConflictKind::from_code(&row.kind)
                .ok_or_else(|| Error::internal("a conflict has an unknown kind"))?;
            Ok(ConflictRow {
                user,
                kind,
                reason,
                lifted: row.lifted,
                on: row.on_date,
            })
        })
        .collect()
}

/// Lists the complaints a person is barred from. Requires the service's context: row-level security
/// hides this from every other caller.
pub async fn cases_barred_to(
    connection: &mut PgConnection,
    person: &[u8],
) -> Result<Vec<ComplaintId>> {
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
