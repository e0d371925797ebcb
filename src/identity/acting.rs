//! Appointing somebody to act for the head (Plh./Plt.), confirming it and revoking it. A confirmed appointment counts from its first to its last day; who
//! asks on another day does not hold the role, so nothing has to be switched on or off.

use chrono::NaiveDate;
use serde::Deserialize;

use super::journal::{Act, Subject, record};
use super::organisation::fault_of_line;
use super::roles::must_still_be_admin;
use super::signed_in::{ActingKind, SignedIn, today};
use super::store::{acting as store, roles, users};
use super::watchers;
use crate::error::{Code, Error, FieldError, Result, fault};
use crate::ids::{AppointmentId, UserId};
use crate::sop::role::Role;
use crate::web::IdempotentWrite;
use crate::web::body::Validate;

/// The longest an appointment may run: an extension is a decree of its own.
const LONGEST_DAYS: i64 = 366;

/// Who acts for whom, and when.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Appointment {
    /// The member of staff who acts.
    pub user_id: UserId,
    /// For which role; only `head`.
    pub role: Role,
    /// `plh` while the head is away, `plt` while the post is vacant.
    pub kind: ActingKind,
    /// The first day (WIB).
    #[schema(example = "2026-07-06")]
    pub first_day: NaiveDate,
    /// The last day (WIB), included.
    #[schema(example = "2026-07-10")]
    pub last_day: NaiveDate,
    /// Number of the letter of appointment (nomor surat perintah).
    #[schema(
        example = "B/512/BSPJI-Palembang/KP/VII/2026",
        min_length = 1,
        max_length = 100
    )]
    pub decree_number: String,
}

impl Validate for Appointment {
    fn errors(&self) -> Vec<FieldError> {
        let role = (self.role != Role::Head).then(|| {
            fault(
                "/role",
                "not_acted_for",
                "Hanya Kepala Balai yang dapat diwakili.",
                "Only the head is acted for.",
            )
        });
        let days = (self.last_day - self.first_day).num_days();
        let days = match days {
            ..0 => Some(fault(
                "/last_day",
                "before_first_day",
                "Hari terakhir mendahului hari pertama.",
                "The last day is before the first.",
            )),
            0..LONGEST_DAYS => None,
            LONGEST_DAYS.. => Some(fault(
                "/last_day",
                "too_long",
                "Paling lama satu tahun.",
                "At most one year.",
            )),
        };
        [
            role,
            days,
            fault_of_line(&self.decree_number, "/decree_number", 100),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

/// Enters an appointment.
///
/// # Errors
/// `invalid_content` when it is over already or the person is no active member of staff; `conflict` when they are the head, or somebody is
/// appointed for one of these days; `forbidden` to appoint oneself.
pub async fn appoint(
    work: &mut IdempotentWrite,
    who: &SignedIn,
    form: &Appointment,
) -> Result<AppointmentId> {
    let now = work.now();
    // The same lock under which roles change: nobody becomes head, or is deactivated, while we look.
    roles::lock(work).await?;
    must_still_be_admin(work, who).await?;
    if form.user_id == who.user {
        return Err(Error::new(Code::Forbidden).detail(
            "Tidak dapat menunjuk diri sendiri.",
            "You cannot appoint yourself.",
        ));
    }
    if form.last_day < today(now) {
        return Err(Error::invalid(vec![fault(
            "/last_day",
            "over",
            "Penunjukan sudah berakhir.",
            "The appointment is over already.",
        )]));
    }
    let person = users::find(work, who.office, form.user_id).await?;
    if !person.is_some_and(|person| person.active && person.customer_id.is_none()) {
        return Err(Error::invalid(vec![fault(
            "/user_id",
            "not_staff",
            "Bukan pegawai aktif kantor ini.",
            "No active member of staff of this office.",
        )]));
    }
    if roles::held(work, form.user_id).await?.has(form.role) {
        return Err(Error::new(Code::Conflict).detail(
            "Orang ini sudah memegang jabatan itu.",
            "This person holds that post already.",
        ));
    }
    let id = AppointmentId::at(now);
    let &Appointment {
        user_id,
        role,
        kind,
        first_day,
        last_day,
        ref decree_number,
    } = form;
    let new = store::New {
        id,
        office: who.office,
        user: user_id,
        role,
        kind,
        first_day,
        last_day,
        decree_number,
        by: who.user,
    };
    store::add(work, &new, now).await?;
    record(
        work,
        who,
        Act {
            subject: Subject::ActingAppointment,
            id: id.0,
            task: "appoint_acting",
            note: Some(decree_number),
        },
        now,
    )
    .await?;
    Ok(id)
}

/// Confirms an appointment that another administrator entered: only then does it count.
///
/// # Errors
/// `not_found`; `forbidden` for the one who entered it and for the one who is to act; `conflict` when it is confirmed or revoked already, or when
/// whoever entered it is no administrator any more.
pub async fn confirm(work: &mut IdempotentWrite, who: &SignedIn, id: AppointmentId) -> Result<()> {
    let now = work.now();
    roles::lock(work).await?;
    must_still_be_admin(work, who).await?;
    let entered = store::find(work, who.office, id)
        .await?
        .ok_or_else(|| Error::new(Code::NotFound))?;
    let author = UserId(entered.created_by);
    if [author, UserId(entered.user_id)].contains(&who.user) {
        return Err(Error::new(Code::Forbidden).detail(
            "Administrator lain harus mengukuhkan penunjukan ini.",
            "Another administrator must confirm this appointment.",
        ));
    }
    if !roles::is_admin(work, author).await? {
        return Err(Error::new(Code::Conflict).detail(
            "Yang memasukkannya bukan administrator lagi: cabut, lalu masukkan kembali.",
            "Whoever entered it is no administrator any more: revoke it and enter it again.",
        ));
    }
    if !store::confirm(work, id, who.user, now).await? {
        return Err(Error::new(Code::Conflict).detail(
            "Penunjukan ini sudah dikukuhkan atau dicabut.",
            "This appointment is confirmed or revoked already.",
        ));
    }
    record(
        work,
        who,
        Act {
            subject: Subject::ActingAppointment,
            id: id.0,
            task: "confirm_acting",
            note: None,
        },
        now,
    )
    .await
}

/// Revokes an appointment for a reason: from the next request on the person does not hold the role. One that was confirmed and is not over is revoked when a
/// second administrator asks for it too.
///
/// # Errors
/// `not_found`; `conflict` when it is revoked already; `forbidden` when `who` has just ceased to be an administrator.
pub async fn revoke(
    work: &mut IdempotentWrite,
    who: &SignedIn,
    id: AppointmentId,
    reason: &str,
) -> Result<()> {
    let now = work.now();
    roles::lock(work).await?;
    must_still_be_admin(work, who).await?;
    let entered = store::find(work, who.office, id)
        .await?
        .ok_or_else(|| Error::new(Code::NotFound))?;
    let person = UserId(entered.user_id);
    let act = |task| Act {
        subject: Subject::ActingAppointment,
        id: id.0,
        task,
        note: Some(reason),
    };
    let takes_two = entered.confirmed_at.is_some()
        && entered.revoked_at.is_none()
        && entered.last_day >= today(now);
    if takes_two && !is_seconded(work, who, entered.revocation_proposed_by.map(UserId)).await? {
        if entered.revocation_proposed_by == Some(who.user.0) {
            return Ok(());
        }
        store::propose_revocation(work, id, who.user, now).await?;
        watchers::tell(work, who, person, "propose_revoking_acting", now).await?;
        return record(work, who, act("propose_revoking_acting"), now).await;
    }
    if !store::revoke(work, id, who.user, now).await? {
        return Err(Error::new(Code::Conflict).detail(
            "Penunjukan ini sudah dicabut.",
            "This appointment is revoked already.",
        ));
    }
    if takes_two {
        watchers::tell(work, who, person, "revoke_acting", now).await?;
    }
    record(work, who, act("revoke_acting"), now).await
}

/// Whether `first`, another one than `who`, is still an administrator.
async fn is_seconded(
    work: &mut IdempotentWrite,
    who: &SignedIn,
    first: Option<UserId>,
) -> Result<bool> {
    match first {
        Some(first) if first != who.user => roles::is_admin(work, first).await,
        Some(_) | None => Ok(false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(role: Role, first_day: &str, last_day: &str) -> Vec<&'static str> {
        let (first_day, last_day) = (first_day.parse().unwrap(), last_day.parse().unwrap());
        let user_id = UserId(uuid::Uuid::nil());
        let form = Appointment {
            user_id,
            role,
            kind: ActingKind::Plh,
            first_day,
            last_day,
            decree_number: "B/512/2026".to_owned(),
        };
        form.errors().into_iter().map(|fault| fault.code).collect()
    }

    #[test]
    fn an_appointment_is_for_the_head_and_runs_forwards_for_at_most_a_year() {
        assert_eq!(codes(Role::Head, "2026-07-06", "2026-07-06"), [""; 0]);
        assert_eq!(
            codes(Role::Head, "2026-07-06", "2026-07-05"),
            ["before_first_day"]
        );
        assert_eq!(codes(Role::Head, "2026-07-06", "2027-07-06"), [""; 0]);
        assert_eq!(codes(Role::Head, "2026-07-06", "2027-07-07"), ["too_long"]);
        assert_eq!(
            codes(Role::Admin, "2026-07-06", "2026-07-06"),
            ["not_acted_for"]
        );
    }
}
