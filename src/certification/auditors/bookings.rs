//! The days on which auditors are not free. The database refuses days that clash and audits of
//! related customers; this module names the reasons.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::store::bookings::{self as store, Clash};
pub use super::store::bookings::{BookedFor, Firmness, NewBooking};
use super::{Span, TeamMember};
use crate::error::{Code, Error, FieldError, Result, fault};
use crate::identity::SignedIn;
use crate::ids::{ApplicationId, AuditorId};

/// The constraint that keeps the days of a person apart.
const ONCE_A_DAY: &str = "auditor_booking_once_a_day";
/// The constraint that keeps people away from customers they are related to.
const IMPARTIAL: &str = "auditor_booking_is_impartial";

/// Books the team of `application` for each of `spans`, in place of its earlier days. Evaluator and
/// decider are not booked, but they must not be related to the customer either.
///
/// # Errors
/// `schedule_conflict` or `impartiality`, with every clash that the caller may see.
pub async fn book_team(
    connection: &mut PgConnection,
    caller: &SignedIn,
    (application, firmness): (ApplicationId, Firmness),
    team: &[TeamMember],
    spans: &[Span],
    (pointer, now): (&str, DateTime<Utc>),
) -> Result<()> {
    let people: Vec<Uuid> = team.iter().map(|member| member.auditor_id.0).collect();
    store::lock(connection, application, &people).await?;
    store::release(connection, application).await?;
    let bookings = |is_outside: bool| -> Vec<NewBooking> {
        team.iter()
            .enumerate()
            .filter(|(_, member)| member.role.is_outside() == is_outside)
            .flat_map(|(i, member)| {
                spans.iter().map(move |days| NewBooking {
                    auditor: member.auditor_id,
                    subject: BookedFor::Audit(application, member.role, firmness),
                    days: *days,
                    note: None,
                    pointer: format!("{pointer}/{i}/auditor_id"),
                })
            })
            .collect()
    };
    let inside = bookings(false);
    let outside = relation_faults(connection, &bookings(true)).await?;
    if outside.is_empty() {
        return book(connection, caller, &inside, now).await;
    }
    let mut faults = faults(connection, caller, &inside).await?;
    faults.extend(outside);
    Err(Error::new(Code::Impartiality).faults(faults))
}

/// Makes the bookings, all or none.
///
/// # Errors
/// `schedule_conflict` or `impartiality`, with every clash that the caller may see.
pub async fn book(
    connection: &mut PgConnection,
    caller: &SignedIn,
    wanted: &[NewBooking],
    now: DateTime<Utc>,
) -> Result<()> {
    store::savepoint(connection).await?;
    let Err(error) = store::add(connection, caller.office, wanted, now).await else {
        return Ok(());
    };
    let broken = error
        .as_database_error()
        .and_then(sqlx::error::DatabaseError::constraint);
    let code = match broken {
        Some(ONCE_A_DAY) => Code::ScheduleConflict,
        Some(IMPARTIAL) => Code::Impartiality,
        _ => return Err(error.into()),
    };
    store::roll_back(connection).await?;
    Err(Error::new(code).faults(faults(connection, caller, wanted).await?))
}

/// Everything that hinders `wanted`.
async fn faults(
    connection: &mut PgConnection,
    caller: &SignedIn,
    wanted: &[NewBooking],
) -> Result<Vec<FieldError>> {
    let mut faults: Vec<FieldError> = store::clashes(connection, caller, wanted)
        .await?
        .iter()
        .filter_map(|clash| Some(clash_fault(clash, wanted.get(clash.wanted)?)))
        .collect();
    faults.extend(relation_faults(connection, wanted).await?);
    Ok(faults)
}

async fn relation_faults(
    connection: &mut PgConnection,
    wanted: &[NewBooking],
) -> Result<Vec<FieldError>> {
    let related = store::related(connection, wanted).await?;
    let faults = related
        .into_iter()
        .filter_map(|i| Some(relation_fault(wanted.get(i)?)));
    Ok(faults.collect())
}

fn clash_fault(clash: &Clash, wanted: &NewBooking) -> FieldError {
    let (id, en) = match (clash.kind.as_str(), &clash.company) {
        ("leave", _) => ("cuti".to_owned(), "leave".to_owned()),
        ("other_work", _) => ("tugas lain".to_owned(), "other work".to_owned()),
        (_, Some(company)) => {
            let number = clash.number.as_deref().unwrap_or_default();
            (
                format!("audit {number} ({company})"),
                format!("the audit of {number} ({company})"),
            )
        }
        (_, None) => ("audit lain".to_owned(), "another audit".to_owned()),
    };
    let (first, last) = clash.days;
    fault(
        &wanted.pointer,
        "not_free",
        format!("{} sudah bertugas {first} s.d. {last}: {id}.", clash.name),
        format!("{} is booked from {first} to {last}: {en}.", clash.name),
    )
}

fn relation_fault(wanted: &NewBooking) -> FieldError {
    fault(
        &wanted.pointer,
        "related",
        format!(
            "Berhubungan dengan pelanggan ini dalam dua tahun sebelum {}.",
            wanted.days.0
        ),
        format!(
            "Related to this customer within two years before {}.",
            wanted.days.0
        ),
    )
}

/// Follows the customer's answer: days that were not chosen and members that were refused are free
/// again, and the rest is firm if the customer agreed.
pub async fn settle(
    connection: &mut PgConnection,
    application: ApplicationId,
    chosen: NaiveDate,
    refused: &[AuditorId],
    agreed: bool,
) -> Result<()> {
    let refused: Vec<Uuid> = refused.iter().map(|id| id.0).collect();
    store::lock(connection, application, &[]).await?;
    store::settle(connection, application, chosen, &refused, agreed).await
}
