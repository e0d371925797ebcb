//! `GET /tariffs`, `GET /cost-components`, and their imports: a preview of the changes, then the
//! import itself, which names the preview.

use actix_web::{HttpRequest, get, post};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::components::CostComponent;
use super::entry::{Entry, ImportPlan};
use super::{Tariff, store};
use crate::casework::desk::Desk;
use crate::casework::journal::add_office_act;
use crate::casework::spreadsheet::SpreadsheetBody;
use crate::clock::Clock;
use crate::database::Database;
use crate::error::{Code, Error, Result};
use crate::identity::signed_in::today;
use crate::identity::{AllowedRoles, Restricted, Staff, first_office};
use crate::sop::role::{Role, codes};
use crate::web::page::page_size;
use crate::web::{Cursor, IdempotentWrite, Page, Provided, Query, Reply};

/// The roles that keep the price list and the composition of cost estimates.
#[derive(Debug)]
pub struct PriceKeepers;

impl AllowedRoles for PriceKeepers {
    const ROLES: &'static [Role] = &[Role::Treasurer, Role::Admin];
}

/// The day and the page of the price list.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TariffQuery {
    /// Prices in force on this day; today (WIB) if left out.
    pub day: Option<NaiveDate>,
    /// Number of items, 1 to 200; default 20.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<i64>,
    /// `next_cursor` of the previous page.
    pub cursor: Option<String>,
}

/// List the tariffs (daftar tarif).
///
/// The prices in force on a day, by code: tariffs of non-tax revenue (PNBP), laboratory tests,
/// travel by the standard input costs (SBM), and the discount for small businesses, each with its
/// legal basis.
#[utoipa::path(tag = "tariffs", params(TariffQuery), responses((status = 200, body = Page<Tariff>)), security(()))]
#[get("/tariffs")]
pub async fn list_tariffs(
    query: Query<TariffQuery>,
    database: Provided<Database>,
    clock: Provided<Clock>,
    cursor: Provided<Cursor>,
) -> Result<Reply<Page<Tariff>>> {
    let limit = page_size(query.0.limit)?;
    let bound = TariffQuery {
        limit: None,
        cursor: None,
        ..query.0.clone()
    };
    let after: Option<String> = cursor
        .0
        .read(query.0.cursor.as_deref(), "tariffs", &bound)?;
    let day = query.0.day.unwrap_or_else(|| today(clock.0.now()));
    let rows = database
        .0
        .read(async |c| {
            let office = first_office(c).await?;
            store::in_force(c, office, day, after.as_deref(), Some(limit + 1)).await
        })
        .await?;
    cursor
        .0
        .page(rows, limit, "tariffs", &bound, |row| row.code.clone())
        .map(Reply::page)
}

/// A day.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DayQuery {
    /// Components in force on this day; today (WIB) if left out.
    pub day: Option<NaiveDate>,
}

/// The composition of cost estimates.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct CostComponents {
    /// By scheme and kind.
    pub items: Vec<CostComponent>,
}

/// List the cost components (komponen biaya).
///
/// The tariffs that each scheme and kind of application pays, and the quantity of each.
#[utoipa::path(tag = "tariffs", params(DayQuery), responses((status = 200, body = CostComponents)))]
#[get("/cost-components")]
pub async fn list_cost_components(
    staff: Staff,
    query: Query<DayQuery>,
    database: Provided<Database>,
    clock: Provided<Clock>,
) -> Result<Reply<CostComponents>> {
    let day = query.0.day.unwrap_or_else(|| today(clock.0.now()));
    let items = database
        .0
        .read(async |c| store::components_in_force(c, staff.0.office, day).await)
        .await?;
    Ok(Reply::ok(CostComponents { items }))
}

/// The preview that an import carries out.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PlanQuery {
    /// `plan` of the preview of the same file.
    #[param(pattern = "^[0-9a-f]{64}$", min_length = 64, max_length = 64)]
    pub plan: String,
}

/// Preview an import of tariffs (pratinjau impor tarif).
///
/// The file is CSV or XLSX with the columns `code`, `kind`, `label`, `unit`, `amount`,
/// `ceiling`, `province`, `legal_basis`, `valid_from`, `valid_to` and, optionally, `is_example`. A
/// price is never changed: a row with a later `valid_from` ends the price before it, and the same
/// row with another `valid_to` ends the price itself. Nothing is stored.
#[utoipa::path(
    tag = "tariffs", responses((status = 200, body = ImportPlan<Tariff>)),
    request_body(content((String = "text/csv"), (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))),
    extensions(("x-roles" = json!(codes(PriceKeepers::ROLES))), ("x-reply-kept" = json!(false)))
)]
#[post("/tariffs/preview")]
pub async fn preview_tariffs(
    desk: Restricted<PriceKeepers, Desk>,
    body: SpreadsheetBody,
    request: HttpRequest,
) -> Result<Reply<ImportPlan<Tariff>>> {
    preview(&desk.0, body, &request).await
}

/// Import tariffs (impor tarif).
///
/// Takes the same file as the preview and carries out what the preview showed, whole or not at all.
/// Refused with `stale_version` if the effects are no longer those of the preview.
#[utoipa::path(
    tag = "tariffs", params(PlanQuery), responses((status = 200, body = ImportPlan<Tariff>)),
    request_body(content((String = "text/csv"), (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))),
    extensions(("x-roles" = json!(codes(PriceKeepers::ROLES))), ("x-problem-codes" = json!(["conflict", "stale_version"])))
)]
#[post("/tariffs/import")]
pub async fn import_tariffs(
    desk: Restricted<PriceKeepers, Desk>,
    query: Query<PlanQuery>,
    body: SpreadsheetBody,
    request: HttpRequest,
) -> Result<Reply<ImportPlan<Tariff>>> {
    import(&desk.0, &query.0.plan, body, &request).await
}

/// Preview an import of cost components (pratinjau impor komponen biaya).
///
/// The file is CSV or XLSX with the columns `scheme`, `kind`, `component`, `tariff_code`,
/// `per`, `valid_from`, `valid_to`, and takes effect like a file of tariffs. Nothing is stored.
#[utoipa::path(
    tag = "tariffs", responses((status = 200, body = ImportPlan<CostComponent>)),
    request_body(content((String = "text/csv"), (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))),
    extensions(("x-roles" = json!(codes(PriceKeepers::ROLES))), ("x-reply-kept" = json!(false)))
)]
#[post("/cost-components/preview")]
pub async fn preview_cost_components(
    desk: Restricted<PriceKeepers, Desk>,
    body: SpreadsheetBody,
    request: HttpRequest,
) -> Result<Reply<ImportPlan<CostComponent>>> {
    preview(&desk.0, body, &request).await
}

/// Import cost components (impor komponen biaya).
///
/// Takes the same file as the preview and carries out what the preview showed, whole or not at all.
/// Refused with `stale_version` if the effects are no longer those of the preview.
#[utoipa::path(
    tag = "tariffs", params(PlanQuery), responses((status = 200, body = ImportPlan<CostComponent>)),
    request_body(content((String = "text/csv"), (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))),
    extensions(("x-roles" = json!(codes(PriceKeepers::ROLES))), ("x-problem-codes" = json!(["conflict", "stale_version"])))
)]
#[post("/cost-components/import")]
pub async fn import_cost_components(
    desk: Restricted<PriceKeepers, Desk>,
    query: Query<PlanQuery>,
    body: SpreadsheetBody,
    request: HttpRequest,
) -> Result<Reply<ImportPlan<CostComponent>>> {
    import(&desk.0, &query.0.plan, body, &request).await
}

async fn preview<T: Entry>(
    desk: &Desk,
    body: SpreadsheetBody,
    request: &HttpRequest,
) -> Result<Reply<ImportPlan<T>>> {
    let rows = body.read(request).await?.typed()?;
    let stored = desk
        .database()
        .read(async |c| T::all(c, desk.signed_in().office).await)
        .await?;
    ImportPlan::of(rows, &stored).map(Reply::ok)
}

async fn import<T: Entry>(
    desk: &Desk,
    seen: &str,
    body: SpreadsheetBody,
    request: &HttpRequest,
) -> Result<Reply<ImportPlan<T>>> {
    let rows = body.read(request).await?.typed()?;
    let (caller, now) = (desk.signed_in(), desk.request_time().now);
    let mut work = IdempotentWrite::begin(desk.database(), request, caller.user.0, now).await?;
    let stored = T::locked(&mut work, caller.office).await?;
    let plan = ImportPlan::of(rows, &stored)?;
    if plan.plan != seen {
        return Err(Error::new(Code::StaleVersion).detail(
            "Akibat impor ini bukan lagi yang dipratinjau: pratinjau kembali.",
            "The effects of this import are no longer those of the preview: preview it again.",
        ));
    }
    plan.apply(&mut work, caller.office, Some(caller.user), now)
        .await?;
    let note = format!(
        "{} ditambah, {} diakhiri, {} tetap",
        plan.added, plan.ended, plan.unchanged
    );
    add_office_act(&mut work, caller, T::IMPORT, &note).await?;
    work.finish(Reply::ok(plan)).await
}
