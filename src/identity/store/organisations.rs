//! SQL of customer organisations and of the first office.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use crate::error::{Error, Result};
use crate::identity::organisation::{Organisation, PostalAddress};
use crate::ids::{CustomerId, OfficeId};

/// The office of new accounts: the first one.
pub async fn first_office(connection: &mut PgConnection) -> Result<OfficeId> {
    let id = sqlx::query_scalar!("select id from office order by created_at, id limit 1")
        .fetch_optional(connection)
        .await?;
    id.map(OfficeId)
        .ok_or_else(|| Error::internal("there is no office yet"))
}

/// Inserts an organisation.
pub async fn add(
    connection: &mut PgConnection,
    id: CustomerId,
    office: OfficeId,
    organisation: &Organisation,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "
        insert into customer (id, office_id, name, street, city, province, postal_code, nib, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        ",
        id.0,
        office.0,
        organisation.name,
        organisation.address.street,
        organisation.address.city,
        organisation.address.province,
        organisation.address.postal_code,
        organisation.nib,
        now,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// One organisation, which must exist.
pub async fn find(connection: &mut PgConnection, id: CustomerId) -> Result<Organisation> {
    let row = sqlx::query!(
        "select name, street, city, province, postal_code, nib from customer where id = $1",
        id.0
    )
    .fetch_one(connection)
    .await?;
    let address = PostalAddress {
        street: row.street,
        city: row.city,
        province: row.province,
        postal_code: row.postal_code,
    };
    Ok(Organisation {
        name: row.name,
        address,
        nib: row.nib,
    })
}

/// The name of an office.
pub async fn office_name(connection: &mut PgConnection, office: OfficeId) -> Result<String> {
    let name = sqlx::query_scalar!("select name from office where id = $1", office.0);
    Ok(name.fetch_one(connection).await?)
}
