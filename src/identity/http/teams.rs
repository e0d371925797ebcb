//! `GET|POST /teams`, `GET|PUT /teams/{id}`; `GET /colleagues`: the people that a step can name.

use actix_web::{HttpRequest, get, post, put};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::clock::Clock;
use crate::database::Database;
use crate::error::Result;
use crate::identity::journal::record_refusal;
use crate::identity::store::roster::{self, Colleague};
use crate::identity::store::teams as store;
use crate::identity::teams::{self, Member, NewTeam, Team, TeamChange};
use crate::identity::{Admins, Restricted, Staff};
use crate::ids::{TeamId, UserId};
use crate::sop::role::Role;
use crate::web::idempotent_write::required_if_match;
use crate::web::page::{PageQuery, page_size};
use crate::web::{Body, Cursor, IdempotentWrite, Page, PathParam, Provided, Query, Reply};

/// Filter of the teams.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TeamQuery {
    /// Only active (`true`) or only dissolved (`false`) teams.
    pub active: Option<bool>,
    /// Page size, 1 to 200; default 20.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<i64>,
    /// `next_cursor` of the previous page.
    pub cursor: Option<String>,
}

/// The values to which a cursor is bound.
#[derive(Serialize)]
struct CursorScope {
    office: Uuid,
    active: Option<bool>,
}

/// List the teams (daftar tim kerja).
///
/// Lists the teams of the office with their members, oldest first. For staff.
#[utoipa::path(tag = "teams", params(TeamQuery), responses((status = 200, description = "A page of teams", body = Page<TeamView>)), extensions(("x-roles" = json!(["staff"]))))]
#[get("/teams")]
pub async fn list_teams(
    caller: Staff,
    query: Query<TeamQuery>,
    database: Provided<Database>,
    cursor: Provided<Cursor>,
) -> Result<Reply<Page<TeamView>>> {
    let (Staff(caller), Query(query), Provided(cursor)) = (caller, query, cursor);
    let bound = CursorScope {
        office: caller.office.0,
        active: query.active,
    };
    let limit = page_size(query.limit)?;
    let after: Option<(DateTime<Utc>, Uuid)> =
        cursor.read(query.cursor.as_deref(), "teams", &bound)?;
    let rows = database
        .0
        .read(async |connection| {
            store::list(connection, caller.office, query.active, after, limit + 1).await
        })
        .await?;
    let page = cursor.page(rows, limit, "teams", &bound, |team| {
        (team.created_at, team.id.0)
    })?;
    Ok(Reply::page(page.map(TeamView::from)))
}

/// Create a team (bentuk tim kerja).
///
/// Members are active staff of the office. Their part in the team follows from their roles:
/// `team_lead` or `team_staff`. Administrators cannot add themselves. For administrators.
#[utoipa::path(tag = "teams", request_body = NewTeam, responses((status = 201, description = "The new team", body = TeamView)),
    extensions(("x-roles" = json!(["admin"])), ("x-problem-codes" = json!(["conflict"]))))]
#[post("/teams")]
pub async fn create_team(
    caller: Restricted<Admins>,
    request: HttpRequest,
    database: Provided<Database>,
    clock: Provided<Clock>,
    form: Body<NewTeam>,
) -> Result<Reply<TeamView>> {
    let done = async {
        let mut work =
            IdempotentWrite::begin(&database.0, &request, caller.0.user.0, clock.0.now()).await?;
        let team = teams::create(&mut work, &caller.0, &form.0).await?;
        let (location, version) = (format!("/api/v1/teams/{}", team.id), team.version);
        work.finish(Reply::created(location, TeamView::from(team)).version(version))
            .await
    };
    record_refusal(
        &database.0,
        &caller.0,
        "create_team_refused",
        clock.0.now(),
        done.await,
    )
    .await
}

/// Show a team (tim kerja).
///
/// Shows one team of the office with its members. For staff.
#[utoipa::path(tag = "teams", params(("id" = TeamId, Path, description = "The team")),
    responses((status = 200, description = "The team", body = TeamView)), extensions(("x-roles" = json!(["staff"]))))]
#[get("/teams/{id}")]
pub async fn show_team(
    caller: Staff,
    at: PathParam<TeamId>,
    database: Provided<Database>,
) -> Result<Reply<TeamView>> {
    let team = database
        .0
        .read(async |connection| teams::find_team(connection, &caller.0, at.0).await)
        .await?;
    let version = team.version;
    Ok(Reply::ok(TeamView::from(team)).version(version))
}

/// Change a team (ubah tim kerja).
///
/// Sets its name, whether it receives work, and the complete list of members. A member who is not
/// in the list is removed, with effect from their next request. Members are active staff of the
/// office; administrators cannot add themselves. For administrators.
#[utoipa::path(tag = "teams", request_body = TeamChange, params(("If-Match" = String, Header, description = "ETag of the version you change"), ("id" = TeamId, Path, description = "The team")),
    responses((status = 200, description = "The team as it is now", body = TeamView)),
    extensions(("x-roles" = json!(["admin"])), ("x-problem-codes" = json!(["conflict"]))))]
#[put("/teams/{id}")]
pub async fn change_team(
    caller: Restricted<Admins>,
    request: HttpRequest,
    at: PathParam<TeamId>,
    database: Provided<Database>,
    clock: Provided<Clock>,
    form: Body<TeamChange>,
) -> Result<Reply<TeamView>> {
    let seen = required_if_match(&request)?;
    let done = async {
        let mut work =
            IdempotentWrite::begin(&database.0, &request, caller.0.user.0, clock.0.now()).await?;
        let team = teams::change(&mut work, &caller.0, at.0, &seen, &form.0).await?;
        let version = team.version;
        work.finish(Reply::ok(TeamView::from(team)).version(version))
            .await
    };
    record_refusal(
        &database.0,
        &caller.0,
        "change_team_refused",
        clock.0.now(),
        done.await,
    )
    .await
}

/// A team of the office (tim kerja).
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct TeamView {
    /// The team.
    pub id: TeamId,
    /// Name of the team (nama tim).
    #[schema(example = "Tim Pengujian dan Kalibrasi")]
    pub name: String,
    /// True if it receives work.
    pub active: bool,
    /// The members, by name (anggota).
    pub members: Vec<StaffOfTeam>,
    /// When it was created.
    pub created_at: DateTime<Utc>,
}

/// A member of a team.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct StaffOfTeam {
    /// The person.
    pub user_id: UserId,
    /// Their name (nama).
    #[schema(example = "Budi Santoso")]
    pub display_name: String,
    /// The roles `team_lead` and `team_staff` that the person holds. Without one of them the team's
    /// files are closed to the person.
    #[schema(example = json!(["team_staff"]))]
    pub roles: Vec<Role>,
    /// True if the account is active. Inactive members are removed with the next change.
    pub active: bool,
}

impl From<Team> for TeamView {
    fn from(team: Team) -> Self {
        let Team {
            id,
            name,
            active,
            members,
            created_at,
            version: _,
        } = team;
        Self {
            id,
            name,
            active,
            members: members.into_iter().map(StaffOfTeam::from).collect(),
            created_at,
        }
    }
}

impl From<Member> for StaffOfTeam {
    fn from(member: Member) -> Self {
        let Member {
            user,
            display_name,
            active,
            roles,
        } = member;
        Self {
            user_id: user,
            display_name,
            roles: roles.iter().collect(),
            active,
        }
    }
}

/// A member of staff.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = Colleague)]
pub struct ColleagueView {
    /// The person, as warnings, conflicts of interest and teams refer to them.
    pub user_id: UserId,
    /// Their name (nama).
    #[schema(example = "Budi Santoso")]
    pub display_name: String,
}

impl From<Colleague> for ColleagueView {
    fn from(colleague: Colleague) -> Self {
        let Colleague { user, display_name } = colleague;
        Self {
            user_id: user,
            display_name,
        }
    }
}

/// List the people of the office (daftar pegawai).
///
/// Lists active staff by name, for naming a person in a warning, a conflict of interest or a paper
/// report. Shows neither roles nor contact data. For staff.
#[utoipa::path(tag = "teams", params(PageQuery), responses((status = 200, description = "A page of people", body = Page<ColleagueView>)),
    extensions(("x-roles" = json!(["staff"]))))]
#[get("/colleagues")]
pub async fn list_colleagues(
    caller: Staff,
    query: Query<PageQuery>,
    database: Provided<Database>,
    cursor: Provided<Cursor>,
) -> Result<Reply<Page<ColleagueView>>> {
    let (office, limit) = (caller.0.office, page_size(query.0.limit)?);
    let after: Option<(String, Uuid)> =
        cursor
            .0
            .read(query.0.cursor.as_deref(), "colleagues", &office.0)?;
    let rows = database
        .0
        .read(async |connection| roster::colleagues(connection, office, after, limit + 1).await)
        .await?;
    let page = cursor.0.page(rows, limit, "colleagues", &office.0, |row| {
        (row.display_name.clone(), row.user.0)
    })?;
    Ok(Reply::page(page.map(ColleagueView::from)))
}
