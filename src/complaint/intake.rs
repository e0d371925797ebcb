//! How a complaint comes to be: its keys, its sealed content, its row in the vault and its codes, in one transaction. Whether it is anonymous can be read
//! from nothing that is stored, nor from how long it took.

use chrono::{NaiveDate, TimeDelta};
use serde::Serialize;
use sqlx::PgConnection;

use super::file::NewComplaint;
use super::identity::Identity;
use super::papers::form::ComplaintForm;
use super::receipt::code::ReceiptCode;
use super::receipt::{Receipt, ReceiptKind};
use super::sealing::salts::Of;
use super::sealing::scan_permit;
use super::services::ComplaintServices;
use super::services::release_slots::next_surfacing;
use super::sop::Task;
use super::store::viewer::Viewer;
use super::store::{self, delayed_audit};
use super::vault;
use crate::casework::workflow::{Asking, RequestTime};
use crate::error::{Error, Result, fault};
use crate::identity::signed_in::today;
use crate::ids::{ComplaintId, UserId};
use crate::secrecy::random_bytes;
use crate::sop::gate::Permit;
use crate::sop::table::Task as _;
use crate::web::IdempotentWrite;

/// How long the code on a slip can be swapped.
const ACTIVATION: TimeDelta = TimeDelta::days(30);
/// How long ago a paper may have come in.
const BACKLOG: TimeDelta = TimeDelta::days(30);
/// The symbols of public numbers: Crockford's, without those that look alike.
const SYMBOLS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// How a report reaches the office.
#[derive(Debug, Clone, Copy)]
pub enum Channel {
    /// On line, by the reporter.
    OnLine,
    /// On paper, typed in by a clerk.
    Paper {
        /// The clerk.
        clerk: UserId,
        /// The day it came in; today when none.
        received_on: Option<NaiveDate>,
    },
}

/// What a reporter gets for a complaint on line.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Submitted {
    /// Kode tanda terima: opens the complaint. Shown once; keep it where nobody looks.
    #[schema(example = "7K3F9-2M8QT-VW4XZ-1B6CN-HJ5PR-D")]
    pub receipt_code: String,
    /// The number to call it by; opens nothing.
    #[schema(example = "WBS-2026-7K3F9QX")]
    pub public_number: String,
    /// Tanda terima: proves what was handed in on which day, and names nobody.
    pub receipt: Receipt,
}

/// What a clerk hands to whoever reported on paper.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Entered {
    /// Kode aktivasi for the slip: good for one use.
    #[schema(example = "7K3F9-2M8QT-VW4XZ-1B6CN-HJ5PR-D")]
    pub activation_code: String,
    /// Until when.
    #[schema(value_type = String, format = Date, example = "2026-08-05")]
    pub expires_on: NaiveDate,
    /// The number to call it by.
    #[schema(example = "WBS-2026-7K3F9QX")]
    pub public_number: String,
    /// Tanda terima.
    pub receipt: Receipt,
    /// Leave for you alone to add scans of the paper, for an hour (izin memindai). Keep it in memory, and nowhere else.
    #[schema(example = "kS0yY2JmO7q4l1bC9e8aXw")]
    pub scan_permit: String,
}

/// Takes in a complaint on line.
///
/// # Errors
/// When the server or the store refuses; then nothing has happened.
pub async fn create_online(
    work: &mut IdempotentWrite,
    permit: &Permit<Task>,
    form: &ComplaintForm,
    channel: Channel,
    at: &RequestTime,
    services: &ComplaintServices,
) -> Result<Submitted> {
    let (case, code) = (ComplaintId::random(), ReceiptCode::random());
    Viewer::enter(work, Asking::Reporter, Some(case), &services.keys).await?;
    let (public_number, receipt) = insert(
        work,
        permit,
        case,
        form,
        channel,
        Code::Receipt(&code),
        at,
        services,
    )
    .await?;
    Ok(Submitted {
        receipt_code: code.shown().to_string(),
        public_number,
        receipt,
    })
}

/// Takes in a complaint on paper, for a clerk, of the day it came in; today when none.
///
/// # Errors
/// `invalid_content` for a day that cannot be; otherwise as `create_online`.
pub async fn create_from_paper(
    work: &mut IdempotentWrite,
    permit: &Permit<Task>,
    form: &ComplaintForm,
    (clerk, received_on): (UserId, Option<NaiveDate>),
    at: &RequestTime,
    services: &ComplaintServices,
) -> Result<Entered> {
    let channel = Channel::Paper { clerk, received_on };
    let (case, code) = (ComplaintId::random(), ReceiptCode::random());
    let expires_on = today(at.now) + ACTIVATION;
    let (public_number, receipt) = insert(
        work,
        permit,
        case,
        form,
        channel,
        Code::Activation(&code, expires_on),
        at,
        services,
    )
    .await?;
    let scan_permit = scan_permit::issue(&services.keys, case, clerk, at.now);
    Ok(Entered {
        activation_code: code.shown().to_string(),
        expires_on,
        public_number,
        receipt,
        scan_permit,
    })
}

/// Which code opens it.
enum Code<'a> {
    Receipt(&'a ReceiptCode),
    Activation(&'a ReceiptCode, NaiveDate),
}

#[expect(
    clippy::too_many_arguments,
    reason = "all of it becomes one row, and nothing of it belongs together elsewhere"
)]
async fn insert(
    connection: &mut PgConnection,
    permit: &Permit<Task>,
    case: ComplaintId,
    form: &ComplaintForm,
    channel: Channel,
    code: Code<'_>,
    at: &RequestTime,
    services: &ComplaintServices,
) -> Result<(String, Receipt)> {
    let (received_on, clerk, channel) = match channel {
        Channel::OnLine => (today(at.now), None, "online"),
        Channel::Paper { clerk, received_on } => (
            day_of_paper(received_on, today(at.now))?,
            Some(clerk),
            "paper",
        ),
    };
    let (office, surfaces_at) = next_surfacing(connection, at, services).await?;
    let (salt, identity_salt) = services.salts.make(case).await?;
    let (key, wrapped) = services.keys.new_case(case, &salt);
    let public_number = number_of("WBS", received_on);
    let (receipt_tag, activation) = match code {
        Code::Receipt(code) => (Some(services.keys.receipt_tag(code)), None),
        Code::Activation(code, expires) => {
            (None, Some((services.keys.activation_tag(code), expires)))
        }
    };
    let content = &form.content;
    let new = NewComplaint {
        id: case,
        office,
        public_number: &public_number,
        channel,
        category: form.category,
        content,
        received_on,
        surfaces_at,
        key: &key,
        wrapped,
        receipt_tag,
        activation,
    };
    store::add(connection, permit, &new).await?;
    let identity = form
        .identity
        .as_ref()
        .filter(|identity| !identity.is_empty());
    vault::seal(connection, services, case, &identity_salt, identity).await?;
    delayed_audit::enqueue(
        connection,
        case,
        permit.row().task.code(),
        clerk,
        at,
        services,
    )
    .await?;
    let said = serde_json::to_vec(content).map_err(Error::internal)?;
    let receipt = Receipt::issue(
        services.keys.signer(),
        ReceiptKind::Complaint,
        &public_number,
        received_on,
        channel,
        &said,
    )?;
    Ok((public_number, receipt))
}

fn day_of_paper(said: Option<NaiveDate>, today: NaiveDate) -> Result<NaiveDate> {
    let day = said.unwrap_or(today);
    if day > today || day < today - BACKLOG {
        let wrong = fault(
            "/received_on",
            "wrong_value",
            "Paling lama 30 hari yang lalu, dan tidak di masa depan.",
            "At most 30 days ago, and not in the future.",
        );
        return Err(Error::invalid(vec![wrong]));
    }
    Ok(day)
}

/// A number that nobody can count on: prefix, year, seven random symbols.
#[must_use]
pub fn number_of(prefix: &str, day: NaiveDate) -> String {
    format!("{prefix}-{}-{}", chrono::Datelike::year(&day), symbols())
}

/// Seven random symbols: of a hundred thousand complaints two share them once in seven times that one would look, and then the insert is refused.
#[must_use]
pub fn symbols() -> String {
    random_bytes::<7>()
        .into_iter()
        .map(|byte| char::from(SYMBOLS[usize::from(byte & 31)]))
        .collect()
}

/// Declares who one is, later (menyatakan identitas). It cannot be taken back, only replaced.
///
/// # Errors
/// When the server refuses.
pub async fn declare(
    work: &mut IdempotentWrite,
    case: ComplaintId,
    identity: &Identity,
    at: &RequestTime,
    services: &ComplaintServices,
) -> Result<()> {
    let salt = services.salts.read(case, Of::Identity).await?;
    vault::seal(work, services, case, &salt, Some(identity)).await?;
    delayed_audit::enqueue(work, case, "reporter_wrote", None, at, services).await
}
