//! Identity over HTTP: signing in, sessions, passwords, accounts and roles, teams, acting for the
//! head, throttling, keys.

mod acting;
mod by_two;
mod integrations;
mod invitations;
mod kept_sign_ins;
mod keys;
mod passkeys;
mod passwords;
pub mod second_factor;
mod sessions;
mod sign_ins;
mod teams;
mod throttle;
mod users;

use serde_json::json;

use crate::support::{Answer, Person, TestApp};

/// Signs `person` in once more.
async fn sign_in(app: &TestApp, person: &Person) -> Answer {
    app.nobody()
        .post(
            "/api/v1/auth/login",
            json!({"email": person.email, "password": person.password}),
        )
        .await
}

/// Another session of `person`.
async fn another_session(app: &TestApp, person: &Person) -> Person {
    person.with_token(text(&sign_in(app, person).await, "access_token"))
}

/// The text field `name` of a reply.
fn text<'a>(answer: &'a Answer, name: &str) -> &'a str {
    answer.body[name]
        .as_str()
        .unwrap_or_else(|| panic!("{} has no {name}: {}", answer.status, answer.body))
}

/// The number of journal entries about `task`.
async fn journal(app: &TestApp, task: &str) -> i64 {
    let count = sqlx::query_scalar("select count(*) from journal where task = $1").bind(task);
    count
        .fetch_one(&mut app.sql().await)
        .await
        .expect("the journal can be counted")
}
