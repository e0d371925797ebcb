use actix_web::App;
use actix_web::body::to_bytes;
use actix_web::http::{StatusCode, header};
use actix_web::test::{TestRequest, call_service, init_service};
use serde_json::{Value, json};

use super::*;
use crate::sop::role::Role;

/// Status, content type and text of the reply to `GET path`.
async fn get(path: &str) -> (StatusCode, String, String) {
    let app = init_service(App::new().configure(routes)).await;
    let reply = call_service(&app, TestRequest::get().uri(path).to_request()).await;
    let content_type = reply
        .headers()
        .get(header::CONTENT_TYPE)
        .map(|value| value.to_str().unwrap().to_owned());
    let status = reply.status();
    let body = to_bytes(reply.into_body()).await.unwrap();
    (
        status,
        content_type.unwrap_or_default(),
        String::from_utf8(body.to_vec()).unwrap(),
    )
}

#[actix_web::test]
async fn the_list_names_each_sop_with_its_steps_and_times() {
    let (status, _, body) = get("/sops").await;
    assert_eq!(status, StatusCode::OK);
    let item = json!({
        "code": "cert", "title_id": "Pelayanan Sertifikasi", "title_en": "Certification service",
        "step_count": 8, "office_minutes": 225, "total_minutes": 285,
    });
    assert_eq!(
        serde_json::from_str::<Value>(&body).unwrap()["items"][0],
        item
    );
}

#[actix_web::test]
async fn an_sop_is_served_as_data_as_a_page_and_as_a_diagram() {
    let (status, content_type, body) = get("/sops/cert").await;
    assert_eq!(
        (status, content_type.as_str()),
        (StatusCode::OK, "application/json")
    );
    let view: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(
        view["head"]["records"],
        json!(["Data Realisasi Layanan Sertifikasi"])
    );
    assert_eq!(view["steps"][0]["actor_roles"], json!(["customer"]));
    assert_eq!(
        view["steps"][2]["moves"][0],
        json!({"from": "filed", "to": ["verified", "deficient"]})
    );
    assert_eq!(get("/sops/cert?format=json").await.2, body);

    let (status, content_type, page) = get("/sops/cert?format=markdown").await;
    assert_eq!(
        (status, content_type.as_str()),
        (StatusCode::OK, "text/markdown; charset=utf-8")
    );
    assert!(
        page.starts_with("# SOP `cert` · Pelayanan Sertifikasi"),
        "{page}"
    );

    let (status, content_type, poster) = get("/sops/cert?format=svg").await;
    assert_eq!(
        (status, content_type.as_str()),
        (StatusCode::OK, "image/svg+xml")
    );
    for part in [
        "width=\"420mm\" height=\"297mm\"",
        "Ketua Tim PJI",
        "Menandatangani surat",
        "lembar konfirmasi audit",
        ">120′<",
    ] {
        assert!(poster.contains(part), "{part}");
    }

    let (status, content_type, diagram) = get("/sops/cert?format=mermaid").await;
    assert_eq!(
        (status, content_type.as_str()),
        (StatusCode::OK, "text/plain; charset=utf-8")
    );
    for line in [
        "stateDiagram-v2",
        "    [*] --> draft",
        "    filed --> verified : 3 verify_documents (Staf Operasional)",
        "    notice_drafted --> notice_drafted : 6 initial_notice_letter (Ketua Tim SS)<br/>6 initial_notice_cost (Ketua Tim PJI)",
        "    awaiting_customer --> expired : expire_application (Sistem)",
        "    notice_sent --> [*]",
    ] {
        assert!(
            diagram.lines().any(|drawn| drawn == line),
            "{line} is not in\n{diagram}"
        );
    }
}

#[actix_web::test]
async fn an_unknown_sop_is_not_found_and_an_unknown_format_is_refused() {
    assert_eq!(get("/sops/none").await.0, StatusCode::NOT_FOUND);
    assert_eq!(
        get("/sops/cert?format=pdf").await.0,
        StatusCode::BAD_REQUEST
    );
    assert_eq!(
        get("/sops/cert?colour=red").await.0,
        StatusCode::BAD_REQUEST
    );
}

#[actix_web::test]
async fn the_roles_are_not_shown_to_strangers() {
    assert_eq!(get("/roles").await.0, StatusCode::UNAUTHORIZED);
}

#[test]
fn a_role_is_shown_with_what_the_gate_lets_it_do() {
    let shown = |role| serde_json::to_value(roles::rights_of(role)).unwrap();
    assert_eq!(
        shown(Role::OperationsStaff),
        json!({
            "code": "operations_staff", "office_term": "Staf Operasional", "by_two": false,
            "sops": [{"sop": "cert", "tasks": [
                {"step": 3, "task": "verify_documents", "stages": ["filed", "completed"]},
                {"step": 6, "task": "draft_audit_notice", "stages": ["confirmed"]},
            ]}],
        })
    );
    assert_eq!(shown(Role::InternalAuditor)["by_two"], true);
    assert_eq!(
        shown(Role::Admin)["sops"],
        json!([]),
        "an administrator does no step"
    );
}

#[test]
fn on_a_poster_nothing_lies_on_anything() {
    for sop in catalogue::SOPS {
        let poster = sop.poster();
        assert_eq!(
            crate::drawing::overlap::faults(&poster),
            Vec::<String>::new(),
            "{}",
            sop.code()
        );
        assert!(
            (poster.w - 1680.0).abs() < 0.01 && (poster.h - 1188.0).abs() < 0.01,
            "{}: A3, landscape: {} × {}",
            sop.code(),
            poster.w,
            poster.h
        );
    }
}
