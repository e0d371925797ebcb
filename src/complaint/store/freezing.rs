//! Locks between breaches and disclosures: while a breach is being declared or closed, no
//! disclosure is requested, decided or opened. Also lists the disclosures that a breach freezes.

use sqlx::PgConnection;

use crate::error::Result;
use crate::ids::{BreachId, ComplaintId, OfficeId};

/// Takes the exclusive lock of an office, to declare or close a breach: waits for the disclosures
/// in progress and blocks new ones until the transaction ends. Must be the first lock of the
/// transaction.
pub async fn lock_exclusive(connection: &mut PgConnection, office: OfficeId) -> Result<()> {
    // The first key ('BRCH') is the namespace of this lock.
    sqlx::query!(
        r#"select pg_advisory_xact_lock(1112687432, hashtext($1)) as "locked: ()""#,
        office.to_string()
    )
    .fetch_one(connection)
    .await?;
    Ok(())
}

/// Takes the shared lock of an office, to request, decide or open a disclosure. Holders do not
/// block one another. Must be the first lock of the transaction; read the frozen state after the
/// lock.
pub async fn lock_shared(connection: &mut PgConnection, office: OfficeId) -> Result<()> {
    sqlx::query!(
        r#"select pg_advisory_xact_lock_shared(1112687432, hashtext($1)) as "locked: ()""#,
        office.to_string()
    )
    .fetch_one(connection)
    .await?;
    Ok(())
}

/// Lists the complaints that a breach affects and that have a live disclosure: with `frozen`, those
/// that are frozen; without, those that no longer are. Requires the service's context.
pub async fn live_disclosures(
    connection: &mut PgConnection,
    id: BreachId,
    frozen: bool,
) -> Result<Vec<ComplaintId>> {
    let rows = sqlx::query_scalar!(
        r#"
        select distinct d.case_id
        from wbs.breach b
        join wbs.disclosure d on d.office_id = b.office_id and d.state in ('pending', 'seconded', 'granted')
        where b.id = $1
          and wbs.affects(b, d.case_id)
          and wbs.is_frozen(d.case_id) = $2
        "#,
        id.0,
        frozen,
    );
    Ok(rows
        .fetch_all(connection)
        .await?
        .into_iter()
        .map(ComplaintId)
        .collect())
}
