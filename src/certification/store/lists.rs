//! Lists of applications: one statement each, keyset pages, the same visibility rule as the single read.

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
use crate::sop::table::Stage as _;

/// What a list of applications can be narrowed to.
#[derive(Debug, Clone, Default, Serialize, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ApplicationFilter {
    /// Only at this stage.
    #[param(inline)]
    pub stage: Option<Stage>,
    /// Only of this service.
    #[param(inline)]
    pub scheme: Option<SchemeCode>,
    /// Only of this kind.
    #[param(inline)]
    pub kind: Option<ApplicationKind>,
    /// Only of this customer.
    pub customer: Option<Uuid>,
    /// Only submitted at or after this moment.
    pub submitted_from: Option<DateTime<Utc>>,
    /// Only submitted before this moment.
    pub submitted_to: Option<DateTime<Utc>>,
    /// Only where the number begins with this, or the company's name contains it; capitals, dots and spaces of names make no difference.
    #[param(max_length = 100)]
    pub text: Option<String>,
    /// With `true`, how many there are in all.
    pub count: Option<bool>,
    /// How many items, 1 to 200; 20 when not given.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<i64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

impl ApplicationFilter {
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

/// The longest text to search for.
pub const LONGEST_TEXT: usize = 100;

/// Where a row stands in the list: newest first.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Place {
    at: DateTime<Utc>,
    id: Uuid,
}

impl Place {
    /// That of `row`.
    #[must_use]
    pub fn of(row: &ApplicationSummary) -> Self {
        Self {
            at: row.created_at,
            id: row.id.0,
        }
    }
}

const COLUMNS: &str = "
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
///
/// # Errors
/// When the server refuses.
pub async fn list(
    connection: &mut PgConnection,
    who: &SignedIn,
    filter: &ApplicationFilter,
    after: Option<Place>,
    limit: i64,
    at: (DateTime<Utc>, &Calendars),
) -> Result<Vec<ApplicationSummary>> {
    let mut query = QueryBuilder::new(COLUMNS);
    narrow(&mut query, who, filter);
    if let Some(place) = after {
        query
            .push(" and (a.created_at, a.id) < (")
            .push_bind(place.at)
            .push(", ")
            .push_bind(place.id)
            .push(")");
    }
    // Written, not bound: the planner must know that it is a page, or it plans for a tenth of the table.
    query
        .push(" order by a.created_at desc, a.id desc limit ")
        .push(limit);
    let rows = query.build().fetch_all(&mut *connection).await?;
    summaries(connection, rows, at).await
}

/// How many applications the filter leaves.
///
/// # Errors
/// When the server refuses.
pub async fn count(
    connection: &mut PgConnection,
    who: &SignedIn,
    filter: &ApplicationFilter,
) -> Result<i64> {
    let mut query = QueryBuilder::new("select count(*) from application a where ");
    narrow(&mut query, who, filter);
    Ok(query.build_query_scalar().fetch_one(connection).await?)
}

/// At most `limit` applications that wait for somebody with one of the caller's roles, longest waiting first.
///
/// # Errors
/// When the server refuses.
pub async fn waiting(
    connection: &mut PgConnection,
    who: &SignedIn,
    limit: i64,
    at: (DateTime<Utc>, &Calendars),
) -> Result<Vec<ApplicationSummary>> {
    let mut query = QueryBuilder::new(COLUMNS);
    narrow(&mut query, who, &ApplicationFilter::default());
    query
        .push(" and a.waiting_for && ")
        .push_bind(who.roles.codes());
    // Says nothing new: it is the condition of the desk's index.
    query.push(" and a.waiting_for <> '{}'");
    query
        .push(" order by a.stage_since, a.id limit ")
        .push(limit);
    let rows = query.build().fetch_all(&mut *connection).await?;
    summaries(connection, rows, at).await
}

/// Visibility first, then what the caller asked for. Office and customer stand beside `may_see` only so that their indexes can be used.
fn narrow(query: &mut QueryBuilder<Postgres>, who: &SignedIn, filter: &ApplicationFilter) {
    let customer = who.customer.map(|customer| customer.0);
    query.push("a.office_id = ").push_bind(who.office.0);
    query
        .push(" and may_see(a, ")
        .push_bind(who.office.0)
        .push(", ")
        .push_bind(customer)
        .push(", ")
        .push_bind(who.roles.codes())
        .push(")");
    if let Some(customer) = customer.or(filter.customer) {
        query.push(" and a.customer_id = ").push_bind(customer);
    }
    if let (Some(_), Some(asked)) = (customer, filter.customer) {
        query.push(" and a.customer_id = ").push_bind(asked);
    }
    if let Some(stage) = filter.stage {
        query.push(" and a.stage = ").push_bind(stage.code());
    }
    if let Some(scheme) = filter.scheme {
        query.push(" and a.scheme = ").push_bind(scheme.as_str());
    }
    if let Some(kind) = filter.kind {
        query.push(" and a.kind = ").push_bind(kind.as_str());
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
        let turns = ledger::turns(
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
            clock: ledger::reading(&SOP, &turns, &calendar, now),
            created_at: row.try_get("created_at")?,
            submitted_at: row.try_get("submitted_at")?,
            stage_since: row.try_get("stage_since")?,
        });
    }
    Ok(items)
}
