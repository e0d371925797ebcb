//! Creates a complaint: its keys, sealed content, vault entry and codes, in one transaction.
//! Neither the stored data nor the duration reveals whether the complaint is anonymous.

use chrono::{NaiveDate, TimeDelta};
use serde::Serialize;
use sqlx::PgConnection;

use super::file::NewComplaint;
use super::identity::Identity;
use super::papers::form::ComplaintForm;
use super::receipt::code::ReceiptCode;
use super::receipt::{Receipt, ReceiptKind};
use super::sealing::salts::SaltKind;
use super::sealing::scan_permit;
use super::services::ComplaintServices;
use super::services::release_slots::next_release;
use super::sop::Task;
use super::store::viewer::Viewer;
use super::store::{self, delayed_audit};
use super::vault;
use crate::casework::workflow::RequestTime;
use crate::error::{Error, Result, fault};
use crate::identity::signed_in::today;
use crate::ids::{ComplaintId, UserId};
use crate::secrecy::random_bytes;
use crate::sop::gate::{Permit, Principal};
use crate::sop::table::Task as _;
use crate::web::IdempotentWrite;

/// Validity of an activation code.
const ACTIVATION_VALIDITY: TimeDelta = TimeDelta::days(30);
/// Maximum age of a paper complaint at its entry.
const MAX_PAPER_AGE: TimeDelta = TimeDelta::days(30);
/// Alphabet of public numbers: Crockford's base 32, without look-alikes.
const SYMBOLS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Channel of a complaint.
#[derive(Debug, Clone, Copy)]
pub enum Channel {
    /// Online, by the reporter.
    OnLine,
    /// On paper, entered by a clerk.
    Paper {
        /// The clerk.
        clerk: UserId,
        /// Day of receipt; today by default.
        received_on: Option<NaiveDate>,
    },
}

/// Reply to an online complaint.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Submitted {
    /// Kode tanda terima (receipt code): opens the complaint. Shown once; keep it in a safe place.
    #[schema(example = "7K3F9-2M8QT-VW4XZ-1B6CN-HJ5PR-D")]
    pub receipt_code: String,
    /// Public number; gives no access.
    #[schema(example = "WBS-2026-7K3F9QX")]
    pub public_number: String,
    /// Tanda terima (receipt): proves the content and the day of submission, and names no one.
    pub receipt: Receipt,
}

/// Reply to a paper complaint, for the slip that the clerk hands to the reporter.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Entered {
    /// Kode aktivasi (activation code) for the slip; valid for one use.
    #[schema(example = "7K3F9-2M8QT-VW4XZ-1B6CN-HJ5PR-D")]
    pub activation_code: String,
    /// Last day on which the activation code is valid.
    #[schema(value_type = String, format = Date, example = "2026-08-05")]
    pub expires_on: NaiveDate,
    /// Public number.
    #[schema(example = "WBS-2026-7K3F9QX")]
    pub public_number: String,
    /// Tanda terima (receipt).
    pub receipt: Receipt,
    /// Permit for this clerk to add scans of the paper within one hour (izin memindai). Keep it in
    /// memory only.
    #[schema(example = "kS0yY2JmO7q4l1bC9e8aXw")]
    pub scan_permit: String,
}

/// Creates an online complaint.
pub async fn create_online(
    work: &mut IdempotentWrite,
    permit: &Permit<Task>,
    form: &ComplaintForm,
    channel: Channel,
    at: &RequestTime,
    services: &ComplaintServices,
) -> Result<Submitted> {
    let (case, code) = (ComplaintId::random(), ReceiptCode::random());
    Viewer::set_context(work, Principal::Reporter, Some(case), &services.keys).await?;
    let (public_number, receipt) = insert(
        work,
        permit,
        case,
        form,
        channel,
        AccessCode::Receipt(&code),
        at,
        services,
    )
    .await?;
    Ok(Submitted {
        receipt_code: code.formatted().to_string(),
        public_number,
        receipt,
    })
}

/// Creates a paper complaint for a clerk.
///
/// # Errors
/// `invalid_content` for a day of receipt in the future or more than 30 days ago.
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
    let expires_on = today(at.now) + ACTIVATION_VALIDITY;
    let (public_number, receipt) = insert(
        work,
        permit,
        case,
        form,
        channel,
        AccessCode::Activation(&code, expires_on),
        at,
        services,
    )
    .await?;
    let scan_permit = scan_permit::issue(&services.keys, case, clerk, at.now);
    Ok(Entered {
        activation_code: code.formatted().to_string(),
        expires_on,
        public_number,
        receipt,
        scan_permit,
    })
}

/// The code that gives access to a new complaint.
enum AccessCode<'a> {
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
    code: AccessCode<'_>,
    at: &RequestTime,
    services: &ComplaintServices,
) -> Result<(String, Receipt)> {
    let (received_on, clerk, channel) = match channel {
        Channel::OnLine => (today(at.now), None, "online"),
        Channel::Paper { clerk, received_on } => {
            (paper_day(received_on, today(at.now))?, Some(clerk), "paper")
        }
    };
    let (office, surfaces_at) = next_release(connection, at, services).await?;
    let (salt, identity_salt) = services.salts.create(case).await?;
    let (key, wrapped) = services.keys.new_case(case, &salt);
    let public_number = new_public_number("WBS", received_on);
    let (receipt_tag, activation) = match code {
        AccessCode::Receipt(code) => (Some(services.keys.receipt_tag(code)), None),
        AccessCode::Activation(code, expires) => {
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
    let content_json = serde_json::to_vec(content).map_err(Error::internal)?;
    let receipt = Receipt::issue(
        services.keys.signer(),
        ReceiptKind::Complaint,
        &public_number,
        received_on,
        channel,
        &content_json,
    )?;
    Ok((public_number, receipt))
}

fn paper_day(received_on: Option<NaiveDate>, today: NaiveDate) -> Result<NaiveDate> {
    let day = received_on.unwrap_or(today);
    if day > today || day < today - MAX_PAPER_AGE {
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

/// Public number that reveals no count: prefix, year and seven random symbols.
pub fn new_public_number(prefix: &str, day: NaiveDate) -> String {
    format!(
        "{prefix}-{}-{}",
        chrono::Datelike::year(&day),
        random_symbols()
    )
}

/// Seven random symbols (35 bits). Among 100,000 complaints of a year a duplicate has a probability
/// of about 1 in 7; the insert then fails.
pub fn random_symbols() -> String {
    random_bytes::<7>()
        .into_iter()
        .map(|byte| char::from(SYMBOLS[usize::from(byte & 31)]))
        .collect()
}

/// Stores the reporter's identity after the submission (menyatakan identitas). A later declaration
/// replaces an earlier one; none can be withdrawn.
pub async fn store_identity(
    work: &mut IdempotentWrite,
    case: ComplaintId,
    identity: &Identity,
    at: &RequestTime,
    services: &ComplaintServices,
) -> Result<()> {
    let salt = services.salts.read(case, SaltKind::Identity).await?;
    vault::seal(work, services, case, &salt, Some(identity)).await?;
    delayed_audit::enqueue(work, case, "reporter_wrote", None, at, services).await
}
