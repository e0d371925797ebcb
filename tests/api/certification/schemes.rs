//! The fields of an application under its scheme: the form of certification, products or a scope,
//! the discount. Contradictions are refused.

use serde_json::{Value, json};
use service_desk::certification::facts::CertificationType;
use service_desk::certification::form::ApplicationForm;
use service_desk::certification::schemes::SchemeCode;
use service_desk::web::body::Validate as _;

use super::Office;
use super::attempts::id_of;
use super::drafts::faults;
use super::office::{Until, application, pdf, product};

/// `form` with `change` merged into it (RFC 7396, one level of nesting).
fn changed(mut form: Value, change: &Value) -> Value {
    for (name, value) in change.as_object().unwrap() {
        match (value, form.get_mut(name)) {
            (Value::Object(members), Some(Value::Object(known))) => known.extend(members.clone()),
            _ => form[name] = value.clone(),
        }
    }
    form
}

fn products() -> Value {
    product()["products"].clone()
}

/// A form that contradicts its scheme, or itself, cannot even be saved as a draft.
#[actix_web::test]
async fn what_does_not_go_with_the_scheme_is_refused_with_a_pointer_to_each() {
    let office = Office::open().await;
    let (kind, discount) = (
        "/facts/certification_type",
        "/facts/small_business_discount",
    );
    let of = |scheme: &str, change: Value| {
        let form = if scheme == "product_sni" {
            product()
        } else {
            changed(application(), &json!({"scheme": scheme, "facts": {}}))
        };
        changed(form, &change)
    };
    for (form, pointers) in [
        (
            of(
                "product_sni",
                json!({"facts": {"certification_type": "smk3"}}),
            ),
            vec![kind],
        ),
        (
            of(
                "quality_iso9001",
                json!({"facts": {"certification_type": "type_5"}}),
            ),
            vec![kind],
        ),
        (
            of(
                "environment_iso14001",
                json!({"facts": {"certification_type": "smk3"}}),
            ),
            vec![kind],
        ),
        (
            of(
                "food_safety_iso22000",
                json!({"facts": {"certification_type": "type_3"}}),
            ),
            vec![kind],
        ),
        (
            of(
                "green_industry",
                json!({"facts": {"certification_type": "smk3"}}),
            ),
            vec![kind],
        ),
        (
            of(
                "ohs_iso45001",
                json!({"facts": {"certification_type": "type_3"}}),
            ),
            vec![kind],
        ),
        (
            of(
                "product_sni",
                json!({"facts": {"small_business_discount": true, "business_scale": "large"}}),
            ),
            vec![discount],
        ),
        (
            of(
                "product_sni",
                json!({"facts": {"small_business_discount": true, "business_scale": "medium"}}),
            ),
            vec![discount],
        ),
        (
            of(
                "quality_iso9001",
                json!({"facts": {"small_business_discount": true, "business_scale": "micro"}}),
            ),
            vec![discount],
        ),
        (
            of("product_sni", json!({"scope": "Produksi air minum"})),
            vec!["/scope"],
        ),
        (
            of("quality_iso9001", json!({"products": products()})),
            vec!["/products"],
        ),
        (
            of("green_industry", json!({"products": products()})),
            vec!["/products"],
        ),
        (
            of(
                "product_sni",
                json!({"facts": {"certification_type": "smk3", "small_business_discount": true, "business_scale": "large"}, "scope": "Air"}),
            ),
            vec![kind, discount, "/scope"],
        ),
    ] {
        let refused = office
            .customer
            .post("/api/v1/applications", form.clone())
            .await
            .refused(422, "invalid_content");
        let expected: Vec<_> = pointers
            .into_iter()
            .map(|pointer| (pointer, "does_not_fit"))
            .collect();
        assert_eq!(faults(&refused), expected, "{form:#}");
    }
    for form in [
        of(
            "product_sni",
            json!({"facts": {"certification_type": "type_3", "small_business_discount": true, "business_scale": "small"}}),
        ),
        of(
            "product_sni",
            json!({"facts": {"certification_type": null, "business_scale": "large"}}),
        ),
        of(
            "ohs_iso45001",
            json!({"facts": {"certification_type": "smk3"}}),
        ),
        of("ohs_iso45001", json!({})),
        of(
            "green_industry",
            json!({"facts": {"business_scale": "large"}}),
        ),
    ] {
        office
            .customer
            .post("/api/v1/applications", form)
            .await
            .expect(201);
    }
}

/// Each scheme accepts its own forms of certification and no others.
#[test]
fn a_form_of_certification_goes_with_its_scheme_only() {
    for scheme in SchemeCode::ALL {
        for stated in CertificationType::ALL {
            let base = if scheme == SchemeCode::ProductSni {
                product()
            } else {
                application()
            };
            let form = changed(
                base,
                &json!({"scheme": scheme, "facts": {"certification_type": stated}}),
            );
            let form: ApplicationForm = serde_json::from_value(form).unwrap();
            let fits = match stated {
                CertificationType::Type3 | CertificationType::Type5 => {
                    scheme == SchemeCode::ProductSni
                }
                CertificationType::Smk3 => scheme == SchemeCode::OhsIso45001,
            };
            assert_eq!(form.errors().is_empty(), fits, "{scheme} {stated:?}");
        }
    }
}

/// An application for products names its type, and a discount names the enterprise scale, before
/// the submission.
#[actix_web::test]
async fn a_submission_names_the_type_of_a_product_and_the_scale_of_a_discount() {
    let office = Office::open().await;
    let begin = async |form: Value| {
        let view = office
            .customer
            .post("/api/v1/applications", form)
            .await
            .expect(201);
        format!("/api/v1/applications/{}", view["id"].as_str().unwrap())
    };
    let case = begin(changed(
        product(),
        &json!({"facts": {"certification_type": null, "small_business_discount": true}}),
    ))
    .await;
    office
        .customer
        .upload(&format!("{case}/documents/P01"), pdf("surat"))
        .await
        .expect(201);
    let gaps = office
        .customer
        .act(&format!("{case}/submission"))
        .await
        .refused(422, "invalid_content");
    assert_eq!(
        faults(&gaps),
        [
            ("/facts/certification_type", "missing_field"),
            ("/facts/business_scale", "missing_field")
        ]
    );
    let stated = json!({"facts": {"certification_type": "type_3", "business_scale": "micro"}});
    office
        .customer
        .patch(
            &case,
            json!({"facts": {"certification_type": "smk3"}}),
            Some("*"),
        )
        .await
        .refused(422, "invalid_content");
    office
        .customer
        .patch(
            &case,
            json!({"facts": {"business_scale": "large"}}),
            Some("*"),
        )
        .await
        .refused(422, "invalid_content");
    office
        .customer
        .patch(&case, stated, Some("*"))
        .await
        .expect(200);
    office
        .customer
        .act(&format!("{case}/submission"))
        .await
        .expect(200);

    // A draft from before these checks.
    let old = begin(changed(
        product(),
        &json!({"company": {"name": "PT Tirta Lama"}}),
    ))
    .await;
    office
        .customer
        .upload(&format!("{old}/documents/P01"), pdf("surat lama"))
        .await
        .expect(201);
    let aged = "update application set form = jsonb_set(form, '{facts,certification_type}', '\"smk3\"') where id = $1";
    sqlx::query(aged)
        .bind(id_of(&old))
        .execute(&mut office.app.sql().await)
        .await
        .unwrap();
    let refused = office
        .customer
        .act(&format!("{old}/submission"))
        .await
        .refused(422, "invalid_content");
    assert_eq!(
        faults(&refused),
        [("/facts/certification_type", "does_not_fit")]
    );
}

/// One patch moves a draft to another scheme.
#[actix_web::test]
async fn a_draft_changes_its_scheme_with_what_belongs_to_it() {
    let office = Office::open().await;
    let case = office.bare_draft().await;
    let alone = office
        .customer
        .patch(&case, json!({"scheme": "product_sni"}), Some("*"))
        .await
        .refused(422, "invalid_content");
    assert_eq!(faults(&alone), [("/scope", "does_not_fit")]);
    let whole = json!({"scheme": "product_sni", "scope": null, "products": products(), "facts": {"certification_type": "type_5"}});
    office
        .customer
        .patch(&case, whole, Some("*"))
        .await
        .expect(200);
    let back = json!({"scheme": "ohs_iso45001", "scope": "Produksi", "products": null, "facts": {"certification_type": null}});
    assert_eq!(
        office
            .customer
            .patch(&case, back, Some("*"))
            .await
            .expect(200)["scope"],
        "Produksi"
    );
}

/// A text of invisible characters counts as empty.
#[actix_web::test]
async fn a_text_without_a_visible_character_is_no_text() {
    let office = Office::open().await;
    for blank in [
        "",
        "  ",
        "\u{200b}",
        "\u{2060} \u{feff}",
        "\u{3164}",
        "\u{00ad}\u{200d}",
        "\u{2800}",
    ] {
        for (change, pointer) in [
            (json!({"scope": blank}), "/scope"),
            (json!({"company": {"name": blank}}), "/company/name"),
            (json!({"contact": {"name": blank}}), "/contact/name"),
        ] {
            let refused = office
                .customer
                .post("/api/v1/applications", changed(application(), &change))
                .await
                .refused(422, "invalid_content");
            assert_eq!(faults(&refused)[0].0, pointer, "{blank:?}");
        }
    }
    let case = office.case(Until::Filed).await;
    for blank in [" ", "\u{200b}\u{200c}", "\u{3164}"] {
        let refused = office
            .ss_lead
            .post(&format!("{case}/rejection"), json!({"reason": blank}))
            .await
            .refused(422, "invalid_content");
        assert_eq!(faults(&refused)[0].0, "/reason", "{blank:?}");
    }
}
