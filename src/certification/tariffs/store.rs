//! SQL for the price list and the composition of cost estimates.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::components::CostComponent;
use super::{Tariff, TariffKind};
use crate::error::{Code, Error, OnConstraint as _, Result};
use crate::ids::{OfficeId, UserId};

/// A stored code that the program does not know: the table's checks admit none.
fn unknown(column: &'static str) -> impl Fn(strum::ParseError) -> Error {
    move |_| Error::internal(format!("{column} holds an unknown code"))
}

/// The city of the office.
pub async fn city(connection: &mut PgConnection, office: OfficeId) -> Result<String> {
    let city = sqlx::query_scalar!("select city from office where id = $1", office.0)
        .fetch_one(connection)
        .await?;
    Ok(city)
}

/// Keeps other imports of the list waiting until the end of the transaction.
pub async fn lock(connection: &mut PgConnection, office: OfficeId, list: &str) -> Result<()> {
    sqlx::query!(
        "select pg_advisory_xact_lock(hashtextextended($1, 0))",
        format!("{list} {office}")
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A row of the price list.
struct TariffRow {
    id: Uuid,
    code: String,
    kind: String,
    label: String,
    unit: String,
    amount: i64,
    ceiling: Option<i64>,
    province: Option<String>,
    legal_basis: String,
    is_example: bool,
    valid_from: NaiveDate,
    valid_to: Option<NaiveDate>,
}

impl TariffRow {
    fn into_tariff(self) -> Result<Tariff> {
        Ok(Tariff {
            code: self.code,
            kind: self.kind.parse().map_err(unknown("tariff.kind"))?,
            label: self.label,
            unit: self.unit,
            amount: self.amount,
            ceiling: self.ceiling,
            province: self.province,
            legal_basis: self.legal_basis,
            valid_from: self.valid_from,
            valid_to: self.valid_to,
            is_example: self.is_example,
        })
    }
}

/// The price list of all times; only prices of `kind` if it is given.
pub async fn all(
    connection: &mut PgConnection,
    office: OfficeId,
    kind: Option<TariffKind>,
) -> Result<Vec<(Uuid, Tariff)>> {
    let kind: Option<&str> = kind.map(Into::into);
    let rows = sqlx::query_as!(
        TariffRow,
        r#"
        select id, code, kind, label, unit, amount, ceiling, province, legal_basis, is_example,
               lower(valid) as "valid_from!",
               upper(valid) - 1 as valid_to
        from tariff
        where office_id = $1
          and ($2::text is null or kind = $2)
        order by code, valid
        "#,
        office.0,
        kind,
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| Ok((row.id, row.into_tariff()?)))
        .collect()
}

/// The prices in force on `day`, by code; at most `limit` after the code `after`.
pub async fn in_force(
    connection: &mut PgConnection,
    office: OfficeId,
    day: NaiveDate,
    after: Option<&str>,
    limit: Option<i64>,
) -> Result<Vec<Tariff>> {
    let rows = sqlx::query_as!(
        TariffRow,
        r#"
        select id, code, kind, label, unit, amount, ceiling, province, legal_basis, is_example,
               lower(valid) as "valid_from!",
               upper(valid) - 1 as valid_to
        from tariff
        where office_id = $1
          and valid @> $2::date
          and ($3::text is null or code > $3)
        order by code
        limit $4
        "#,
        office.0,
        day,
        after,
        limit,
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(TariffRow::into_tariff).collect()
}

/// The code of an example in force on `day`, if there is one.
pub async fn example_in_force(
    connection: &mut PgConnection,
    office: OfficeId,
    day: NaiveDate,
) -> Result<Option<String>> {
    let code = sqlx::query_scalar!(
        "select code from tariff where office_id = $1 and valid @> $2::date and is_example order by code limit 1",
        office.0,
        day,
    )
    .fetch_optional(connection)
    .await?;
    Ok(code)
}

/// Adds a price.
///
/// # Errors
/// `conflict` if the database finds another price for the same time.
pub async fn add(
    connection: &mut PgConnection,
    office: OfficeId,
    tariff: &Tariff,
    by: Option<UserId>,
    now: DateTime<Utc>,
) -> Result<()> {
    let kind: &str = tariff.kind.into();
    let twice = || {
        Error::new(Code::Conflict).detail(
            format!(
                "{}: sudah ada harga untuk masa itu, atau untuk jenis dan provinsi itu.",
                tariff.code
            ),
            format!(
                "{}: there is a price for that time already, or for that kind and province.",
                tariff.code
            ),
        )
    };
    let added = sqlx::query!(
        r#"
        insert into tariff (id, office_id, code, kind, label, unit, amount, ceiling, province, legal_basis, is_example, valid, created_by, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, daterange($12, $13, '[]'), $14, $15)
        "#,
        Uuid::now_v7(),
        office.0,
        tariff.code,
        kind,
        tariff.label,
        tariff.unit,
        tariff.amount,
        tariff.ceiling,
        tariff.province,
        tariff.legal_basis,
        tariff.is_example,
        tariff.valid_from,
        tariff.valid_to,
        by.map(|by| by.0),
        now,
    )
    .execute(connection)
    .await;
    added.map(drop).on_constraints(
        &["tariff_one_at_a_time", "tariff_one_for_a_province"],
        twice,
    )
}

/// Sets the last day of a price.
pub async fn end(
    connection: &mut PgConnection,
    id: Uuid,
    valid_to: Option<NaiveDate>,
) -> Result<()> {
    sqlx::query!(
        "update tariff set valid = daterange(lower(valid), $2, '[]') where id = $1",
        id,
        valid_to
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A row of the composition.
struct ComponentRow {
    id: Uuid,
    scheme: String,
    kind: String,
    component: String,
    tariff_code: String,
    per: String,
    valid_from: NaiveDate,
    valid_to: Option<NaiveDate>,
}

impl ComponentRow {
    fn into_component(self) -> Result<CostComponent> {
        let lost =
            |column: &'static str| Error::internal(format!("{column} holds an unknown code"));
        Ok(CostComponent {
            scheme: self
                .scheme
                .parse()
                .map_err(|_| lost("cost_component.scheme"))?,
            kind: self.kind.parse().map_err(|_| lost("cost_component.kind"))?,
            component: self
                .component
                .parse()
                .map_err(unknown("cost_component.component"))?,
            tariff_code: self.tariff_code,
            per: self.per.parse().map_err(unknown("cost_component.per"))?,
            valid_from: self.valid_from,
            valid_to: self.valid_to,
        })
    }
}

/// The whole composition, of all times.
pub async fn all_components(
    connection: &mut PgConnection,
    office: OfficeId,
) -> Result<Vec<(Uuid, CostComponent)>> {
    let rows = sqlx::query_as!(
        ComponentRow,
        r#"
        select id, scheme, kind, component, tariff_code, per,
               lower(valid) as "valid_from!",
               upper(valid) - 1 as valid_to
        from cost_component
        where office_id = $1
        order by scheme, kind, component, valid
        "#,
        office.0,
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| Ok((row.id, row.into_component()?)))
        .collect()
}

/// The composition in force on `day`.
pub async fn components_in_force(
    connection: &mut PgConnection,
    office: OfficeId,
    day: NaiveDate,
) -> Result<Vec<CostComponent>> {
    let rows = sqlx::query_as!(
        ComponentRow,
        r#"
        select id, scheme, kind, component, tariff_code, per,
               lower(valid) as "valid_from!",
               upper(valid) - 1 as valid_to
        from cost_component
        where office_id = $1
          and valid @> $2::date
        order by scheme, kind, component
        "#,
        office.0,
        day,
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(ComponentRow::into_component).collect()
}

/// Adds a component.
///
/// # Errors
/// `conflict` if the database finds another one for the same time.
pub async fn add_component(
    connection: &mut PgConnection,
    office: OfficeId,
    component: &CostComponent,
    by: Option<UserId>,
    now: DateTime<Utc>,
) -> Result<()> {
    let (name, per): (&str, &str) = (component.component.into(), component.per.into());
    sqlx::query!(
        r#"
        insert into cost_component (id, office_id, scheme, kind, component, tariff_code, per, valid, created_by, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, daterange($8, $9, '[]'), $10, $11)
        "#,
        Uuid::now_v7(),
        office.0,
        component.scheme.as_str(),
        component.kind.as_str(),
        name,
        component.tariff_code,
        per,
        component.valid_from,
        component.valid_to,
        by.map(|by| by.0),
        now,
    )
    .execute(connection)
    .await
    .map(drop)
    .on_constraint("cost_component_one_at_a_time", || {
        Error::new(Code::Conflict).detail(
            "Sudah ada komponen ini untuk masa itu.",
            "There is such a component for that time already.",
        )
    })
}

/// Sets the last day of a component.
pub async fn end_component(
    connection: &mut PgConnection,
    id: Uuid,
    valid_to: Option<NaiveDate>,
) -> Result<()> {
    sqlx::query!(
        "update cost_component set valid = daterange(lower(valid), $2, '[]') where id = $1",
        id,
        valid_to
    )
    .execute(connection)
    .await?;
    Ok(())
}
