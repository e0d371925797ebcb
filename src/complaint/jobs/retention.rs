//! What is kept no longer: the identity first, then the case, and with it the words of every breach that names it. Shredding a salt comes before deleting
//! a row, so that no backup of the database brings back what was deleted. The audit trail stays; what it names leads nowhere then.

use chrono::{DateTime, Utc};

use crate::audit::{self, Actor, Event};
use crate::casework::workflow::Asking;
use crate::complaint::breach;
use crate::complaint::read_transaction::read_as;
use crate::complaint::sealing::salts::Of;
use crate::complaint::services::ComplaintServices;
use crate::complaint::store::retention::Until;
use crate::complaint::store::viewer::Viewer;
use crate::complaint::store::{breaches, retention as store, vault};
use crate::database::Database;
use crate::error::Result;
use crate::identity::signed_in::today;
use crate::ids::{ComplaintId, OfficeId};
use crate::web::IdempotentWrite;

/// Shreds every identity, deletes every case and forgets the words of every breach whose time has come. Two at once do no harm: each case is asked for
/// again under its lock. One that cannot go keeps no other back.
///
/// # Errors
/// The first that the server or the store refuses; the next run does the rest.
pub async fn run(
    database: &Database,
    services: &ComplaintServices,
    now: DateTime<Utc>,
) -> Result<()> {
    let until = |kept| Until::kept_for(kept, today(now));
    let (identity_until, content_until) = (
        until(services.policy.identity_kept),
        until(services.policy.content_kept),
    );
    let mut done = Ok(());
    for case in read_as(
        database,
        services,
        Asking::Service,
        None,
        async |c, _, _| store::identities(c, identity_until).await,
    )
    .await?
    {
        done = done.and(
            forget_identity(
                begin(database, services, now).await?,
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
        Asking::Service,
        None,
        async |c, _, _| store::contents(c, content_until).await,
    )
    .await?
    {
        done = done.and(
            forget_case(
                begin(database, services, now).await?,
                services,
                case,
                content_until,
            )
            .await,
        );
    }
    done.and(forget_breaches(begin(database, services, now).await?, services).await)
}

async fn forget_identity(
    mut work: IdempotentWrite,
    services: &ComplaintServices,
    case: ComplaintId,
    until: Until,
) -> Result<()> {
    let Some(office) = store::identity_is_gone(&mut work, case, until).await? else {
        return Ok(());
    };
    shred_identity(services, case).await?;
    note(&mut work, services, (office, case), "shred_identity").await?;
    work.commit().await
}

async fn forget_case(
    mut work: IdempotentWrite,
    services: &ComplaintServices,
    case: ComplaintId,
    until: Until,
) -> Result<()> {
    // First the lock: who names it in a breach has named it before, or finds it gone.
    store::lock(&mut work, case).await?;
    let spoken_of_in = breaches::naming(&mut work, case).await?;
    let Some(gone) = store::delete(&mut work, case, until).await? else {
        return Ok(());
    };
    services.salts.shred(case, Of::Content).await?;
    shred_identity(services, case).await?;
    breach::forget(&mut work, services, &spoken_of_in).await?;
    let number = services
        .keys
        .mark(format!("tombstone|{}", gone.public_number).as_bytes());
    let on = today(work.now());
    store::bury(&mut work, &number, &gone, on).await?;
    note(&mut work, services, (gone.office, case), "delete_complaint").await?;
    work.commit().await
}

async fn forget_breaches(mut work: IdempotentWrite, services: &ComplaintServices) -> Result<()> {
    let before = work.now() - services.policy.content_kept;
    let over = breaches::closed_before(&mut work, before).await?;
    breach::forget(&mut work, services, &over).await?;
    work.commit().await
}

async fn begin(
    database: &Database,
    services: &ComplaintServices,
    now: DateTime<Utc>,
) -> Result<IdempotentWrite> {
    let mut work = IdempotentWrite::of_the_service(database, now).await?;
    Viewer::enter(&mut work, Asking::Service, None, &services.keys).await?;
    Ok(work)
}

async fn shred_identity(services: &ComplaintServices, case: ComplaintId) -> Result<()> {
    services.salts.shred(case, Of::Identity).await?;
    let case_ref = services.keys.case_ref(case);
    services
        .vault()
        .read(async |c| vault::forget(c, &case_ref).await)
        .await
}

async fn note(
    work: &mut IdempotentWrite,
    services: &ComplaintServices,
    (office, case): (OfficeId, ComplaintId),
    action: &str,
) -> Result<()> {
    let now = work.now();
    let event = Event {
        office,
        at: Some(now),
        on: today(now),
        actor: Actor::Service,
        action,
        object: services.keys.case_ref(case),
        step: None,
        moved: None,
        counted: (0, 0),
        detail: None,
    };
    audit::append(work, &services.audit, &[event]).await
}
