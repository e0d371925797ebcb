//! SQL for requests of billing codes at the payment office.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

use crate::certification::cost::CostLine;
use crate::error::Result;
use crate::gateways::payment_office::{IssuedCode, PaymentOfficeFailure};
use crate::ids::{ApplicationId, AuditNoticeId, BillingId, OfficeId};

/// A request of a billing code.
#[derive(Debug, Clone)]
pub struct RequestRow {
    /// Id, which is the transaction number.
    pub id: Uuid,
    /// The office.
    pub office_id: Uuid,
    /// The application.
    pub application_id: Uuid,
    /// The notice.
    pub notice_id: Uuid,
    /// Rupiah.
    pub amount: i64,
    /// The lines.
    pub lines: Json<Vec<CostLine>>,
    /// Name of the payer.
    pub payer: String,
    /// Note.
    pub note: String,
    /// Reason of a replacement.
    pub replace_reason: Option<String>,
    /// The user.
    pub requested_by: Uuid,
    /// `waiting`, `issued`, `refused`, `used` or `dropped`.
    pub status: String,
    /// The code, once it came.
    pub code: Option<String>,
    /// Time of issue.
    pub issued_at: Option<DateTime<Utc>>,
    /// Last moment to pay.
    pub expires_at: Option<DateTime<Utc>>,
    /// Code of the last failure.
    pub failure: Option<String>,
}

/// A new request.
#[derive(Debug, Clone, Copy)]
pub struct NewRequest<'a> {
    /// The office.
    pub office: OfficeId,
    /// The application.
    pub application: ApplicationId,
    /// The notice.
    pub notice: AuditNoticeId,
    /// The lines; their sum is the amount.
    pub lines: &'a [CostLine],
    /// Name of the payer.
    pub payer: &'a str,
    /// Note.
    pub note: &'a str,
    /// Reason of a replacement.
    pub replace_reason: Option<&'a str>,
    /// The user.
    pub by: Uuid,
}

/// Adds a request, in place of one that is open.
pub async fn add(
    connection: &mut PgConnection,
    new: NewRequest<'_>,
    now: DateTime<Utc>,
) -> Result<Uuid> {
    drop_open(connection, new.application).await?;
    let id = BillingId::at(now).0;
    sqlx::query!(
        r#"
        insert into billing_request (id, office_id, application_id, notice_id, amount, lines, payer, note, replace_reason, requested_by, requested_at, status)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'waiting')
        "#,
        id,
        new.office.0,
        new.application.0,
        new.notice.0,
        new.lines.iter().map(CostLine::amount).sum::<i64>(),
        Json(new.lines) as _,
        new.payer,
        new.note,
        new.replace_reason,
        new.by,
        now,
    )
    .execute(connection)
    .await?;
    Ok(id)
}

/// Drops the open request of an application: its code is not needed any more.
pub async fn drop_open(connection: &mut PgConnection, application: ApplicationId) -> Result<()> {
    sqlx::query!(
        "update billing_request set status = 'dropped' where application_id = $1 and status in ('waiting', 'issued')",
        application.0
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Drops one request, if it is still open.
pub async fn drop_one(connection: &mut PgConnection, id: Uuid) -> Result<()> {
    sqlx::query!(
        "update billing_request set status = 'dropped' where id = $1 and status in ('waiting', 'issued')",
        id
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The newest requests of files at step 8 whose code expired by `now` or that were refused before
/// `refused_before`.
pub async fn list_stale(
    connection: &mut PgConnection,
    now: DateTime<Utc>,
    refused_before: DateTime<Utc>,
) -> Result<Vec<Uuid>> {
    let stale = sqlx::query_scalar!(
        r#"
        select r.id
        from application a
        cross join lateral (
            select id, status, notice_id, expires_at, requested_at
            from billing_request
            where application_id = a.id
            order by requested_at desc, id desc
            limit 1
        ) r
        join audit_notice n on n.id = r.notice_id
        where a.stage = 'notice_signed'
          and not exists (select from audit_notice later where later.application_id = a.id and later.draft > n.draft)
          and (r.status = 'issued' and r.expires_at <= $1 or r.status = 'refused' and r.requested_at <= $2)
        order by r.id
        "#,
        now,
        refused_before,
    )
    .fetch_all(connection)
    .await?;
    Ok(stale)
}

/// Makes request `id` anew under a new transaction number, in place of the old one; none if the old
/// one was used or dropped meanwhile.
pub async fn renew(
    connection: &mut PgConnection,
    id: Uuid,
    now: DateTime<Utc>,
) -> Result<Option<Uuid>> {
    let dropped = sqlx::query!(
        "update billing_request set status = 'dropped' where id = $1 and status in ('issued', 'refused')",
        id
    )
    .execute(&mut *connection)
    .await?;
    if dropped.rows_affected() == 0 {
        return Ok(None);
    }
    let new = sqlx::query_scalar!(
        r#"
        insert into billing_request (id, office_id, application_id, notice_id, amount, lines, payer, note, replace_reason, requested_by, requested_at, status)
        select $2, office_id, application_id, notice_id, amount, lines, payer, note, replace_reason, requested_by, $3, 'waiting'
        from billing_request
        where id = $1
        on conflict do nothing
        returning id
        "#,
        id,
        BillingId::at(now).0,
        now,
    )
    .fetch_optional(connection)
    .await?;
    Ok(new)
}

/// The request `id`.
pub async fn find(connection: &mut PgConnection, id: Uuid) -> Result<Option<RequestRow>> {
    let found = sqlx::query_as!(
        RequestRow,
        r#"
        select id, office_id, application_id, notice_id, amount, lines as "lines: Json<Vec<CostLine>>", payer, note, replace_reason, requested_by,
               status, code, issued_at, expires_at, failure
        from billing_request
        where id = $1
        "#,
        id,
    );
    Ok(found.fetch_optional(connection).await?)
}

/// The newest request of an application.
pub async fn newest_of(
    connection: &mut PgConnection,
    application: ApplicationId,
) -> Result<Option<RequestRow>> {
    let found = sqlx::query_as!(
        RequestRow,
        r#"
        select id, office_id, application_id, notice_id, amount, lines as "lines: Json<Vec<CostLine>>", payer, note, replace_reason, requested_by,
               status, code, issued_at, expires_at, failure
        from billing_request
        where application_id = $1
        order by requested_at desc, id desc
        limit 1
        "#,
        application.0,
    );
    Ok(found.fetch_optional(connection).await?)
}

/// Stores the code that came, if the request still waits for it.
pub async fn answered(connection: &mut PgConnection, id: Uuid, issued: &IssuedCode) -> Result<()> {
    sqlx::query!(
        r#"
        update billing_request
        set status = case when status = 'waiting' then 'issued' else status end,
            office_trx_id = $2, code = $3, issued_at = $4, expires_at = $5, attempts = attempts + 1, failure = null
        where id = $1
          and code is null
        "#,
        id,
        issued.office_trx_id,
        issued.code,
        issued.issued_at,
        issued.expires_at,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Records a failed attempt; a refusal ends the request.
pub async fn failed(
    connection: &mut PgConnection,
    id: Uuid,
    failure: &PaymentOfficeFailure,
) -> Result<()> {
    sqlx::query!(
        r#"
        update billing_request
        set attempts = attempts + 1, failure = $2, status = case when $3 then 'refused' else status end
        where id = $1
          and status = 'waiting'
        "#,
        id,
        failure.code(),
        matches!(failure, PaymentOfficeFailure::Refused(_)),
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Marks the code of a request as used by a billing.
pub async fn used(connection: &mut PgConnection, id: Uuid) -> Result<()> {
    sqlx::query!(
        "update billing_request set status = 'used' where id = $1",
        id
    )
    .execute(connection)
    .await?;
    Ok(())
}
