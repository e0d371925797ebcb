use actix_web::App;
use actix_web::body::to_bytes;
use actix_web::http::{StatusCode, header};
use actix_web::test::{TestRequest, call_service, init_service};
use serde_json::{Value, json};

use super::*;
use crate::sop::render::{self, End};
use crate::sop::role::Role;
use crate::{certification, complaint};

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
        "code": "cert", "title": {"id": "Pelayanan Sertifikasi", "en": "Certification service"},
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
        "width=\"1190.55pt\" height=\"841.88pt\"",
        "role=\"img\"",
        "xml:lang=\"id\"",
        "6b: Paraf biaya (Ketua Tim PJI), lalu 7",
        "Menandatangani surat",
        "lembar konfirmasi audit",
        ", 120 menit",
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
fn every_step_and_every_move_of_an_sop_is_on_its_poster() {
    let both = [
        (
            render::view(&certification::sop::SOP),
            render::poster(&certification::sop::SOP),
        ),
        (
            render::view(&complaint::sop::SOP),
            render::poster(&complaint::sop::SOP),
        ),
    ];
    for (sop, poster) in both {
        let drawn = poster.rows.iter().map(|row| row.step);
        let mut steps: Vec<_> = drawn.chain(poster.staying.iter().copied()).collect();
        steps.sort_unstable();
        assert!(steps.into_iter().eq(0..sop.steps.len()), "{}", sop.code);
        for (i, row) in poster.rows.iter().enumerate() {
            let step = &sop.steps[row.step];
            let ends = |stage: &str| {
                let names = |end: &End| end.text.split(' ').next() == Some(stage);
                row.ends.iter().any(names)
            };
            let goes_on = |stage: &str| {
                let next = poster.arrows.iter().filter(|arrow| arrow.from == i);
                let starts = |to: usize| {
                    let next = &sop.steps[poster.rows[to].step];
                    next.moves.iter().any(|of| of.from == stage)
                };
                next.into_iter().any(|arrow| starts(arrow.to))
            };
            for of in step.moves.iter().filter(|of| of.drawn) {
                for to in of.to.iter().filter(|to| **to != of.from) {
                    let own = step.moves.iter().any(|of| of.from == *to);
                    assert!(ends(to) || goes_on(to) || own, "{}: {to}", row.label);
                }
            }
            assert!(
                row.lanes.iter().all(|lane| *lane < poster.lanes.len()) && !row.lanes.is_empty(),
                "{}",
                row.label
            );
        }
        for stage in &sop.stages[1..] {
            let reached = sop.steps.iter().flat_map(|step| &step.moves);
            assert!(
                reached
                    .filter(|of| of.drawn)
                    .any(|of| of.to.contains(stage)),
                "{stage}"
            );
        }
    }
}

#[test]
fn arrows_that_pass_the_same_row_have_channels_and_places_of_their_own() {
    for poster in [
        render::poster(&certification::sop::SOP),
        render::poster(&complaint::sop::SOP),
    ] {
        let beside: Vec<_> = poster.arrows.iter().filter(|one| one.channel > 0).collect();
        assert!(beside.len() > 4);
        for (i, one) in beside.iter().enumerate() {
            for other in &beside[i + 1..] {
                let apart = one.from.max(one.to) < other.from.min(other.to)
                    || other.from.max(other.to) < one.from.min(one.to);
                assert!(apart || one.channel != other.channel, "{one:?} {other:?}");
            }
        }
        for (i, row) in poster.rows.iter().enumerate() {
            let leaving = beside
                .iter()
                .filter(|one| one.from == i)
                .map(|one| one.leaves);
            let coming = beside.iter().filter(|one| one.to == i).map(|one| one.comes);
            let ports = row.ends.iter().map(|end| end.port);
            let mut ports: Vec<_> = ports.chain(leaving).chain(coming).collect();
            ports.sort_unstable();
            let of = ports.len();
            assert!(
                ports.into_iter().eq((1..=of).map(|n| [n, of])),
                "{}",
                row.label
            );
        }
    }
}
