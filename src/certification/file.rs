//! An application as the desk knows it: how it is locked, moved and shown.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::form::ApplicationForm;
use super::sop::{SOP, Stage, Task};
use super::store;
use super::views::ApplicationView;
use crate::casework::workflow::{Asking, Cover, Desktop, Workflow};
use crate::error::{Code, Error, Result};
use crate::ids::{ApplicationId, CustomerId};
use crate::sop::gate::Permit;
use crate::sop::role::Role;

/// What the steps need to know of an application.
#[derive(Debug)]
pub struct Application {
    /// Its id.
    pub id: ApplicationId,
    /// Whose it is.
    pub customer: CustomerId,
    /// Its number, once submitted.
    pub number: Option<String>,
    /// What the customer says.
    pub form: ApplicationForm,
}

impl Workflow for Task {
    type Id = ApplicationId;
    type File = Application;
    type View = ApplicationView;

    const SUBJECT: &'static str = "application";

    async fn lock(connection: &mut PgConnection, id: ApplicationId, who: Asking<'_>) -> Result<Option<Cover<Self>>> {
        store::lock(connection, id, who).await
    }

    async fn advance(connection: &mut PgConnection, permit: &Permit<Self>, cover: &Cover<Self>, now: DateTime<Utc>) -> Result<bool> {
        store::advance(connection, permit, cover, now).await
    }

    async fn show(connection: &mut PgConnection, id: ApplicationId, who: Asking<'_>, at: &Desktop) -> Result<(ApplicationView, i64)> {
        let record = store::find(connection, id, who).await?.ok_or_else(|| Error::new(Code::NotFound))?;
        let calendar = at.calendars.version(connection, record.office, record.calendar_version).await?;
        let version = record.version;
        Ok((ApplicationView::of(record, who, &calendar, at.now), version))
    }
}

/// The roles a file has been named to once it comes to `stage`: those of the stage, beside those of the road so far.
#[must_use]
pub fn named_at(stage: Stage) -> Vec<String> {
    SOP.roles_named_at(stage).map(|role| role.code().to_owned()).collect()
}

/// The roles a file at `stage` waits for: those of its numbered steps and their parts. A side exit is open to its roles; nobody waits for it.
#[must_use]
pub fn waited_for_at(stage: Stage) -> Vec<String> {
    let waits_for = |role: &Role| SOP.rows.iter().any(|row| row.no.or(row.part_of).is_some() && row.actor.admits(*role) && row.targets(stage).is_some());
    Role::all().filter(waits_for).map(|role| role.code().to_owned()).collect()
}
