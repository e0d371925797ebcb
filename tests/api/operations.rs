//! What those who run the service rely on: health that says why not, and a database that fits the program.

use service_desk::database::migrate::must_be_present;

use crate::support::TestApp;

#[actix_web::test]
async fn a_stopping_service_is_not_ready_and_says_why() {
    let app = TestApp::start().await;
    assert_eq!(app.nobody().get("/health/ready").await.expect(200)["status"], "ok");

    app.service.draining.begin();

    let refusal = app.nobody().get("/health/ready").await.refused(503, "busy");
    assert_eq!(refusal["detail"], "Layanan sedang berhenti.");
    assert_eq!(app.nobody().get("/health/live").await.expect(200)["status"], "ok");
}

#[actix_web::test]
async fn a_program_newer_than_its_database_does_not_start() {
    let app = TestApp::start().await;
    must_be_present(&app.service.database).await.unwrap();

    let newest = "delete from _sqlx_migrations where version = (select max(version) from _sqlx_migrations)";
    sqlx::query(newest).execute(&mut app.sql().await).await.unwrap();

    let refusal = must_be_present(&app.service.database).await.unwrap_err();
    assert!(refusal.to_string().contains("service-desk migrate"), "{refusal}");
}
