//! Appointments to act for the head (Plh./Plt.): entering, confirming and revoking. A confirmed
//! appointment is in force from its first to its last day; roles are read per day, so that nothing
//! has to be switched on or off.

use chrono::NaiveDate;
use serde::Deserialize;

use super::journal::{Subject, record};
use super::roles::must_still_be_admin;
use super::signed_in::{ActingKind, SignedIn, today};
use super::store::{acting as store, roles, users};
use super::watchers;
use crate::error::{Code, Error, FieldError, Result, fault};
use crate::ids::{AppointmentId, UserId};
use crate::sop::role::Role;
use crate::web::IdempotentWrite;
use crate::web::body::Validate;
use crate::web::body::line_error;

/// Maximum length of an appointment in days. An extension needs a decree of its own.
const MAX_DAYS: i64 = 366;

/// An appointment to act for the head.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Appointment {
    /// The acting member of staff.
    pub user_id: UserId,
    /// The role; only `head`.
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
                "Acting appointments are only for the head.",
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
            0..MAX_DAYS => None,
            MAX_DAYS.. => Some(fault(
                "/last_day",
                "too_long",
                "Paling lama satu tahun.",
                "At most one year.",
            )),
        };
        [
            role,
            days,
            line_error(&self.decree_number, "/decree_number", 100),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

/// Enters an appointment.
///
/// # Errors
/// `invalid_content` when it has already ended or the person is not active staff; `conflict` when
/// the person already holds the role, or another person is appointed for one of these days;
/// `forbidden` to appoint oneself.
pub async fn appoint(
    work: &mut IdempotentWrite,
    caller: &SignedIn,
    form: &Appointment,
) -> Result<AppointmentId> {
    let now = work.now();
    // Role changes and deactivations take the same lock, so that neither happens during these
    // checks.
    roles::lock(work).await?;
    must_still_be_admin(work, caller).await?;
    if form.user_id == caller.user {
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
    let person = users::find(work, caller.office, form.user_id).await?;
    if !person.is_some_and(|person| person.active && person.customer_id.is_none()) {
        return Err(Error::invalid(vec![fault(
            "/user_id",
            "not_staff",
            "Bukan pegawai aktif kantor ini.",
            "Not an active member of staff of this office.",
        )]));
    }
    if roles::find_roles(work, form.user_id).await?.has(form.role) {
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
    let new = store::NewAppointment {
        id,
        office: caller.office,
        user: user_id,
        role,
        kind,
        first_day,
        last_day,
        decree_number,
        by: caller.user,
    };
    store::add(work, &new, now).await?;
    record(
        work,
        caller,
        Subject::ActingAppointment(id)
            .act("appoint_acting")
            .note(Some(decree_number)),
        now,
    )
    .await?;
    Ok(id)
}

/// Confirms an appointment that another administrator entered. Only a confirmed appointment takes
/// effect.
///
/// # Errors
/// `not_found`; `forbidden` for the author and for the appointed person; `conflict` when it is
/// already confirmed or revoked, or when the author is no longer an administrator.
pub async fn confirm(
    work: &mut IdempotentWrite,
    caller: &SignedIn,
    id: AppointmentId,
) -> Result<()> {
    let now = work.now();
    roles::lock(work).await?;
    must_still_be_admin(work, caller).await?;
    let entered = store::find(work, caller.office, id)
        .await?
        .ok_or_else(|| Error::new(Code::NotFound))?;
    let author = UserId(entered.created_by);
    if [author, UserId(entered.user_id)].contains(&caller.user) {
        return Err(Error::new(Code::Forbidden).detail(
            "Administrator lain harus mengukuhkan penunjukan ini.",
            "Another administrator must confirm this appointment.",
        ));
    }
    if !roles::is_admin(work, author).await? {
        return Err(Error::new(Code::Conflict).detail(
            "Pegawai yang memasukkannya bukan administrator lagi: cabut penunjukan ini, lalu masukkan kembali.",
            "Its author is no longer an administrator: revoke the appointment and enter it again.",
        ));
    }
    if !store::confirm(work, id, caller.user, now).await? {
        return Err(Error::new(Code::Conflict).detail(
            "Penunjukan ini sudah dikukuhkan atau dicabut.",
            "This appointment is confirmed or revoked already.",
        ));
    }
    record(
        work,
        caller,
        Subject::ActingAppointment(id).act("confirm_acting"),
        now,
    )
    .await
}

/// Revokes an appointment: from the next request on the person does not hold the role. A confirmed
/// appointment that has not ended is revoked only when a second administrator makes the same
/// request.
///
/// # Errors
/// `not_found`; `conflict` when it is already revoked; `forbidden` when `caller` is no longer an
/// administrator.
pub async fn revoke(
    work: &mut IdempotentWrite,
    caller: &SignedIn,
    id: AppointmentId,
    reason: &str,
) -> Result<()> {
    let now = work.now();
    roles::lock(work).await?;
    must_still_be_admin(work, caller).await?;
    let entered = store::find(work, caller.office, id)
        .await?
        .ok_or_else(|| Error::new(Code::NotFound))?;
    let person = UserId(entered.user_id);
    let act = |task| Subject::ActingAppointment(id).act(task).note(Some(reason));
    let takes_two = entered.confirmed_at.is_some()
        && entered.revoked_at.is_none()
        && entered.last_day >= today(now);
    if takes_two && !is_seconded(work, caller, entered.revocation_proposed_by.map(UserId)).await? {
        if entered.revocation_proposed_by == Some(caller.user.0) {
            return Ok(());
        }
        store::propose_revocation(work, id, caller.user, now).await?;
        watchers::notify(work, caller, person, "propose_revoking_acting", now).await?;
        return record(work, caller, act("propose_revoking_acting"), now).await;
    }
    if !store::revoke(work, id, caller.user, now).await? {
        return Err(Error::new(Code::Conflict).detail(
            "Penunjukan ini sudah dicabut.",
            "This appointment is revoked already.",
        ));
    }
    if takes_two {
        watchers::notify(work, caller, person, "revoke_acting", now).await?;
    }
    record(work, caller, act("revoke_acting"), now).await
}

/// True if `first` is still an administrator and not `caller`.
async fn is_seconded(
    work: &mut IdempotentWrite,
    caller: &SignedIn,
    first: Option<UserId>,
) -> Result<bool> {
    match first {
        Some(first) if first != caller.user => roles::is_admin(work, first).await,
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
