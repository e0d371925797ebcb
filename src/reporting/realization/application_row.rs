//! The database row of a file, and its conversion to facts.

use chrono::{DateTime, Utc};
use sqlx::types::Json;
use uuid::Uuid;

use super::measure::{ApplicationFacts, SignedNotice};
use super::row::{BillingRealization, PaymentRealization};
use crate::casework::ledger;
use crate::certification::billing::BillingStatus;
use crate::certification::billing::account::PaymentAccount;
use crate::certification::deficiency::DeficiencyItem;
use crate::certification::facts::BusinessScale;
use crate::certification::form::Product;
use crate::certification::sop::Stage;
use crate::error::{Error, Result};
use crate::ids::ApplicationId;
use crate::sop::table::Stage as _;

/// The columns of a file with its ledger, notice and payments.
pub(super) struct ApplicationRow {
    pub(super) id: Uuid,
    pub(super) number: Option<String>,
    pub(super) received_at: DateTime<Utc>,
    pub(super) customer: String,
    pub(super) company: String,
    pub(super) regency: Option<String>,
    pub(super) province: Option<String>,
    pub(super) scheme: String,
    pub(super) kind: String,
    pub(super) products: Json<Vec<Product>>,
    pub(super) scope: Option<String>,
    pub(super) scale: Option<Json<BusinessScale>>,
    pub(super) stage: String,
    pub(super) calendar_version: i32,
    pub(super) since: Vec<DateTime<Utc>>,
    pub(super) steps: Vec<Option<i16>>,
    pub(super) rounds: Vec<i16>,
    pub(super) officers: Vec<String>,
    pub(super) sheets: Vec<Json<Vec<DeficiencyItem>>>,
    pub(super) notice_number: Option<String>,
    pub(super) signed_at: Option<DateTime<Utc>>,
    pub(super) sent_at: Option<DateTime<Utc>>,
    pub(super) content: Option<String>,
    pub(super) billing_code: Option<String>,
    pub(super) billing_amount: Option<i64>,
    pub(super) expires_at: Option<DateTime<Utc>>,
    pub(super) ntpn: Option<String>,
    pub(super) paid_at: Option<DateTime<Utc>>,
    pub(super) billing_due: Option<i64>,
    pub(super) billing_status: Option<String>,
    pub(super) net: i64,
    pub(super) payments: Vec<Json<PaymentRealization>>,
    pub(super) remark: Option<String>,
}

impl ApplicationRow {
    /// Parses codes and JSON documents.
    pub(super) fn read(self) -> Result<ApplicationFacts> {
        let notice = match (self.notice_number, self.signed_at, self.content) {
            (Some(number), Some(at), Some(content)) => Some(SignedNotice {
                number,
                at,
                sent_at: self.sent_at,
                content: serde_json::from_str(&content).map_err(Error::internal)?,
            }),
            (..) => None,
        };
        let payments: Vec<_> = self.payments.into_iter().map(|payment| payment.0).collect();
        let billing = match (
            self.billing_code,
            self.billing_amount,
            self.expires_at,
            self.billing_status,
        ) {
            (Some(code), Some(amount), Some(expires_at), Some(status)) => {
                Some(BillingRealization {
                    code,
                    amount,
                    currency: "IDR",
                    expires_at,
                    status: BillingStatus::read(&status)?,
                    ntpn: self.ntpn,
                    paid_at: self.paid_at,
                    account: PaymentAccount::of(self.billing_due.unwrap_or_default(), self.net),
                    payments,
                })
            }
            (..) => None,
        };
        Ok(ApplicationFacts {
            id: ApplicationId(self.id),
            number: self.number,
            received_at: self.received_at,
            customer: self.customer,
            company: self.company,
            site: (self.regency, self.province),
            scheme: self
                .scheme
                .parse()
                .map_err(|_| Error::internal("application.scheme holds an unknown code"))?,
            kind: self
                .kind
                .parse()
                .map_err(|_| Error::internal("application.kind holds an unknown code"))?,
            products: self.products.0,
            scope: self.scope,
            scale: self.scale.map(|scale| scale.0),
            stage: Stage::from_code(&self.stage)
                .ok_or_else(|| Error::internal("application.stage holds an unknown code"))?,
            officers: self.officers,
            turns: ledger::entries_from_columns(self.since, self.steps, self.rounds),
            sheets: self.sheets.into_iter().map(|sheet| sheet.0).collect(),
            notice,
            billing,
            remark: self.remark,
            calendar_version: self.calendar_version,
        })
    }
}
