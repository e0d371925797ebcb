//! Creates a complaint: its keys, sealed content, vault entry and codes, in one transaction.
//! Neither the stored data nor the duration reveals whether the complaint is anonymous.

use chrono::{NaiveDate, TimeDelta};
use serde::Serialize;

use super::act::DelayedAct;
use super::file::NewComplaint;
use super::identity::Identity;
use super::papers::form::ComplaintForm;
use super::receipt::code::ReceiptCode;
use super::receipt::{Receipt, ReceiptKind};
use super::sealing::salts::SaltKind;
use super::sealing::scan_permit;
use super::sop::Task;
use super::store;
use super::vault;
use crate::error::{Error, Result, fault};
use crate::ids::UserId;
use crate::secrecy::random_bytes;
use crate::sop::gate::Permit;

/// Validity of an activation code.
const ACTIVATION_VALIDITY: TimeDelta = TimeDelta::days(30);
/// Maximum age of a paper complaint at its entry.
const MAX_PAPER_AGE: TimeDelta = TimeDelta::days(30);
/// Alphabet of public numbers: Crockford's base 32, without characters that look alike.
const SYMBOLS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Reply to an online complaint.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct Submitted {
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
pub(crate) struct Entered {
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
pub(crate) async fn create_online(
    act: &mut DelayedAct,
    permit: &Permit<Task>,
    form: &ComplaintForm,
) -> Result<Submitted> {
    let (code, day) = (ReceiptCode::random(), act.day());
    let access = AccessCode::Receipt(&code);
    let (public_number, receipt) = insert(act, permit, form, ("online", day), access).await?;
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
pub(crate) async fn create_from_paper(
    act: &mut DelayedAct,
    permit: &Permit<Task>,
    form: &ComplaintForm,
    clerk: UserId,
    received_on: Option<NaiveDate>,
) -> Result<Entered> {
    let code = ReceiptCode::random();
    let expires_on = act.day() + ACTIVATION_VALIDITY;
    let access = AccessCode::Activation(&code, expires_on);
    let received_on = paper_day(received_on, act.day())?;
    let (public_number, receipt) =
        insert(act, permit, form, ("paper", received_on), access).await?;
    let scan_permit = scan_permit::issue(&act.services().keys, act.case(), clerk, act.now());
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

async fn insert(
    act: &mut DelayedAct,
    permit: &Permit<Task>,
    form: &ComplaintForm,
    (channel, received_on): (&'static str, NaiveDate),
    code: AccessCode<'_>,
) -> Result<(String, Receipt)> {
    let (case, office, surfaces_at) = (act.case(), act.office(), act.surfaces_at());
    let (services, connection) = act.parts();
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
pub(crate) fn random_symbols() -> String {
    random_bytes::<7>()
        .into_iter()
        .map(|byte| char::from(SYMBOLS[usize::from(byte & 31)]))
        .collect()
}

/// Stores the reporter's identity after the submission (menyatakan identitas). A later declaration
/// replaces an earlier one; none can be withdrawn.
pub(crate) async fn store_identity(act: &mut DelayedAct, identity: &Identity) -> Result<()> {
    let case = act.case();
    let (services, connection) = act.parts();
    let salt = services.salts.read(case, SaltKind::Identity).await?;
    vault::seal(connection, services, case, &salt, Some(identity)).await
}
