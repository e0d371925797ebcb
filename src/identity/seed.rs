//! Creates accounts without a request: the first administrator, the demo office, and users of
//! tests.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::email;
use super::journal::{Subject, record_unsigned};
use super::organisation::Organisation;
use super::password::Passwords;
use super::password_rules::{Owner, Password};
use super::store::{organisations, roles, teams, users};
use crate::error::{Error, Result};
use crate::ids::{CustomerId, OfficeId, TeamId, UserId};
use crate::sop::role::{Role, Roles};
use crate::text::tidied;
use crate::web::body::line_error;
use crate::web::problem::Language;

/// A new account.
#[derive(Debug, Clone, Copy)]
pub struct NewUser<'a> {
    /// The office.
    pub office: OfficeId,
    /// The organisation of a customer.
    pub customer: Option<CustomerId>,
    /// E-mail for signing in.
    pub email: &'a str,
    /// Display name.
    pub display_name: &'a str,
    /// PHC string from `Passwords::hash`. One hash may serve all accounts of a demo office.
    pub password_hash: &'a str,
    /// Initial roles. No second administrator is needed.
    pub roles: Roles,
}

/// Creates an account with its roles. Its e-mail counts as verified.
///
/// # Errors
/// `conflict` when the e-mail is already in use.
pub async fn create_user(
    connection: &mut PgConnection,
    new: &NewUser<'_>,
    now: DateTime<Utc>,
) -> Result<UserId> {
    let id = UserId::at(now);
    let NewUser {
        office,
        customer,
        email,
        display_name,
        password_hash,
        roles: held,
    } = *new;
    let (language, verified) = (Language::Indonesian, true);
    let new = users::NewUserRow {
        id,
        office,
        customer,
        email,
        display_name,
        password_hash: Some(password_hash),
        language,
        verified,
    };
    users::add(connection, &new, now).await?;
    for role in held.iter() {
        roles::give(connection, id, role, None, None, now).await?;
    }
    let note = held
        .iter()
        .map(|role| format!("+{}", role.code()))
        .collect::<Vec<_>>()
        .join(" ");
    record_unsigned(
        connection,
        office,
        None,
        Subject::User(id).act("create_user").note(Some(&note)),
        now,
    )
    .await?;
    Ok(id)
}

/// Creates an organisation.
pub async fn create_customer(
    connection: &mut PgConnection,
    office: OfficeId,
    organisation: &Organisation,
    now: DateTime<Utc>,
) -> Result<CustomerId> {
    let id = CustomerId::at(now);
    organisations::add(connection, id, office, organisation, now).await?;
    Ok(id)
}

/// Creates a team with these members.
///
/// # Errors
/// `conflict` when the name is already in use.
pub(crate) async fn create_team(
    connection: &mut PgConnection,
    office: OfficeId,
    name: &str,
    members: &[UserId],
    now: DateTime<Utc>,
) -> Result<TeamId> {
    let id = TeamId::at(now);
    teams::add(connection, office, id, name, now).await?;
    for member in members {
        teams::add_member(connection, id, *member).await?;
    }
    record_unsigned(
        connection,
        office,
        None,
        Subject::Team(id).act("create_team"),
        now,
    )
    .await?;
    Ok(id)
}

/// Creates an administrator of the first office, for the command line.
///
/// # Errors
/// `invalid_content` for an invalid e-mail, name or password; `conflict` when the e-mail is already
/// in use.
pub async fn create_admin(
    connection: &mut PgConnection,
    passwords: &Passwords,
    email: &str,
    display_name: &str,
    password: Password,
    now: DateTime<Utc>,
) -> Result<UserId> {
    let (email, display_name) = (&*email::stored_form(email), &*tidied(display_name));
    let owner = Owner {
        email,
        name: display_name,
        organisation: "",
    };
    let faults = [
        email::field_error(email, "/email"),
        line_error(display_name, "/name", 120),
        password.field_error(owner, "/password"),
    ];
    let faults: Vec<_> = faults.into_iter().flatten().collect();
    if !faults.is_empty() {
        return Err(Error::invalid(faults));
    }
    let office = organisations::first_office(connection).await?;
    let password_hash = passwords.hash(password).await?;
    let roles = Roles::NONE.with(Role::Admin);
    let new = NewUser {
        office,
        customer: None,
        email,
        display_name,
        password_hash: &password_hash,
        roles,
    };
    create_user(connection, &new, now).await
}
