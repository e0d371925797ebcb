//! Corrections of payments, by two people: the treasurer proposes, another treasurer, the PJI lead
//! or the head decides. A transfer moves money to another billing of the same application, a refund
//! records that it left (PMK 96/PMK.05/2017), an annulment takes back a record made by mistake, an
//! acceptance lets a flagged payment stand.

use actix_web::post;
use serde::Deserialize;
use uuid::Uuid;

use super::payment::{CorrectionKind, CorrectionStatus, PaymentView};
use super::payment_http::AtPayment;
use super::store;
use super::store::payments::{self, NewCorrection};
use crate::casework::desk::Desk;
use crate::casework::journal::{act_entry, reason_error};
use crate::casework::workflow::Workflow as _;
use crate::certification::form::check_line;
use crate::certification::sop::Task;
use crate::error::{Code, Error, FieldError, Result, fault};
use crate::identity::{AllowedRoles, Restricted};
use crate::ids::{BillingId, PaymentId};
use crate::journal;
use crate::sop::gate::Principal;
use crate::sop::role::Role;
use crate::web::body::Validate;
use crate::web::{Body, IdempotentWrite, PathParam, Reply};

/// The treasurers.
#[derive(Debug)]
pub struct Treasurers;

impl AllowedRoles for Treasurers {
    const ROLES: &'static [Role] = &[Role::Treasurer];
}

/// The roles that decide corrections.
#[derive(Debug)]
pub struct CorrectionDeciders;

impl AllowedRoles for CorrectionDeciders {
    const ROLES: &'static [Role] = &[Role::Head, Role::PjiLead, Role::Treasurer];
}

/// A proposed correction.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CorrectionForm {
    /// Kind.
    pub kind: CorrectionKind,
    /// Whole rupiah, for a transfer or a refund; the rest of the payment if left out.
    #[serde(default)]
    #[schema(example = 9_000_000, minimum = 1)]
    pub amount: Option<i64>,
    /// The billing that the money of a transfer or a refund is under now. Left out: that of the
    /// payment, or the one that its money was moved to.
    #[serde(default)]
    pub from_billing: Option<BillingId>,
    /// The billing that a transfer is counted under; the current one of the application if left
    /// out.
    #[serde(default)]
    pub to_billing: Option<BillingId>,
    /// Reason.
    #[schema(
        example = "Dibayar dengan kode yang sudah digantikan.",
        min_length = 1,
        max_length = 500
    )]
    pub reason: String,
    /// The rule; required for a refund.
    #[serde(default)]
    #[schema(example = "PMK 96/PMK.05/2017", min_length = 1, max_length = 200)]
    pub legal_basis: Option<String>,
    /// Number of the letter or decision.
    #[serde(default)]
    #[schema(example = "SKPP-12/WPB.08/2026", min_length = 1, max_length = 200)]
    pub document: Option<String>,
}

impl Validate for CorrectionForm {
    fn errors(&self) -> Vec<FieldError> {
        let mut faults: Vec<_> = reason_error(&self.reason).into_iter().collect();
        for (pointer, value) in [
            ("/legal_basis", &self.legal_basis),
            ("/document", &self.document),
        ] {
            if let Some(value) = value {
                check_line(&mut faults, pointer, value);
            }
        }
        if self.kind == CorrectionKind::Refund && self.legal_basis.is_none() {
            faults.push(fault(
                "/legal_basis",
                "missing_field",
                "Sebutkan dasar pengembalian.",
                "Name the rule of the refund.",
            ));
        }
        let moves_part = matches!(self.kind, CorrectionKind::Transfer | CorrectionKind::Refund);
        if self.amount.is_some_and(|amount| amount < 1 || !moves_part) {
            faults.push(fault(
                "/amount",
                "wrong_value",
                "Sedikitnya 1 rupiah, dan hanya untuk pemindahbukuan atau pengembalian.",
                "At least 1 rupiah, and only for a transfer or a refund.",
            ));
        }
        if self.from_billing.is_some() && !moves_part {
            faults.push(fault(
                "/from_billing",
                "wrong_value",
                "Hanya untuk pemindahbukuan atau pengembalian.",
                "Only for a transfer or a refund.",
            ));
        }
        if self.to_billing.is_some() && self.kind != CorrectionKind::Transfer {
            faults.push(fault(
                "/to_billing",
                "wrong_value",
                "Hanya untuk pemindahbukuan.",
                "Only for a transfer.",
            ));
        }
        faults
    }
}

/// Propose a correction of a payment (mengusulkan koreksi pembayaran).
///
/// For the treasurer. It takes effect when another person confirms it. A payment has at most one
/// open correction.
#[utoipa::path(
    tag = "treasury", params(AtPayment), request_body = CorrectionForm, responses((status = 201, body = PaymentView)),
    extensions(("x-roles" = json!(["treasurer"])), ("x-problem-codes" = json!(["conflict"])))
)]
#[post("/payments/{id}/corrections")]
pub async fn propose_payment_correction(
    desk: Restricted<Treasurers, Desk>,
    at: PathParam<AtPayment>,
    form: Body<CorrectionForm>,
) -> Result<Reply<PaymentView>> {
    let desk = desk.0;
    let (form, id, caller) = (form.0, at.0.id, Principal::User(desk.signed_in()));
    let (mut work, payment) = begin(&desk, id).await?;
    let now = work.now();
    let held = Held::of(&payment);
    let moves_part = matches!(form.kind, CorrectionKind::Transfer | CorrectionKind::Refund);
    let from = form
        .from_billing
        .filter(|_| moves_part)
        .unwrap_or_else(|| held.source(payment.billing_id));
    let (left, moved) = (held.left(from), held.is_moved);
    let whole_only = !moves_part;
    let amount = form.amount.unwrap_or(left);
    let is_possible =
        payment.annulled_at.is_none() && (1..=left).contains(&amount) && !(whole_only && moved);
    if !is_possible {
        return Err(Error::new(Code::Conflict).detail(
            format!("Dari pembayaran ini tersisa Rp{left}; catatan yang sudah dikoreksi tidak dapat dibatalkan."),
            format!("IDR {left} of this payment is left; a record that was corrected cannot be annulled."),
        ));
    }
    let to_billing = if form.kind == CorrectionKind::Transfer {
        let current = match form.to_billing {
            Some(billing) => match store::find(&mut work, caller, billing, now).await {
                Err(error) if error.code() == Some(Code::NotFound) => None,
                found => Some(found?),
            },
            None => store::current(&mut work, caller, payment.application_id, now).await?,
        };
        let target = current.filter(|billing| {
            billing.application_id == payment.application_id && billing.id != from
        });
        let target = target.ok_or_else(|| {
            Error::invalid(vec![fault(
                "/to_billing",
                "wrong_value",
                "Pilih billing lain dari permohonan yang sama.",
                "Choose another billing of the same application.",
            )])
        })?;
        Some(target.id)
    } else {
        None
    };
    let new = NewCorrection {
        payment: id,
        kind: form.kind,
        amount,
        from_billing: moves_part.then_some(from),
        to_billing,
        reason: &form.reason,
        legal_basis: form.legal_basis.as_deref(),
        document: form.document.as_deref(),
    };
    payments::propose(&mut work, desk.signed_in(), &new, now).await?;
    journal_act(
        &mut work,
        &desk,
        &payment,
        "propose_payment_correction",
        &form.reason,
    )
    .await?;
    let view = payments::find(&mut work, caller, id).await?;
    let reply = Reply::created(format!("/api/v1/payments/{id}"), view);
    work.finish(reply).await
}

/// Path of a correction.
#[derive(Debug, Clone, Copy, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Path)]
pub struct AtCorrection {
    /// Id of the payment.
    pub id: PaymentId,
    /// Id of the correction.
    pub correction: Uuid,
}

/// A decision about a correction.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CorrectionDecision {
    /// `true` carries the correction out; `false` rejects it, or withdraws your own.
    pub confirm: bool,
}

impl Validate for CorrectionDecision {}

/// Decide a correction of a payment (memutuskan koreksi pembayaran).
///
/// For another treasurer, the PJI lead or the head. The author may only withdraw.
#[utoipa::path(
    tag = "treasury", params(AtCorrection), request_body = CorrectionDecision, responses((status = 200, body = PaymentView)),
    extensions(("x-roles" = json!(["head", "pji_lead", "treasurer"])), ("x-problem-codes" = json!(["conflict", "four_eyes"])))
)]
#[post("/payments/{id}/corrections/{correction}/decision")]
pub async fn decide_payment_correction(
    desk: Restricted<CorrectionDeciders, Desk>,
    at: PathParam<AtCorrection>,
    form: Body<CorrectionDecision>,
) -> Result<Reply<PaymentView>> {
    let desk = desk.0;
    let (AtCorrection { id, correction }, confirm) = (at.0, form.0.confirm);
    let (mut work, payment) = begin(&desk, id).await?;
    let (now, caller) = (work.now(), desk.signed_in());
    let proposed = payment
        .corrections
        .iter()
        .find(|one| one.id == correction)
        .ok_or_else(|| Error::new(Code::NotFound))?;
    let author = payments::open_correction_author(&mut work, id, correction)
        .await?
        .ok_or_else(|| {
            Error::new(Code::Conflict).detail(
                "Koreksi ini sudah diputuskan.",
                "This correction is decided.",
            )
        })?;
    if confirm && author == caller.user.0 {
        return Err(Error::new(Code::FourEyes));
    }
    let held = Held::of(&payment);
    let left = held.left(proposed.from_billing.unwrap_or(payment.billing_id));
    let whole_only = proposed.kind == CorrectionKind::Annulment;
    if confirm && (proposed.amount > left || (whole_only && held.is_moved)) {
        return Err(Error::new(Code::Conflict).detail(
            format!("Dari pembayaran ini tersisa Rp{left}."),
            format!("IDR {left} of this payment is left."),
        ));
    }
    let decided = (correction, proposed.kind, confirm);
    payments::decide(&mut work, id, decided, caller.user.0, now).await?;
    let task = if confirm {
        "confirm_payment_correction"
    } else {
        "reject_payment_correction"
    };
    let reason = proposed.reason.as_deref().unwrap_or_default();
    journal_act(&mut work, &desk, &payment, task, reason).await?;
    let view = payments::find(&mut work, Principal::User(caller), id).await?;
    work.finish(Reply::ok(view)).await
}

/// Begins the write and reads the payment under the lock of its application.
async fn begin(desk: &Desk, id: PaymentId) -> Result<(IdempotentWrite, PaymentView)> {
    let caller = desk.signed_in();
    let mut work = IdempotentWrite::begin(
        desk.database(),
        desk.request(),
        caller.user.0,
        desk.request_time().now,
    )
    .await?;
    let payment = payments::find(&mut work, Principal::User(caller), id).await?;
    payments::lock_application(&mut work, payment.application_id).await?;
    let payment = payments::find(&mut work, Principal::User(caller), id).await?;
    Ok((work, payment))
}

/// The billings under which the money of a payment is counted.
struct Held {
    /// Rupiah under each billing: first that of the payment, then the targets of its transfers.
    under: Vec<(BillingId, i64)>,
    /// True if any of it was transferred or refunded.
    is_moved: bool,
}

impl Held {
    fn of(payment: &PaymentView) -> Self {
        let mut held = Self {
            under: vec![(payment.billing_id, payment.amount)],
            is_moved: false,
        };
        let confirmed = payment
            .corrections
            .iter()
            .filter(|one| one.status == CorrectionStatus::Confirmed);
        for one in confirmed {
            if let Some(from) = one.from_billing {
                held.is_moved = true;
                held.add(from, -one.amount);
            }
            if let Some(to) = one.to_billing {
                held.add(to, one.amount);
            }
        }
        held
    }

    fn add(&mut self, billing: BillingId, amount: i64) {
        match self.under.iter_mut().find(|(id, _)| *id == billing) {
            Some((_, held)) => *held += amount,
            None => self.under.push((billing, amount)),
        }
    }

    /// Rupiah under `billing`.
    fn left(&self, billing: BillingId) -> i64 {
        let found = self.under.iter().find(|(id, _)| *id == billing);
        found.map_or(0, |(_, held)| *held)
    }

    /// The first billing that has money, or `otherwise`.
    fn source(&self, otherwise: BillingId) -> BillingId {
        let found = self.under.iter().find(|(_, held)| *held > 0);
        found.map_or(otherwise, |(id, _)| *id)
    }
}

async fn journal_act(
    work: &mut IdempotentWrite,
    desk: &Desk,
    payment: &PaymentView,
    task: &'static str,
    reason: &str,
) -> Result<()> {
    let subject = payment.application_id.0;
    let entry = act_entry(desk.signed_in(), Task::SUBJECT, subject, task, Some(reason));
    let now = work.now();
    journal::add(work, &entry, now).await
}
