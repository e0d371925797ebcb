//! The billing sheet (lembar tagihan) as a document: the code to pay, or which one to pay instead.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::words;
use crate::certification::billing::{BillingStatus, BillingView};
use crate::certification::form::ApplicationForm;
use crate::error::Result;
use crate::identity::signed_in::today;
use crate::typesetting::{Document, LetterEnding, Template, day_in_words, moment_in_words, rupiah};

/// Builds the sheet of `billing` of application `number` at `now`. `current` is the billing that
/// has not ended, if there is one.
pub fn billing_sheet(
    billing: &BillingView,
    current: Option<&BillingView>,
    number: &str,
    application: &ApplicationForm,
    now: DateTime<Utc>,
) -> Result<Document> {
    let notice = |title: &str, text: &str| json!({"title": title, "text": text});
    let notice = match billing.status {
        BillingStatus::Issued => Value::Null,
        BillingStatus::Paid => notice("LUNAS", "Tagihan ini sudah dibayar. Jangan membayar lagi."),
        BillingStatus::Expired => notice(
            "KEDALUWARSA",
            "Kode ini tidak dapat dibayar lagi. Mintalah kode baru kepada kantor.",
        ),
        BillingStatus::Cancelled => notice("DIBATALKAN", "Jangan membayar dengan kode ini."),
        BillingStatus::Replaced => notice("DIGANTIKAN", "Jangan membayar dengan kode ini."),
    };
    let status = match billing.status {
        BillingStatus::Issued => "Menunggu pembayaran",
        BillingStatus::Paid => "Dibayar",
        BillingStatus::Expired => "Kedaluwarsa",
        BillingStatus::Cancelled => "Dibatalkan",
        BillingStatus::Replaced => "Digantikan",
    };
    let payments = billing
        .payments
        .iter()
        .filter(|payment| payment.annulled_at.is_none())
        .map(|payment| {
            json!({"ntpn": payment.ntpn, "at": moment_in_words(payment.paid_at), "bank": payment.bank, "amount": rupiah(payment.amount)})
        });
    let instead = current.filter(|current| current.id != billing.id && current.payable);
    let day = today(now);
    let body = json!({
        "code": billing.code,
        "replaced_by": instead.map(|current| &current.code),
        "notice": notice,
        "status": status,
        "payable": billing.payable,
        "application": number,
        "payer": billing.payer.text,
        "scheme": words::scheme(application.scheme, application.facts.certification_type),
        "note": billing.note.text,
        "account": billing.account_code,
        "issued": moment_in_words(billing.issued_at),
        "expires": moment_in_words(billing.expires_at),
        "amount": rupiah(billing.amount),
        "words": billing.amount_in_words,
        "cost": words::cost(&billing.lines),
        "payments": payments.collect::<Vec<Value>>(),
        "printed": day_in_words(day),
    });
    Document::new(
        Template::BillingSheet,
        "Lembar Tagihan E-Billing",
        day,
        &format!("tagihan-{}", billing.code),
        &LetterEnding::Issued,
        &body,
    )
}
