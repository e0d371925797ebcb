//! Registration of customers: creates a person's account, their organisation and the role
//! `customer`, which needs no administrator.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use uuid::Uuid;

use super::journal::{Subject, record_unsigned};
use super::organisation::Organisation;
use super::password_rules::{Owner, Password};
use super::store::{mail_tokens, organisations, roles, users};
use super::{Identity, email, email_verification};
use crate::database::Database;
use crate::error::{Code, Error, FieldError, Result};
use crate::ids::{CustomerId, UserId};
use crate::mail::{self, MailKind, NewMail};
use crate::sop::role::Role;
use crate::web::body::Validate;
use crate::web::body::line_error;
use crate::web::problem::Language;

/// A customer's registration.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Registration {
    /// The e-mail for signing in (surel).
    #[schema(example = "mutu@tirtamusi.example", format = "email", max_length = 254)]
    pub email: String,
    /// 12 to 200 characters, not breached, not easy to guess from your own data; no composition
    /// rules (kata sandi).
    #[schema(value_type = String, format = "password", example = "kuda benar baterai", min_length = 12, max_length = 200)]
    pub password: Password,
    /// The person's name (nama).
    #[schema(example = "Rahmat Hidayat", min_length = 1, max_length = 120)]
    pub display_name: String,
    /// The organisation that applies for certification (perusahaan).
    pub organisation: Organisation,
}

impl Validate for Registration {
    fn errors(&self) -> Vec<FieldError> {
        let owner = Owner {
            email: &self.email,
            name: &self.display_name,
            organisation: &self.organisation.name,
        };
        let person = [
            email::field_error(&self.email, "/email"),
            self.password.field_error(owner, "/password"),
            line_error(&self.display_name, "/display_name", 120),
        ];
        person
            .into_iter()
            .flatten()
            .chain(self.organisation.field_errors("/organisation"))
            .collect()
    }
}

/// Creates the account and queues a mail in `language` for verifying the address. If the address has
/// an account, nothing is created and its owner is told by mail; the outcome is the same, after the
/// same hash.
///
/// # Errors
/// `busy` when the hashing queue is full.
pub async fn register(
    identity: &Identity,
    database: &Database,
    form: Registration,
    language: Language,
    now: DateTime<Utc>,
) -> Result<()> {
    let password_hash = identity.passwords.hash(form.password).await?;
    let person = Person {
        email: &form.email,
        display_name: &form.display_name,
        password_hash: &password_hash,
        language,
    };
    match create(identity, database, &person, &form.organisation, now).await {
        Err(Error::Refused(refused)) if refused.code == Code::Conflict => {
            tell_owner(database, &form.email, now).await
        }
        outcome => outcome,
    }
}

/// The person of a registration.
struct Person<'a> {
    email: &'a str,
    display_name: &'a str,
    password_hash: &'a str,
    language: Language,
}

/// Creates the account.
///
/// # Errors
/// `conflict` when the address is in use.
async fn create(
    identity: &Identity,
    database: &Database,
    person: &Person<'_>,
    organisation: &Organisation,
    now: DateTime<Utc>,
) -> Result<()> {
    let language = person.language;
    let (customer, id) = (CustomerId::at(now), UserId::at(now));
    let mut transaction = database.begin().await?;
    let office = organisations::first_office(&mut transaction).await?;
    organisations::add(&mut transaction, customer, office, organisation, now).await?;
    let new = users::NewUserRow {
        id,
        office,
        customer: Some(customer),
        email: person.email,
        display_name: person.display_name,
        password_hash: Some(person.password_hash),
        language,
        verified: false,
    };
    users::add(&mut transaction, &new, now).await?;
    email_verification::queue(
        &mut transaction,
        &identity.mail_tokens,
        (office, id),
        language,
        now,
    )
    .await?;
    roles::give(&mut transaction, id, Role::Customer, None, None, now).await?;
    record_unsigned(
        &mut transaction,
        office,
        Some(id),
        Subject::User(id).act("register"),
        now,
    )
    .await?;
    transaction.commit().await
}

/// Tells the owner of `email` of a try to register it again: at most three mails within an
/// hour.
async fn tell_owner(database: &Database, email: &str, now: DateTime<Utc>) -> Result<()> {
    let (kind, email) = (MailKind::AccountExists, email::comparison_form(email));
    let mut transaction = database.begin().await?;
    let account = mail_tokens::lock_account_by_email(&mut transaction, &email).await?;
    let Some(account) = account else {
        return Ok(());
    };
    let (office, user) = account.ids();
    if mail::is_limit_reached(&mut transaction, user, kind, now).await? {
        return Ok(());
    }
    let new = NewMail {
        id: Uuid::new_v4(),
        office,
        user,
        kind,
        language: Language::from_tag(&account.language),
        data: serde_json::json!({}),
        useless_from: None,
    };
    mail::queue(&mut transaction, &new, now).await?;
    let act = Subject::User(user).act("register_again");
    record_unsigned(&mut transaction, office, None, act, now).await?;
    transaction.commit().await
}
