//! `GET|POST /teams`, `GET|PUT /teams/{id}`.

use actix_web::{HttpRequest, get, post, put};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::team_views::TeamView;
use crate::clock::Clock;
use crate::database::Database;
use crate::error::Result;
use crate::identity::journal::refusals_noted;
use crate::identity::signed_in::{Administrator, Staff};
use crate::identity::store::teams as store;
use crate::identity::teams::{self, NewTeam, TeamChange};
use crate::ids::TeamId;
use crate::web::idempotent_write::version_required;
use crate::web::page::size;
use crate::web::{At, Body, Cursor, IdempotentWrite, Page, Provided, Query, Reply};

/// Which teams to list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TeamQuery {
    /// Only active (`true`) or only dissolved (`false`) teams.
    pub active: Option<bool>,
    /// How many items, 1 to 200; 20 when not given.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<i64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// What a cursor is bound to.
#[derive(Serialize)]
struct Bound {
    office: Uuid,
    active: Option<bool>,
}

/// List the teams (daftar tim kerja).
///
/// Teams of the office with their members, the oldest first. For staff.
#[utoipa::path(tag = "teams", params(TeamQuery), responses((status = 200, description = "A page of teams", body = Page<TeamView>)), extensions(("x-roles" = json!(["staff"]))))]
#[get("/teams")]
pub async fn list_teams(
    who: Staff,
    query: Query<TeamQuery>,
    database: Provided<Database>,
    cursor: Provided<Cursor>,
) -> Result<Reply<Page<TeamView>>> {
    let (Staff(who), Query(query), Provided(cursor)) = (who, query, cursor);
    let bound = Bound {
        office: who.office.0,
        active: query.active,
    };
    let limit = size(query.limit)?;
    let after: Option<(DateTime<Utc>, Uuid)> =
        cursor.read(query.cursor.as_deref(), "teams", &bound)?;
    let rows = database
        .0
        .read(async |connection| {
            store::list(connection, who.office, query.active, after, limit + 1).await
        })
        .await?;
    let page = cursor.page(rows, limit, "teams", &bound, |team| {
        (team.created_at, team.id.0)
    })?;
    Ok(Reply::page(page.map(TeamView::from)))
}

/// Make a team (bentuk tim kerja).
///
/// Its members are active staff of the office. What each does in it is said by their roles: `team_lead` or `team_staff`. Nobody puts themselves in. For
/// administrators.
#[utoipa::path(tag = "teams", request_body = NewTeam, responses((status = 201, description = "The new team", body = TeamView)),
    extensions(("x-roles" = json!(["admin"])), ("x-problem-codes" = json!(["conflict"]))))]
#[post("/teams")]
pub async fn create_team(
    who: Administrator,
    request: HttpRequest,
    database: Provided<Database>,
    clock: Provided<Clock>,
    form: Body<NewTeam>,
) -> Result<Reply<TeamView>> {
    let done = async {
        let mut work =
            IdempotentWrite::begin(&database.0, &request, who.0.user.0, clock.0.now()).await?;
        let team = teams::create(&mut work, &who.0, &form.0).await?;
        let (location, version) = (format!("/api/v1/teams/{}", team.id), team.version);
        work.finish(Reply::created(location, TeamView::from(team)).version(version))
            .await
    };
    refusals_noted(
        &database.0,
        &who.0,
        "create_team_refused",
        clock.0.now(),
        done.await,
    )
    .await
}

/// Show a team (tim kerja).
///
/// One team of the office with its members. For staff.
#[utoipa::path(tag = "teams", params(("id" = TeamId, Path, description = "The team")),
    responses((status = 200, description = "The team", body = TeamView)), extensions(("x-roles" = json!(["staff"]))))]
#[get("/teams/{id}")]
pub async fn show_team(
    who: Staff,
    at: At<TeamId>,
    database: Provided<Database>,
) -> Result<Reply<TeamView>> {
    let team = database
        .0
        .read(async |connection| teams::shown(connection, &who.0, at.0).await)
        .await?;
    let version = team.version;
    Ok(Reply::ok(TeamView::from(team)).version(version))
}

/// Change a team (ubah tim kerja).
///
/// Its name, whether work is given to it, and all of its members: whoever is not in the list is taken out, from their next request on. Members are active
/// staff of the office; nobody puts themselves in. For administrators.
#[utoipa::path(tag = "teams", request_body = TeamChange, params(("If-Match" = String, Header, description = "ETag of the version you change"), ("id" = TeamId, Path, description = "The team")),
    responses((status = 200, description = "The team as it is now", body = TeamView)),
    extensions(("x-roles" = json!(["admin"])), ("x-problem-codes" = json!(["conflict"]))))]
#[put("/teams/{id}")]
pub async fn change_team(
    who: Administrator,
    request: HttpRequest,
    at: At<TeamId>,
    database: Provided<Database>,
    clock: Provided<Clock>,
    form: Body<TeamChange>,
) -> Result<Reply<TeamView>> {
    let seen = version_required(&request)?;
    let done = async {
        let mut work =
            IdempotentWrite::begin(&database.0, &request, who.0.user.0, clock.0.now()).await?;
        let team = teams::change(&mut work, &who.0, at.0, &seen, &form.0).await?;
        let version = team.version;
        work.finish(Reply::ok(TeamView::from(team)).version(version))
            .await
    };
    refusals_noted(
        &database.0,
        &who.0,
        "change_team_refused",
        clock.0.now(),
        done.await,
    )
    .await
}
