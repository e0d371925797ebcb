//! The server that the service is compared with: actix-web and sqlx do the same operations without
//! tokens, rights, checks, idempotency journal or log. Each worker has its own connections and
//! sends no pings, because that is the fastest known way to use sqlx.

mod complaints;

use std::cell::RefCell;
use std::rc::Rc;

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, get, post, web};
use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::types::Json;
use sqlx::{ConnectOptions as _, Connection as _};
use tokio::sync::Semaphore;
use uuid::Uuid;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// The database connections of one worker.
struct Connections {
    options: PgConnectOptions,
    free: RefCell<Vec<PgConnection>>,
    turns: Semaphore,
}

impl Connections {
    async fn with<T>(
        &self,
        work: impl AsyncFnOnce(&mut PgConnection) -> std::result::Result<T, sqlx::Error>,
    ) -> Result<T> {
        let _turn = self.turns.acquire().await?;
        let free = self.free.borrow_mut().pop();
        let mut connection = match free {
            Some(connection) => connection,
            None => self.options.connect().await?,
        };
        let outcome = work(&mut connection).await?;
        self.free.borrow_mut().push(connection);
        Ok(outcome)
    }
}

fn connections(request: &HttpRequest) -> &Connections {
    request
        .app_data::<Rc<Connections>>()
        .expect("every worker is given connections")
}

#[derive(Serialize, sqlx::FromRow)]
struct ApplicationDetail {
    office_id: Uuid,
    customer_id: Uuid,
    customer_name: String,
    number: Option<String>,
    scheme_version: Option<i16>,
    form: Json<serde_json::Value>,
    stage: String,
    version: i64,
    round: i16,
    created_at: DateTime<Utc>,
    submitted_at: Option<DateTime<Utc>>,
    stage_since: DateTime<Utc>,
    calendar_version: i32,
    since: Vec<DateTime<Utc>>,
    steps: Vec<Option<i16>>,
    rounds: Vec<i16>,
    done: Vec<String>,
}

const WHOLE: &str = "
    select a.office_id, a.customer_id, c.name as customer_name, a.number, a.scheme_version, a.form, a.stage, a.version, a.round, a.created_at,
           a.submitted_at, a.stage_since,
           coalesce(a.calendar_version, (select max(v.version) from calendar_version v where v.office_id = a.office_id)) as calendar_version,
           t.since, t.steps, t.rounds,
           array(select distinct j.task from journal j where j.subject_id = a.id and j.draft = a.draft and a.draft > 0 and j.actor_id = $2) as done
    from application a
    join customer c on c.id = a.customer_id
    cross join lateral (
        select coalesce(array_agg(e.at), '{}') as since, coalesce(array_agg(e.step), '{}') as steps, coalesce(array_agg(e.round), '{}') as rounds
        from (select at, step, round from clock_entry where case_id = a.id order by seq) e
    ) t
    where a.id = $1";

#[derive(Serialize, sqlx::FromRow)]
struct ApplicationRow {
    id: Uuid,
    office_id: Uuid,
    number: Option<String>,
    company: String,
    scheme: String,
    kind: String,
    stage: String,
    round: i16,
    created_at: DateTime<Utc>,
    submitted_at: Option<DateTime<Utc>>,
    stage_since: DateTime<Utc>,
    calendar_version: i32,
    since: Vec<DateTime<Utc>>,
    steps: Vec<Option<i16>>,
    rounds: Vec<i16>,
}

const LINES: &str = "
    select a.id, a.office_id, a.number, a.company, a.scheme, a.kind, a.stage, a.round, a.created_at, a.submitted_at, a.stage_since,
           coalesce(a.calendar_version, (select max(v.version) from calendar_version v where v.office_id = a.office_id)) as calendar_version,
           t.since, t.steps, t.rounds
    from application a
    cross join lateral (
        select coalesce(array_agg(e.at), '{}') as since, coalesce(array_agg(e.step), '{}') as steps, coalesce(array_agg(e.round), '{}') as rounds
        from (select at, step, round from clock_entry where case_id = a.id order by seq) e
    ) t
    where a.office_id = $1
      and a.stage = $2
    order by a.created_at desc, a.id desc
    limit 20";

const ADD: &str = "
    insert into application (id, office_id, customer_id, scheme, kind, form, company, stage, visible_to, waiting_for, created_at, stage_since)
    values ($1, $2, $3, 'quality_iso9001', 'initial', $4, 'PT Tirta Musi', 'draft', '{customer}', '{customer}', $5, $5)";

const MOVE: &str = "
    update application
    set stage = 'filed',
        version = version + 1,
        visible_to = array(select distinct role from unnest(visible_to || '{customer,operations_staff,ss_lead}'::text[]) as role order by role),
        waiting_for = '{operations_staff}',
        stage_since = $2
    where id = $1
      and stage = 'submitted'";

const TURN: &str = "insert into clock_entry (office_id, case_id, at, step, round, party) values ($1, $2, $3, $4, 0, 'office')";

const ENTER: &str = "
    insert into journal (office_id, subject, subject_id, at, actor_id, actor_roles, task, step, from_stage, to_stage, round, draft)
    values ($1, 'application', $2, $3, $2, '{pji_staff}', $4, 2, 'submitted', 'filed', 1, 0)";

#[get("/one/{id}")]
async fn one(request: HttpRequest, id: web::Path<Uuid>) -> Result<HttpResponse> {
    let row: ApplicationDetail = connections(&request)
        .with(async |c| sqlx::query_as(WHOLE).bind(*id).bind(*id).fetch_one(c).await)
        .await?;
    Ok(HttpResponse::Ok().json(row))
}

#[get("/list/{office}/{stage}")]
async fn list(request: HttpRequest, of: web::Path<(Uuid, String)>) -> Result<HttpResponse> {
    let (office, stage) = of.into_inner();
    let rows: Vec<ApplicationRow> = connections(&request)
        .with(async |c| {
            sqlx::query_as(LINES)
                .bind(office)
                .bind(stage)
                .fetch_all(c)
                .await
        })
        .await?;
    Ok(HttpResponse::Ok().json(rows))
}

#[post("/create/{office}/{customer}")]
async fn create(
    request: HttpRequest,
    of: web::Path<(Uuid, Uuid)>,
    form: web::Json<serde_json::Value>,
) -> Result<HttpResponse> {
    let (office, customer) = of.into_inner();
    let (id, now) = (Uuid::now_v7(), Utc::now());
    let row: ApplicationDetail = connections(&request)
        .with(async |c| {
            let mut work = c.begin().await?;
            sqlx::query(ADD)
                .bind(id)
                .bind(office)
                .bind(customer)
                .bind(Json(form.into_inner()))
                .bind(now)
                .execute(&mut *work)
                .await?;
            sqlx::query(TURN)
                .bind(office)
                .bind(id)
                .bind(now)
                .bind(1_i16)
                .execute(&mut *work)
                .await?;
            sqlx::query(ENTER)
                .bind(office)
                .bind(id)
                .bind(now)
                .bind("start_application")
                .execute(&mut *work)
                .await?;
            let row = sqlx::query_as(WHOLE)
                .bind(id)
                .bind(id)
                .fetch_one(&mut *work)
                .await?;
            work.commit().await?;
            Ok(row)
        })
        .await?;
    Ok(HttpResponse::Created().json(row))
}

#[post("/step/{office}/{id}")]
async fn step(request: HttpRequest, of: web::Path<(Uuid, Uuid)>) -> Result<HttpResponse> {
    let ((office, id), now) = (of.into_inner(), Utc::now());
    let row: ApplicationDetail = connections(&request)
        .with(async |c| {
            let mut work = c.begin().await?;
            if sqlx::query(MOVE)
                .bind(id)
                .bind(now)
                .execute(&mut *work)
                .await?
                .rows_affected()
                == 0
            {
                return Err(sqlx::Error::RowNotFound);
            }
            sqlx::query(ENTER)
                .bind(office)
                .bind(id)
                .bind(now)
                .bind("file_application")
                .execute(&mut *work)
                .await?;
            sqlx::query(TURN)
                .bind(office)
                .bind(id)
                .bind(now)
                .bind(3_i16)
                .execute(&mut *work)
                .await?;
            let row = sqlx::query_as(WHOLE)
                .bind(id)
                .bind(id)
                .fetch_one(&mut *work)
                .await?;
            work.commit().await?;
            Ok(row)
        })
        .await?;
    Ok(HttpResponse::Ok().json(row))
}

#[get("/ready")]
async fn ready() -> HttpResponse {
    HttpResponse::Ok().finish()
}

#[actix_web::main]
async fn main() -> Result<()> {
    let options: PgConnectOptions = std::env::var("DATABASE_URL")?.parse()?;
    let (workers, size) = (
        std::env::var("WORKERS")?.parse()?,
        std::env::var("DATABASE_CONNECTIONS")?.parse()?,
    );
    let server = HttpServer::new(move || {
        let connections = Connections {
            options: options.clone(),
            free: RefCell::default(),
            turns: Semaphore::new(size),
        };
        App::new()
            .app_data(Rc::new(connections))
            .service(one)
            .service(list)
            .service(create)
            .service(step)
            .service(ready)
            .configure(complaints::routes)
    });
    Ok(server
        .workers(workers)
        .bind(std::env::var("LISTEN")?)?
        .run()
        .await?)
}
