//! Failed jobs in the administrators' list.

use service_desk::sop::role::Role;

use crate::support::TestApp;

#[actix_web::test]
async fn a_failed_job_is_seen_by_administrators_with_a_code_and_nothing_it_was_about() {
    let app = TestApp::start().await;
    let (admin, head) = (app.staff(Role::Admin).await, app.staff(Role::Head).await);
    assert!(
        admin.get("/api/v1/job-failures").await.expect(200)["items"]
            .as_array()
            .unwrap()
            .is_empty()
    );
    let queue = "select graphile_worker.add_job('spread_event', payload => '{\"event\": \"rahasia\"}'::json)";
    for error in ["busy", "the mail to siti@warga.example was refused"] {
        sqlx::query(queue)
            .execute(&mut app.sql().await)
            .await
            .unwrap();
        let fail = "update graphile_worker._private_jobs set attempts = 25, last_error = $1 where last_error is null";
        sqlx::query(fail)
            .bind(error)
            .execute(&mut app.sql().await)
            .await
            .unwrap();
    }
    let seen = admin.get("/api/v1/job-failures").await.expect(200);
    let codes: Vec<_> = seen["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["code"].as_str().unwrap())
        .collect();
    assert_eq!(codes, ["internal_error", "busy"]);
    assert!(seen["items"][0]["next_at"].is_null() && seen["items"][0]["task"] == "spread_event");
    assert!(!seen.to_string().contains("siti") && !seen.to_string().contains("rahasia"));
    head.get("/api/v1/job-failures")
        .await
        .refused(403, "forbidden");
}
