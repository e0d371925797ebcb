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

/// The open request of an application.
pub async fn open_of(
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
          and status in ('waiting', 'issued')
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
