//! Accounts as administrators keep them: made for staff, renamed, deactivated, given roles; and the language, which is its owner's. Nothing is ever deleted.

use serde::Deserialize;
use sqlx::PgConnection;

use super::end_of_session::Reason;
use super::journal::{Act, Subject, record};
use super::organisation::fault_of_line;
use super::password_rules::Password;
use super::roles::{self, must_not_be_last_admin, must_still_be_admin};
use super::session;
use super::signed_in::SignedIn;
use super::store::{self, users};
use super::{Identity, email, email_verification};
use crate::error::{Code, Error, Fault, Result, fault};
use crate::ids::{CustomerId, OfficeId, UserId};
use crate::mail::MailTokens;
use crate::sop::role::Role;
use crate::web::Work;
use crate::web::body::Check;
use crate::web::problem::Language;
use crate::web::work::Seen;

/// A member of staff who gets an account.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAccount {
    /// The e-mail to sign in with (surel).
    #[schema(example = "budi.santoso@bspji.example", format = "email", max_length = 254)]
    pub email: String,
    /// The name that is shown and signs (nama).
    #[schema(example = "Budi Santoso", min_length = 1, max_length = 120)]
    pub display_name: String,
    /// The first password, 12 to 200 characters (kata sandi awal).
    #[schema(value_type = String, format = "password", example = "jembatan ampera malam hari", min_length = 12, max_length = 200)]
    pub password: Password,
    /// The roles to begin with; none when not given (peran).
    #[serde(default)]
    pub roles: Vec<Role>,
}

impl Check for NewAccount {
    fn faults(&self) -> Vec<Fault> {
        let person = [
            email::fault_of(&self.email, "/email"),
            fault_of_line(&self.display_name, "/display_name", 120),
            self.password.fault_of(&self.email, "/password"),
        ];
        person.into_iter().flatten().chain(roles::faults(&self.roles, None)).collect()
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

impl Check for AccountChange {
    fn faults(&self) -> Vec<Fault> {
        let name = self.display_name.as_deref().and_then(|name| fault_of_line(name, "/display_name", 120));
        let nothing =
            (self.display_name.is_none() && self.active.is_none()).then(|| fault("", "empty", "Tidak ada yang diubah.", "Nothing to change."));
        [name, nothing].into_iter().flatten().collect()
    }
}

/// A new account whose password is hashed already.
#[derive(Debug)]
pub struct Prepared {
    email: String,
    display_name: String,
    password_hash: String,
    roles: Vec<Role>,
}

/// Does the slow part of making an account, before a transaction is open.
///
/// # Errors
/// `busy` when too many passwords are being hashed.
pub async fn prepare(identity: &Identity, form: NewAccount) -> Result<Prepared> {
    let NewAccount { email, display_name, password, roles } = form;
    Ok(Prepared { email, display_name, password_hash: identity.passwords.hash(password).await?, roles })
}

/// Makes the account of a member of staff.
///
/// # Errors
/// `conflict` when the e-mail is taken.
pub async fn add(work: &mut Work, who: &SignedIn, account: Prepared, tokens: &MailTokens) -> Result<users::Row> {
    let (id, now) = (UserId::at(work.now()), work.now());
    let Prepared { email, display_name, password_hash, roles: wanted } = account;
    let (email, display_name, password_hash) = (email.as_str(), display_name.as_str(), password_hash.as_str());
    let (office, language) = (who.office, Language::Indonesian);
    users::add(work, &users::New { id, office, customer: None, email, display_name, password_hash, language, verified: false }, now).await?;
    email_verification::queue(work, tokens, (office, id), language, now).await?;
    record(work, who, Act { subject: Subject::User, id: id.0, task: "create_user", note: None }, now).await?;
    roles::set(work, who, id, wanted.into_iter().collect(), now).await?;
    find(work, who.office, id).await
}

/// Changes name or state of an account.
///
/// # Errors
/// `not_found`; `stale_version`; `conflict` when the last active administrator would be deactivated; `forbidden` when `who` has just ceased to be one.
pub async fn change(work: &mut Work, who: &SignedIn, id: UserId, seen: &Seen, form: &AccountChange) -> Result<users::Row> {
    let now = work.now();
    store::roles::lock(work).await?;
    must_still_be_admin(work, who).await?;
    let row = take(work, who.office, id, seen).await?;
    let active = form.active.unwrap_or(row.active);
    let name = form.display_name.as_deref().unwrap_or(&row.display_name);
    if row.active && !active {
        must_not_be_last_admin(work, id).await?;
        session::end_all(work, id, None, Reason::Deactivation, now).await?;
    }
    users::change(work, id, name, active).await?;
    for (happened, task) in
        [(name != row.display_name, "rename_user"), (row.active && !active, "deactivate_user"), (!row.active && active, "activate_user")]
    {
        if happened {
            record(work, who, Act { subject: Subject::User, id: id.0, task, note: None }, now).await?;
        }
    }
    find(work, who.office, id).await
}

/// Says in which language `who` is written to.
///
/// # Errors
/// `stale_version`.
pub async fn set_language(work: &mut Work, who: &SignedIn, seen: &Seen, language: Language) -> Result<()> {
    let now = work.now();
    let row = take(work, who.office, who.user, seen).await?;
    if row.language == language.tag() {
        return Ok(());
    }
    users::set_language(work, who.user, language).await?;
    record(work, who, Act { subject: Subject::User, id: who.user.0, task: "change_language", note: Some(language.tag()) }, now).await
}

/// Sees to it that an account holds `wanted`, as far as one administrator can.
///
/// # Errors
/// `not_found`; `stale_version`; `invalid_content` for roles that do not suit the account; what `roles::set` says.
pub async fn set_roles(work: &mut Work, who: &SignedIn, id: UserId, seen: &Seen, wanted: &[Role]) -> Result<users::Row> {
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
pub async fn find(conn: &mut PgConnection, office: OfficeId, id: UserId) -> Result<users::Row> {
    users::find(conn, office, id).await?.ok_or_else(|| Error::new(Code::NotFound))
}

/// Locks an account that is still as the caller saw it.
async fn take(work: &mut Work, office: OfficeId, id: UserId, seen: &Seen) -> Result<users::Row> {
    if !users::lock(work, office, id).await? {
        return Err(Error::new(Code::NotFound));
    }
    let row = find(work, office, id).await?;
    if !seen.admits(row.version) { Err(Error::new(Code::StaleVersion)) } else { Ok(row) }
}
