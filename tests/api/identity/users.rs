//! Accounts and roles: their creation, the changes that need two administrators, and how soon a
//! change takes effect.

use serde_json::{Value, json};
use service_desk::sop::role::{Role, Roles};

use super::{journal, sign_in, text};
use crate::support::{Answer, Person, TestApp};

fn registration(email: &str) -> Value {
    let address = json!({"street": "Jl. Perindustrian II No. 12", "city": "Palembang", "province": "Sumatera Selatan", "postal_code": "30152"});
    let organisation =
        json!({"name": "PT Karet Musi Sejahtera", "address": address, "nib": "1234567890123"});
    json!({"email": email, "password": "kuda benar baterai", "display_name": "Siti Rahayu", "organisation": organisation})
}

fn path(person: &Person) -> String {
    format!("/api/v1/users/{}", person.id)
}

/// Sets the roles of `person` under the current version, as `by`.
pub async fn set_roles(by: &Person, person: &Person, roles: Value) -> Answer {
    let tag = by
        .get(&path(person))
        .await
        .header("etag")
        .expect("an account has a version")
        .to_owned();
    by.put(
        &format!("{}/roles", path(person)),
        json!({"roles": roles}),
        Some(&tag),
    )
    .await
}

/// Sets the roles of the account `user`, as `by`.
pub async fn set_roles_of(by: &Person, user: &str, roles: Value) -> Answer {
    by.put(
        &format!("/api/v1/users/{user}/roles"),
        json!({"roles": roles}),
        Some("*"),
    )
    .await
}

#[actix_web::test]
async fn a_customer_registers_and_signs_in() {
    let app = TestApp::start().await;
    let made = app
        .nobody()
        .post(
            "/api/v1/auth/register",
            registration("siti@karetmusi.example"),
        )
        .await;
    assert_eq!((made.status, made.bytes.len()), (202, 0));
    let tokens = app
        .nobody()
        .post(
            "/api/v1/auth/login",
            json!({"email": "siti@karetmusi.example", "password": "kuda benar baterai"}),
        )
        .await;
    let me = app
        .nobody()
        .with_token(text(&tokens, "access_token"))
        .get("/api/v1/me")
        .await;
    assert_eq!(
        (&me.body["roles"], &me.body["organisation"]["nib"]),
        (&json!(["customer"]), &json!("1234567890123"))
    );
    assert_eq!(journal(&app, "register").await, 1);
}

#[actix_web::test]
async fn registering_an_address_that_has_an_account_answers_as_always_and_the_mail_tells() {
    let app = TestApp::start().await;
    let register = async |email: &str| {
        let mut form = registration(email);
        form["password"] = json!("perahu hijau menuju hulu");
        let answer = app.nobody().post("/api/v1/auth/register", form).await;
        let headers: Vec<_> = answer
            .headers()
            .into_iter()
            .filter(|(name, _)| !["date", "x-request-id", "ratelimit"].contains(name))
            .collect();
        (answer.status, format!("{headers:?}"), answer.bytes.clone())
    };
    let first = app
        .nobody()
        .post(
            "/api/v1/auth/register",
            registration("siti@karetmusi.example"),
        )
        .await;
    assert_eq!(first.status, 202);
    let free = register("budi@karetmusi.example").await;
    for _ in 0..5 {
        assert_eq!(register("SITI@karetmusi.example").await, free);
    }
    let mut sql = app.sql().await;
    let counts: (i64, i64) = sqlx::query_as(
        "select (select count(*) from customer), (select count(*) from mail where kind = 'account_exists')",
    )
    .fetch_one(&mut sql)
    .await
    .unwrap();
    assert_eq!(
        counts,
        (2, 3),
        "nothing was created, and three mails an hour"
    );
    for (password, status) in [
        ("perahu hijau menuju hulu", 401),
        ("perahu biru menuju hilir", 401),
        ("kuda benar baterai", 200),
    ] {
        let body = json!({"email": "siti@karetmusi.example", "password": password});
        let answer = app.nobody().post("/api/v1/auth/login", body).await;
        assert_eq!(answer.status, status, "{password}");
    }
}

#[actix_web::test]
async fn every_fault_of_a_registration_is_listed() {
    let app = TestApp::start().await;
    let mut form = registration("not an address");
    form["password"] = json!("pendek");
    form["organisation"]["nib"] = json!("12");
    let refusal = app.nobody().post("/api/v1/auth/register", form).await;
    let pointers: Vec<_> = refusal.body["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["pointer"].as_str().unwrap())
        .collect();
    assert_eq!(
        (refusal.status, pointers),
        (422, vec!["/email", "/password", "/organisation/nib"])
    );
}

/// Faults found by the parser, the schema and the rules come in one reply.
#[actix_web::test]
async fn faults_of_shape_and_of_content_of_a_registration_come_in_one_wave() {
    let app = TestApp::start().await;
    let mut form = registration("a..b@karet.example");
    (
        form["password"],
        form["display_name"],
        form["organisation"]["nib"],
    ) = (json!("pendek"), json!("\u{200b}"), json!(12));
    form["organisation"]["address"]
        .as_object_mut()
        .unwrap()
        .remove("city");
    (
        form["organisation"]["address"]["postal_code"],
        form["organisation"]["address"]["rt"],
    ) = (json!("3015"), json!("07"));
    let refusal = app.nobody().post("/api/v1/auth/register", form).await;
    let mut found: Vec<_> = refusal.body["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            (
                one["pointer"].as_str().unwrap(),
                one["code"].as_str().unwrap(),
            )
        })
        .collect();
    found.sort_unstable();
    let expected = [
        ("/display_name", "empty"),
        ("/email", "not_an_email"),
        ("/organisation/address/city", "missing_field"),
        ("/organisation/address/postal_code", "not_digits"),
        ("/organisation/address/rt", "unknown_field"),
        ("/organisation/nib", "wrong_type"),
        ("/password", "too_short"),
    ];
    assert_eq!(
        (refusal.status, found.as_slice()),
        (422, expected.as_slice())
    );
    let mut short = registration("siti@karet.example");
    (short["email"], short["password"]) = (json!(null), json!("pendek"));
    let refusal = app.nobody().post("/api/v1/auth/register", short).await;
    let found: Vec<_> = refusal.body["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["pointer"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(found, ["/email", "/password"]);
}

/// Every address and every name goes through one parser.
#[actix_web::test]
async fn what_surrounds_an_address_or_a_name_is_left_out_and_what_hides_in_it_is_refused() {
    let app = TestApp::start().await;
    let admin = app.staff(Role::Admin).await;
    for wrong in [
        "a..b@karet.example",
        ".a@karet.example",
        "a.@karet.example",
        "a@karet..example",
        "a\u{200b}b@karet.example",
        "a@ka\u{ad}ret.example",
        "\u{200b}",
        "a@1.2",
    ] {
        app.nobody()
            .post("/api/v1/auth/register", registration(wrong))
            .await
            .refused(422, "invalid_content");
    }
    for wrong in [
        "\u{200b}",
        "\u{feff}\u{ad}",
        "\u{3164}",
        " \u{a0}\u{2800}",
        "\u{200d}",
        "Bu\u{200b}di",
        "Bu\u{202e}di",
    ] {
        let staff = app.staff(Role::Treasurer).await;
        let refused = admin
            .patch(
                &path(&staff),
                json!({"display_name": format!("{wrong}{wrong}")}),
                Some("*"),
            )
            .await;
        assert!(refused.status == 422, "{wrong:?}");
        let mut form = registration("siti@karet.example");
        form["organisation"]["name"] = json!(format!("{wrong}{wrong}"));
        app.nobody()
            .post("/api/v1/auth/register", form)
            .await
            .refused(422, "invalid_content");
    }
    let mut form = registration("\u{feff} Siti@KaretMusi.Example\u{a0}\u{200b}");
    (form["display_name"], form["organisation"]["name"]) = (
        json!("\u{202a} Rene\u{301} \u{202c}"),
        json!("PT Karet\u{200b}\n"),
    );
    app.nobody()
        .post("/api/v1/auth/register", form)
        .await
        .expect(202);
    let tokens = app
        .nobody()
        .post(
            "/api/v1/auth/login",
            json!({"email": "siti@karetmusi.example", "password": "kuda benar baterai"}),
        )
        .await;
    let siti = app.nobody().with_token(text(&tokens, "access_token"));
    let made = siti.get("/api/v1/me").await.expect(200);
    assert_eq!(
        (
            &made["email"],
            &made["display_name"],
            &made["organisation"]["name"]
        ),
        (
            &json!("Siti@karetmusi.example"),
            &json!("Ren\u{e9}"),
            &json!("PT Karet")
        )
    );
    for typed in [
        "siti@karetmusi.example",
        "\u{200e}SITI@KARETMUSI.EXAMPLE ",
        "siti@karetmusi.example\u{feff}",
    ] {
        app.nobody()
            .post(
                "/api/v1/auth/login",
                json!({"email": typed, "password": "kuda benar baterai"}),
            )
            .await
            .expect(200);
    }
    app.nobody()
        .post(
            "/api/v1/auth/login",
            json!({"email": "siti@karetmusi.example", "password": " kuda benar baterai"}),
        )
        .await
        .refused(401, "bad_credentials");
    app.nobody()
        .post(
            "/api/v1/auth/register",
            registration("siti@KARETMUSI.example "),
        )
        .await
        .expect(202);
    let accounts = "select count(*) from app_user where lower(email) = 'siti@karetmusi.example'";
    let accounts: i64 = sqlx::query_scalar(accounts)
        .fetch_one(&mut app.sql().await)
        .await
        .unwrap();
    assert_eq!(accounts, 1);
}

#[actix_web::test]
async fn only_an_administrator_keeps_accounts_and_others_are_refused_before_their_body_is_read() {
    let app = TestApp::start().await;
    for other in [app.staff(Role::Head).await, app.customer().await] {
        assert_eq!(other.get("/api/v1/users").await.status, 403);
        assert_eq!(other.get(&path(&other)).await.status, 403);
        let refusal = other.post("/api/v1/users", json!("not a form")).await;
        assert_eq!((refusal.status, text(&refusal, "code")), (403, "forbidden"));
    }
}

#[actix_web::test]
async fn an_administrator_makes_an_account_for_staff_and_chooses_no_password() {
    let app = TestApp::start().await;
    let admin = app.staff(Role::Admin).await;
    let mut form = json!({"email": "budi@bspji.example", "display_name": "Budi", "password": "jembatan ampera malam", "roles": ["pji_staff", "internal_auditor"]});
    // An administrator never knows the password of another account.
    let refusal = admin
        .post("/api/v1/users", form.clone())
        .await
        .refused(422, "invalid_content");
    assert_eq!(refusal["errors"][0]["pointer"], "/password");
    form.as_object_mut().unwrap().remove("password");
    let made = admin.post("/api/v1/users", form).await;
    assert_eq!(
        (
            made.status,
            &made.body["roles"],
            &made.body["pending_roles"][0]["role"]
        ),
        (201, &json!(["pji_staff"]), &json!("internal_auditor"))
    );
    let shown = admin.get(made.header("location").unwrap()).await;
    assert_eq!(
        (&shown.body, shown.header("etag")),
        (&made.body, made.header("etag"))
    );
    assert_eq!(
        (
            &made.body["taken_up"],
            made.body["invited_until"].is_string()
        ),
        (&json!(false), true)
    );
}

#[actix_web::test]
async fn staff_is_no_customer_and_a_customer_no_staff() {
    let app = TestApp::start().await;
    let (admin, customer, staff) = (
        app.staff(Role::Admin).await,
        app.customer().await,
        app.staff(Role::PjiStaff).await,
    );
    assert_eq!(
        set_roles(&admin, &customer, json!(["customer", "head"]))
            .await
            .status,
        422
    );
    assert_eq!(
        set_roles(&admin, &staff, json!(["pji_staff", "customer"]))
            .await
            .status,
        422
    );
}

#[actix_web::test]
async fn deactivating_somebody_takes_effect_on_their_next_request() {
    let app = TestApp::start().await;
    let (admin, staff) = (
        app.staff(Role::Admin).await,
        app.staff(Role::PjiStaff).await,
    );
    let tokens = sign_in(&app, &staff).await;
    assert_eq!(staff.get("/api/v1/me").await.status, 200);
    let tag = admin
        .get(&path(&staff))
        .await
        .header("etag")
        .unwrap()
        .to_owned();
    let changed = admin
        .patch(&path(&staff), json!({"active": false}), Some(&tag))
        .await;
    assert_eq!(
        (changed.status, &changed.body["active"]),
        (200, &json!(false))
    );
    assert_eq!(staff.get("/api/v1/me").await.status, 401);
    assert_eq!(
        app.nobody()
            .post(
                "/api/v1/auth/refresh",
                json!({"refresh_token": text(&tokens, "refresh_token")})
            )
            .await
            .status,
        401
    );
    let refusal = sign_in(&app, &staff).await;
    assert_eq!(
        (refusal.status, text(&refusal, "code")),
        (401, "bad_credentials")
    );
    assert_eq!(journal(&app, "deactivate_user").await, 1);
}

#[actix_web::test]
async fn whoever_is_activated_again_signs_in_again() {
    let app = TestApp::start().await;
    let (admin, staff) = (
        app.staff(Role::Admin).await,
        app.staff(Role::PjiStaff).await,
    );
    for active in [false, true] {
        let tag = admin
            .get(&path(&staff))
            .await
            .header("etag")
            .unwrap()
            .to_owned();
        assert_eq!(
            admin
                .patch(&path(&staff), json!({"active": active}), Some(&tag))
                .await
                .status,
            200
        );
    }
    assert_eq!(staff.get("/api/v1/me").await.status, 401);
    assert_eq!(sign_in(&app, &staff).await.status, 200);
}

#[actix_web::test]
async fn a_role_that_is_taken_away_is_gone_on_the_next_request() {
    let app = TestApp::start().await;
    let (admin, other, third) = (
        app.staff(Role::Admin).await,
        app.staff(Role::Admin).await,
        app.staff(Role::Admin).await,
    );
    for by in [&admin, &third] {
        assert_eq!(other.get("/api/v1/users").await.status, 200);
        assert_eq!(
            set_roles(by, &other, json!(["treasurer"])).await.status,
            200
        );
    }
    assert_eq!(other.get("/api/v1/users").await.status, 403);
    assert_eq!(
        other.get("/api/v1/me").await.body["roles"],
        json!(["treasurer"])
    );
}

#[actix_web::test]
async fn a_role_is_named_once() {
    let app = TestApp::start().await;
    let (admin, staff) = (
        app.staff(Role::Admin).await,
        app.staff(Role::PjiStaff).await,
    );
    let twice = set_roles(
        &admin,
        &staff,
        json!(["treasurer", "pji_staff", "treasurer"]),
    )
    .await;
    assert_eq!(
        (
            twice.status,
            &twice.body["errors"][0]["pointer"],
            &twice.body["errors"][0]["code"]
        ),
        (422, &json!("/roles/2"), &json!("duplicate"))
    );
    assert_eq!(
        staff.get("/api/v1/me").await.body["roles"],
        json!(["pji_staff"]),
        "nothing was changed"
    );
}

#[actix_web::test]
async fn a_change_needs_the_version_that_was_seen() {
    let app = TestApp::start().await;
    let (admin, staff) = (
        app.staff(Role::Admin).await,
        app.staff(Role::PjiStaff).await,
    );
    let tag = admin
        .get(&path(&staff))
        .await
        .header("etag")
        .unwrap()
        .to_owned();
    assert_eq!(
        admin
            .patch(&path(&staff), json!({"display_name": "Budi"}), None)
            .await
            .status,
        428
    );
    assert_eq!(
        admin
            .put(
                &format!("{}/roles", path(&staff)),
                json!({"roles": []}),
                None
            )
            .await
            .status,
        428
    );
    assert_eq!(
        admin
            .patch(&path(&staff), json!({"display_name": "Budi"}), Some(&tag))
            .await
            .status,
        200
    );
    let stale = admin
        .put(
            &format!("{}/roles", path(&staff)),
            json!({"roles": []}),
            Some(&tag),
        )
        .await;
    assert_eq!((stale.status, text(&stale, "code")), (412, "stale_version"));
}

#[actix_web::test]
async fn a_role_of_two_is_given_and_taken_by_two_administrators_and_never_by_one() {
    let app = TestApp::start().await;
    let _others = (
        app.staff(Role::IdentityCustodian).await,
        app.staff(Role::InternalAuditor).await,
    );
    let (one, other, staff) = (
        app.staff(Role::Admin).await,
        app.staff(Role::Admin).await,
        app.staff(Role::PjiStaff).await,
    );
    for role in Role::all()
        .filter(|role| role.is_given_by_two())
        .map(Role::code)
    {
        let wanted = || json!(["pji_staff", role]);
        for _ in 0..2 {
            let proposed = set_roles(&one, &staff, wanted()).await;
            assert_eq!(
                (
                    &proposed.body["roles"],
                    &proposed.body["pending_roles"][0]["role"]
                ),
                (&json!(["pji_staff"]), &json!(role))
            );
            assert_eq!(
                proposed.body["pending_roles"][0]["proposed_by"],
                json!(one.id)
            );
        }
        let given = set_roles(&other, &staff, wanted()).await;
        let both: Roles = [Role::PjiStaff, Role::from_code(role).unwrap()]
            .into_iter()
            .collect();
        assert_eq!(
            (&given.body["roles"], &given.body["pending_roles"]),
            (&json!(both.codes()), &json!([]))
        );
        for _ in 0..2 {
            let kept = set_roles(&one, &staff, json!(["pji_staff"])).await;
            assert_eq!(
                (
                    &kept.body["roles"],
                    &kept.body["pending_roles"][0]["change"]
                ),
                (&json!(both.codes()), &json!("take"))
            );
        }
        let taken = set_roles(&other, &staff, json!(["pji_staff"])).await;
        assert_eq!(
            (&taken.body["roles"], &taken.body["pending_roles"]),
            (&json!(["pji_staff"]), &json!([]))
        );
    }
}

#[actix_web::test]
async fn the_proposal_of_somebody_who_is_no_administrator_any_more_is_half_of_nothing() {
    let app = TestApp::start().await;
    let (one, other, staff) = (
        app.staff(Role::Admin).await,
        app.staff(Role::Admin).await,
        app.staff(Role::PjiStaff).await,
    );
    set_roles(&one, &staff, json!(["internal_auditor"])).await;
    for by in [&other, &app.staff(Role::Admin).await] {
        set_roles(by, &one, json!([])).await.expect(200);
    }
    let proposed = set_roles(&other, &staff, json!(["internal_auditor"])).await;
    assert_eq!(
        (
            &proposed.body["roles"],
            &proposed.body["pending_roles"][0]["proposed_by"]
        ),
        (&json!([]), &json!(other.id))
    );
}

#[actix_web::test]
async fn nobody_changes_their_own_roles() {
    let app = TestApp::start().await;
    let (admin, _other) = (app.staff(Role::Admin).await, app.staff(Role::Admin).await);
    for roles in [json!(["admin", "head"]), json!([])] {
        let refusal = set_roles(&admin, &admin, roles).await;
        assert_eq!((refusal.status, text(&refusal, "code")), (403, "forbidden"));
    }
}

#[actix_web::test]
async fn the_last_administrator_stays() {
    let app = TestApp::start().await;
    let (admin, other) = (app.staff(Role::Admin).await, app.staff(Role::Admin).await);
    // One of two administrators loses the role when both agree.
    for by in [&admin, &other] {
        let tag = admin
            .get(&path(&other))
            .await
            .header("etag")
            .unwrap()
            .to_owned();
        assert_eq!(
            by.patch(&path(&other), json!({"active": false}), Some(&tag))
                .await
                .status,
            200
        );
    }
    other
        .get("/api/v1/me")
        .await
        .refused(401, "unauthenticated");
    let tag = admin
        .get(&path(&admin))
        .await
        .header("etag")
        .unwrap()
        .to_owned();
    let refusal = admin
        .patch(&path(&admin), json!({"active": false}), Some(&tag))
        .await;
    assert_eq!((refusal.status, text(&refusal, "code")), (409, "conflict"));
    assert_eq!(admin.get("/api/v1/me").await.status, 200);
}

#[actix_web::test]
async fn of_two_administrators_who_remove_each_other_at_once_one_stays() {
    let app = TestApp::start().await;
    let (one, other, third) = (
        app.staff(Role::Admin).await,
        app.staff(Role::Admin).await,
        app.staff(Role::Admin).await,
    );
    for person in [&one, &other] {
        set_roles(&third, person, json!([])).await.expect(200);
    }
    let remove = async |by: &Person, person: &Person| {
        by.put(
            &format!("{}/roles", path(person)),
            json!({"roles": []}),
            Some("*"),
        )
        .await
        .status
    };
    let (first, second) =
        futures_util::future::join(remove(&one, &other), remove(&other, &one)).await;
    assert!(first == 200 || second == 200, "{first} {second}");
    let left = sqlx::query_scalar("select count(*) from user_role where role = 'admin'");
    let left: i64 = left.fetch_one(&mut app.sql().await).await.unwrap();
    assert_eq!(left, 2, "the third and one of them");
}

#[actix_web::test]
async fn the_list_comes_in_pages_and_is_filtered() {
    let app = TestApp::start().await;
    let admin = app.staff(Role::Admin).await;
    for _ in 0..3 {
        app.customer().await;
    }
    let (mut seen, mut next) = (Vec::new(), "/api/v1/users?role=customer&limit=2".to_owned());
    loop {
        let page = admin.get(&next).await;
        assert_eq!(page.status, 200, "{}", page.body);
        seen.extend(
            page.body["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|item| item["id"].as_str().unwrap().to_owned()),
        );
        let Some(cursor) = page.body["next_cursor"].as_str() else {
            break;
        };
        next = format!("/api/v1/users?role=customer&limit=2&cursor={cursor}");
    }
    let distinct: std::collections::BTreeSet<_> = seen.iter().collect();
    assert_eq!((seen.len(), distinct.len()), (3, 3));
    assert_eq!(
        admin.get("/api/v1/users?active=false").await.body["items"],
        json!([])
    );
    assert_eq!(admin.get("/api/v1/users?name=budi").await.status, 400);
}

#[actix_web::test]
async fn an_account_that_is_not_there_is_not_found() {
    let app = TestApp::start().await;
    let admin = app.staff(Role::Admin).await;
    assert_eq!(
        admin
            .get("/api/v1/users/0192f0c1-2b3c-7def-8123-456789abcdef")
            .await
            .status,
        404
    );
    assert_eq!(admin.get("/api/v1/users/nobody").await.status, 400);
}
