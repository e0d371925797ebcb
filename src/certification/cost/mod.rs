//! The cost of an audit: lines in whole rupiah, each with its legal basis and its way of payment.
//! Only `pnbp_billing` lines are billed under the kode billing (design: certification 2.3). A line
//! comes from the price list, or was made by hand with a reason.

pub(crate) mod check;
pub(crate) mod suggestion;

use serde::{Deserialize, Serialize};

use super::form::{check_line, check_text};
use super::quantity::Quantity;
use super::tariffs::{MAX_AMOUNT, TariffKind};
use crate::error::{FieldError, Text, fault, text};

/// Maximum number of lines.
const MAX_LINES: usize = 100;

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
    /// Potongan usaha mikro dan kecil; its amount is negative.
    Discount,
    /// Other cost, explained in the description.
    Other,
}

impl From<TariffKind> for CostKind {
    fn from(kind: TariffKind) -> Self {
        match kind {
            TariffKind::Service => Self::Tariff,
            TariffKind::Laboratory => Self::LabTest,
            TariffKind::TravelPerDiem | TariffKind::TravelPerDiemInTown => Self::TravelPerDiem,
            TariffKind::TravelLodging => Self::TravelLodging,
            TariffKind::TravelTransport => Self::TravelTransport,
            TariffKind::Discount => Self::Discount,
        }
    }
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

impl Channel {
    /// Every way, in the order of the papers.
    pub const ALL: [Self; 3] = [Self::PnbpBilling, Self::DirectByClient, Self::BorneByOffice];

    /// The way in words.
    pub fn words(self) -> Text {
        match self {
            Self::PnbpBilling => text("lewat e-billing", "by e-billing"),
            Self::DirectByClient => {
                text("yang dibayar langsung", "that the customer pays directly")
            }
            Self::BorneByOffice => text("yang ditanggung Balai", "that the office bears"),
        }
    }
}

/// A cost line: from the price list (`tariff_code`), or by hand (`reason`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CostLine {
    /// Kind of cost.
    pub kind: CostKind,
    /// Description.
    #[schema(example = "Ketua tim audit", min_length = 1, max_length = 200)]
    pub description: String,
    /// Quantity, in whole and half units.
    pub quantity: Quantity,
    /// Unit of the quantity.
    #[schema(example = "OH", min_length = 1, max_length = 200)]
    pub unit: String,
    /// Amount for each unit, in whole rupiah; negative for the discount.
    #[schema(example = 2_000_000, minimum = -1_000_000_000, maximum = 1_000_000_000)]
    pub unit_amount: i64,
    /// Way of payment.
    pub channel: Channel,
    /// Legal basis of the amount.
    #[schema(example = "PP 54/2021", min_length = 1, max_length = 200)]
    pub legal_basis: String,
    /// Code on the price list, with whose terms the line must agree. Left out for a line by hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "SNI-KETUA", pattern = "^[A-Z0-9][A-Z0-9-]{0,39}$")]
    pub tariff_code: Option<String>,
    /// Why the line is made by hand; required without `tariff_code`. Papers mark such a line and
    /// print the reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = json!(null), min_length = 1, max_length = 4000)]
    pub reason: Option<String>,
}

impl CostLine {
    /// Amount in whole rupiah. A validated line cannot overflow.
    pub fn amount(&self) -> i64 {
        self.quantity.times(self.unit_amount)
    }
}

/// Validates `lines` by themselves; `check` validates them against the price list.
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
        let is_discount = row.kind == CostKind::Discount;
        let least = if is_discount { -MAX_AMOUNT } else { 0 };
        let most = if is_discount { 0 } else { MAX_AMOUNT };
        if !(least..=most).contains(&row.unit_amount) || !(least..=most).contains(&row.amount()) {
            faults.push(fault(
                format!("{pointer}/{i}"),
                "wrong_value",
                "Jumlah 0 sampai 1 miliar rupiah; hanya potongan yang negatif.",
                "The amount must be 0 to 1 billion rupiah; only a discount is negative.",
            ));
        }
        let place = format!("{pointer}/{i}/reason");
        match (&row.tariff_code, &row.reason) {
            (None, Some(reason)) => check_text(&mut faults, &place, reason),
            (None, None) => faults.push(fault(
                place,
                "missing_field",
                "Baris tanpa tariff_code dibuat dengan tangan: isi alasannya.",
                "A line without tariff_code is made by hand: give the reason.",
            )),
            (Some(_), Some(_)) => faults.push(fault(
                place,
                "does_not_fit",
                "Baris dari daftar tarif tidak memerlukan alasan: kosongkan.",
                "A line of the price list needs no reason: leave it out.",
            )),
            (Some(_), None) => {}
        }
        if is_discount && row.tariff_code.is_none() {
            faults.push(fault(
                format!("{pointer}/{i}/tariff_code"),
                "missing_field",
                "Potongan selalu berasal dari daftar tarif.",
                "A discount always comes from the price list.",
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
