//! SQL for lists of applications: one statement each, with keyset pagination and the visibility
//! rule of single reads.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::{PgConnection, Postgres, QueryBuilder, Row as _};
use uuid::Uuid;

use super::stage;
use crate::casework::calendars::Calendars;
use crate::casework::ledger;
use crate::certification::facts::ApplicationKind;
use crate::certification::schemes::SchemeCode;
use crate::certification::sop::{SOP, Stage};
use crate::certification::views::ApplicationSummary;
use crate::error::{Error, Result};
use crate::identity::SignedIn;
use crate::ids::{ApplicationId, OfficeId};
use crate::sop::role::Roles;
use crate::sop::table::Stage as _;

/// Filter of the list of applications.
#[derive(Debug, Clone, Default, Serialize, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ApplicationFilter {
    /// Only applications at this stage.
    #[param(inline)]
    pub stage: Option<Stage>,
    /// Only applications under this scheme.
    #[param(inline)]
    pub scheme: Option<SchemeCode>,
    /// Only applications of this kind.
    #[param(inline)]
    pub kind: Option<ApplicationKind>,
    /// Only applications of this customer.
    pub customer: Option<Uuid>,
    /// Only applications submitted at or after this time.
    pub submitted_from: Option<DateTime<Utc>>,
    /// Only applications submitted before this time.
    pub submitted_to: Option<DateTime<Utc>>,
    /// Only applications whose number begins with this text or whose company name contains it.
    /// Case, dots and spaces in names are ignored.
    #[param(max_length = 100)]
    pub text: Option<String>,
    /// `true` adds the total count.
    pub count: Option<bool>,
    /// Number of items, 1 to 200; default 20.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<i64>,
    /// `next_cursor` of the previous page.
    pub cursor: Option<String>,
}

impl ApplicationFilter {
    /// The filter that a cursor is bound to: without the members that may change between pages.
    #[must_use]
    pub fn for_cursor(&self) -> Self {
        Self {
            count: None,
            limit: None,
            cursor: None,
            ..self.clone()
        }
    }
}

/// Maximum length of the search text, in characters.
pub const MAX_TEXT: usize = 100;

/// Position in the list, newest first.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct ApplicationCursor {
    at: DateTime<Utc>,
    id: Uuid,
}

impl ApplicationCursor {
    /// The position of `row`.
    pub fn of(row: &ApplicationSummary) -> Self {
        Self {
            at: row.created_at,
            id: row.id.0,
        }
    }
}

const SELECT: &str = "
    select a.id, a.office_id, a.number, a.company, a.scheme, a.kind, a.stage, a.round, a.created_at, a.submitted_at, a.stage_since,
           coalesce(a.calendar_version, (select max(v.version) from calendar_version v where v.office_id = a.office_id)) as calendar_version,
           t.since, t.steps, t.rounds
    from application a
    cross join lateral (
        select coalesce(array_agg(e.at), '{}') as since, coalesce(array_agg(e.step), '{}') as steps, coalesce(array_agg(e.round), '{}') as rounds
        from (select at, step, round from clock_entry where case_id = a.id order by seq) e
    ) t
    where ";

/// At most `limit` applications after `after`.
pub async fn list(
    connection: &mut PgConnection,
    viewer: &SignedIn,
    filter: &ApplicationFilter,
    after: Option<ApplicationCursor>,
    limit: i64,
    at: (DateTime<Utc>, &Calendars),
) -> Result<Vec<ApplicationSummary>> {
    let mut query = QueryBuilder::new(SELECT);
    push_filter(&mut query, viewer, filter);
    if let Some(cursor) = after {
        query
            .push(" and (a.created_at, a.id) < (")
            .push_bind(cursor.at)
            .push(", ")
            .push_bind(cursor.id)
            .push(")");
    }
    // The limit is a literal, not a parameter: with a parameter the planner assumes a tenth of the
    // table.
    query
        .push(" order by a.created_at desc, a.id desc limit ")
        .push(limit);
    let rows = query.build().fetch_all(&mut *connection).await?;
    summaries(connection, rows, at).await
}

/// Number of applications that match the filter.
pub async fn count(
    connection: &mut PgConnection,
    viewer: &SignedIn,
    filter: &ApplicationFilter,
) -> Result<i64> {
    let mut query = QueryBuilder::new("select count(*) from application a where ");
    push_filter(&mut query, viewer, filter);
    Ok(query.build_query_scalar().fetch_one(connection).await?)
}

/// At most `limit` applications that wait for one of the caller's roles, longest waiting first.
pub async fn waiting(
    connection: &mut PgConnection,
    viewer: &SignedIn,
    limit: i64,
    at: (DateTime<Utc>, &Calendars),
) -> Result<Vec<ApplicationSummary>> {
    let mut query = QueryBuilder::new(SELECT);
    push_filter(&mut query, viewer, &ApplicationFilter::default());
    push_roles(query.push(" and a.waiting_for && "), viewer.roles);
    // Redundant, but it is the condition of the desk's partial index.
    query.push(" and a.waiting_for <> '{}'");
    query
        .push(" order by a.stage_since, a.id limit ")
        .push(limit);
    let rows = query.build().fetch_all(&mut *connection).await?;
    summaries(connection, rows, at).await
}

/// Adds the visibility rule and the caller's filter. The conditions on office and customer repeat
/// `may_see` so that their indexes can be used.
fn push_filter(query: &mut QueryBuilder<Postgres>, viewer: &SignedIn, filter: &ApplicationFilter) {
    let customer = viewer.customer.map(|customer| customer.0);
    query.push("a.office_id = ").push_bind(viewer.office.0);
    query
        .push(" and may_see(a, ")
        .push_bind(viewer.office.0)
        .push(", ")
        .push_bind(customer)
        .push(", ");
    push_roles(query, viewer.roles);
    query.push(")");
    if let Some(customer) = customer.or(filter.customer) {
        query.push(" and a.customer_id = ").push_bind(customer);
    }
    if let (Some(_), Some(requested)) = (customer, filter.customer) {
        query.push(" and a.customer_id = ").push_bind(requested);
    }
    if let Some(stage) = filter.stage {
        push_code(query.push(" and a.stage = "), stage.code());
    }
    if let Some(scheme) = filter.scheme {
        push_code(query.push(" and a.scheme = "), scheme.as_str());
    }
    if let Some(kind) = filter.kind {
        push_code(query.push(" and a.kind = "), kind.as_str());
    }
    if let Some(from) = filter.submitted_from {
        query.push(" and a.submitted_at >= ").push_bind(from);
    }
    if let Some(to) = filter.submitted_to {
        query.push(" and a.submitted_at < ").push_bind(to);
    }
    if let Some(text) = &filter.text {
        let escaped = text
            .replace('\\', "\\\\")
            .replace('%', "\\%")
            .replace('_', "\\_");
        query
            .push(" and (a.number ilike ")
            .push_bind(format!("{escaped}%"))
            .push(" or a.company ilike ")
            .push_bind(format!("%{escaped}%"));
        query
            .push(" or position(folded_name(")
            .push_bind(text.clone())
            .push(") in folded_name(a.company)) > 0)");
    }
}

/// Adds a code as a literal. With a parameter, the planner finds a plan for its value slightly
/// cheaper than one for all values, and plans each request anew.
fn push_code(query: &mut QueryBuilder<Postgres>, code: &'static str) {
    query.push("'").push(code).push("'");
}

/// Adds the codes of `roles` as a literal, for the same reason.
fn push_roles(query: &mut QueryBuilder<Postgres>, roles: Roles) {
    query.push("'{");
    let mut codes = query.separated(",");
    for role in roles.iter() {
        codes.push(role.code());
    }
    query.push("}'::text[]");
}

async fn summaries(
    connection: &mut PgConnection,
    rows: Vec<sqlx::postgres::PgRow>,
    (now, calendars): (DateTime<Utc>, &Calendars),
) -> Result<Vec<ApplicationSummary>> {
    let mut items = Vec::with_capacity(rows.len());
    for row in rows {
        let office = OfficeId(row.try_get("office_id")?);
        let calendar = calendars
            .version(connection, office, row.try_get("calendar_version")?)
            .await?;
        let clock_entries = ledger::entries_from_columns(
            row.try_get("since")?,
            row.try_get("steps")?,
            row.try_get("rounds")?,
        );
        items.push(ApplicationSummary {
            id: ApplicationId(row.try_get("id")?),
            number: row.try_get("number")?,
            company: row.try_get("company")?,
            scheme: row
                .try_get::<&str, _>("scheme")?
                .parse()
                .map_err(|_| Error::internal("application.scheme holds an unknown code"))?,
            kind: row
                .try_get::<&str, _>("kind")?
                .parse()
                .map_err(|_| Error::internal("application.kind holds an unknown code"))?,
            stage: stage(row.try_get("stage")?)?,
            round: row.try_get("round")?,
            clock: ledger::current_clock(&SOP, &clock_entries, &calendar, now),
            created_at: row.try_get("created_at")?,
            submitted_at: row.try_get("submitted_at")?,
            stage_since: row.try_get("stage_since")?,
        });
    }
    Ok(items)
}
