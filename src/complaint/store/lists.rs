//! Lists of complaints: one statement each, keyset pagination, the same visibility rule as for a
//! single complaint. Sealed content is not opened for a list.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::{PgConnection, Postgres, QueryBuilder, Row as _};
use uuid::Uuid;

use super::viewer::Viewer;
use super::{category, stage};
use crate::casework::ledger;
use crate::complaint::file::ComplaintListRow;
use crate::complaint::papers::form::Category;
use crate::complaint::sop::{SOP, Stage};
use crate::error::Result;
use crate::ids::{ComplaintId, OfficeId};
use crate::sop::role::Role;
use crate::sop::table::Stage as _;

/// Filters of the list of complaints.
#[derive(Debug, Clone, Default, Serialize, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ComplaintFilter {
    /// Only complaints at this stage.
    #[param(inline)]
    pub stage: Option<Stage>,
    /// Only complaints of this category.
    #[param(inline)]
    pub category: Option<Category>,
    /// Only the complaint with this number.
    #[param(max_length = 30, example = "WBS-2026-7K3F9QX")]
    pub public_number: Option<String>,
    /// With `true`, the page also holds the total number.
    pub count: Option<bool>,
    /// Items per page, 1 to 200; 20 by default.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<i64>,
    /// `next_cursor` of the previous page.
    pub cursor: Option<String>,
}

/// Maximum length of a number in the filter, in characters.
pub const MAX_NUMBER_CHARS: usize = 30;

impl ComplaintFilter {
    /// The filters a cursor is bound to: all but those that may differ from page to page.
    #[must_use]
    pub fn without_paging(&self) -> Self {
        Self {
            count: None,
            limit: None,
            cursor: None,
            ..self.clone()
        }
    }
}

/// Keyset cursor of the list, newest first.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct ComplaintCursor {
    at: DateTime<Utc>,
    id: Uuid,
}

impl ComplaintCursor {
    /// Cursor of this row.
    pub fn of(line: &ComplaintListRow) -> Self {
        Self {
            at: line.surfaced_at,
            id: line.id.0,
        }
    }
}

/// Selects the page first and reads the clocks of that page only. Conditions, order and limit are
/// inserted between `SELECT_PAGE` and `WITH_CLOCKS`.
const SELECT_PAGE: &str = "
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

/// Lists at most `limit` complaints after the cursor `after`.
pub async fn list(
    connection: &mut PgConnection,
    viewer: &Viewer,
    filter: &ComplaintFilter,
    after: Option<ComplaintCursor>,
    limit: i64,
) -> Result<Vec<ComplaintListRow>> {
    let mut query = QueryBuilder::new(SELECT_PAGE);
    push_conditions(&mut query, viewer, filter);
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

/// Counts the complaints that match the filter.
pub async fn count(
    connection: &mut PgConnection,
    viewer: &Viewer,
    filter: &ComplaintFilter,
) -> Result<i64> {
    let mut query = QueryBuilder::new("select count(*) from wbs.complaint c where ");
    push_conditions(&mut query, viewer, filter);
    Ok(query.build_query_scalar().fetch_one(connection).await?)
}

/// Lists at most `limit` complaints that wait for a role under which the viewer sees them, longest
/// waiting first. The roles follow the rule of `Viewer::roles_at`.
pub async fn waiting(
    connection: &mut PgConnection,
    viewer: &Viewer,
    limit: i64,
) -> Result<Vec<ComplaintListRow>> {
    let mut query = QueryBuilder::new(SELECT_PAGE);
    push_conditions(&mut query, viewer, &ComplaintFilter::default());
    query
        .push(" and (c.waiting_for && ")
        .push_bind(viewer.roles.clone());
    query
        .push(" or (c.waiting_for && ")
        .push_bind(viewer.team_roles.clone())
        .push(" and c.team_id = any (")
        .push_bind(viewer.teams.clone())
        .push(")))");
    // Redundant, but lets the planner use the partial index of the desk.
    query.push(" and c.waiting_for <> '{}'");
    page(connection, query, "c.stage_since, c.id", limit).await
}

/// Counts the visible complaints by category and stage.
pub async fn tally(
    connection: &mut PgConnection,
    viewer: &Viewer,
) -> Result<Vec<(Category, Stage, i64)>> {
    let mut query = QueryBuilder::new(
        "select c.category, c.stage, count(*) as number from wbs.complaint c where ",
    );
    push_conditions(&mut query, viewer, &ComplaintFilter::default());
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

/// Adds the visibility condition, then the caller's filters. Release, office and, for viewers
/// limited to their teams, the team repeat parts of `may_see` so that the planner can use their
/// indexes.
fn push_conditions(query: &mut QueryBuilder<Postgres>, viewer: &Viewer, filter: &ComplaintFilter) {
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

/// Whether one of the viewer's roles sees complaints outside the viewer's teams.
fn sees_beyond_teams(viewer: &Viewer) -> bool {
    let roles: Vec<_> = viewer
        .roles
        .iter()
        .filter_map(|code| Role::from_code(code))
        .collect();
    viewer.bypasses_visibility()
        || SOP
            .rows
            .iter()
            .any(|row| row.shows && roles.iter().any(|role| row.actor.admits(*role)))
}

/// Runs `query` for the first `limit` rows in the given order. Needs `Planning::ForValues`.
async fn page(
    connection: &mut PgConnection,
    mut query: QueryBuilder<Postgres>,
    order: &'static str,
    limit: i64,
) -> Result<Vec<ComplaintListRow>> {
    // The limit is literal: with a bound limit the planner assumes a tenth of the table.
    query
        .push(" order by ")
        .push(order)
        .push(" limit ")
        .push(limit)
        .push(WITH_CLOCKS)
        .push(" order by ")
        .push(order);
    rows(&query.build().fetch_all(connection).await?)
}

fn rows(rows: &[sqlx::postgres::PgRow]) -> Result<Vec<ComplaintListRow>> {
    let line = |row: &sqlx::postgres::PgRow| {
        Ok(ComplaintListRow {
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
            turns: ledger::entries_from_columns(
                row.try_get("since")?,
                row.try_get("steps")?,
                row.try_get("rounds")?,
            ),
        })
    };
    rows.iter().map(line).collect()
}
