//! Secrets that must not be in the log. The log is captured with the default filter; other tests of
//! the run write into the same log, and the check covers their lines too.

use std::sync::OnceLock;

use service_desk::sop::role::Role;

use crate::certification::Office;
use crate::certification::office::{Until, mandatory};
use crate::support::{Log, Request};

/// The log of this run from now on.
pub fn log() -> &'static Log {
    static LOG: OnceLock<Log> = OnceLock::new();
    LOG.get_or_init(|| {
        let log = Log::default();
        let filter = tracing_subscriber::EnvFilter::new("debug,sqlx=warn,graphile_worker=warn,opendal=warn,hyper=info,reqwest=info,hyper_util=info");
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(log.clone()).with_ansi(false).init();
        log
    })
}

#[actix_web::test]
async fn the_log_of_a_whole_story_names_nobody() {
    let log = log();
    let office = Office::open().await;
    let case = office.case(Until::Sent).await;
    let mine = office.app.staff(Role::Admin).await;
    let draft = office.bare_draft().await;
    let (path, name) = (
        format!("{draft}/documents/{}", mandatory()[0]),
        [(
            "content-disposition",
            "attachment; filename=\"akta-rahasia.pdf\"",
        )],
    );
    let body = Some(("application/pdf", crate::certification::office::pdf("x")));
    office
        .customer
        .ask(&Request {
            method: reqwest::Method::PUT,
            path: &path,
            body,
            headers: &name,
        })
        .await
        .expect(201);
    office
        .customer
        .get("/api/v1/applications?text=pencarian-rahasia")
        .await
        .expect(200);
    mine.get(&format!("/api/v1/users/{}?rahasia=1", office.customer.id))
        .await;
    let wrong =
        serde_json::json!({"email": office.customer.email, "password": "bukan kata sandinya"});
    office
        .app
        .nobody()
        .post("/api/v1/auth/login", wrong)
        .await
        .refused(401, "bad_credentials");
    let text = log.text();
    assert!(
        text.contains("answered") && text.contains("/api/v1/applications/{id}/submission"),
        "the log was read: {text}"
    );
    let people = [
        &office.customer,
        &office.pji_staff,
        &office.operations,
        &office.ss_lead,
        &office.pji_lead,
        &office.head,
        &office.treasurer,
        &mine,
    ];
    for person in people {
        let secrets = [
            &person.email,
            &person.password,
            &person.id.to_string(),
            person.token.as_ref().unwrap(),
            person.refresh_token.as_ref().unwrap(),
        ];
        for secret in secrets {
            assert!(!text.contains(secret.as_str()), "the log contains {secret}");
        }
    }
    let words = [
        "bukan kata sandinya",
        "akta-rahasia",
        "pencarian-rahasia",
        "rahasia=1",
        "Rahmat Hidayat",
        "mutu@tirtamusi.example",
        "@bspji.example",
    ];
    for secret in words.into_iter().chain([case.rsplit('/').next().unwrap()]) {
        assert!(!text.contains(secret), "the log contains {secret}");
    }
}
