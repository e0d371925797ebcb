use proptest::prelude::*;

use super::*;
use crate::casework::spreadsheet::Table;
use crate::certification::tariffs::entry::Entry as _;
use crate::certification::tariffs::examples::TARIFFS;

fn basis(discount_proved: bool) -> PriceBasis {
    let rows: Vec<(usize, Tariff)> = Table::parse(TARIFFS.as_bytes()).unwrap().typed().unwrap();
    PriceBasis {
        prices: rows.into_iter().map(|(_, tariff)| tariff).collect(),
        discounts: Vec::new(),
        discount_proved,
    }
}

fn line(code: &str) -> CostLine {
    let basis = basis(false);
    let price = basis.price(code).unwrap();
    CostLine {
        kind: price.kind.into(),
        description: price.label.clone(),
        quantity: Quantity::of(2).unwrap(),
        unit: price.unit.clone(),
        unit_amount: price.amount,
        channel: Channel::PnbpBilling,
        legal_basis: price.legal_basis.clone(),
        tariff_code: Some(price.code.clone()),
        reason: None,
    }
}

fn found(basis: &PriceBasis, lines: &[CostLine], accepted: &[CostLine]) -> Vec<String> {
    basis
        .errors(lines, accepted, "/cost_lines")
        .iter()
        .map(|fault| format!("{} {}", fault.pointer, fault.code))
        .collect()
}

#[test]
fn a_line_has_the_terms_of_the_tariff_that_it_names() {
    let basis = basis(false);
    assert!(
        found(
            &basis,
            &[line("SNI-KETUA"), line("SBM-JAMBI-LUAR-KOTA")],
            &[]
        )
        .is_empty()
    );
    let wrong = CostLine {
        kind: CostKind::LabTest,
        unit: "hari".to_owned(),
        unit_amount: 1,
        legal_basis: "asal".to_owned(),
        ..line("SNI-KETUA")
    };
    let expected = ["kind", "unit", "legal_basis", "unit_amount"]
        .map(|name| format!("/cost_lines/0/{name} not_the_tariff"));
    assert_eq!(found(&basis, std::slice::from_ref(&wrong), &[]), expected);
    assert!(
        found(
            &basis,
            std::slice::from_ref(&wrong),
            std::slice::from_ref(&wrong)
        )
        .is_empty(),
        "the customer accepted it when it was the price"
    );
    let unknown = CostLine {
        tariff_code: Some("LAMA".to_owned()),
        ..line("SNI-KETUA")
    };
    assert_eq!(
        found(&basis, &[unknown], &[]),
        ["/cost_lines/0/tariff_code not_in_force"]
    );
}

#[test]
fn travel_may_cost_less_than_its_ceiling_and_not_more() {
    let basis = basis(false);
    for (amount, expected) in [
        (0, vec![]),
        (370_000, vec![]),
        (370_001, vec!["/cost_lines/0/unit_amount above_ceiling"]),
    ] {
        let travel = CostLine {
            unit_amount: amount,
            channel: Channel::DirectByClient,
            ..line("SBM-JAMBI-LUAR-KOTA")
        };
        assert_eq!(found(&basis, &[travel], &[]), expected, "{amount}");
    }
}

#[test]
fn the_discount_is_the_computed_one_and_needs_its_paper() {
    let lines = [line("SNI-KETUA"), line("SNI-AUDITOR")];
    let with = |discounts: &[&CostLine]| {
        lines
            .iter()
            .chain(discounts.iter().copied())
            .cloned()
            .collect::<Vec<_>>()
    };
    let computed = discount(&lines, basis(true).price("UMK-25").unwrap());
    assert_eq!(computed.amount(), -1_750_000);
    assert!(
        computed
            .description
            .ends_with("25 % dari Rp7.000.000, dibulatkan ke rupiah terdekat (setengah ke atas)")
    );
    assert!(found(&basis(true), &with(&[&computed]), &[]).is_empty());
    assert_eq!(
        found(&basis(false), &with(&[&computed]), &[]),
        ["/cost_lines/2 not_proved"]
    );
    let more = CostLine {
        unit_amount: -1_750_001,
        ..computed.clone()
    };
    assert_eq!(
        found(&basis(true), &with(&[&more]), &with(&[&more])),
        ["/cost_lines/2 not_the_tariff"]
    );
    assert_eq!(
        found(&basis(true), &with(&[&computed, &computed]), &[]),
        ["/cost_lines/3 duplicate"]
    );
}

#[test]
fn an_accepted_discount_holds_after_its_price_has_changed() {
    let lines = |quantity| {
        let lead = CostLine {
            quantity: Quantity::of(quantity).unwrap(),
            ..line("SNI-KETUA")
        };
        vec![lead, line("SNI-AUDITOR")]
    };
    let with_discount = |mut lines: Vec<CostLine>, price: &Tariff| {
        let discount = discount(&lines, price);
        lines.push(discount);
        lines
    };
    let mut basis = basis(true);
    let old = basis.price("UMK-25").unwrap().clone();
    let accepted = with_discount(lines(2), &old);
    let new = Tariff {
        amount: 20,
        ..old.clone()
    };
    basis.discounts = vec![old.clone(), new.clone()];
    let refused = ["/cost_lines/2 not_the_tariff"];
    for price in basis.prices.iter_mut().filter(|one| one.code == old.code) {
        *price = new.clone();
    }
    assert!(found(&basis, &accepted, &accepted).is_empty());
    let less = with_discount(lines(1), &old);
    assert!(
        found(&basis, &less, &accepted).is_empty(),
        "of a smaller base"
    );
    assert!(found(&basis, &with_discount(lines(2), &new), &accepted).is_empty());
    assert_eq!(found(&basis, &accepted, &[]), refused, "not accepted");
    let mut more = accepted.clone();
    more[2].unit_amount -= 1;
    assert_eq!(found(&basis, &more, &more), refused, "never a price");
    basis.prices.retain(|one| one.code != old.code);
    assert!(
        found(&basis, &accepted, &accepted).is_empty(),
        "it has ended"
    );
}

#[test]
fn a_line_by_hand_has_a_reason_and_is_never_a_discount() {
    let faults = |line: CostLine| {
        super::super::errors(&[line], "/cost_lines")
            .iter()
            .map(|fault| format!("{} {}", fault.pointer, fault.code))
            .collect::<Vec<_>>()
    };
    let by_hand = CostLine {
        tariff_code: None,
        reason: Some("Tarif ini belum diimpor.".to_owned()),
        ..line("SNI-KETUA")
    };
    assert!(faults(by_hand.clone()).is_empty());
    assert_eq!(
        faults(CostLine {
            reason: None,
            ..by_hand.clone()
        }),
        ["/cost_lines/0/reason missing_field"]
    );
    assert_eq!(
        faults(CostLine {
            tariff_code: Some("SNI-KETUA".to_owned()),
            ..by_hand.clone()
        }),
        ["/cost_lines/0/reason does_not_fit"]
    );
    assert_eq!(
        faults(CostLine {
            unit_amount: -1,
            ..by_hand.clone()
        }),
        ["/cost_lines/0 wrong_value"]
    );
    assert_eq!(
        faults(CostLine {
            kind: CostKind::Discount,
            unit_amount: -1,
            ..by_hand
        }),
        ["/cost_lines/0/tariff_code missing_field"]
    );
}

proptest! {
    /// A quarter is rounded to the nearest rupiah, half a rupiah up; base and discount add up to no
    /// less than nothing.
    #[test]
    fn a_discount_is_rounded_to_the_nearest_rupiah(base in 0_i64..=100_000_000_000, percent in 0_i64..=100) {
        let taken = percentage(base, percent);
        let exact = i128::from(base) * i128::from(percent);
        let error = i128::from(taken) * 100 - exact;
        prop_assert!(error > -50 && error <= 50, "{error}");
        prop_assert!(taken >= 0 && taken <= base);
    }

    /// Price list entries follow the rules that the check relies on.
    #[test]
    fn an_entry_that_is_accepted_keeps_to_its_ceiling(amount in -10_i64..2_000, ceiling in proptest::option::of(-10_i64..2_000)) {
        let price = Tariff { amount, ceiling, ..basis(false).price("SBM-JAMBI-LUAR-KOTA").unwrap().clone() };
        if price.errors(&|name| name.to_owned()).is_empty() {
            prop_assert!(price.amount >= 0 && price.amount <= price.ceiling.unwrap());
        }
    }
}
