//! The complaint operations in clear text, for comparison: the same rows without encryption,
//! row-level security or salts. The access log is the only trail.

use actix_web::web::ServiceConfig;
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use sqlx::Connection as _;
use uuid::Uuid;

use super::{Result, connections};

pub fn routes(config: &mut ServiceConfig) {
    config
        .service(submit)
        .service(open_session)
        .service(list)
        .service(one)
        .service(messages);
}

#[derive(Deserialize)]
struct Form {
    category: String,
    content: serde_json::Value,
    identity: Option<serde_json::Value>,
}

const ADD: &str = "
    insert into plain.complaint (id, office_id, public_number, channel, category, stage, visible_to, waiting_for, received_on, surfaces_at, stage_since,
        dek_wrapped, receipt_tag)
    select $1, o.id, $2, 'online', $3, 'received', '{}', '{}', $4, $5, $5, '', $6
    from office o";

#[post("/complaints")]
async fn submit(request: HttpRequest, form: web::Json<Form>) -> Result<HttpResponse> {
    let (id, now, form) = (Uuid::new_v4(), Utc::now(), form.into_inner());
    let number = format!("WBS-{id}");
    let (content, identity) = (
        form.content.to_string(),
        form.identity
            .map(|identity| identity.to_string())
            .unwrap_or_default(),
    );
    connections(&request)
        .with(async |c| {
            let mut work = c.begin().await?;
            let add = sqlx::query(ADD).bind(id).bind(&number).bind(&form.category).bind(now.date_naive()).bind(now).bind(id.as_bytes().as_slice());
            add.execute(&mut *work).await?;
            sqlx::query("insert into plain.content (case_id, said) values ($1, $2)").bind(id).bind(&content).execute(&mut *work).await?;
            sqlx::query("insert into plain.identity (case_id, said) values ($1, $2)").bind(id).bind(&identity).execute(&mut *work).await?;
            sqlx::query("insert into plain.outbox (id, case_id, action, on_date, surfaces_at) values ($1, $2, 'submit_complaint', $3, $4)")
                .bind(Uuid::new_v4())
                .bind(id)
                .bind(now.date_naive())
                .bind(now)
                .execute(&mut *work)
                .await?;
            work.commit().await
        })
        .await?;
    Ok(HttpResponse::Created()
        .json(serde_json::json!({"receipt_code": id, "public_number": number})))
}

#[derive(Deserialize)]
struct ByTag {
    tag: String,
}

#[post("/complaints/sessions")]
async fn open_session(request: HttpRequest, form: web::Json<ByTag>) -> Result<HttpResponse> {
    let token = Uuid::new_v4();
    connections(&request)
        .with(async |c| {
            let case: Uuid = sqlx::query_scalar(
                "select id from plain.complaint where receipt_tag = decode($1, 'hex')",
            )
            .bind(&form.tag)
            .fetch_one(&mut *c)
            .await?;
            let open = sqlx::query(
                "insert into plain.session (digest, sealed, slot_tag, expires_at) values ($1, $2, $1, $3)",
            );
            open.bind(token.as_bytes().as_slice())
                .bind(case.as_bytes().as_slice())
                .bind(Utc::now())
                .execute(c)
                .await
        })
        .await?;
    Ok(HttpResponse::Ok().json(
        serde_json::json!({"access_token": token, "token_type": "Bearer", "expires_in": 1800}),
    ))
}

#[derive(Serialize, sqlx::FromRow)]
struct ComplaintRow {
    id: Uuid,
    office_id: Uuid,
    public_number: String,
    channel: String,
    category: String,
    stage: String,
    received_on: NaiveDate,
    stage_since: DateTime<Utc>,
    calendar_version: i32,
    since: Vec<DateTime<Utc>>,
    steps: Vec<Option<i16>>,
    rounds: Vec<i16>,
}

const LINES: &str = "
    select c.id, c.office_id, c.public_number, c.channel, c.category, c.stage, c.received_on, c.stage_since,
           coalesce(c.calendar_version, (select max(v.version) from calendar_version v where v.office_id = c.office_id)) as calendar_version,
           t.since, t.steps, t.rounds
    from plain.complaint c
    cross join lateral (
        select coalesce(array_agg(e.at), '{}') as since, coalesce(array_agg(e.step), '{}') as steps, coalesce(array_agg(e.round), '{}') as rounds
        from (select at, step, round from clock_entry where case_id = c.id order by seq) e
    ) t
    where c.office_id = (select id from office)
    order by c.surfaces_at desc, c.id desc
    limit 50";

#[get("/complaints")]
async fn list(request: HttpRequest) -> Result<HttpResponse> {
    let rows: Vec<ComplaintRow> = connections(&request)
        .with(async |c| sqlx::query_as(LINES).fetch_all(c).await)
        .await?;
    Ok(HttpResponse::Ok().json(rows))
}

#[derive(Serialize, sqlx::FromRow)]
struct ComplaintDetail {
    #[sqlx(flatten)]
    line: ComplaintRow,
    said: String,
}

const WHOLE: &str = "
    select c.id, c.office_id, c.public_number, c.channel, c.category, c.stage, c.received_on, c.stage_since,
           coalesce(c.calendar_version, (select max(v.version) from calendar_version v where v.office_id = c.office_id)) as calendar_version,
           t.since, t.steps, t.rounds, x.said
    from plain.complaint c
    join plain.content x on x.case_id = c.id
    cross join lateral (
        select coalesce(array_agg(e.at), '{}') as since, coalesce(array_agg(e.step), '{}') as steps, coalesce(array_agg(e.round), '{}') as rounds
        from (select at, step, round from clock_entry where case_id = c.id order by seq) e
    ) t
    where c.id = $1";

#[derive(Serialize, sqlx::FromRow)]
struct DocumentView {
    kind: String,
    at: DateTime<Utc>,
    said: String,
}

/// Writes the access-log row: one per complaint, staff member and day.
async fn record_access(
    work: &mut sqlx::PgConnection,
    case: Uuid,
    head: i32,
) -> std::result::Result<(), sqlx::Error> {
    let note = sqlx::query(
        "insert into plain.opening (case_id, person_tag, role, on_date) values ($1, $2, 'head', current_date) on conflict do nothing",
    );
    if note
        .bind(case)
        .bind(head.to_be_bytes().as_slice())
        .execute(&mut *work)
        .await?
        .rows_affected()
        == 1
    {
        sqlx::query(
            "insert into plain.event (case_id, at, action) values ($1, now(), 'read_complaint')",
        )
        .bind(case)
        .execute(work)
        .await?;
    }
    Ok(())
}

#[get("/complaints/{id}/{head}")]
async fn one(request: HttpRequest, of: web::Path<(Uuid, i32)>) -> Result<HttpResponse> {
    let (id, head) = of.into_inner();
    let whole: (ComplaintDetail, Vec<DocumentView>) = connections(&request)
        .with(async |c| {
            let mut work = c.begin().await?;
            let row = sqlx::query_as(WHOLE).bind(id).fetch_one(&mut *work).await?;
            let papers = sqlx::query_as(
                "select kind, at, said from plain.paper where case_id = $1 order by at",
            )
            .bind(id)
            .fetch_all(&mut *work)
            .await?;
            record_access(&mut work, id, head).await?;
            work.commit().await?;
            Ok((row, papers))
        })
        .await?;
    Ok(HttpResponse::Ok().json(whole))
}

#[derive(Serialize, sqlx::FromRow)]
struct Message {
    id: Uuid,
    seq: i32,
    author: String,
    on_date: NaiveDate,
    asks: bool,
    said: String,
}

const MESSAGES: &str = "
    select id, seq, author, on_date, asks, said
    from plain.message
    where case_id = $1
      and surfaces_at <= now()
    order by seq";

#[get("/complaints/{id}/{head}/messages")]
async fn messages(request: HttpRequest, of: web::Path<(Uuid, i32)>) -> Result<HttpResponse> {
    let (id, head) = of.into_inner();
    let rows: Vec<Message> = connections(&request)
        .with(async |c| {
            let mut work = c.begin().await?;
            let rows = sqlx::query_as(MESSAGES)
                .bind(id)
                .fetch_all(&mut *work)
                .await?;
            record_access(&mut work, id, head).await?;
            work.commit().await?;
            Ok(rows)
        })
        .await?;
    Ok(HttpResponse::Ok().json(rows))
}
