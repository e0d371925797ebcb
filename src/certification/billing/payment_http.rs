//! `GET /payments` and `GET /payments/{id}`.

use actix_web::get;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::payment::PaymentView;
use super::store::payments::{self, PaymentQuery};
use crate::casework::desk::Desk;
use crate::error::Result;
use crate::ids::PaymentId;
use crate::sop::gate::Principal;
use crate::sop::working_time::midnights;
use crate::web::page::page_size;
use crate::web::{Cursor, Page, PathParam, Provided, Query, Reply};

/// Path of a payment.
#[derive(Debug, Clone, Copy, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Path)]
pub struct AtPayment {
    /// Id of the payment.
    pub id: PaymentId,
}

/// Filter of the list of payments.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PaymentFilter {
    /// `true` for flagged payments without a confirmed correction: the treasurer's desk.
    pub needs_decision: Option<bool>,
    /// Paid on this day (WIB) or later.
    #[param(example = "2026-07-01")]
    pub from: Option<NaiveDate>,
    /// Paid on this day (WIB) or earlier.
    #[param(example = "2026-07-31")]
    pub to: Option<NaiveDate>,
    /// Number of items, 1 to 200; default 20.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<i64>,
    /// `next_cursor` of the previous page.
    pub cursor: Option<String>,
}

/// List the payments (daftar pembayaran).
///
/// Payments for the applications you may see, the newest payment first.
#[utoipa::path(tag = "treasury", params(PaymentFilter), responses((status = 200, body = Page<PaymentView>)))]
#[get("/payments")]
pub async fn list_payments(
    desk: Desk,
    query: Query<PaymentFilter>,
    cursor: Provided<Cursor>,
) -> Result<Reply<Page<PaymentView>>> {
    let filter = query.0;
    let limit = page_size(filter.limit)?;
    let bound = PaymentFilter {
        limit: None,
        cursor: None,
        ..filter.clone()
    };
    let after: Option<(DateTime<Utc>, Uuid)> =
        cursor
            .0
            .read(filter.cursor.as_deref(), "payments", &bound)?;
    let query = PaymentQuery {
        id: None,
        needs_decision: filter.needs_decision,
        paid: midnights(filter.from, filter.to),
        after,
    };
    let caller = Principal::User(desk.signed_in());
    let rows = desk
        .database()
        .read(async |c| payments::list(c, caller, query, limit + 1).await)
        .await?;
    let page = cursor.0.page(rows, limit, "payments", &bound, |payment| {
        (payment.paid_at, payment.id.0)
    })?;
    Ok(Reply::page(page))
}

/// Read a payment (pembayaran).
///
/// With its flags and corrections.
#[utoipa::path(tag = "treasury", params(AtPayment), responses((status = 200, body = PaymentView)))]
#[get("/payments/{id}")]
pub async fn read_payment(desk: Desk, at: PathParam<AtPayment>) -> Result<Reply<PaymentView>> {
    let caller = Principal::User(desk.signed_in());
    let found = desk
        .database()
        .read(async |c| payments::find(c, caller, at.0.id).await)
        .await?;
    Ok(Reply::ok(found).read_only())
}
