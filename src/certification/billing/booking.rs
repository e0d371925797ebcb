//! Books payments that the payment office reports, by callback or status call. Each report is handled
//! alone; repeated and reordered reports are safe.

use super::payment::PaymentSource;
use super::store;
use super::store::payments::NewPayment;
use super::store::reports::ReportedPayment;
use crate::casework::announce::{About, NotificationKind};
use crate::casework::desk::take_as_service;
use crate::casework::workflow::RequestTime;
use crate::certification::announcing::alert_treasurers;
use crate::certification::sop::Task;
use crate::database::Database;
use crate::error::{Code, Error, Result};
use crate::identity::first_office;
use crate::ids::{ApplicationId, BillingId};
use crate::sop::gate::Principal;

/// The outcome of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Booking {
    /// The payment is recorded now.
    Recorded,
    /// The same payment was recorded before.
    Known,
    /// Its NTPN is recorded with other content; it waits for the treasurer.
    Clash,
    /// Its code is unknown here; it waits for the treasurer.
    Unmatched,
}

/// Books `reported`. A report that cannot be booked is kept for the treasurer, so that no money is
/// lost.
pub async fn book(
    database: &Database,
    at: &RequestTime,
    source: PaymentSource,
    reported: &ReportedPayment,
) -> Result<Booking> {
    // A second round: the same payment may be booked between the look and the insert.
    for _ in 0..2 {
        let look = async |c: &mut sqlx::PgConnection| {
            Ok((
                store::payments::by_ntpn(c, &reported.ntpn).await?,
                store::by_code(c, &reported.code).await?,
            ))
        };
        let (stored, billing) = database.read(look).await?;
        if let Some(stored) = stored {
            // The amount is fixed by the code, and bank and NTB may have been typed in otherwise.
            if reported.is_recorded_as(&stored.code, stored.paid_at) {
                return Ok(Booking::Known);
            }
            keep(database, at, source, reported).await?;
            return Ok(Booking::Clash);
        }
        let Some((billing, application)) = billing else {
            keep(database, at, source, reported).await?;
            return Ok(Booking::Unmatched);
        };
        match record(database, at, (billing, application), source, reported).await {
            Ok(()) => return Ok(Booking::Recorded),
            Err(Error::Refused(refused)) if refused.code == Code::Conflict => {}
            Err(error) => return Err(error),
        }
    }
    Err(Error::new(Code::Conflict))
}

async fn record(
    database: &Database,
    at: &RequestTime,
    (billing, application): (BillingId, ApplicationId),
    source: PaymentSource,
    reported: &ReportedPayment,
) -> Result<()> {
    let mut file =
        take_as_service::<Task>(database, at, (), application, Task::ReceivePayment).await?;
    let (office, stage, now) = (file.header().office, file.header().stage, file.now());
    let billed = store::find(&mut file, Principal::System, billing, now).await?;
    let new = NewPayment {
        office,
        billing,
        source,
        by: None,
        ntpn: &reported.ntpn,
        ntb: reported.ntb.as_deref(),
        // SIMPONI fixes the amount with the code, and its reports name none.
        amount: reported.amount.unwrap_or(billed.amount),
        bank: reported.bank.as_deref(),
        channel: reported.channel.as_deref(),
        book_date: reported.book_date,
        paid_at: reported.paid_at,
    };
    let id = store::payments::add(&mut file, &new, now).await?;
    let payment = store::payments::find(&mut file, Principal::System, id).await?;
    if let Some(note) = super::http::deviation_note(&payment) {
        file.note(note);
        let of = (office, About::Application(application));
        alert_treasurers(&mut file, of, NotificationKind::PaymentWaits, now).await?;
    }
    let done = crate::web::Reply::no_content();
    drop(file.hand_over_without_view(stage, done).await?);
    Ok(())
}

async fn keep(
    database: &Database,
    at: &RequestTime,
    source: PaymentSource,
    reported: &ReportedPayment,
) -> Result<()> {
    let mut transaction = database.begin().await?;
    let office = first_office(&mut transaction).await?;
    let kept = &[(None, reported)];
    let added = store::reports::add(&mut transaction, office, (source, None), kept, at.now).await?;
    if added > 0 {
        let of = (office, About::PaymentReports);
        alert_treasurers(&mut transaction, of, NotificationKind::PaymentWaits, at.now).await?;
    }
    transaction.commit().await
}
