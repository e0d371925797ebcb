//! Checks cost lines against the price list: a line that names a tariff has its terms, travel stays
//! below its ceiling, and the discount is the computed one.

use super::{Channel, CostKind, CostLine};
use crate::certification::quantity::Quantity;
use crate::certification::tariffs::{Tariff, TariffKind};
use crate::error::{FieldError, fault};

/// The unit of a discount line.
const DISCOUNT_UNIT: &str = "potongan";

/// The price list on a day, and the facts of an application that prices depend on.
#[derive(Debug)]
pub struct PriceBasis {
    /// The prices in force.
    pub prices: Vec<Tariff>,
    /// The discounts of all times: an accepted one holds after it has ended.
    pub discounts: Vec<Tariff>,
    /// Whether the discount for small businesses is requested and its paper was found complete.
    pub discount_proved: bool,
}

impl PriceBasis {
    /// The price in force under `code`.
    pub fn price(&self, code: &str) -> Option<&Tariff> {
        self.prices.iter().find(|price| price.code == code)
    }

    /// Errors of the lines that name a tariff. `accepted` are the lines that the customer accepted:
    /// their terms hold although the price list has moved on.
    pub fn errors(
        &self,
        lines: &[CostLine],
        accepted: &[CostLine],
        pointer: &str,
    ) -> Vec<FieldError> {
        let mut faults = Vec::new();
        for (i, line) in lines.iter().enumerate() {
            let Some(code) = &line.tariff_code else {
                continue;
            };
            if line.kind != CostKind::Discount
                && accepted.iter().any(|other| has_same_terms(line, other))
            {
                continue;
            }
            let at = |name: &str| format!("{pointer}/{i}/{name}");
            let kept = self.accepted_discount(code, lines, i, accepted);
            let Some(price) = kept.or_else(|| self.price(code)) else {
                faults.push(fault(
                    at("tariff_code"),
                    "not_in_force",
                    "Tidak ada tarif dengan kode ini yang berlaku hari ini.",
                    "No tariff with this code is in force today.",
                ));
                continue;
            };
            if price.kind == TariffKind::Discount {
                faults.extend(self.discount_errors(lines, i, price, pointer));
            } else {
                faults.extend(price_errors(line, price, &at));
            }
        }
        faults
    }

    /// The earlier price by which line `i` is the discount under `code`, and by which the accepted
    /// discount was computed too.
    fn accepted_discount(
        &self,
        code: &str,
        lines: &[CostLine],
        i: usize,
        accepted: &[CostLine],
    ) -> Option<&Tariff> {
        let terms = accepted.iter().find(|other| {
            other.kind == CostKind::Discount && other.tariff_code.as_deref() == Some(code)
        })?;
        self.discounts.iter().find(|price| {
            price.code == code
                && discount(accepted, price) == *terms
                && discount(lines, price) == lines[i]
        })
    }

    fn discount_errors(
        &self,
        lines: &[CostLine],
        i: usize,
        price: &Tariff,
        pointer: &str,
    ) -> Vec<FieldError> {
        let at = format!("{pointer}/{i}");
        if !self.discount_proved {
            return vec![fault(
                at,
                "not_proved",
                "Potongan memerlukan permintaan pelanggan dan surat skala usaha yang dinyatakan lengkap.",
                "The discount requires the customer's request and a statement of business scale that was found complete.",
            )];
        }
        if lines[..i]
            .iter()
            .any(|line| line.kind == CostKind::Discount)
        {
            let (id, en) = ("Potongan hanya satu kali.", "There is one discount.");
            return vec![fault(at, "duplicate", id, en)];
        }
        let computed = discount(lines, price);
        if lines[i] == computed {
            return Vec::new();
        }
        vec![fault(
            at,
            "not_the_tariff",
            format!(
                "Menurut daftar tarif: {}, {}.",
                computed.description, computed.unit_amount
            ),
            format!(
                "By the price list: {}, {}.",
                computed.description, computed.unit_amount
            ),
        )]
    }
}

/// The discount of `price` on the certification tariffs of `lines` that are billed. Laboratory,
/// travel and lines by hand are not reduced. Half a rupiah is rounded up.
pub fn discount(lines: &[CostLine], price: &Tariff) -> CostLine {
    let base: i64 = lines
        .iter()
        .filter(|line| {
            line.kind == CostKind::Tariff
                && line.channel == Channel::PnbpBilling
                && line.tariff_code.is_some()
        })
        .map(CostLine::amount)
        .sum();
    CostLine {
        kind: CostKind::Discount,
        description: format!(
            "{} {} % dari {}, dibulatkan ke rupiah terdekat (setengah ke atas)",
            price.label,
            price.amount,
            crate::typesetting::rupiah(base)
        ),
        quantity: Quantity::ONE,
        unit: DISCOUNT_UNIT.to_owned(),
        unit_amount: -percentage(base, price.amount),
        channel: Channel::PnbpBilling,
        legal_basis: price.legal_basis.clone(),
        tariff_code: Some(price.code.clone()),
        reason: None,
    }
}

/// `percent` per cent of `amount`, half a rupiah rounded up.
fn percentage(amount: i64, percent: i64) -> i64 {
    amount
        .saturating_mul(percent)
        .saturating_add(50)
        .div_euclid(100)
}

fn has_same_terms(line: &CostLine, other: &CostLine) -> bool {
    let terms = |line: &CostLine| {
        (
            line.kind,
            line.unit.clone(),
            line.unit_amount,
            line.channel,
            line.legal_basis.clone(),
            line.tariff_code.clone(),
        )
    };
    terms(line) == terms(other)
}

fn price_errors(line: &CostLine, price: &Tariff, at: &dyn Fn(&str) -> String) -> Vec<FieldError> {
    let differs = |name: &str, value: &dyn std::fmt::Display| {
        fault(
            at(name),
            "not_the_tariff",
            format!("Menurut daftar tarif: {value}."),
            format!("By the price list: {value}."),
        )
    };
    let mut faults = Vec::new();
    if line.kind != CostKind::from(price.kind) {
        faults.push(fault(
            at("kind"),
            "not_the_tariff",
            "Jenisnya bukan jenis tarif ini.",
            "It is not the kind of this tariff.",
        ));
    }
    if line.unit != price.unit {
        faults.push(differs("unit", &price.unit));
    }
    if line.legal_basis != price.legal_basis {
        faults.push(differs("legal_basis", &price.legal_basis));
    }
    match price.ceiling {
        Some(ceiling) if line.unit_amount > ceiling => faults.push(fault(
            at("unit_amount"),
            "above_ceiling",
            format!("Batas tertinggi menurut SBM: {ceiling}."),
            format!("The ceiling of the standard input costs is {ceiling}."),
        )),
        None if line.unit_amount != price.amount => {
            faults.push(differs("unit_amount", &price.amount));
        }
        Some(_) | None => {}
    }
    faults
}

#[cfg(test)]
mod tests;
