//! Operations: readiness with a reason, and a database schema that matches the program.

use service_desk::database::log_settings::assert_server_logs_no_values;
use service_desk::database::migrate::assert_migrated;

use crate::support::TestApp;

#[actix_web::test]
async fn a_stopping_service_is_not_ready_and_says_why() {
    let app = TestApp::start().await;
    assert_eq!(
        app.nobody().get("/health/ready").await.expect(200)["status"],
        "ok"
    );

    app.service.draining.begin();

    let refusal = app.nobody().get("/health/ready").await.refused(503, "busy");
    assert_eq!(refusal["detail"], "Layanan sedang berhenti.");
    assert_eq!(
        app.nobody().get("/health/live").await.expect(200)["status"],
        "ok"
    );
}

#[actix_web::test]
async fn a_program_newer_than_its_database_does_not_start() {
    let app = TestApp::start().await;
    assert_migrated(&app.service.database).await.unwrap();

    let newest =
        "delete from _sqlx_migrations where version = (select max(version) from _sqlx_migrations)";
    sqlx::query(newest)
        .execute(&mut app.sql().await)
        .await
        .unwrap();

    let refusal = assert_migrated(&app.service.database).await.unwrap_err();
    assert!(
        refusal.to_string().contains("service-desk migrate"),
        "{refusal}"
    );
}

#[actix_web::test]
async fn a_server_that_would_log_what_reporters_do_is_refused_with_each_setting() {
    let app = TestApp::start().await;
    assert_server_logs_no_values(&app.service.database)
        .await
        .unwrap();

    let database: String = sqlx::query_scalar("select current_database()")
        .fetch_one(&mut app.sql().await)
        .await
        .unwrap();
    for (setting, value) in [
        ("log_statement", "mod"),
        ("log_error_verbosity", "default"),
        ("auto_explain.log_min_duration", "0"),
    ] {
        let change = format!("alter database {database} set {setting} = '{value}'");
        sqlx::raw_sql(sqlx::AssertSqlSafe(change))
            .execute(&mut app.sql().await)
            .await
            .unwrap();
    }

    let refusal = assert_server_logs_no_values(&app.service.database)
        .await
        .unwrap_err()
        .to_string();
    for part in [
        "log_statement = none or ddl (it is mod)",
        "log_error_verbosity = terse",
        "auto_explain.log_min_duration = -1 (it is 0)",
        "desk_app",
    ] {
        assert!(refusal.contains(part), "{refusal}");
    }
    assert!(
        !refusal.contains("track_commit_timestamp"),
        "correct settings are not listed: {refusal}"
    );
}
