//! Port of the payment office (SIMPONI, the billing system of the Ministry of Finance): billing
//! codes, the status of a code, and the signed reports of payments. Without a connection staff type
//! in codes and payments by hand.

mod callback;
pub(crate) mod simponi_text;
pub(crate) mod wire;

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::Client;
use serde::Serialize;
use serde::de::DeserializeOwned;

pub(crate) use self::callback::CallbackKey;
use self::wire::{BillingAnswer, BillingRequest, Detail, StatusAnswer, StatusRequest, local};
use crate::error::{Error, Result};

/// Timeout of one request.
const TIMEOUT: Duration = Duration::from_secs(5);
/// The largest answer that is read.
const MAX_BYTES: usize = 64 * 1024;
const TIMED_OUT: &str = "timeout";
const UNREACHABLE: &str = "unreachable";

/// The codes of the ministry for this office. They are settings, because none of them is confirmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OfficeCodes {
    /// Kementerian/lembaga, three digits.
    pub ministry: String,
    /// Unit eselon I, two digits.
    pub unit: String,
    /// Satuan kerja, six digits.
    pub work_unit: String,
    /// Kode akun PNBP, six digits.
    pub account: String,
    /// Kode tarif in SIMPONI.
    pub tariff: String,
    /// Kode PP in SIMPONI.
    pub regulation: String,
    /// Jenis PNBP: `F` (functional) or `U` (general).
    pub kind: String,
}

/// The account of this office at the payment office.
#[derive(Clone)]
pub(crate) struct Connection {
    /// The address of the web service, without a trailing slash.
    pub url: String,
    /// The user name.
    pub user: String,
    /// The password.
    pub password: String,
    /// The codes of the office.
    pub codes: OfficeCodes,
    /// The validity that the office asks for.
    pub validity: TimeDelta,
}

struct Connected {
    client: Client,
    connection: Connection,
}

/// The payment office. Cheap to clone.
#[derive(Clone, Default)]
pub struct PaymentOffice {
    connected: Option<Arc<Connected>>,
    callback: Option<CallbackKey>,
}

impl std::fmt::Debug for PaymentOffice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.connected.is_some() {
            "PaymentOffice(connected)"
        } else {
            "PaymentOffice(by hand)"
        })
    }
}

/// A line of a request: quantity, unit and amount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RequestedLine {
    /// Quantity.
    pub quantity: String,
    /// Unit.
    pub unit: String,
    /// Rupiah for each unit.
    pub unit_amount: i64,
    /// Rupiah.
    pub amount: i64,
}

/// A request of a billing code.
#[derive(Debug, Clone)]
pub(crate) struct CodeRequest {
    /// The number of the transaction; the same for each repetition.
    pub trx_id: String,
    /// Time of the request.
    pub at: DateTime<Utc>,
    /// Rupiah.
    pub amount: i64,
    /// The payer's name, within SIMPONI's limits.
    pub payer: String,
    /// The note, within SIMPONI's limits.
    pub note: String,
    /// The lines; their sum is the amount.
    pub lines: Vec<RequestedLine>,
}

/// A billing code that was issued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct IssuedCode {
    /// The code, fifteen digits.
    pub code: String,
    /// The number of the payment office for the transaction.
    pub office_trx_id: String,
    /// Time of issue.
    pub issued_at: DateTime<Utc>,
    /// Last moment to pay.
    pub expires_at: DateTime<Utc>,
}

/// A payment, as a status call reports it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StatusPayment {
    /// Nomor Transaksi Penerimaan Negara.
    pub ntpn: String,
    /// Nomor Transaksi Bank.
    pub ntb: Option<String>,
    /// Time of payment.
    pub paid_at: DateTime<Utc>,
    /// Bank.
    pub bank: Option<String>,
    /// Channel.
    pub channel: Option<String>,
}

/// A failure of the payment office, as a code for staff and the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PaymentOfficeFailure {
    /// The payment office refused the request; a repetition will be refused too.
    Refused(String),
    /// The payment office is unreachable, slow, or sent an unreadable answer; a later attempt may
    /// succeed.
    Passing(String),
}

impl PaymentOfficeFailure {
    /// The code.
    pub(crate) fn code(&self) -> &str {
        match self {
            Self::Refused(code) | Self::Passing(code) => code,
        }
    }

    /// True if the next request will most likely fail in the same way, after the same time.
    pub(crate) fn is_out_of_reach(&self) -> bool {
        matches!(self, Self::Passing(code) if code == TIMED_OUT || code == UNREACHABLE)
    }
}

impl PaymentOffice {
    /// Manual mode, or a connection; `callback` verifies reported payments.
    ///
    /// # Errors
    /// When the TLS client cannot be set up.
    pub(crate) fn new(
        connection: Option<Connection>,
        callback: Option<CallbackKey>,
    ) -> Result<Self> {
        let connected = connection
            .map(|connection| {
                crate::gateways::install_tls_provider();
                let client = Client::builder()
                    .timeout(TIMEOUT)
                    .connect_timeout(TIMEOUT)
                    .redirect(reqwest::redirect::Policy::none())
                    .no_proxy()
                    .build()
                    .map_err(Error::internal)?;
                Ok::<_, Error>(Arc::new(Connected { client, connection }))
            })
            .transpose()?;
        Ok(Self {
            connected,
            callback,
        })
    }

    /// True if codes are requested from the payment office.
    pub(crate) fn is_connected(&self) -> bool {
        self.connected.is_some()
    }

    /// The account of its codes; none in manual mode.
    pub(crate) fn account(&self) -> Option<&str> {
        self.connected
            .as_ref()
            .map(|connected| connected.connection.codes.account.as_str())
    }

    /// The key of reported payments; none if none are accepted.
    pub(crate) fn callback(&self) -> Option<&CallbackKey> {
        self.callback.as_ref()
    }

    /// Requests a billing code.
    ///
    /// # Errors
    /// A refusal, or a failure that may pass.
    pub(crate) async fn request_code(
        &self,
        request: &CodeRequest,
    ) -> Result<IssuedCode, PaymentOfficeFailure> {
        let connected = self.connected()?;
        let Connection {
            user,
            password,
            codes,
            validity,
            ..
        } = &connected.connection;
        let details = request.lines.iter().map(|line| Detail {
            tariff: &codes.tariff,
            regulation: &codes.regulation,
            account: &codes.account,
            unit_amount: line.unit_amount,
            quantity: &line.quantity,
            unit: &line.unit,
            amount: line.amount,
        });
        let body = BillingRequest {
            trx_id: &request.trx_id,
            user,
            password,
            expires: local(request.at + *validity),
            sent: local(request.at),
            ministry: &codes.ministry,
            unit: &codes.unit,
            work_unit: &codes.work_unit,
            kind: &codes.kind,
            currency: "IDR",
            amount: request.amount,
            payer: &request.payer,
            note: &request.note,
            details: details.collect(),
        };
        let answer: BillingAnswer = connected.post("billing", &body).await?;
        refusal(&answer.code)?;
        answer.read().ok_or_else(unclear)
    }

    /// The payment of the transaction `office_trx_id`, if it was paid.
    ///
    /// # Errors
    /// A refusal, or a failure that may pass.
    pub(crate) async fn status(
        &self,
        office_trx_id: &str,
    ) -> Result<Option<StatusPayment>, PaymentOfficeFailure> {
        let connected = self.connected()?;
        let body = StatusRequest {
            user: &connected.connection.user,
            password: &connected.connection.password,
            office_trx_id,
        };
        let answer: StatusAnswer = connected.post("status", &body).await?;
        refusal(&answer.code)?;
        answer.read().ok_or_else(unclear)
    }

    fn connected(&self) -> Result<&Connected, PaymentOfficeFailure> {
        self.connected
            .as_deref()
            .ok_or_else(|| PaymentOfficeFailure::Refused("by_hand".to_owned()))
    }
}

impl Connected {
    async fn post<T: DeserializeOwned>(
        &self,
        service: &str,
        body: &impl Serialize,
    ) -> Result<T, PaymentOfficeFailure> {
        let passing = |code: String| PaymentOfficeFailure::Passing(code);
        let unreachable = |error: &reqwest::Error| {
            let code = if error.is_timeout() {
                TIMED_OUT
            } else {
                UNREACHABLE
            };
            passing(code.to_owned())
        };
        let mut answer = self
            .client
            .post(format!("{}/{service}", self.connection.url))
            .json(body)
            .send()
            .await
            .map_err(|error| unreachable(&error))?;
        if !answer.status().is_success() {
            return Err(passing(format!(
                "payment_office_{}",
                answer.status().as_u16()
            )));
        }
        let mut bytes = Vec::new();
        while let Some(part) = answer.chunk().await.map_err(|error| unreachable(&error))? {
            if bytes.len() + part.len() > MAX_BYTES {
                return Err(unclear());
            }
            bytes.extend_from_slice(&part);
        }
        serde_json::from_slice(&bytes).map_err(|_| unclear())
    }
}

fn refusal(code: &str) -> Result<(), PaymentOfficeFailure> {
    if code == "00" {
        return Ok(());
    }
    // The code of an answer goes to staff; anything else in it may repeat names.
    let known: String = code
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .take(8)
        .collect();
    Err(PaymentOfficeFailure::Refused(format!("refused_{known}")))
}

fn unclear() -> PaymentOfficeFailure {
    PaymentOfficeFailure::Passing("unclear".to_owned())
}
