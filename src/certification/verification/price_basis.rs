//! Reads the price basis of an application: whether the paper of a discount was found complete is
//! known to the verification.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::store;
use crate::certification::cost::check::PriceBasis;
use crate::certification::form::ApplicationForm;
use crate::certification::schemes::{Condition, Scheme};
use crate::certification::tariffs::{self, TariffKind};
use crate::error::Result;
use crate::identity::signed_in::today;
use crate::ids::{ApplicationId, OfficeId};

impl PriceBasis {
    /// The prices in force at `now`, for application `id` with this form.
    pub async fn read(
        connection: &mut PgConnection,
        office: OfficeId,
        (id, form): (ApplicationId, &ApplicationForm),
        now: DateTime<Utc>,
    ) -> Result<Self> {
        let prices = tariffs::store::in_force(connection, office, today(now), None, None).await?;
        let discounts = tariffs::store::all(connection, office, Some(TariffKind::Discount)).await?;
        let facts = form.facts();
        let wants = facts.small_business_discount && Condition::SmallBusiness.holds(&facts);
        let paper = Scheme::of(form.scheme).discount_paper().filter(|_| wants);
        let discount_proved = match paper {
            None => false,
            Some(paper) => store::is_complete(connection, id, paper.code).await?,
        };
        Ok(Self {
            prices,
            discounts: discounts.into_iter().map(|(_, price)| price).collect(),
            discount_proved,
        })
    }
}
