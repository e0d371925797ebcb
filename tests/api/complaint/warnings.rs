//! Warnings as they are issued: once for each person.

use serde_json::{Value, json};

use super::wing::{Until, Wing};

fn warning(user: uuid::Uuid) -> Value {
    json!({"user": user, "text": "Pungutan di luar tarif tidak dibenarkan."})
}

#[actix_web::test]
async fn nobody_is_warned_twice_in_one_request() {
    let mut wing = Wing::open().await;
    let case = wing.case(Until::Forwarded).await;
    let twice = json!([warning(wing.clerk.id), warning(wing.admin.id), warning(wing.clerk.id)]);
    let resolution = json!({"finding": "proven", "summary": "Terbukti.", "warnings": twice});
    for (end, form) in [("warnings", json!({"warnings": twice})), ("resolution", resolution)] {
        let refused = wing.team_lead.post(&format!("{}/{end}", case.path), form).await.refused(422, "invalid_content");
        assert_eq!(refused["errors"].as_array().unwrap().len(), 1, "{refused:#}");
        assert_eq!((&refused["errors"][0]["pointer"], &refused["errors"][0]["code"]), (&json!("/warnings/2/user"), &json!("duplicate")));
    }
    let warnings: i64 = sqlx::query_scalar("select count(*) from wbs.warning").fetch_one(&mut wing.app.sql().await).await.unwrap();
    assert_eq!(warnings, 0);
}
