//! Properties of the scheme tables, and the required documents of typical applications.

use std::collections::HashSet;

use serde_json::json;

use super::*;
use crate::certification::facts::{
    ApplicantKind, ApplicationKind, BusinessScale, CertificationType, Commodity,
};

fn product() -> &'static Scheme {
    Scheme::of(SchemeCode::ProductSni)
}

fn required_codes(scheme: &Scheme, facts: &Facts) -> Vec<&'static str> {
    scheme.checklist(facts).map(|row| row.code).collect()
}

/// Codes required in addition to those of the default application.
fn extra_codes(facts: &Facts) -> Vec<&'static str> {
    let ordinary = required_codes(product(), &Facts::default());
    required_codes(product(), facts)
        .into_iter()
        .filter(|code| !ordinary.contains(code))
        .collect()
}

#[test]
fn every_code_finds_its_own_scheme() {
    let codes: Vec<_> = Scheme::all().map(|scheme| scheme.code).collect();
    assert_eq!(codes, SchemeCode::ALL);
}

#[test]
fn no_two_rows_of_any_scheme_share_a_code() {
    let codes: Vec<_> = Scheme::all()
        .flat_map(|scheme| scheme.requirements)
        .map(|row| row.code)
        .collect();
    assert_eq!(codes.iter().collect::<HashSet<_>>().len(), codes.len());
}

#[test]
fn rows_carry_the_letter_of_their_scheme_and_stand_in_order() {
    for (scheme, letter) in Scheme::all().zip(["P", "Q", "G", "E", "F", "K"]) {
        assert!(
            scheme
                .requirements
                .iter()
                .all(|row| row.code.starts_with(letter)),
            "{}",
            scheme.code
        );
        assert!(
            scheme.requirements.is_sorted_by_key(|row| row.code),
            "{}",
            scheme.code
        );
    }
}

#[test]
fn every_scheme_asks_everybody_for_the_application_letter_first() {
    for scheme in Scheme::all() {
        let first = scheme.requirements.first().unwrap();
        assert_eq!(first.title.id, "Surat permohonan", "{}", scheme.code);
        assert_eq!(
            (first.necessity, first.condition),
            (Necessity::Mandatory, Condition::Always)
        );
    }
}

#[test]
fn every_row_has_titles_a_source_and_a_file_that_can_be_handed_in() {
    for row in Scheme::all().flat_map(|scheme| scheme.requirements) {
        for text in [row.title.en, row.title.id, row.source] {
            assert!(!text.trim().is_empty(), "{}", row.code);
        }
        assert!(
            !row.accepts.is_empty() && row.max_megabytes > 0,
            "{}",
            row.code
        );
        assert_ne!(row.max_age_months, Some(0), "{}", row.code);
    }
}

#[test]
fn rows_are_marked_no_surer_than_their_source() {
    use Confidence::{GeneralKnowledge, High, Medium};
    let marks = |code| {
        let rows = Scheme::of(code).requirements.iter().skip(1);
        rows.map(|row| row.confidence).collect::<Vec<_>>()
    };
    assert_eq!(
        marks(SchemeCode::ProductSni),
        [vec![High; 25], vec![Medium; 8]].concat()
    );
    assert_eq!(marks(SchemeCode::GreenIndustry), vec![Medium; 15]);
    assert_eq!(
        marks(SchemeCode::EnvironmentIso14001),
        vec![GeneralKnowledge; 20]
    );
    assert_eq!(
        marks(SchemeCode::FoodSafetyIso22000),
        vec![GeneralKnowledge; 21]
    );
    assert_eq!(marks(SchemeCode::OhsIso45001), vec![GeneralKnowledge; 10]);
    let quality = [
        vec![GeneralKnowledge; 3],
        vec![Medium; 4],
        vec![GeneralKnowledge; 7],
    ]
    .concat();
    assert_eq!(marks(SchemeCode::QualityIso9001), quality);
}

#[test]
fn the_printed_items_are_all_there_and_item_26_is_left_out() {
    let printed: Vec<_> = (1..=25).map(|number| format!("P{number:02}")).collect();
    let ours = product().requirements.iter().map(|row| row.code);
    let ours: Vec<_> = ours
        .filter(|code| code.len() == 3 && *code < "P51")
        .collect();
    assert_eq!(ours, printed);
    assert_eq!(product().requirement("P26"), None);
}

#[test]
fn a_row_is_found_by_its_code_in_its_own_scheme_only() {
    assert_eq!(product().requirement("P12").unwrap().title.id, "API");
    assert_eq!(
        Scheme::of(SchemeCode::QualityIso9001).requirement("P12"),
        None
    );
}

#[test]
fn a_producer_of_an_ordinary_product_is_asked_for_what_everybody_is() {
    let codes = required_codes(product(), &Facts::default());
    let expected = [
        "P01", "P02", "P04", "P05", "P06", "P07", "P08", "P10", "P11", "P15", "P16", "P17", "P18",
        "P19", "P20", "P21", "P22", "P23",
    ];
    assert_eq!(codes, expected);
}

#[test]
fn an_importer_needs_an_importer_number_and_the_papers_of_the_foreign_factory() {
    let facts = Facts {
        applicant_kind: ApplicantKind::Importer,
        ..Facts::default()
    };
    assert_eq!(
        extra_codes(&facts),
        ["P12", "P51", "P52", "P53", "P54", "P55", "P56", "P57"]
    );
}

#[test]
fn a_foreign_producer_needs_the_same_papers_but_no_importer_number() {
    let facts = Facts {
        applicant_kind: ApplicantKind::ForeignProducer,
        ..Facts::default()
    };
    assert_eq!(
        extra_codes(&facts),
        ["P51", "P52", "P53", "P54", "P55", "P56", "P57"]
    );
}

#[test]
fn bottled_water_needs_laboratory_tests_and_may_show_its_water_permit() {
    let facts = Facts {
        commodity: Commodity::BottledWater,
        ..Facts::default()
    };
    assert_eq!(extra_codes(&facts), ["P03", "P13", "P24", "P25"]);
    assert_eq!(
        product().requirement("P13").unwrap().necessity,
        Necessity::Optional
    );
    assert_eq!(
        product().requirement("P24").unwrap().necessity,
        Necessity::Mandatory
    );
    assert_eq!(
        product().requirement("P25").unwrap().necessity,
        Necessity::Mandatory
    );
}

#[test]
fn the_agreement_on_anothers_water_permit_concerns_bottled_water_only() {
    let another = Facts {
        water_permit_of_another: true,
        ..Facts::default()
    };
    assert_eq!(extra_codes(&another), [""; 0]);
    let bottled = Facts {
        commodity: Commodity::BottledWater,
        ..another
    };
    assert_eq!(extra_codes(&bottled), ["P03", "P13", "P14", "P24", "P25"]);
}

#[test]
fn food_needs_the_statement_on_good_manufacturing_practice() {
    assert_eq!(
        extra_codes(&Facts {
            commodity: Commodity::Food,
            ..Facts::default()
        }),
        ["P03"]
    );
}

#[test]
fn a_brand_of_another_needs_the_licence() {
    assert_eq!(
        extra_codes(&Facts {
            brand_of_another: true,
            ..Facts::default()
        }),
        ["P09"]
    );
}

#[test]
fn a_certified_quality_system_is_shown_by_its_certificate() {
    assert_eq!(
        extra_codes(&Facts {
            qms_certified: true,
            ..Facts::default()
        }),
        ["P02A"]
    );
}

#[test]
fn the_statement_not_to_market_is_for_new_products_only() {
    for kind in ApplicationKind::ALL {
        let codes = required_codes(
            product(),
            &Facts {
                application_kind: kind,
                ..Facts::default()
            },
        );
        let new = matches!(
            kind,
            ApplicationKind::Initial | ApplicationKind::ScopeExtension
        );
        assert_eq!(codes.contains(&"P04"), new, "{kind:?}");
    }
}

#[test]
fn the_scale_of_a_business_is_asked_only_of_small_ones_that_want_the_discount() {
    for scale in BusinessScale::ALL {
        let unasked = Facts {
            business_scale: Some(scale),
            ..Facts::default()
        };
        assert_eq!(extra_codes(&unasked), [""; 0], "{scale:?}");
        let small = matches!(scale, BusinessScale::Micro | BusinessScale::Small);
        let wanted = Facts {
            small_business_discount: true,
            ..unasked
        };
        assert_eq!(extra_codes(&wanted).contains(&"P58"), small, "{scale:?}");
    }
    assert_eq!(
        extra_codes(&Facts {
            small_business_discount: true,
            ..Facts::default()
        }),
        [""; 0]
    );
}

#[test]
fn a_transfer_brings_the_existing_certificate() {
    let facts = Facts {
        application_kind: ApplicationKind::Transfer,
        ..Facts::default()
    };
    let schemes = [
        SchemeCode::QualityIso9001,
        SchemeCode::EnvironmentIso14001,
        SchemeCode::FoodSafetyIso22000,
    ];
    for (code, row) in schemes.into_iter().zip(["Q15", "E15", "F15"]) {
        assert!(required_codes(Scheme::of(code), &facts).contains(&row));
        assert!(!required_codes(Scheme::of(code), &Facts::default()).contains(&row));
    }
}

#[test]
fn the_level_of_implementation_is_asked_for_smk3_only() {
    let ohs = Scheme::of(SchemeCode::OhsIso45001);
    let smk3 = Facts {
        certification_type: Some(CertificationType::Smk3),
        ..Facts::default()
    };
    assert_eq!(required_codes(ohs, &smk3).last(), Some(&"K11"));
    assert_eq!(required_codes(ohs, &Facts::default()).last(), Some(&"K10"));
}

#[test]
fn environment_and_food_safety_ask_for_what_quality_asks() {
    let titles = |code| {
        let rows = Scheme::of(code).requirements.iter().take(15);
        // The fifth row differs, because it names the management system.
        rows.filter(|row| !row.code.ends_with("05"))
            .map(|row| row.title.id)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        titles(SchemeCode::EnvironmentIso14001),
        titles(SchemeCode::QualityIso9001)
    );
    assert_eq!(
        titles(SchemeCode::FoodSafetyIso22000),
        titles(SchemeCode::QualityIso9001)
    );
}

#[test]
fn a_row_is_shown_with_its_condition_as_rule_and_in_words() {
    let view = super::views::RequirementView::from(product().requirement("P14").unwrap());
    let expected = json!({
        "code": "P14",
        "title": {"id": "Perjanjian dengan pemilik SIPA", "en": "Agreement with the holder of the SIPA"},
        "necessity": "optional",
        "condition": {
            "rule": {"op": "all", "of": [
                {"op": "one_of", "fact": "commodity", "values": ["bottled_water"]},
                {"op": "yes", "fact": "water_permit_of_another"}
            ]},
            "text": {
                "en": "if the product is bottled drinking water (AMDK), and the water permit (SIPA) is held by another party",
                "id": "jika produknya air minum dalam kemasan (AMDK), dan SIPA dimiliki pihak lain"
            }
        },
        "accepts": ["pdf", "jpeg", "png"],
        "max_megabytes": 10,
        "max_age_months": null,
        "source": "SK 480/2021 of BSPJI Palembang, sippn.menpan.go.id/pelayanan-publik/8053463",
        "confidence": "high"
    });
    assert_eq!(serde_json::to_value(view).unwrap(), expected);
}

#[test]
fn the_view_of_a_scheme_shows_every_row_in_printed_order() {
    for scheme in Scheme::all() {
        let view = SchemeView::from(scheme);
        let shown: Vec<_> = view.requirements.iter().map(|row| row.code).collect();
        let printed: Vec<_> = scheme.requirements.iter().map(|row| row.code).collect();
        assert_eq!(shown, printed);
        assert_eq!(SchemeSummary::from(scheme).requirement_count, printed.len());
    }
}
