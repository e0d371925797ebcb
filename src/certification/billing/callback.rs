//! `POST /integrations/e-billing/payments`: the payment office reports payments, in the array form
//! of its push (design: certification 2.2), signed as Standard Webhooks over the raw body.

use actix_web::http::header::HeaderMap;
use actix_web::{HttpRequest, post};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::booking::{Booking, book};
use super::payment::{MAX_TEXT, PaymentSource, is_ntpn, is_plausible};
use super::store::reports::ReportedPayment;
use crate::casework::calendars::Calendars;
use crate::casework::workflow::RequestTime;
use crate::clock::Clock;
use crate::database::Database;
use crate::error::{Code, Error, Result, fault};
use crate::gateways::payment_office::PaymentOffice;
use crate::gateways::payment_office::wire::moment;
use crate::sop::working_time::midnights;
use crate::text::{foreign_line, is_digits};
use crate::web::body::RawJson;
use crate::web::{Provided, Reply};

/// The most items of one push.
const MAX_ITEMS: usize = 500;

/// A reported payment, with the names of the payment office.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[expect(
    dead_code,
    reason = "the push names user and request, but code and NTPN identify a payment"
)]
pub struct ReportedItem {
    /// The user of the office at the payment office.
    #[serde(default, deserialize_with = "lenient")]
    #[schema(example = "bspji-palembang", max_length = 100)]
    pub usr_id: Option<String>,
    /// The number of the request.
    #[serde(default, deserialize_with = "lenient")]
    #[schema(example = "0197dd1c-6a80-7c3e-8f5a-2b6d1e9c4a70", max_length = 100)]
    pub trx_id: Option<String>,
    /// The billing code, fifteen digits.
    #[schema(example = "820260706123456", pattern = "^[0-9]{15}$")]
    pub kode_billing: String,
    /// Nomor Transaksi Penerimaan Negara.
    #[serde(rename = "NTPN")]
    #[schema(example = "A1B2C3D4E5F6G7H8", pattern = "^[0-9A-Za-z]{16}$")]
    pub ntpn: String,
    /// Nomor Transaksi Bank.
    #[serde(rename = "NTB", default, deserialize_with = "lenient")]
    #[schema(example = "000123456789", max_length = 100)]
    pub ntb: Option<String>,
    /// Time of payment in WIB.
    #[schema(
        example = "2026-07-06 08:30:00",
        pattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}$"
    )]
    pub tgl_jam_pembayaran: String,
    /// Bank.
    #[serde(default, deserialize_with = "lenient")]
    #[schema(example = "Bank Sumsel Babel", max_length = 100)]
    pub bank_persepsi: Option<String>,
    /// Channel.
    #[serde(default, deserialize_with = "lenient")]
    #[schema(example = "Teller", max_length = 100)]
    pub channel_pembayaran: Option<String>,
    /// Tanggal buku.
    #[serde(default, deserialize_with = "lenient")]
    #[schema(example = "2026-07-06", format = Date)]
    pub tgl_buku: Option<String>,
}

/// An optional member: a text, or a number as text. Anything else counts as left out, because an odd
/// member must not lose the payment.
fn lenient<'de, D: Deserializer<'de>>(from: D) -> std::result::Result<Option<String>, D::Error> {
    Ok(match Value::deserialize(from)? {
        Value::String(text) => Some(text),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    })
}

impl ReportedItem {
    /// The payment, if code, NTPN and time are well formed.
    fn read(self, now: DateTime<Utc>) -> Option<ReportedPayment> {
        let line = |text: Option<String>| foreign_line(&text?, MAX_TEXT);
        (is_digits(&self.kode_billing, 15) && is_ntpn(&self.ntpn)).then_some(())?;
        let plausible = |at: &DateTime<Utc>| is_plausible(*at, now);
        let book_date = self.tgl_buku.and_then(|day| day.parse::<NaiveDate>().ok());
        Some(ReportedPayment {
            code: self.kode_billing,
            ntpn: self.ntpn.to_ascii_uppercase(),
            ntb: line(self.ntb),
            amount: None,
            bank: line(self.bank_persepsi),
            channel: line(self.channel_pembayaran),
            book_date: book_date.filter(|day| {
                midnights(Some(*day), None)
                    .0
                    .is_some_and(|at| plausible(&at))
            }),
            paid_at: moment(&self.tgl_jam_pembayaran).filter(plausible)?,
        })
    }
}

/// The outcome of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ItemOutcome {
    /// Recorded now.
    Recorded,
    /// Recorded before; a repetition is no error.
    AlreadyRecorded,
    /// The NTPN is recorded with another code or day. The treasurer decides.
    Clash,
    /// The code is unknown here. The treasurer decides.
    Unmatched,
    /// The item cannot be read: code, NTPN or time is malformed.
    Invalid,
    /// A fault of the service; send the item again.
    Failed,
}

/// The answer to an item.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ReportedItemAnswer {
    /// The code as sent; null if it cannot be read.
    #[schema(example = "820260706123456")]
    pub kode_billing: Option<String>,
    /// The NTPN as sent; null if it cannot be read.
    #[serde(rename = "NTPN")]
    #[schema(example = "A1B2C3D4E5F6G7H8")]
    pub ntpn: Option<String>,
    /// The outcome.
    pub outcome: ItemOutcome,
}

/// The answers to the items of a push, in their order.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct PushAnswer {
    /// One for each item.
    pub results: Vec<ReportedItemAnswer>,
}

/// Report payments (laporan pembayaran dari kas negara).
///
/// For the payment office. The headers `webhook-id`, `webhook-timestamp` and `webhook-signature`
/// (Standard Webhooks 1.0, HMAC-SHA-256 over the raw body with the shared secret) prove the sender.
/// Each item is answered by itself; a repetition is no error. A payment under a replaced, cancelled
/// or expired code and a second one are recorded too, and flagged. The amount is that of the code.
#[utoipa::path(
    tag = "treasury", security(()), request_body = Vec<ReportedItem>, responses((status = 200, body = PushAnswer)),
    extensions(("x-problem-codes" = json!(["bad_signature"])), ("x-reply-kept" = json!(false)))
)]
#[post("/integrations/e-billing/payments")]
pub async fn receive_payments(
    request: HttpRequest,
    body: RawJson,
    office: Provided<PaymentOffice>,
    database: Provided<Database>,
    clock: Provided<Clock>,
    calendars: Provided<Calendars>,
) -> Result<Reply<PushAnswer>> {
    let at = RequestTime {
        now: clock.0.now(),
        calendars: calendars.0,
    };
    let is_genuine = office.0.callback().is_some_and(|key| {
        signature(request.headers()).is_some_and(|given| key.verifies(given, &body.0, at.now))
    });
    if !is_genuine {
        return Err(Error::new(Code::BadSignature));
    }
    let items: Vec<Value> = serde_json::from_slice(&body.0).map_err(|_| {
        Error::new(Code::MalformedBody).detail("Kirim larik JSON.", "Send a JSON array.")
    })?;
    if items.len() > MAX_ITEMS {
        return Err(Error::invalid(vec![fault(
            "",
            "too_many",
            "Paling banyak 500 butir.",
            "At most 500 items.",
        )]));
    }
    let mut results = Vec::with_capacity(items.len());
    for item in items {
        results.push(answer(&database.0, &at, item).await);
    }
    Ok(Reply::ok(PushAnswer { results }))
}

fn signature(headers: &HeaderMap) -> Option<(&str, &str, &str)> {
    let header = |name: &str| headers.get(name)?.to_str().ok();
    Some((
        header("webhook-id")?,
        header("webhook-timestamp")?,
        header("webhook-signature")?,
    ))
}

async fn answer(database: &Database, at: &RequestTime, item: Value) -> ReportedItemAnswer {
    let text = |name: &str| {
        item.get(name)
            .and_then(Value::as_str)
            .map(|text| text.chars().take(MAX_TEXT).collect::<String>())
    };
    let (kode_billing, ntpn) = (text("kode_billing"), text("NTPN"));
    let read = serde_json::from_value::<ReportedItem>(item)
        .ok()
        .and_then(|item| item.read(at.now));
    let outcome = match read {
        None => ItemOutcome::Invalid,
        Some(reported) => match book(database, at, PaymentSource::Callback, &reported).await {
            Ok(Booking::Recorded) => ItemOutcome::Recorded,
            Ok(Booking::Known) => ItemOutcome::AlreadyRecorded,
            Ok(Booking::Clash) => ItemOutcome::Clash,
            Ok(Booking::Unmatched) => ItemOutcome::Unmatched,
            Err(error) => {
                tracing::error!(%error, "a reported payment could not be booked");
                ItemOutcome::Failed
            }
        },
    };
    ReportedItemAnswer {
        kode_billing,
        ntpn,
        outcome,
    }
}
