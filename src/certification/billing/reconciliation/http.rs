//! Upload of a statement, and the decisions about what it leaves open. For the treasurer.

use actix_web::{HttpMessage as _, HttpRequest, get, post};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::statement;
use crate::casework::desk::Desk;
use crate::casework::journal::{act_entry, reason_error};
use crate::casework::spreadsheet::SpreadsheetBody;
use crate::certification::billing::corrections::Treasurers;
use crate::certification::billing::payment::{PaymentSource, PaymentView};
use crate::certification::billing::payment_report::{
    PaymentReportStatus, PaymentReportView, StatementView,
};
use crate::certification::billing::store;
use crate::certification::billing::store::payments::{self, NewPayment};
use crate::certification::billing::store::reports::{self, ReportQuery};
use crate::certification::sop::Task;
use crate::error::{Code, Error, FieldError, Result, fault};
use crate::identity::Restricted;
use crate::ids::{BillingId, PaymentId};
use crate::journal;
use crate::sop::gate::Principal;
use crate::web::body::{BodyDigest, Validate};
use crate::web::page::page_size;
use crate::web::{Body, Cursor, IdempotentWrite, Page, PathParam, Provided, Query, Reply};

/// Upload a statement of the treasury (rekonsiliasi penerimaan).
///
/// CSV (comma, semicolon or tab; UTF-8, UTF-16 or Windows-1252) or XLSX, at most 2 MiB, with the
/// columns `kode_billing`, `ntpn`, `jumlah`, `tanggal_bayar`, and if you have them `ntb`, `bank`,
/// `channel`, `tanggal_buku`. Titles above the headings and rows of sums are skipped. A row whose payment is recorded with the same code, amount and day is known; every
/// other row waits under `GET /payment-reports` for your word. Nothing is booked by the upload.
#[utoipa::path(
    tag = "treasury", request_body(content((String = "text/csv"), (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))), responses((status = 201, body = StatementView)),
    extensions(("x-roles" = json!(["treasurer"])), ("x-problem-codes" = json!(["conflict"])))
)]
#[post("/treasury-statements")]
pub async fn add_treasury_statement(
    desk: Restricted<Treasurers, Desk>,
    body: SpreadsheetBody,
    request: HttpRequest,
) -> Result<Reply<StatementView>> {
    let desk = desk.0;
    let rows = statement::read(&body.read(&request).await?, desk.request_time().now)?;
    let digest = request
        .extensions()
        .get::<BodyDigest>()
        .map_or([0; 32], |digest| digest.0);
    let caller = desk.signed_in();
    let mut work = IdempotentWrite::begin(
        desk.database(),
        desk.request(),
        caller.user.0,
        desk.request_time().now,
    )
    .await?;
    let now = work.now();
    let ntpns: Vec<String> = rows.iter().map(|(_, row)| row.ntpn.clone()).collect();
    let recorded = reports::known(&mut work, &ntpns).await?;
    let is_known = |(row, stored): (&reports::ReportedPayment, &Option<_>)| {
        stored
            .as_ref()
            .is_some_and(|(code, amount, paid_at): &(String, i64, DateTime<Utc>)| {
                Some(*amount) == row.amount && row.is_recorded_as(code, *paid_at)
            })
    };
    let unknown: Vec<_> = rows
        .iter()
        .zip(&recorded)
        .filter(|((_, row), stored)| !is_known((row, stored)))
        .map(|((line, row), _)| (Some(*line), row))
        .collect();
    let count = |length: usize| i32::try_from(length).unwrap_or(i32::MAX);
    let mut view = StatementView {
        id: PaymentId::at(now).0,
        rows: count(rows.len()),
        known: count(rows.len() - unknown.len()),
        open: 0,
        uploaded_at: now,
    };
    reports::add_statement(&mut work, caller, &view, &digest).await?;
    let source = (PaymentSource::Statement, Some(view.id));
    let added = reports::add(&mut work, caller.office, source, &unknown, now).await?;
    view.open = i32::try_from(added).unwrap_or(i32::MAX);
    let entry = act_entry(
        caller,
        "treasury_statement",
        view.id,
        "add_treasury_statement",
        None,
    );
    journal::add(&mut work, &entry, now).await?;
    let reply = Reply::created(
        format!("/api/v1/payment-reports?statement={}", view.id),
        view,
    );
    work.finish(reply).await
}

/// Filter of the list of reports.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ReportFilter {
    /// Only reports with this status; `open` is the treasurer's desk.
    #[param(inline)]
    pub status: Option<PaymentReportStatus>,
    /// Only reports of this statement.
    pub statement: Option<Uuid>,
    /// Number of items, 1 to 200; default 20.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<i64>,
    /// `next_cursor` of the previous page.
    pub cursor: Option<String>,
}

/// List the reports of payments that could not be booked by themselves (laporan pembayaran).
///
/// Rows of statements, and reports of the payment office whose code is unknown or whose NTPN is
/// recorded otherwise; newest first, each with what it might be.
#[utoipa::path(
    tag = "treasury", params(ReportFilter), responses((status = 200, body = Page<PaymentReportView>)),
    extensions(("x-roles" = json!(["treasurer"])))
)]
#[get("/payment-reports")]
pub async fn list_payment_reports(
    desk: Restricted<Treasurers, Desk>,
    query: Query<ReportFilter>,
    cursor: Provided<Cursor>,
) -> Result<Reply<Page<PaymentReportView>>> {
    let desk = desk.0;
    let filter = query.0;
    let limit = page_size(filter.limit)?;
    let bound = ReportFilter {
        limit: None,
        cursor: None,
        ..filter.clone()
    };
    let after = cursor
        .0
        .read(filter.cursor.as_deref(), "payment-reports", &bound)?;
    let query = ReportQuery {
        id: None,
        status: filter.status,
        statement: filter.statement,
        after,
    };
    let rows = desk
        .database()
        .read(async |c| reports::list(c, desk.signed_in().office, query, limit + 1).await)
        .await?;
    let page = cursor
        .0
        .page(rows, limit, "payment-reports", &bound, |report| {
            (report.received_at, report.id)
        })?;
    Ok(Reply::page(page))
}

/// Path of a report.
#[derive(Debug, Clone, Copy, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Path)]
pub struct AtPaymentReport {
    /// Id of the report.
    pub id: Uuid,
}

/// The word that books a report.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PaymentReportConfirmation {
    /// The billing it is booked under.
    pub billing_id: BillingId,
}

impl Validate for PaymentReportConfirmation {}

/// Book a report under a billing (membukukan pembayaran).
///
/// The treasurer's word makes it a payment of that billing, with the amount and the time that were
/// reported; a deviation from the billing is flagged.
#[utoipa::path(
    tag = "treasury", params(AtPaymentReport), request_body = PaymentReportConfirmation, responses((status = 200, body = PaymentView)),
    extensions(("x-roles" = json!(["treasurer"])), ("x-problem-codes" = json!(["conflict"])))
)]
#[post("/payment-reports/{id}/confirmation")]
pub async fn confirm_payment_report(
    desk: Restricted<Treasurers, Desk>,
    at: PathParam<AtPaymentReport>,
    form: Body<PaymentReportConfirmation>,
) -> Result<Reply<PaymentView>> {
    let desk = desk.0;
    let (id, caller) = (at.0.id, Principal::User(desk.signed_in()));
    let billing = {
        let now = desk.request_time().now;
        let found = desk
            .database()
            .read(async |c| store::find(c, caller, form.0.billing_id, now).await)
            .await;
        found.map_err(|error| match error {
            Error::Refused(refused) if refused.code == Code::NotFound => {
                Error::invalid(vec![fault(
                    "/billing_id",
                    "unknown_value",
                    "Billing ini tidak ada.",
                    "There is no such billing.",
                )])
            }
            other => other,
        })?
    };
    let mut file = desk
        .take(billing.application_id, Task::RecordPayment)
        .await?;
    let (now, office, stage) = (file.now(), file.header().office, file.header().stage);
    let (source, reported) = reports::take(&mut file, office, id).await?;
    let by = desk.signed_in().user.0;
    let new = NewPayment {
        office,
        billing: billing.id,
        source,
        by: Some(by),
        ntpn: &reported.ntpn,
        ntb: reported.ntb.as_deref(),
        amount: reported.amount.unwrap_or(billing.amount),
        bank: reported.bank.as_deref(),
        channel: reported.channel.as_deref(),
        book_date: reported.book_date,
        paid_at: reported.paid_at_under(billing.issued_at),
    };
    let payment = payments::add(&mut file, &new, now).await?;
    reports::decide(&mut file, id, (Some(payment), None), by, now).await?;
    let view = payments::find(&mut file, caller, payment).await?;
    let note = crate::certification::billing::http::deviation_note(&view);
    file.note(note.unwrap_or_else(|| "Dari rekonsiliasi.".to_owned()));
    file.hand_over_with(stage, |_| Reply::ok(view)).await
}

/// The reason of a dismissal.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PaymentReportDismissal {
    /// Reason.
    #[schema(
        example = "Setoran layanan pengujian, bukan sertifikasi.",
        min_length = 1,
        max_length = 500
    )]
    pub reason: String,
}

impl Validate for PaymentReportDismissal {
    fn errors(&self) -> Vec<FieldError> {
        reason_error(&self.reason).into_iter().collect()
    }
}

/// Dismiss a report (mengesampingkan laporan pembayaran).
///
/// With a reason: the money is not for certification, or the report repeats what is recorded.
#[utoipa::path(
    tag = "treasury", params(AtPaymentReport), request_body = PaymentReportDismissal, responses((status = 200, body = PaymentReportView)),
    extensions(("x-roles" = json!(["treasurer"])), ("x-problem-codes" = json!(["conflict"])))
)]
#[post("/payment-reports/{id}/dismissal")]
pub async fn dismiss_payment_report(
    desk: Restricted<Treasurers, Desk>,
    at: PathParam<AtPaymentReport>,
    form: Body<PaymentReportDismissal>,
) -> Result<Reply<PaymentReportView>> {
    let desk = desk.0;
    let (id, caller) = (at.0.id, desk.signed_in());
    let mut work = IdempotentWrite::begin(
        desk.database(),
        desk.request(),
        caller.user.0,
        desk.request_time().now,
    )
    .await?;
    let now = work.now();
    drop(reports::take(&mut work, caller.office, id).await?);
    let decision = (None, Some(form.0.reason.as_str()));
    reports::decide(&mut work, id, decision, caller.user.0, now).await?;
    let reason = Some(form.0.reason.as_str());
    let entry = act_entry(
        caller,
        "payment_report",
        id,
        "dismiss_payment_report",
        reason,
    );
    journal::add(&mut work, &entry, now).await?;
    let query = ReportQuery {
        id: Some(id),
        ..ReportQuery::default()
    };
    let found = reports::list(&mut work, caller.office, query, 1).await?;
    let view = found
        .into_iter()
        .next()
        .ok_or_else(|| Error::new(Code::NotFound))?;
    work.finish(Reply::ok(view)).await
}
