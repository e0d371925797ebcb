//! The cost of an audit: lines in whole rupiah, each with its legal basis and its way of payment.
//! Only `pnbp_billing` lines are billed under the kode billing (design: certification 2.3).

use serde::{Deserialize, Serialize};

use super::form::check_line;
use crate::error::{FieldError, fault};

/// Maximum number of lines.
const MAX_LINES: usize = 100;
/// Maximum amount of one line in rupiah. Larger amounts are typing errors.
const MAX_AMOUNT: i64 = 1_000_000_000;

/// The kind of a cost line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CostKind {
    /// A tariff of the rules on non-tax revenue (PNBP).
    Tariff,
    /// Uang harian.
    TravelPerDiem,
    /// Penginapan.
    TravelLodging,
    /// Transport.
    TravelTransport,
    /// Biaya uji.
    LabTest,
    /// Other cost, explained in the description.
    Other,
}

/// The way of payment of a cost line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// Paid under the kode billing.
    PnbpBilling,
    /// Paid by the customer directly.
    DirectByClient,
    /// Borne by the office.
    BorneByOffice,
}

/// A cost line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CostLine {
    /// Kind of cost.
    pub kind: CostKind,
    /// Description.
    #[schema(example = "Ketua tim audit, 2 hari", min_length = 1, max_length = 200)]
    pub description: String,
    /// Quantity.
    #[schema(example = 2, minimum = 1)]
    pub quantity: u32,
    /// Unit of the quantity.
    #[schema(example = "OH", min_length = 1, max_length = 200)]
    pub unit: String,
    /// Amount for each unit, in whole rupiah.
    #[schema(example = 2_000_000, minimum = 0)]
    pub unit_amount: i64,
    /// Way of payment.
    pub channel: Channel,
    /// Legal basis of the amount.
    #[schema(example = "PP 54/2021", min_length = 1, max_length = 200)]
    pub legal_basis: String,
}

impl CostLine {
    /// Amount in whole rupiah. A validated line cannot overflow.
    pub fn amount(&self) -> i64 {
        self.unit_amount.saturating_mul(self.quantity.into())
    }
}

/// Validates `lines`.
pub fn errors(lines: &[CostLine], pointer: &str) -> Vec<FieldError> {
    let mut faults = Vec::new();
    if lines.is_empty() || lines.len() > MAX_LINES {
        faults.push(fault(
            pointer,
            "wrong_value",
            "Isi 1 sampai 100 baris biaya.",
            "Give 1 to 100 cost lines.",
        ));
    }
    for (i, row) in lines.iter().enumerate() {
        for (name, value) in [
            ("description", &row.description),
            ("unit", &row.unit),
            ("legal_basis", &row.legal_basis),
        ] {
            check_line(&mut faults, &format!("{pointer}/{i}/{name}"), value);
        }
        if row.quantity == 0 || row.unit_amount < 0 || row.amount() > MAX_AMOUNT {
            faults.push(fault(
                format!("{pointer}/{i}"),
                "wrong_value",
                "Jumlah 0 sampai 1 miliar rupiah, banyaknya sedikitnya 1.",
                "The amount must be 0 to 1 billion rupiah, and the quantity at least 1.",
            ));
        }
    }
    faults
}

/// The sum of the lines paid by `channel`, in whole rupiah.
pub fn total(lines: &[CostLine], channel: Channel) -> i64 {
    lines
        .iter()
        .filter(|line| line.channel == channel)
        .map(CostLine::amount)
        .sum()
}

/// The lines paid under the kode billing.
pub fn billed(lines: &[CostLine]) -> Vec<CostLine> {
    let billed = lines
        .iter()
        .filter(|line| line.channel == Channel::PnbpBilling);
    billed.cloned().collect()
}

/// The total the customer pays, by billing or directly, in whole rupiah.
pub fn charged(lines: &[CostLine]) -> i64 {
    total(lines, Channel::PnbpBilling) + total(lines, Channel::DirectByClient)
}
