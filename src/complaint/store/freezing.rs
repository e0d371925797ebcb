//! Disclosures that stand still while a breach is open: the lock between who declares or closes one and who asks for, decides or opens a disclosure, and which
//! requests it stops.

use sqlx::PgConnection;

use crate::error::Result;
use crate::ids::{BreachId, ComplaintId, OfficeId};

/// Lets no disclosure of an office begin or end until this transaction does, and waits for those under way: for who declares or closes a breach. Take it first.
///
/// # Errors
/// When the server refuses, or others held it for too long.
pub async fn stop_disclosures(connection: &mut PgConnection, office: OfficeId) -> Result<()> {
    // The first number is a lock of this name only ('BRCH').
    sqlx::query!(
        r#"select pg_advisory_xact_lock(1112687432, hashtext($1)) as "locked: ()""#,
        office.to_string()
    )
    .fetch_one(connection)
    .await?;
    Ok(())
}

/// The other side of it, for who asks for, decides or opens a disclosure: they do not keep one another waiting. Take it first, and ask for what is frozen
/// after.
///
/// # Errors
/// When the server refuses, or others held it for too long.
pub async fn keep_from_freezing(connection: &mut PgConnection, office: OfficeId) -> Result<()> {
    sqlx::query!(
        r#"select pg_advisory_xact_lock_shared(1112687432, hashtext($1)) as "locked: ()""#,
        office.to_string()
    )
    .fetch_one(connection)
    .await?;
    Ok(())
}

/// The complaints a breach affects with a disclosure that waits or is granted: those that stand still, or those that do not any more. Ask as the service.
///
/// # Errors
/// When the server refuses.
pub async fn live(
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
