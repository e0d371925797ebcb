//! Every job of the service, on the engine's options.

use graphile_worker::WorkerOptions;
use sqlx::PgPool;

use super::Failure;
use crate::app::Service;
use crate::casework::worker::{self, JobDesk};
use crate::database::Database;
use crate::{certification, complaint, escalation, events, identity, mail, webhooks};

/// The engine's options with every job of the service, and the desk they work at.
///
/// # Errors
/// When a timetable cannot be read.
pub fn job_options(service: &Service, pool: PgPool) -> Result<(WorkerOptions, JobDesk), Failure> {
    let desk = JobDesk {
        database: Database::new(service.database.clone(), 2),
        clock: service.clock.clone(),
        calendars: service.calendars.clone(),
        documents: service.documents.clone(),
    };
    let options = certification::jobs::define(worker::options(pool, desk.clone())?);
    let options = certification::mirror::jobs::define(options, service.mirror.clone());
    let options = complaint::jobs::define(options, service.cabinet.clone())?;
    let options = webhooks::jobs::define(events::jobs::define(options)?, service.caller.clone())?;
    let options = escalation::jobs::define(options)?;
    let options = identity::jobs::define(options, service.identity.clone(), desk.database.clone());
    Ok((mail::define(options, service.post.clone()), desk))
}
