//! Registration of every job with the job engine.

use graphile_worker::WorkerOptions;
use sqlx::PgPool;

use super::Failure;
use crate::app::Service;
use crate::casework::worker::{self, JobContext};
use crate::database::Database;
use crate::{certification, complaint, escalation, events, identity, mail, webhooks};

/// The engine's options with every job of the service, and the context of the jobs.
pub fn job_options(
    service: &Service,
    pool: PgPool,
) -> Result<(WorkerOptions, JobContext), Failure> {
    let context = JobContext {
        database: Database::new(service.database.clone(), 2),
        clock: service.clock.clone(),
        calendars: service.calendars.clone(),
        documents: service.documents.clone(),
    };
    let options = certification::steps::expire_application::define(worker::worker_options(
        pool,
        context.clone(),
    )?);
    let options = certification::mirror::define(options, service.mirror.clone());
    let options =
        certification::billing::requests::define(options, service.payment_office.clone())?;
    let options = complaint::jobs::define(options, service.complaint_services.clone())?;
    let options = webhooks::define(
        events::jobs::define(options)?,
        service.webhook_client.clone(),
    )?;
    let options = escalation::jobs::define(options)?;
    let options = identity::define(options, service.identity.clone(), context.database.clone());
    Ok((mail::define(options, service.mailer.clone()), context))
}
