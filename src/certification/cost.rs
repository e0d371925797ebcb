//! What an audit costs: lines of whole rupiah, each with its legal basis and the way it is paid. Only `pnbp_billing` lines go into the kode billing
//! (design: certification 2.3).

use serde::{Deserialize, Serialize};

use super::form::line;
use crate::error::{FieldError, fault};

/// The most lines.
const LINES: usize = 100;
/// The largest amount of one line: a billion rupiah is a typing error.
const LARGEST: i64 = 1_000_000_000;

/// What a line is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CostKind {
    /// A tariff of the non-tax revenue rules (PNBP).
    Tariff,
    /// Uang harian.
    TravelPerDiem,
    /// Penginapan.
    TravelLodging,
    /// Transport.
    TravelTransport,
    /// Biaya uji.
    LabTest,
    /// Anything else, said in the description.
    Other,
}

/// How a line is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// By the kode billing.
    PnbpBilling,
    /// By the customer directly.
    DirectByClient,
    /// By the office.
    BorneByOffice,
}

/// A line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CostLine {
    /// What it is for.
    pub kind: CostKind,
    /// In words.
    #[schema(example = "Ketua tim audit, 2 hari", min_length = 1, max_length = 200)]
    pub description: String,
    /// How many.
    #[schema(example = 2, minimum = 1)]
    pub quantity: u32,
    /// Of what.
    #[schema(example = "OH", min_length = 1, max_length = 200)]
    pub transaction: String,
    /// Whole rupiah for each.
    #[schema(example = 2_000_000, minimum = 0)]
    pub unit_amount: i64,
    /// How it is paid.
    pub channel: Channel,
    /// On what rule the amount rests.
    #[schema(example = "PP 54/2021", min_length = 1, max_length = 200)]
    pub legal_basis: String,
}

impl CostLine {
    /// Whole rupiah. A checked line cannot overflow.
    #[must_use]
    pub fn amount(&self) -> i64 {
        self.unit_amount.saturating_mul(self.quantity.into())
    }
}

/// What is wrong with `lines`.
#[must_use]
pub fn faults(lines: &[CostLine], pointer: &str) -> Vec<FieldError> {
    let mut faults = Vec::new();
    if lines.is_empty() || lines.len() > LINES {
        faults.push(fault(
            pointer,
            "wrong_value",
            "Isi 1 sampai 100 baris biaya.",
            "1 to 100 cost lines.",
        ));
    }
    for (i, row) in lines.iter().enumerate() {
        for (name, value) in [
            ("description", &row.description),
            ("transaction", &row.transaction),
            ("legal_basis", &row.legal_basis),
        ] {
            line(&mut faults, &format!("{pointer}/{i}/{name}"), value);
        }
        if row.quantity == 0 || row.unit_amount < 0 || row.amount() > LARGEST {
            faults.push(fault(
                format!("{pointer}/{i}"),
                "wrong_value",
                "Jumlah 0 sampai 1 miliar rupiah, banyaknya sedikitnya 1.",
                "0 to a billion rupiah, at least one of it.",
            ));
        }
    }
    faults
}

/// The sum of the lines paid by `channel`, in whole rupiah.
#[must_use]
pub fn total(lines: &[CostLine], channel: Channel) -> i64 {
    lines
        .iter()
        .filter(|line| line.channel == channel)
        .map(CostLine::amount)
        .sum()
}

/// What the customer pays in all, by billing or directly.
#[must_use]
pub fn charged(lines: &[CostLine]) -> i64 {
    total(lines, Channel::PnbpBilling) + total(lines, Channel::DirectByClient)
}
