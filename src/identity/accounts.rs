//! Accounts as administrators manage them: creation by invitation, renaming, deactivation and
//! roles. The mail language is set by the owner. Accounts are never deleted.

use serde::Deserialize;
use sqlx::PgConnection;

use super::journal::{Subject, record};
use super::proposal::{Effect, effect};
use super::roles::{self, IRREPLACEABLE, is_guarded, must_not_be_last, must_still_be_admin};
use super::signed_in::SignedIn;
use super::store::sessions::{self, RevocationReason};
use super::store::{self, proposals, users};
use super::{email, invitation, renaming, watchers};
use crate::error::{Code, Error, FieldError, Result, fault};
use crate::ids::{CustomerId, OfficeId, UserId};
use crate::mail::MailTokens;
use crate::sop::role::Role;
use crate::web::IdempotentWrite;
use crate::web::body::Validate;
use crate::web::body::line_error;
use crate::web::idempotent_write::IfMatch;
use crate::web::problem::Language;

/// A new account for a member of staff.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAccount {
    /// The e-mail for signing in (surel).
    #[schema(
        example = "budi.santoso@bspji.example",
        format = "email",
        max_length = 254
    )]
    pub email: String,
    /// The name for display and signatures (nama).
    #[schema(example = "Budi Santoso", min_length = 1, max_length = 120)]
    pub display_name: String,
    /// The initial roles; default none (peran).
    #[serde(default)]
    pub roles: Vec<Role>,
}

impl Validate for NewAccount {
    fn errors(&self) -> Vec<FieldError> {
        let person = [
            email::field_error(&self.email, "/email"),
            line_error(&self.display_name, "/display_name", 120),
        ];
        person
            .into_iter()
            .flatten()
            .chain(roles::field_errors(&self.roles, None))
            .collect()
    }
}

/// Changes of an account; fields that are not given stay unchanged.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountChange {
    /// The name for display and signatures (nama).
    #[schema(example = "Budi Santoso, S.T.", min_length = 1, max_length = 120)]
    pub display_name: Option<String>,
    /// True if the account may sign in (aktif).
    pub active: Option<bool>,
}

impl Validate for AccountChange {
    fn errors(&self) -> Vec<FieldError> {
        let name = self
            .display_name
            .as_deref()
            .and_then(|name| line_error(name, "/display_name", 120));
        let nothing = (self.display_name.is_none() && self.active.is_none())
            .then(|| fault("", "empty", "Tidak ada yang diubah.", "Nothing to change."));
        [name, nothing].into_iter().flatten().collect()
    }
}

/// Creates the account of a member of staff and invites its owner by mail. Its roles are inactive
/// until the owner accepts the invitation.
///
/// # Errors
/// `conflict` when the e-mail is already in use.
pub async fn add(
    work: &mut IdempotentWrite,
    caller: &SignedIn,
    account: &NewAccount,
    tokens: &MailTokens,
) -> Result<users::UserRow> {
    let (id, now) = (UserId::at(work.now()), work.now());
    let NewAccount {
        email,
        display_name,
        roles: wanted,
    } = account;
    let (office, language) = (caller.office, Language::Indonesian);
    users::add(
        work,
        &users::NewUserRow {
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
    record(work, caller, Subject::User(id).act("create_user"), now).await?;
    roles::set(work, caller, id, wanted.iter().copied().collect(), now).await?;
    find(work, caller.office, id).await
}

/// Changes name or state of an account. If it holds a role that two administrators give, its state
/// changes only when a second administrator makes the same request.
///
/// # Errors
/// `not_found`; `stale_version`; `conflict` when the last holder of a role would be deactivated;
/// `forbidden` when withdrawing a proposal about one's own account, or when `caller` is no longer
/// an administrator.
pub async fn change(
    work: &mut IdempotentWrite,
    caller: &SignedIn,
    id: UserId,
    seen: &IfMatch,
    form: &AccountChange,
) -> Result<users::UserRow> {
    let now = work.now();
    store::roles::lock(work).await?;
    must_still_be_admin(work, caller).await?;
    let row = lock_unchanged(work, caller.office, id, seen).await?;
    let active = match form.active {
        Some(wanted) => row.active ^ decide_state(work, caller, id, row.active, wanted).await?,
        None => row.active,
    };
    let renamed = match form.display_name.as_deref() {
        Some(wanted) => renaming::rename(work, caller, &row, wanted).await?,
        None => false,
    };
    let name = form
        .display_name
        .as_deref()
        .filter(|_| renamed)
        .unwrap_or(&row.display_name);
    if row.active && !active {
        sessions::revoke_all(work, id, None, RevocationReason::Deactivation, now).await?;
    }
    users::change(work, id, name, active).await?;
    for (happened, task) in [
        (row.active && !active, "deactivate_user"),
        (!row.active && active, "activate_user"),
    ] {
        if happened {
            record(work, caller, Subject::User(id).act(task), now).await?;
        }
    }
    find(work, caller.office, id).await
}

/// True if the state of an account changes to `wanted` now. If that needs two administrators, the
/// first request is stored as a proposal.
async fn decide_state(
    work: &mut IdempotentWrite,
    caller: &SignedIn,
    id: UserId,
    active: bool,
    wanted: bool,
) -> Result<bool> {
    let (now, proposal) = (work.now(), proposals::find_state(work, id).await?);
    if active == wanted {
        if proposal.is_some() {
            if id == caller.user {
                return Err(Error::new(Code::Forbidden).detail(
                    "Usul tentang akun sendiri dicabut oleh administrator lain.",
                    "Another administrator must withdraw a proposal about your own account.",
                ));
            }
            proposals::withdraw_state(work, id).await?;
            record(
                work,
                caller,
                Subject::User(id).act("withdraw_activity_proposal"),
                now,
            )
            .await?;
        }
        return Ok(false);
    }
    if !wanted {
        for role in IRREPLACEABLE {
            must_not_be_last(work, caller, id, role).await?;
        }
    }
    let guarded = is_guarded(work, id, now).await?;
    let effect = effect(proposal.as_ref(), &wanted, caller.user);
    if guarded && effect == Effect::Waits {
        return Ok(false);
    }
    if guarded && effect == Effect::Proposes {
        let task = if wanted {
            "propose_activation"
        } else {
            "propose_deactivation"
        };
        proposals::withdraw_state(work, id).await?;
        proposals::propose_state(work, id, wanted, caller.user, now).await?;
        watchers::notify(work, caller, id, task, now).await?;
        record(work, caller, Subject::User(id).act(task), now).await?;
        return Ok(false);
    }
    proposals::withdraw_state(work, id).await?;
    if guarded {
        watchers::notify(
            work,
            caller,
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

/// Sets the language of mails to `caller`.
pub async fn set_language(
    work: &mut IdempotentWrite,
    caller: &SignedIn,
    seen: &IfMatch,
    language: Language,
) -> Result<()> {
    let now = work.now();
    let row = lock_unchanged(work, caller.office, caller.user, seen).await?;
    if row.language == language.tag() {
        return Ok(());
    }
    users::set_language(work, caller.user, language).await?;
    record(
        work,
        caller,
        Subject::User(caller.user)
            .act("change_language")
            .note(Some(language.tag())),
        now,
    )
    .await
}

/// Sets the roles of an account. Roles that need two administrators become proposals.
///
/// # Errors
/// `not_found`; `stale_version`; `invalid_content` for roles that do not suit the account; errors
/// of `roles::set`.
pub async fn set_roles(
    work: &mut IdempotentWrite,
    caller: &SignedIn,
    id: UserId,
    seen: &IfMatch,
    wanted: &[Role],
) -> Result<users::UserRow> {
    let now = work.now();
    store::roles::lock(work).await?;
    let row = lock_unchanged(work, caller.office, id, seen).await?;
    let faults = roles::field_errors(wanted, row.customer_id.map(CustomerId));
    if !faults.is_empty() {
        return Err(Error::invalid(faults));
    }
    roles::set(work, caller, id, wanted.iter().copied().collect(), now).await?;
    find(work, caller.office, id).await
}

/// An account of the office.
///
/// # Errors
/// `not_found`.
pub async fn find(
    connection: &mut PgConnection,
    office: OfficeId,
    id: UserId,
) -> Result<users::UserRow> {
    users::find(connection, office, id)
        .await?
        .ok_or_else(|| Error::new(Code::NotFound))
}

/// Locks an account, if its version is the one that the caller has seen.
async fn lock_unchanged(
    work: &mut IdempotentWrite,
    office: OfficeId,
    id: UserId,
    seen: &IfMatch,
) -> Result<users::UserRow> {
    let row = users::find_locked(work, office, id)
        .await?
        .ok_or_else(|| Error::new(Code::NotFound))?;
    if seen.admits(row.version) {
        Ok(row)
    } else {
        Err(Error::new(Code::StaleVersion))
    }
}
