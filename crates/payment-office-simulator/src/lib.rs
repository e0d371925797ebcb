//! A simulated payment office (SIMPONI) on a real socket: it issues billing codes, answers status
//! calls, and pushes payments to the service, signed as Standard Webhooks. It fails in the ways
//! that a test requests.
//!
//! The fields are those of the ministry's web service (design: certification 2.2). A request that
//! is repeated with the same `TrxId` gets the same code, and a simulator that starts anew gives other
//! requests other codes.

mod http;

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, FixedOffset, NaiveDateTime, TimeDelta, Utc};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio::net::TcpListener;

/// The format of times, in WIB.
const TIME: &str = "%Y-%m-%d %H:%M:%S";

/// The source of the current time.
pub type Now = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// The settings of a simulator.
#[derive(Clone)]
pub struct Settings {
    /// The user name (`UserId`).
    pub user: String,
    /// The password (`Password`).
    pub password: String,
    /// The secret of pushes.
    pub secret: [u8; 32],
    /// The address of the service's callback, `host:port/path`; none if pushes are not sent.
    pub callback: Option<String>,
    /// The time.
    pub now: Now,
}

/// A failure of the next request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mishap {
    /// Does the work, and closes the connection before the answer.
    LoseAnswer,
    /// Answers with this HTTP status and does nothing.
    Status(u16),
    /// Answers with something that is no JSON, after the work.
    Garbage,
    /// Does the work, and answers with a megabyte of padding.
    Huge,
    /// Does the work, and answers after this time.
    Slow(Duration),
    /// Refuses the request for good.
    Refuse,
}

/// A billing code that was issued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuedBilling {
    /// The caller's number of the request.
    pub trx_id: String,
    /// The number of the payment office.
    pub office_trx_id: String,
    /// The code.
    pub code: String,
    /// Rupiah.
    pub amount: i64,
    /// The payer's name as received.
    pub payer: String,
    /// Last moment to pay.
    pub expires_at: DateTime<Utc>,
    /// The payment.
    pub paid: Option<Paid>,
}

/// A payment at a bank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paid {
    /// Nomor Transaksi Penerimaan Negara.
    pub ntpn: String,
    /// Nomor Transaksi Bank.
    pub ntb: String,
    /// Time of payment.
    pub at: DateTime<Utc>,
}

#[derive(Default)]
struct State {
    issued: Vec<IssuedBilling>,
    mishaps: VecDeque<Mishap>,
    requests: usize,
}

/// A running simulator. Cheap to clone; it stops with the runtime.
#[derive(Clone)]
pub struct Simulator {
    port: u16,
    settings: Settings,
    state: Arc<Mutex<State>>,
}

impl Simulator {
    /// Starts a simulator on a free port of this machine.
    ///
    /// # Errors
    /// When no port can be opened.
    pub async fn start(settings: Settings) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let simulator = Self {
            port: listener.local_addr()?.port(),
            settings,
            state: Arc::default(),
        };
        let serving = simulator.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let serving = serving.clone();
                tokio::spawn(async move {
                    drop(http::serve(stream, &serving).await);
                });
            }
        });
        Ok(simulator)
    }

    /// Its address.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Makes the next requests fail in these ways, in this order.
    pub fn fail_next_with(&self, mishaps: &[Mishap]) {
        self.state().mishaps.extend(mishaps);
    }

    /// Every code that was issued.
    pub fn issued(&self) -> Vec<IssuedBilling> {
        self.state().issued.clone()
    }

    /// The number of requests that were received.
    pub fn requests(&self) -> usize {
        self.state().requests
    }

    /// Pays `code` at `at`, without a push.
    ///
    /// # Errors
    /// The reason for which a bank refuses: an unknown, expired or paid code.
    pub fn pay(&self, code: &str, at: DateTime<Utc>) -> Result<Paid, &'static str> {
        let mut state = self.state();
        let issued = state.issued.iter_mut().find(|issued| issued.code == code);
        let issued = issued.ok_or("unknown code")?;
        if at > issued.expires_at {
            return Err("the code has expired");
        }
        if issued.paid.is_some() {
            return Err("the code is paid");
        }
        let digest = hex::encode_upper(Sha256::digest(code.as_bytes()));
        let paid = Paid {
            ntpn: digest[..16].to_owned(),
            ntb: digest[16..28].to_owned(),
            at,
        };
        issued.paid = Some(paid.clone());
        Ok(paid)
    }

    /// The items of a push about the paid ones of `codes`, in this order.
    pub fn items(&self, codes: &[&str]) -> Value {
        let state = self.state();
        let items = codes.iter().filter_map(|code| {
            let issued = state.issued.iter().find(|issued| issued.code == *code)?;
            let paid = issued.paid.as_ref()?;
            Some(json!({
                "usr_id": self.settings.user,
                "trx_id": issued.trx_id,
                "kode_billing": issued.code,
                "NTPN": paid.ntpn,
                "NTB": paid.ntb,
                "tgl_jam_pembayaran": local(paid.at),
                "bank_persepsi": "Bank Sumsel Babel",
                "channel_pembayaran": "Teller",
                "tgl_buku": local(paid.at)[..10],
            }))
        });
        Value::Array(items.collect())
    }

    /// The headers that sign a push of `body` at this moment.
    ///
    /// # Panics
    /// Never: HMAC takes a key of any length.
    pub fn signature(&self, id: &str, body: &str) -> [(&'static str, String); 3] {
        let timestamp = (self.settings.now)().timestamp();
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.settings.secret)
            .expect("HMAC takes a key of any length");
        mac.update(format!("{id}.{timestamp}.{body}").as_bytes());
        let signature = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
        [
            ("webhook-id", id.to_owned()),
            ("webhook-timestamp", timestamp.to_string()),
            ("webhook-signature", signature),
        ]
    }

    /// Pushes the payments of `codes` to the service; returns its status and its answer.
    ///
    /// # Errors
    /// When there is no callback, or it does not answer.
    pub async fn push(&self, codes: &[&str]) -> io::Result<(u16, String)> {
        let callback = self
            .settings
            .callback
            .as_deref()
            .ok_or_else(|| io::Error::other("there is no callback"))?;
        let body = self.items(codes).to_string();
        let id = format!("msg_{}", hex::encode(&Sha256::digest(&body)[..8]));
        http::post(callback, &self.signature(&id, &body), &body).await
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn next_mishap(&self) -> Option<Mishap> {
        let mut state = self.state();
        state.requests += 1;
        state.mishaps.pop_front()
    }

    /// Answers a request at `path`.
    async fn answer(&self, path: &str, body: &Value) -> Value {
        if path == "/payments" {
            return self.pay_and_push(body).await;
        }
        if body["UserId"] != *self.settings.user || body["Password"] != *self.settings.password {
            return json!({"code": "03", "message": "user atau password salah"});
        }
        match path {
            "/billing" => self.issue(body),
            "/status" => self.status(body),
            _ => json!({"code": "99", "message": "layanan tidak dikenal"}),
        }
    }

    fn issue(&self, body: &Value) -> Value {
        let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
        let (now, trx_id) = ((self.settings.now)(), text("TrxId"));
        let amount = body["TotalNominalBilling"].as_i64().unwrap_or_default();
        let details = body["Detail"].as_array().map_or(0, |details| {
            details
                .iter()
                .filter_map(|detail| detail["TotalTarifPerRecord"].as_i64())
                .sum()
        });
        let payer = text("NamaWajibBayar");
        let is_clean = |text: &str, longest: usize| {
            !text.is_empty()
                && text.chars().count() <= longest
                && !text.contains(['\'', '-', '/', '\u{2019}'])
        };
        if trx_id.is_empty()
            || amount <= 0
            || details != amount
            || !is_clean(&payer, 50)
            || !is_clean(&text("Keterangan"), 200)
        {
            return json!({"code": "02", "message": "data tidak valid"});
        }
        let mut state = self.state();
        let known = state
            .issued
            .iter()
            .find(|issued| issued.trx_id == trx_id)
            .cloned();
        let issued = known.unwrap_or_else(|| {
            // Numbers come from the request, so that they do not begin anew when the simulator does.
            let digest = Sha256::digest(trx_id.as_bytes());
            let first = digest[..8]
                .iter()
                .fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
            let day = local(now)[..10].replace('-', "");
            let code = (0..1_000_000)
                .map(|next| format!("8{day}{:06}", first.wrapping_add(next) % 1_000_000))
                .find(|code| state.issued.iter().all(|issued| issued.code != *code))
                .unwrap_or_default();
            let issued = IssuedBilling {
                trx_id,
                office_trx_id: format!("S{}", hex::encode_upper(&digest[..8])),
                code,
                amount,
                payer,
                expires_at: moment(&text("ExpiredDate")).unwrap_or(now + TimeDelta::days(7)),
                paid: None,
            };
            state.issued.push(issued.clone());
            issued
        });
        json!({
            "code": "00",
            "message": "sukses",
            "SimponiTrxId": issued.office_trx_id,
            "KodeBillingSimponi": issued.code,
            "Date": local(now),
            "ExpiredDate": local(issued.expires_at),
        })
    }

    fn status(&self, body: &Value) -> Value {
        let state = self.state();
        let issued = state
            .issued
            .iter()
            .find(|issued| body["SimponiTrxId"] == *issued.office_trx_id);
        let Some(issued) = issued else {
            return json!({"code": "04", "message": "transaksi tidak dikenal"});
        };
        let mut answer =
            json!({"code": "00", "message": "sukses", "SimponiTrxId": issued.office_trx_id});
        if let Some(paid) = &issued.paid {
            answer["NTB"] = json!(paid.ntb);
            answer["NTPN"] = json!(paid.ntpn);
            answer["TrxDate"] = json!(local(paid.at));
            answer["BankPersepsi"] = json!("Bank Sumsel Babel");
            answer["ChannelPembayaran"] = json!("Teller");
        }
        answer
    }

    /// The bank's counter of a trial: pays the code of the body and pushes the payment.
    async fn pay_and_push(&self, body: &Value) -> Value {
        let code = body["kode_billing"].as_str().unwrap_or_default();
        match self.pay(code, (self.settings.now)()) {
            Err(reason) => json!({"code": "05", "message": reason}),
            Ok(paid) => {
                let pushed = self.push(&[code]).await;
                let pushed = pushed.map_or_else(
                    |error| json!(error.to_string()),
                    |(status, _)| json!(status),
                );
                json!({"code": "00", "message": "sukses", "NTPN": paid.ntpn, "pushed": pushed})
            }
        }
    }
}

/// WIB, UTC+7.
fn wib() -> FixedOffset {
    FixedOffset::east_opt(7 * 3600).expect("seven hours are an offset")
}

fn local(at: DateTime<Utc>) -> String {
    at.with_timezone(&wib()).format(TIME).to_string()
}

fn moment(text: &str) -> Option<DateTime<Utc>> {
    let local = NaiveDateTime::parse_from_str(text, TIME).ok()?;
    Some(local.and_local_timezone(wib()).single()?.to_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn simulator() -> Simulator {
        let now = || DateTime::from_timestamp(1_783_299_600, 0).unwrap_or_default();
        Simulator {
            port: 0,
            settings: Settings {
                user: String::new(),
                password: String::new(),
                secret: [0; 32],
                callback: None,
                now: Arc::new(now),
            },
            state: Arc::default(),
        }
    }

    fn issued(by: &Simulator, trx_id: &str) -> (String, String) {
        let answer = by.issue(&json!({
            "TrxId": trx_id, "TotalNominalBilling": 1, "Detail": [{"TotalTarifPerRecord": 1}], "NamaWajibBayar": "PT", "Keterangan": "x",
        }));
        let text = |name: &str| answer[name].as_str().unwrap_or_default().to_owned();
        (text("KodeBillingSimponi"), text("SimponiTrxId"))
    }

    #[test]
    fn a_simulator_that_starts_anew_gives_another_request_another_code() {
        let first = issued(&simulator(), "a");
        assert_eq!(first.0.len(), 15);
        assert_eq!(issued(&simulator(), "a"), first);
        let second = issued(&simulator(), "b");
        assert!(first.0 != second.0 && first.1 != second.1);
    }
}
