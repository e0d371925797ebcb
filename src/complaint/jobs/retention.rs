//! Retention: shreds the identity first, later the case and the text of every breach that names the
//! case. The salt is shredded before the row is deleted, so that no backup of the database can
//! restore the data. The audit trail stays; its references cannot be resolved afterwards.

use chrono::{DateTime, Utc};

use crate::audit::{self, Event};
use crate::complaint::act::begin_as_service;
use crate::complaint::breach;
use crate::complaint::read_transaction::read_as;
use crate::complaint::sealing::salts::SaltKind;
use crate::complaint::services::ComplaintServices;
use crate::complaint::store::retention::RetentionCutoff;
use crate::complaint::store::{breaches, retention as store, vault};
use crate::database::Database;
use crate::error::Result;
use crate::identity::signed_in::today;
use crate::ids::{ComplaintId, OfficeId};
use crate::sop::gate::Principal;
use crate::web::IdempotentWrite;

/// Shreds the identities, cases and texts of breaches at the end of their retention period.
/// Parallel runs are safe, because each case is checked again under its lock. A case that fails
/// does not stop the others.
///
/// # Errors
/// The first error; the next run repeats the rest.
pub async fn run(
    database: &Database,
    services: &ComplaintServices,
    now: DateTime<Utc>,
) -> Result<()> {
    let until = |kept| RetentionCutoff::retained_for(kept, today(now));
    let (identity_until, content_until) = (
        until(services.policy.identity_retention),
        until(services.policy.content_retention),
    );
    let mut done = Ok(());
    for case in read_as(
        database,
        services,
        Principal::System,
        None,
        async |c, _, _| store::due_identities(c, identity_until).await,
    )
    .await?
    {
        done = done.and(
            forget_identity(
                begin_as_service(database, services, now).await?,
                services,
                case,
                identity_until,
            )
            .await,
        );
    }
    for case in read_as(
        database,
        services,
        Principal::System,
        None,
        async |c, _, _| store::due_cases(c, content_until).await,
    )
    .await?
    {
        done = done.and(
            forget_case(
                begin_as_service(database, services, now).await?,
                services,
                case,
                content_until,
            )
            .await,
        );
    }
    done.and(forget_breaches(begin_as_service(database, services, now).await?, services).await)
}

async fn forget_identity(
    mut work: IdempotentWrite,
    services: &ComplaintServices,
    case: ComplaintId,
    until: RetentionCutoff,
) -> Result<()> {
    let Some(office) = store::mark_identity_gone(&mut work, case, until).await? else {
        return Ok(());
    };
    shred_identity(services, case).await?;
    record(&mut work, services, (office, case), "shred_identity").await?;
    work.commit().await
}

async fn forget_case(
    mut work: IdempotentWrite,
    services: &ComplaintServices,
    case: ComplaintId,
    until: RetentionCutoff,
) -> Result<()> {
    // The lock comes first: a breach that names the case has named it before, or finds it deleted.
    store::lock(&mut work, case).await?;
    let spoken_of_in = breaches::lock_naming(&mut work, case).await?;
    let Some(gone) = store::delete(&mut work, case, until).await? else {
        return Ok(());
    };
    services.salts.shred(case, SaltKind::Content).await?;
    shred_identity(services, case).await?;
    breach::shred_texts(&mut work, services, &spoken_of_in).await?;
    let number = services
        .keys
        .service_tag(format!("tombstone|{}", gone.public_number).as_bytes());
    let on = today(work.now());
    store::add_tombstone(&mut work, &number, &gone, on).await?;
    record(&mut work, services, (gone.office, case), "delete_complaint").await?;
    work.commit().await
}

async fn forget_breaches(mut work: IdempotentWrite, services: &ComplaintServices) -> Result<()> {
    let before = work.now() - services.policy.content_retention;
    let over = breaches::lock_closed_before(&mut work, before).await?;
    breach::shred_texts(&mut work, services, &over).await?;
    work.commit().await
}

async fn shred_identity(services: &ComplaintServices, case: ComplaintId) -> Result<()> {
    services.salts.shred(case, SaltKind::Identity).await?;
    let case_ref = services.keys.case_ref(case);
    services
        .vault()
        .read(async |c| vault::delete(c, &case_ref).await)
        .await
}

async fn record(
    work: &mut IdempotentWrite,
    services: &ComplaintServices,
    (office, case): (OfficeId, ComplaintId),
    action: &str,
) -> Result<()> {
    let now = work.now();
    let object = services.keys.case_ref(case);
    let event = Event::new(office, Principal::System, action, object, now);
    audit::append(work, &services.audit, &[event]).await
}
