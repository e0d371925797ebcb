//! `POST /applications/{id}/cost-suggestions`: the computed cost estimate.

use actix_web::post;

use super::cost::check::PriceBasis;
use super::cost::suggestion::{CostSuggestion, CostSuggestionForm, Facts, suggest};
use crate::casework::desk::Desk;
use crate::certification::audit_time;
use crate::certification::store;
use crate::certification::tariffs;
use crate::certification::views::AtApplication;
use crate::error::{OrNotFound as _, Result};
use crate::identity::AllowedRoles;
use crate::identity::signed_in::today;
use crate::sop::gate::Principal;
use crate::sop::role::{Role, codes};
use crate::web::{Body, PathParam, Reply};

/// The roles that plan audits and answer for their cost.
#[derive(Debug)]
pub struct CostPlanners;

impl AllowedRoles for CostPlanners {
    const ROLES: &'static [Role] = &[
        Role::PjiStaff,
        Role::OperationsStaff,
        Role::PjiLead,
        Role::SsLead,
        Role::Head,
        Role::Treasurer,
    ];
}

/// Suggest a cost estimate (usulan biaya).
///
/// Computes the lines for step 4 from the composition of the scheme and kind, the price list, the
/// man-days of the team, travel to the site and laboratory tests, and says of each line where it
/// comes from. The discount for small businesses is a line of its own, only if the customer asked
/// for it and the statement of business scale was found complete. Parts without a price are listed
/// in `missing`. Nothing is stored.
#[utoipa::path(
    tag = "tariffs", params(AtApplication), request_body = CostSuggestionForm, responses((status = 200, body = CostSuggestion)),
    extensions(("x-roles" = json!(codes(CostPlanners::ROLES))), ("x-reply-kept" = json!(false)))
)]
#[post("/applications/{id}/cost-suggestions")]
pub async fn suggest_cost(
    desk: Desk,
    at: PathParam<AtApplication>,
    form: Body<CostSuggestionForm>,
) -> Result<Reply<CostSuggestion>> {
    let id = at.0.id;
    let (caller, now) = (desk.signed_in(), desk.request_time().now);
    let day = today(now);
    let read = desk.database().read(async |c| {
        let record = store::find(c, id, Principal::User(caller))
            .await?
            .or_not_found()?;
        caller.must_be_one_of(CostPlanners::ROLES)?;
        let basis = PriceBasis::read(c, record.office, (id, &record.form), now).await?;
        let components = tariffs::store::components_in_force(c, record.office, day).await?;
        let city = tariffs::store::city(c, record.office).await?;
        let time = audit_time::store::latest(c, id).await?;
        Ok((record.form, basis, components, city, time))
    });
    let (application, basis, components, city, time) = read.await?;
    let facts = Facts {
        application: &application,
        components: &components,
        basis: &basis,
        city: &city,
        audit_time: time.map(|time| time.result.man_days),
        day,
    };
    Ok(Reply::ok(suggest(&form.0, &facts)))
}
