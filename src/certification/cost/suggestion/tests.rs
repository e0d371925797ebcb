use proptest::prelude::*;
use serde_json::json;
use uuid::Uuid;

use super::*;
use crate::casework::spreadsheet::Table;
use crate::certification::schemes::SchemeCode;
use crate::certification::tariffs::examples::{COMPONENTS, TARIFFS};
use crate::ids::AuditorId;

fn prices(discount_proved: bool) -> PriceBasis {
    let rows: Vec<(usize, Tariff)> = Table::parse(TARIFFS.as_bytes()).unwrap().typed().unwrap();
    PriceBasis {
        prices: rows.into_iter().map(|(_, tariff)| tariff).collect(),
        discounts: Vec::new(),
        discount_proved,
    }
}

fn components() -> Vec<CostComponent> {
    let rows: Vec<(usize, CostComponent)> = Table::parse(COMPONENTS.as_bytes())
        .unwrap()
        .typed()
        .unwrap();
    rows.into_iter().map(|(_, component)| component).collect()
}

fn application(kind: &str, regency: &str, province: &str, small: bool) -> ApplicationForm {
    let facts = json!({"certification_type": "type_5", "small_business_discount": small, "business_scale": "small"});
    let site = json!({"name": "Pabrik", "address": "Jl. Raya 1", "regency": regency, "province": province});
    serde_json::from_value(json!({
        "scheme": "product_sni", "kind": kind, "facts": facts, "company": {"name": "PT Tirta Musi"}, "site": site,
        "products": [{"name": "Air mineral", "brand": "Musi", "standard": "SNI 3553:2023"}],
    }))
    .unwrap()
}

fn form(roles: &[TeamRole], audit_days: u16) -> CostSuggestionForm {
    let member = |(n, role): (u128, &TeamRole)| TeamMember {
        auditor_id: AuditorId(Uuid::from_u128(n)),
        role: *role,
    };
    CostSuggestionForm {
        proposed_team: (1..).zip(roles).map(member).collect(),
        audit_days,
        travel_days: 0,
        travel_channel: None,
        laboratory: Vec::new(),
    }
}

fn suggested(
    form: &CostSuggestionForm,
    application: &ApplicationForm,
    proved: bool,
    audit_time: Option<Quantity>,
) -> CostSuggestion {
    let facts = Facts {
        application,
        components: &components(),
        basis: &prices(proved),
        city: "Palembang",
        audit_time,
        day: NaiveDate::from_ymd_opt(2026, 7, 6).unwrap(),
    };
    suggest(form, &facts)
}

/// Code, quantity, amount and way of each line.
fn lines(suggestion: &CostSuggestion) -> Vec<(String, String, i64)> {
    suggestion
        .cost_estimate
        .iter()
        .map(|line| {
            (
                line.tariff_code.clone().unwrap(),
                line.quantity.to_string(),
                line.amount(),
            )
        })
        .collect()
}

fn expect(lines: &[(&str, &str, i64)]) -> Vec<(String, String, i64)> {
    lines
        .iter()
        .map(|(code, quantity, amount)| ((*code).to_owned(), (*quantity).to_owned(), *amount))
        .collect()
}

const TEAM: &[TeamRole] = &[TeamRole::Lead, TeamRole::Auditor, TeamRole::SamplingOfficer];

/// The old price of type 5, initial, one day: nine million, as the sister office publishes it.
#[test]
fn a_day_with_lead_auditor_and_sampling_officer_costs_what_the_list_says() {
    let suggestion = suggested(
        &form(TEAM, 1),
        &application("initial", "Kota Palembang", "Sumatera Selatan", false),
        false,
        None,
    );
    assert_eq!(
        lines(&suggestion),
        expect(&[
            ("SNI-PERMOHONAN", "1", 500_000),
            ("SNI-TAHAP-1", "1", 1_000_000),
            ("SNI-KETUA", "1", 2_000_000),
            ("SNI-AUDITOR", "1", 1_500_000),
            ("SNI-PPC", "1", 1_000_000),
            ("SNI-TIM-TEKNIS", "1", 1_000_000),
            ("SNI-PROSES", "1", 2_000_000),
            ("SBM-SUMSEL-DALAM-KOTA", "3", 450_000),
        ])
    );
    assert_eq!(suggestion.totals[0].amount, 9_000_000);
    assert_eq!(suggestion.totals[0].words, "Sembilan juta rupiah");
    assert_eq!(suggestion.totals[1].amount, 450_000);
    assert!(suggestion.missing.is_empty());
    assert_eq!(suggestion.origins.len(), suggestion.cost_estimate.len());
}

#[test]
fn audit_time_is_shared_in_halves_and_the_lead_takes_the_odd_one() {
    let there = application("initial", "Kota Palembang", "Sumatera Selatan", false);
    let shares = |roles: &[TeamRole], halves| {
        let time = Quantity::of_halves(halves);
        let suggestion = suggested(&form(roles, 2), &there, false, time);
        let of = |code: &str| {
            lines(&suggestion)
                .into_iter()
                .find(|(known, _, _)| known == code)
                .map(|(_, quantity, _)| quantity)
                .unwrap_or_default()
        };
        [of("SNI-KETUA"), of("SNI-AUDITOR"), of("SNI-PPC")]
    };
    assert_eq!(shares(TEAM, 7), ["2", "1,5", "2"]);
    assert_eq!(shares(TEAM, 1), ["0,5", "", "2"]);
    let three = [TeamRole::Lead, TeamRole::Auditor, TeamRole::Auditor];
    assert_eq!(shares(&three, 8), ["1,5", "2,5", ""]);
    assert_eq!(shares(&[TeamRole::Lead], 3), ["1,5", "", ""]);
}

#[test]
fn travel_out_of_town_is_by_province_and_what_has_no_price_is_told() {
    let far = application("initial", "Kota Jambi", "JAMBI", false);
    let mut asked = form(&[TeamRole::Lead, TeamRole::Auditor, TeamRole::Observer], 2);
    asked.travel_days = 1;
    asked.travel_channel = Some(Channel::BorneByOffice);
    let suggestion = suggested(&asked, &far, false, None);
    let travel = suggestion.cost_estimate.last().unwrap();
    assert_eq!(
        (
            travel.tariff_code.as_deref(),
            travel.quantity,
            travel.channel
        ),
        (
            Some("SBM-JAMBI-LUAR-KOTA"),
            Quantity::of(6).unwrap(),
            Channel::BorneByOffice
        ),
        "two persons on three days; an observer is no cost of ours"
    );
    let missing: Vec<_> = suggestion
        .missing
        .iter()
        .map(|one| &*one.explanation.en)
        .collect();
    assert_eq!(
        missing,
        [
            "There is no standard cost travel_lodging for JAMBI; 2 persons x 2 nights.",
            "There is no standard cost travel_transport for JAMBI; 2 persons x 1 times.",
        ]
    );
}

#[test]
fn the_discount_is_a_line_of_its_own_once_its_paper_is_there() {
    let small = application("initial", "Kota Palembang", "Sumatera Selatan", true);
    let suggestion = suggested(&form(TEAM, 1), &small, true, None);
    let discount = suggestion.cost_estimate.last().unwrap();
    assert_eq!(
        (discount.amount(), discount.channel),
        (-2_250_000, Channel::PnbpBilling)
    );
    assert_eq!(suggestion.totals[0].amount, 6_750_000);
    let unproved = suggested(&form(TEAM, 1), &small, false, None);
    assert_eq!(unproved.totals[0].amount, 9_000_000);
    assert_eq!(unproved.missing[0].component, Some(Component::Discount));
}

/// Tries the examples of the demo office: each service has a suggestion, and each figure of it says
/// that it is an example.
#[test]
fn the_examples_have_a_price_for_every_service_and_are_marked() {
    for scheme in SchemeCode::ALL {
        for kind in ["initial", "surveillance", "recertification"] {
            let mut application = application(kind, "Kota Palembang", "Sumatera Selatan", false);
            application.scheme = scheme;
            let mut team = vec![TeamRole::Lead, TeamRole::Auditor];
            team.push(if scheme == SchemeCode::ProductSni {
                TeamRole::SamplingOfficer
            } else {
                TeamRole::Expert
            });
            let suggestion = suggested(&form(&team, 2), &application, false, None);
            assert!(suggestion.missing.is_empty(), "{:?}", suggestion.missing);
            assert!(suggestion.totals.iter().any(|sum| sum.amount > 0));
            assert!(suggestion.origins.iter().all(|origin| origin.is_example));
        }
    }
}

#[test]
fn case_and_spaces_in_the_name_of_a_place_make_no_difference() {
    let kinds = |regency, province| {
        let site = application("initial", regency, province, false);
        let suggestion = suggested(&form(&[TeamRole::Lead], 2), &site, false, None);
        suggestion.cost_estimate.last().unwrap().tariff_code.clone()
    };
    for regency in ["Palembang", "KOTA  PALEMBANG", " kota palembang "] {
        assert_eq!(
            kinds(regency, "sumatera  selatan ").as_deref(),
            Some("SBM-SUMSEL-DALAM-KOTA")
        );
    }
    assert_eq!(
        kinds("Kab. Palembang", "Sumatera Selatan").as_deref(),
        Some("SBM-SUMSEL-LUAR-KOTA"),
        "a regency of the same name is another place"
    );
}

#[test]
fn a_kind_without_composition_is_told_and_nothing_is_invented() {
    let other = application("transfer", "Kota Palembang", "Sumatera Selatan", false);
    let suggestion = suggested(&form(&[], 1), &other, false, None);
    assert!(suggestion.cost_estimate.is_empty());
    assert_eq!(
        suggestion.missing[0].explanation.en,
        "There is no composition for product_sni/transfer."
    );
    let mut tested = form(&[], 1);
    tested.laboratory.push(LaboratoryTest {
        tariff_code: "SNI-KETUA".to_owned(),
        quantity: Quantity::ONE,
    });
    let suggestion = suggested(&tested, &other, false, None);
    assert_eq!(
        suggestion.missing.len(),
        2,
        "a certification tariff is no test"
    );
}

fn roles() -> impl Strategy<Value = Vec<TeamRole>> {
    let role = prop::sample::select(vec![
        TeamRole::Lead,
        TeamRole::Auditor,
        TeamRole::SamplingOfficer,
        TeamRole::Expert,
        TeamRole::Observer,
    ]);
    prop::collection::vec(role, 0..8)
}

proptest! {
    /// Whatever the team: the lines are acceptable as they are, the sums are those of the lines, no
    /// sum is negative, and audit time is neither lost nor multiplied.
    #[test]
    fn a_suggestion_is_a_valid_estimate_and_adds_up(
        roles in roles(),
        days in 1_u16..=60,
        audit_time in prop::option::of(1_u32..200),
        small: bool,
        proved: bool,
        kind in prop::sample::select(vec!["initial", "surveillance", "transfer"]),
        place in prop::sample::select(vec![("Kota Palembang", "Sumatera Selatan"), ("Kab. Lahat", "Sumatera Selatan"), ("Kota Jambi", "Jambi"), ("Kota Medan", "Sumatera Utara")]),
    ) {
        let application = application(kind, place.0, place.1, small);
        let suggestion = suggested(&form(&roles, days), &application, proved, audit_time.and_then(Quantity::of_halves));
        let lines = &suggestion.cost_estimate;
        prop_assert_eq!(lines.len(), suggestion.origins.len());
        let faults = prices(proved).errors(lines, &[], "");
        prop_assert!(faults.is_empty(), "{faults:?}");
        if !lines.is_empty() {
            let faults = crate::certification::cost::errors(lines, "");
            prop_assert!(faults.is_empty(), "{faults:?}");
        }
        let mut all = 0;
        for sum in &suggestion.totals {
            prop_assert!(sum.amount >= 0);
            prop_assert_eq!(&sum.words, &rupiah_in_words(sum.amount));
            all += sum.amount;
        }
        prop_assert_eq!(all, lines.iter().map(CostLine::amount).sum::<i64>());
        let shared = roles.iter().any(|role| matches!(role, TeamRole::Lead | TeamRole::Auditor));
        if let Some(halves) = audit_time.filter(|_| shared) {
            let days = man_days(&form(&roles, days), Quantity::of_halves(halves));
            prop_assert_eq!(days[&Component::Lead] + days[&Component::Auditor], halves);
        }
    }
}
