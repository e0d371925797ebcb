//! Lists of complaints: one statement each, keyset pages, the same visibility rule as the single read. Nothing is opened for a list.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::{PgConnection, Postgres, QueryBuilder, Row as _};
use uuid::Uuid;

use super::viewer::Viewer;
use super::{category, stage};
use crate::casework::ledger;
use crate::complaint::file::Line;
use crate::complaint::papers::form::Category;
use crate::complaint::sop::{SOP, Stage};
use crate::error::Result;
use crate::ids::{ComplaintId, OfficeId};
use crate::sop::role::Role;
use crate::sop::table::Stage as _;

/// What a list of complaints can be narrowed to.
#[derive(Debug, Clone, Default, Serialize, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ComplaintFilter {
    /// Only at this stage.
    #[param(inline)]
    pub stage: Option<Stage>,
    /// Only of this category.
    #[param(inline)]
    pub category: Option<Category>,
    /// Only this number.
    #[param(max_length = 30, example = "WBS-2026-7K3F9QX")]
    pub public_number: Option<String>,
    /// With `true`, how many there are in all.
    pub count: Option<bool>,
    /// How many items, 1 to 200; 20 when not given.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<i64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// The longest number that is looked for, in characters.
pub const LONGEST_NUMBER: usize = 30;

impl ComplaintFilter {
    /// What a cursor is bound to: the filter without what may differ from page to page.
    #[must_use]
    pub fn bound(&self) -> Self {
        Self {
            count: None,
            limit: None,
            cursor: None,
            ..self.clone()
        }
    }
}

/// Where a row stands in the list: newest first.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Place {
    at: DateTime<Utc>,
    id: Uuid,
}

impl Place {
    /// That of `line`.
    #[must_use]
    pub fn of(line: &Line) -> Self {
        Self {
            at: line.surfaced_at,
            id: line.id.0,
        }
    }
}

/// A page is chosen first, and clocks are read for what is on it only: between the two stands which files, in which order, and how many.
const CHOSEN: &str = "
    select c.id, c.office_id, c.public_number, c.channel, c.category, c.stage, c.received_on, c.surfaces_at, c.stage_since,
           coalesce(c.calendar_version, (select max(v.version) from calendar_version v where v.office_id = c.office_id)) as calendar_version,
           t.since, t.steps, t.rounds
    from (
        select c.*
        from wbs.complaint c
        where ";
const WITH_CLOCKS: &str = "
    ) c
    cross join lateral (
        select coalesce(array_agg(e.at), '{}') as since, coalesce(array_agg(e.step), '{}') as steps, coalesce(array_agg(e.round), '{}') as rounds
        from (select at, step, round from clock_entry where case_id = c.id order by seq) e
    ) t";

/// At most `limit` complaints after `after`.
///
/// # Errors
/// When the server refuses.
pub async fn list(
    connection: &mut PgConnection,
    viewer: &Viewer,
    filter: &ComplaintFilter,
    after: Option<Place>,
    limit: i64,
) -> Result<Vec<Line>> {
    let mut query = QueryBuilder::new(CHOSEN);
    narrow(&mut query, viewer, filter);
    if let Some(place) = after {
        query
            .push(" and (c.surfaces_at, c.id) < (")
            .push_bind(place.at)
            .push(", ")
            .push_bind(place.id)
            .push(")");
    }
    page(connection, query, "c.surfaces_at desc, c.id desc", limit).await
}

/// How many complaints the filter leaves.
///
/// # Errors
/// When the server refuses.
pub async fn count(
    connection: &mut PgConnection,
    viewer: &Viewer,
    filter: &ComplaintFilter,
) -> Result<i64> {
    let mut query = QueryBuilder::new("select count(*) from wbs.complaint c where ");
    narrow(&mut query, viewer, filter);
    Ok(query.build_query_scalar().fetch_one(connection).await?)
}

/// At most `limit` complaints that wait for the viewer under a role by which they see them, longest waiting first: as `Viewer::roles_at` says for one.
///
/// # Errors
/// When the server refuses.
pub async fn waiting(
    connection: &mut PgConnection,
    viewer: &Viewer,
    limit: i64,
) -> Result<Vec<Line>> {
    let mut query = QueryBuilder::new(CHOSEN);
    narrow(&mut query, viewer, &ComplaintFilter::default());
    query
        .push(" and (c.waiting_for && ")
        .push_bind(viewer.roles.clone());
    query
        .push(" or (c.waiting_for && ")
        .push_bind(viewer.team_roles.clone())
        .push(" and c.team_id = any (")
        .push_bind(viewer.teams.clone())
        .push(")))");
    // Says nothing new: it is the condition of the desk's index.
    query.push(" and c.waiting_for <> '{}'");
    page(connection, query, "c.stage_since, c.id", limit).await
}

/// How many there are of each category and stage.
///
/// # Errors
/// When the server refuses.
pub async fn tally(
    connection: &mut PgConnection,
    viewer: &Viewer,
) -> Result<Vec<(Category, Stage, i64)>> {
    let mut query = QueryBuilder::new(
        "select c.category, c.stage, count(*) as number from wbs.complaint c where ",
    );
    narrow(&mut query, viewer, &ComplaintFilter::default());
    query.push(" group by c.category, c.stage order by c.category, c.stage");
    let rows = query.build().fetch_all(connection).await?;
    rows.iter()
        .map(|row| {
            Ok((
                category(row.try_get("category")?)?,
                stage(row.try_get("stage")?)?,
                row.try_get("number")?,
            ))
        })
        .collect()
}

/// Visibility first, then what the caller asked for. That it has surfaced, and the office, stand beside `may_see` only so that their index can be used, and so
/// do the teams of somebody who sees nothing else: or their few files would be looked for in the whole table.
fn narrow(query: &mut QueryBuilder<Postgres>, viewer: &Viewer, filter: &ComplaintFilter) {
    let office = viewer.office.map(|office| office.0);
    query
        .push("c.visible_to <> '{}' and c.office_id = ")
        .push_bind(office);
    query
        .push(" and wbs.may_see(c, ")
        .push_bind(office)
        .push(", ")
        .push_bind(viewer.person.clone())
        .push(", ")
        .push_bind(viewer.roles.clone());
    query
        .push(", ")
        .push_bind(viewer.team_roles.clone())
        .push(", ")
        .push_bind(viewer.teams.clone())
        .push(")");
    if !sees_beyond_teams(viewer) {
        query
            .push(" and c.team_id = any (")
            .push_bind(viewer.teams.clone())
            .push(")");
    }
    if let Some(stage) = filter.stage {
        query.push(" and c.stage = ").push_bind(stage.code());
    }
    if let Some(category) = filter.category {
        query.push(" and c.category = ").push_bind(category.code());
    }
    if let Some(number) = &filter.public_number {
        query
            .push(" and c.public_number = ")
            .push_bind(number.clone());
    }
}

/// Whether one of the viewer's roles sees files that no team of theirs has.
fn sees_beyond_teams(viewer: &Viewer) -> bool {
    let roles: Vec<_> = viewer
        .roles
        .iter()
        .filter_map(|code| Role::from_code(code))
        .collect();
    viewer.sees_by_standing()
        || SOP
            .rows
            .iter()
            .any(|row| row.shows && roles.iter().any(|role| row.actor.admits(*role)))
}

/// The first `limit` of what `query` has narrowed down, in an order.
async fn page(
    connection: &mut PgConnection,
    mut query: QueryBuilder<Postgres>,
    order: &'static str,
    limit: i64,
) -> Result<Vec<Line>> {
    // Planned for these values and not for any: for any, the server takes a page to be most of the few files it expects, and looks through all of them.
    sqlx::query!("select set_config('plan_cache_mode', 'force_custom_plan', true)")
        .fetch_one(&mut *connection)
        .await?;
    // Written, not bound: the planner must know that it is a page, or it plans for a tenth of the table.
    query
        .push(" order by ")
        .push(order)
        .push(" limit ")
        .push(limit)
        .push(WITH_CLOCKS)
        .push(" order by ")
        .push(order);
    lines(&query.build().fetch_all(connection).await?)
}

fn lines(rows: &[sqlx::postgres::PgRow]) -> Result<Vec<Line>> {
    let line = |row: &sqlx::postgres::PgRow| {
        Ok(Line {
            id: ComplaintId(row.try_get("id")?),
            office: OfficeId(row.try_get("office_id")?),
            public_number: row.try_get("public_number")?,
            channel: row.try_get("channel")?,
            category: category(row.try_get("category")?)?,
            stage: stage(row.try_get("stage")?)?,
            received_on: row.try_get("received_on")?,
            surfaced_at: row.try_get("surfaces_at")?,
            stage_since: row.try_get("stage_since")?,
            calendar_version: row.try_get("calendar_version")?,
            turns: ledger::turns(
                row.try_get("since")?,
                row.try_get("steps")?,
                row.try_get("rounds")?,
            ),
        })
    };
    rows.iter().map(line).collect()
}
