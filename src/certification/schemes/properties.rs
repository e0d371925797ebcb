//! Properties that hold for all conditions and all facts.

use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use proptest::strategy::ValueTree;
use serde_json::Value;

use super::*;
use crate::certification::facts::{
    ApplicantKind, ApplicationKind, BusinessScale, CertificationType, Commodity,
};

fn facts() -> impl Strategy<Value = Facts> {
    let enums = (
        select(&ApplicationKind::ALL[..]),
        select(&ApplicantKind::ALL[..]),
        select(&Commodity::ALL[..]),
        prop::option::of(select(&CertificationType::ALL[..])),
        prop::option::of(select(&BusinessScale::ALL[..])),
    );
    (enums, any::<[bool; 4]>()).prop_map(
        |((application_kind, applicant_kind, commodity, form, scale), yes)| Facts {
            application_kind,
            applicant_kind,
            commodity,
            certification_type: form,
            business_scale: scale,
            small_business_discount: yes[0],
            brand_of_another: yes[1],
            qms_certified: yes[2],
            water_permit_of_another: yes[3],
        },
    )
}

/// A subset of the values as a static slice, as in the tables (leaked).
fn some_of<T: Clone + std::fmt::Debug + 'static>(
    all: &[T],
) -> impl Strategy<Value = &'static [T]> + use<T> {
    subsequence(all.to_vec(), 0..=all.len()).prop_map(|values| &*values.leak())
}

fn condition() -> impl Strategy<Value = Condition> {
    let leaf = prop_oneof![
        Just(Condition::Always),
        some_of(&ApplicationKind::ALL).prop_map(Condition::KindIs),
        some_of(&ApplicantKind::ALL).prop_map(Condition::ApplicantIs),
        some_of(&Commodity::ALL).prop_map(Condition::CommodityIs),
        some_of(&CertificationType::ALL).prop_map(Condition::CertificationTypeIs),
        Just(Condition::SmallBusiness),
        Just(Condition::DiscountWanted),
        Just(Condition::BrandOfAnother),
        Just(Condition::QmsCertified),
        Just(Condition::WaterPermitOfAnother),
    ];
    leaf.prop_recursive(3, 12, 3, |part| {
        let parts = || prop::collection::vec(part.clone(), 0..=3).prop_map(|parts| &*parts.leak());
        prop_oneof![
            parts().prop_map(Condition::All),
            parts().prop_map(Condition::Any),
            part.clone().prop_map(not)
        ]
    })
}

fn not(part: Condition) -> Condition {
    Condition::Not(Box::leak(Box::new(part)))
}

fn all(parts: Vec<Condition>) -> Condition {
    Condition::All(parts.leak())
}

fn any_of(parts: Vec<Condition>) -> Condition {
    Condition::Any(parts.leak())
}

/// A client's evaluation of a rule: applies the documented JSON form to facts in JSON, without our
/// types.
fn evaluated(rule: &Value, facts: &Value) -> bool {
    let fact = || {
        facts
            .get(rule["fact"].as_str().unwrap())
            .expect("the fact is a field of the facts")
    };
    let parts = || rule["of"].as_array().unwrap().iter();
    match rule["op"].as_str().unwrap() {
        "always" => true,
        "one_of" => rule["values"].as_array().unwrap().contains(fact()),
        "yes" => fact().as_bool().unwrap(),
        "all" => parts().all(|part| evaluated(part, facts)),
        "any" => parts().any(|part| evaluated(part, facts)),
        "not" => !evaluated(&rule["rule"], facts),
        other => panic!("undocumented op {other}"),
    }
}

#[test]
fn conditions_in_the_tables_name_at_least_one_value_or_part() {
    fn full(condition: &Condition) -> bool {
        match condition {
            Condition::KindIs(values) => !values.is_empty(),
            Condition::ApplicantIs(values) => !values.is_empty(),
            Condition::CommodityIs(values) => !values.is_empty(),
            Condition::CertificationTypeIs(values) => !values.is_empty(),
            Condition::All(parts) | Condition::Any(parts) => {
                !parts.is_empty() && parts.iter().all(full)
            }
            Condition::Not(part) => full(part),
            Condition::Always
            | Condition::SmallBusiness
            | Condition::DiscountWanted
            | Condition::BrandOfAnother
            | Condition::QmsCertified
            | Condition::WaterPermitOfAnother => true,
        }
    }
    for row in Scheme::all().flat_map(|scheme| scheme.requirements) {
        assert!(full(&row.condition), "{}", row.code);
    }
}

proptest! {
    #[test]
    fn a_checklist_is_the_printed_list_with_rows_left_out(code in select(&SchemeCode::ALL[..]), facts in facts()) {
        let scheme = Scheme::of(code);
        let mut printed = scheme.requirements.iter();
        for row in scheme.checklist(&facts) {
            // `any` continues after the previous row, so a row out of order or of another scheme is
            // not found.
            prop_assert!(printed.any(|other| other == row), "{} is out of order", row.code);
            prop_assert!(row.condition.holds(&facts));
        }
        let left_out = scheme.requirements.iter().filter(|row| !row.condition.holds(&facts)).count();
        prop_assert_eq!(scheme.checklist(&facts).count() + left_out, scheme.requirements.len());
    }

    #[test]
    fn the_letter_heads_every_checklist(code in select(&SchemeCode::ALL[..]), facts in facts()) {
        let first = Scheme::of(code).checklist(&facts).next();
        prop_assert_eq!(first.map(|row| row.title.id), Some("Surat permohonan"));
    }

    #[test]
    fn conditions_obey_the_laws_of_logic(a in condition(), b in condition(), facts in facts()) {
        let holds = |condition: Condition| condition.holds(&facts);
        prop_assert_eq!(holds(not(a)), !holds(a));
        prop_assert_eq!(holds(not(not(a))), holds(a));
        prop_assert_eq!(holds(all(vec![a, b])), holds(a) && holds(b));
        prop_assert_eq!(holds(any_of(vec![a, b])), holds(a) || holds(b));
        prop_assert_eq!(holds(not(all(vec![a, b]))), holds(any_of(vec![not(a), not(b)])));
        prop_assert_eq!(holds(not(any_of(vec![a, b]))), holds(all(vec![not(a), not(b)])));
        prop_assert!(holds(any_of(vec![a, not(a)])) && !holds(all(vec![a, not(a)])));
        prop_assert!(holds(all(vec![])) && !holds(any_of(vec![])));
    }

    #[test]
    fn the_published_rule_says_what_the_condition_says(condition in condition(), facts in facts()) {
        let rule = serde_json::to_value(Rule::from(&condition)).unwrap();
        let published = serde_json::to_value(facts).unwrap();
        prop_assert_eq!(evaluated(&rule, &published), condition.holds(&facts), "{}", rule);
    }

    #[test]
    fn facts_survive_the_journey_through_json(facts in facts()) {
        let text = serde_json::to_string(&facts).unwrap();
        prop_assert_eq!(serde_json::from_str::<Facts>(&text).unwrap(), facts);
    }
}

#[test]
fn every_row_is_asked_of_somebody() {
    let mut unasked: Vec<_> = Scheme::all()
        .flat_map(|scheme| scheme.requirements)
        .collect();
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    for _ in 0..2_000 {
        let facts = facts().new_tree(&mut runner).unwrap().current();
        unasked.retain(|row| !row.condition.holds(&facts));
    }
    assert!(unasked.is_empty(), "{unasked:?}");
}
