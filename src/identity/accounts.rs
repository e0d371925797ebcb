//! Accounts as administrators keep them: made for staff by invitation, renamed, deactivated, given roles; and the language, which is its owner's. Nothing is
//! ever deleted.

use serde::Deserialize;
use sqlx::PgConnection;

use super::journal::{Act, Subject, record};
use super::organisation::fault_of_line;
use super::renaming;
use super::revocation_reason::Reason;
use super::roles::{self, IRREPLACEABLE, is_guarded, must_not_be_last, must_still_be_admin};
use super::session;
use super::signed_in::SignedIn;
use super::store::{self, activity, users};
use super::{email, invitation, watchers};
use crate::error::{Code, Error, FieldError, Result, fault};
use crate::ids::{CustomerId, OfficeId, UserId};
use crate::mail::MailTokens;
use crate::sop::role::Role;
use crate::web::IdempotentWrite;
use crate::web::body::Validate;
use crate::web::idempotent_write::Seen;
use crate::web::problem::Language;

/// A member of staff who gets an account.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAccount {
    /// The e-mail to sign in with (surel).
    #[schema(
        example = "budi.santoso@bspji.example",
        format = "email",
        max_length = 254
    )]
    pub email: String,
    /// The name that is shown and signs (nama).
    #[schema(example = "Budi Santoso", min_length = 1, max_length = 120)]
    pub display_name: String,
    /// The roles to begin with; none when not given (peran).
    #[serde(default)]
    pub roles: Vec<Role>,
}

impl Validate for NewAccount {
    fn errors(&self) -> Vec<FieldError> {
        let person = [
            email::fault_of(&self.email, "/email"),
            fault_of_line(&self.display_name, "/display_name", 120),
        ];
        person
            .into_iter()
            .flatten()
            .chain(roles::faults(&self.roles, None))
            .collect()
    }
}

/// What to change; what is not given stays.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountChange {
    /// The name that is shown and signs (nama).
    #[schema(example = "Budi Santoso, S.T.", min_length = 1, max_length = 120)]
    pub display_name: Option<String>,
    /// Whether it may sign in (aktif).
    pub active: Option<bool>,
}

impl Validate for AccountChange {
    fn errors(&self) -> Vec<FieldError> {
        let name = self
            .display_name
            .as_deref()
            .and_then(|name| fault_of_line(name, "/display_name", 120));
        let nothing = (self.display_name.is_none() && self.active.is_none())
            .then(|| fault("", "empty", "Tidak ada yang diubah.", "Nothing to change."));
        [name, nothing].into_iter().flatten().collect()
    }
}

/// Makes the account of a member of staff and invites its owner by mail. Its roles sleep until the invitation was taken up.
///
/// # Errors
/// `conflict` when the e-mail is taken.
pub async fn add(
    work: &mut IdempotentWrite,
    who: &SignedIn,
    account: &NewAccount,
    tokens: &MailTokens,
) -> Result<users::Row> {
    let (id, now) = (UserId::at(work.now()), work.now());
    let NewAccount {
        email,
        display_name,
        roles: wanted,
    } = account;
    let (office, language) = (who.office, Language::Indonesian);
    users::add(
        work,
        &users::New {
            id,
            office,
            customer: None,
            email,
            display_name,
            password_hash: None,
            language,
            verified: false,
        },
        now,
    )
    .await?;
    invitation::queue(work, tokens, (office, id), language, now).await?;
    record(
        work,
        who,
        Act {
            subject: Subject::User,
            id: id.0,
            task: "create_user",
            note: None,
        },
        now,
    )
    .await?;
    roles::set(work, who, id, wanted.iter().copied().collect(), now).await?;
    find(work, who.office, id).await
}

/// Changes name or state of an account. The state of one with roles of two changes when a second administrator asks for the same.
///
/// # Errors
/// `not_found`; `stale_version`; `conflict` when the last holder of a role would be deactivated; `forbidden` to object to one's own deactivation, or
/// when `who` has just ceased to be an administrator.
pub async fn change(
    work: &mut IdempotentWrite,
    who: &SignedIn,
    id: UserId,
    seen: &Seen,
    form: &AccountChange,
) -> Result<users::Row> {
    let now = work.now();
    store::roles::lock(work).await?;
    must_still_be_admin(work, who).await?;
    let row = take(work, who.office, id, seen).await?;
    let active = match form.active {
        Some(wanted) => row.active ^ decide(work, who, id, row.active, wanted).await?,
        None => row.active,
    };
    let renamed = match form.display_name.as_deref() {
        Some(wanted) => renaming::rename(work, who, &row, wanted).await?,
        None => false,
    };
    let name = form
        .display_name
        .as_deref()
        .filter(|_| renamed)
        .unwrap_or(&row.display_name);
    if row.active && !active {
        session::end_all(work, id, None, Reason::Deactivation, now).await?;
    }
    users::change(work, id, name, active).await?;
    for (happened, task) in [
        (row.active && !active, "deactivate_user"),
        (!row.active && active, "activate_user"),
    ] {
        if happened {
            record(
                work,
                who,
                Act {
                    subject: Subject::User,
                    id: id.0,
                    task,
                    note: None,
                },
                now,
            )
            .await?;
        }
    }
    find(work, who.office, id).await
}

/// Whether the state of an account that is `active` changes to `wanted` now. Where that takes two administrators, the first one's word is kept as a proposal.
async fn decide(
    work: &mut IdempotentWrite,
    who: &SignedIn,
    id: UserId,
    active: bool,
    wanted: bool,
) -> Result<bool> {
    let (now, proposal) = (work.now(), activity::find(work, id).await?);
    if active == wanted {
        if proposal.is_some() {
            if id == who.user {
                return Err(Error::new(Code::Forbidden).detail(
                    "Usul tentang akun sendiri dicabut oleh administrator lain.",
                    "Another administrator must withdraw a proposal about your own account.",
                ));
            }
            activity::withdraw(work, id).await?;
            record(
                work,
                who,
                Act {
                    subject: Subject::User,
                    id: id.0,
                    task: "withdraw_activity_proposal",
                    note: None,
                },
                now,
            )
            .await?;
        }
        return Ok(false);
    }
    if !wanted {
        for role in IRREPLACEABLE {
            must_not_be_last(work, who, id, role).await?;
        }
    }
    let guarded = is_guarded(work, id, now).await?;
    let seconded = proposal
        .is_some_and(|first| first.active == wanted && first.stands && first.by != who.user);
    if guarded && !seconded {
        if proposal.is_some_and(|first| first.active == wanted && first.by == who.user) {
            return Ok(false);
        }
        let task = if wanted {
            "propose_activation"
        } else {
            "propose_deactivation"
        };
        activity::withdraw(work, id).await?;
        activity::propose(work, id, wanted, who.user, now).await?;
        watchers::tell(work, who, id, task, now).await?;
        record(
            work,
            who,
            Act {
                subject: Subject::User,
                id: id.0,
                task,
                note: None,
            },
            now,
        )
        .await?;
        return Ok(false);
    }
    activity::withdraw(work, id).await?;
    if guarded {
        watchers::tell(
            work,
            who,
            id,
            if wanted {
                "activate_user"
            } else {
                "deactivate_user"
            },
            now,
        )
        .await?;
    }
    Ok(true)
}

/// Says in which language `who` is written to.
///
/// # Errors
/// `stale_version`.
pub async fn set_language(
    work: &mut IdempotentWrite,
    who: &SignedIn,
    seen: &Seen,
    language: Language,
) -> Result<()> {
    let now = work.now();
    let row = take(work, who.office, who.user, seen).await?;
    if row.language == language.tag() {
        return Ok(());
    }
    users::set_language(work, who.user, language).await?;
    record(
        work,
        who,
        Act {
            subject: Subject::User,
            id: who.user.0,
            task: "change_language",
            note: Some(language.tag()),
        },
        now,
    )
    .await
}

/// Sees to it that an account holds `wanted`, as far as one administrator can.
///
/// # Errors
/// `not_found`; `stale_version`; `invalid_content` for roles that do not suit the account; what `roles::set` says.
pub async fn set_roles(
    work: &mut IdempotentWrite,
    who: &SignedIn,
    id: UserId,
    seen: &Seen,
    wanted: &[Role],
) -> Result<users::Row> {
    let now = work.now();
    store::roles::lock(work).await?;
    let row = take(work, who.office, id, seen).await?;
    let faults = roles::faults(wanted, row.customer_id.map(CustomerId));
    if !faults.is_empty() {
        return Err(Error::invalid(faults));
    }
    roles::set(work, who, id, wanted.iter().copied().collect(), now).await?;
    find(work, who.office, id).await
}

/// An account of the office.
///
/// # Errors
/// `not_found`.
pub async fn find(
    connection: &mut PgConnection,
    office: OfficeId,
    id: UserId,
) -> Result<users::Row> {
    users::find(connection, office, id)
        .await?
        .ok_or_else(|| Error::new(Code::NotFound))
}

/// Locks an account that is still as the caller saw it.
async fn take(
    work: &mut IdempotentWrite,
    office: OfficeId,
    id: UserId,
    seen: &Seen,
) -> Result<users::Row> {
    let row = users::locked(work, office, id)
        .await?
        .ok_or_else(|| Error::new(Code::NotFound))?;
    if seen.admits(row.version) {
        Ok(row)
    } else {
        Err(Error::new(Code::StaleVersion))
    }
}
