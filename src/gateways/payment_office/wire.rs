//! The messages of the payment office, with the field names of its web service (design:
//! certification 2.2).

use chrono::{DateTime, NaiveDateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{IssuedCode, StatusPayment};
use crate::sop::working_time::WIB;
use crate::text::is_digits;

/// The format of times, in WIB.
const TIME: &str = "%Y-%m-%d %H:%M:%S";

/// A moment as the payment office writes it.
pub fn local(at: DateTime<Utc>) -> String {
    at.with_timezone(&WIB).format(TIME).to_string()
}

/// Parses a moment of the payment office.
pub fn moment(text: &str) -> Option<DateTime<Utc>> {
    let local = NaiveDateTime::parse_from_str(text, TIME).ok()?;
    Some(local.and_local_timezone(WIB).single()?.to_utc())
}

#[derive(Serialize)]
pub(super) struct BillingRequest<'a> {
    #[serde(rename = "TrxId")]
    pub(super) trx_id: &'a str,
    #[serde(rename = "UserId")]
    pub(super) user: &'a str,
    #[serde(rename = "Password")]
    pub(super) password: &'a str,
    #[serde(rename = "ExpiredDate")]
    pub(super) expires: String,
    #[serde(rename = "DateSent")]
    pub(super) sent: String,
    #[serde(rename = "KodeKL")]
    pub(super) ministry: &'a str,
    #[serde(rename = "KodeEselon1")]
    pub(super) unit: &'a str,
    #[serde(rename = "KodeSatker")]
    pub(super) work_unit: &'a str,
    #[serde(rename = "JenisPNBP")]
    pub(super) kind: &'a str,
    #[serde(rename = "KodeMataUang")]
    pub(super) currency: &'static str,
    #[serde(rename = "TotalNominalBilling")]
    pub(super) amount: i64,
    #[serde(rename = "NamaWajibBayar")]
    pub(super) payer: &'a str,
    #[serde(rename = "Keterangan")]
    pub(super) note: &'a str,
    #[serde(rename = "Detail")]
    pub(super) details: Vec<Detail<'a>>,
}

#[derive(Serialize)]
pub(super) struct Detail<'a> {
    #[serde(rename = "KodeTarifSimponi")]
    pub(super) tariff: &'a str,
    #[serde(rename = "KodePPSimponi")]
    pub(super) regulation: &'a str,
    #[serde(rename = "KodeAkun")]
    pub(super) account: &'a str,
    #[serde(rename = "TarifPNBP")]
    pub(super) unit_amount: i64,
    #[serde(rename = "Volume")]
    pub(super) quantity: &'a str,
    #[serde(rename = "Satuan")]
    pub(super) unit: &'a str,
    #[serde(rename = "TotalTarifPerRecord")]
    pub(super) amount: i64,
}

#[derive(Deserialize)]
pub(super) struct BillingAnswer {
    pub(super) code: String,
    #[serde(rename = "SimponiTrxId")]
    office_trx_id: Option<String>,
    #[serde(rename = "KodeBillingSimponi")]
    billing: Option<String>,
    #[serde(rename = "Date")]
    date: Option<String>,
    #[serde(rename = "ExpiredDate")]
    expires: Option<String>,
}

impl BillingAnswer {
    /// The code, if the answer is complete, its code has fifteen digits, and its number of the
    /// transaction is one that the database keeps.
    pub(super) fn read(self) -> Option<IssuedCode> {
        let (code, office_trx_id) = (self.billing?, self.office_trx_id?);
        let (issued_at, expires_at) = (moment(&self.date?)?, moment(&self.expires?)?);
        let is_line =
            office_trx_id.len() <= 64 && office_trx_id.bytes().all(|byte| byte.is_ascii_graphic());
        (is_digits(&code, 15) && expires_at > issued_at && is_line).then_some(IssuedCode {
            code,
            office_trx_id,
            issued_at,
            expires_at,
        })
    }
}

#[derive(Serialize)]
pub(super) struct StatusRequest<'a> {
    #[serde(rename = "UserId")]
    pub(super) user: &'a str,
    #[serde(rename = "Password")]
    pub(super) password: &'a str,
    #[serde(rename = "SimponiTrxId")]
    pub(super) office_trx_id: &'a str,
}

#[derive(Deserialize)]
pub(super) struct StatusAnswer {
    pub(super) code: String,
    #[serde(rename = "NTB")]
    ntb: Option<String>,
    #[serde(rename = "NTPN")]
    ntpn: Option<String>,
    #[serde(rename = "TrxDate")]
    date: Option<String>,
    #[serde(rename = "BankPersepsi")]
    bank: Option<String>,
    #[serde(rename = "ChannelPembayaran")]
    channel: Option<String>,
}

impl StatusAnswer {
    /// The payment; `Some(None)` if there is none, `None` if the answer is not understood.
    #[expect(
        clippy::option_option,
        reason = "an answer that is not understood is no answer about the payment"
    )]
    pub(super) fn read(self) -> Option<Option<StatusPayment>> {
        let Some(ntpn) = self.ntpn.filter(|ntpn| !ntpn.is_empty()) else {
            return Some(None);
        };
        Some(Some(StatusPayment {
            ntpn,
            ntb: self.ntb,
            paid_at: moment(&self.date?)?,
            bank: self.bank,
            channel: self.channel,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_local() {
        let at = "2026-07-06T01:30:00Z".parse::<DateTime<Utc>>().unwrap();
        assert_eq!(local(at), "2026-07-06 08:30:00");
        assert_eq!(moment("2026-07-06 08:30:00"), Some(at));
        assert_eq!(moment("2026-07-06T08:30:00"), None);
    }

    #[test]
    fn an_answer_without_a_good_code_is_not_understood() {
        let with_id = |id: &str, code: &str, expires: &str| {
            let text = format!(
                r#"{{"code": "00", "SimponiTrxId": "{id}", "KodeBillingSimponi": "{code}", "Date": "2026-07-06 08:00:00", "ExpiredDate": "{expires}"}}"#
            );
            serde_json::from_str::<BillingAnswer>(&text).unwrap().read()
        };
        let answer = |code: &str, expires: &str| with_id("S1", code, expires);
        assert!(answer("820260706000001", "2026-07-13 08:00:00").is_some());
        for id in [r"S1\u0000", "S 1", &"9".repeat(65)] {
            assert!(with_id(id, "820260706000001", "2026-07-13 08:00:00").is_none());
        }
        assert!(answer("82026070600001", "2026-07-13 08:00:00").is_none());
        assert!(answer("820260706000001", "2026-07-06 08:00:00").is_none());
    }
}
