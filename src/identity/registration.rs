//! Registration of customers: creates a person's account, their organisation and the role
//! `customer`, which needs no administrator.

use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::journal::{Subject, record_unsigned};
use super::organisation::{Organisation, line_error};
use super::password_rules::{Owner, Password};
use super::store::{organisations, roles, users};
use super::{Identity, email, email_verification};
use crate::database::Database;
use crate::error::{FieldError, Result};
use crate::ids::{CustomerId, OfficeId, UserId};
use crate::sop::role::Role;
use crate::web::body::Validate;
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

/// Creates the account; returns office and id. Queues a mail in `language` for verifying the
/// address.
///
/// # Errors
/// `conflict` when the e-mail is already in use; `busy` when the hashing queue is full.
pub async fn register(
    identity: &Identity,
    database: &Database,
    form: Registration,
    language: Language,
    now: DateTime<Utc>,
) -> Result<(OfficeId, UserId)> {
    let password_hash = identity.passwords.hash(form.password).await?;
    let (customer, id) = (CustomerId::at(now), UserId::at(now));
    let mut transaction = database.begin().await?;
    let office = organisations::first_office(&mut transaction).await?;
    organisations::add(&mut transaction, customer, office, &form.organisation, now).await?;
    let (email, display_name, password_hash) = (
        form.email.as_str(),
        form.display_name.as_str(),
        Some(password_hash.as_str()),
    );
    let new = users::NewUserRow {
        id,
        office,
        customer: Some(customer),
        email,
        display_name,
        password_hash,
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
    transaction.commit().await?;
    Ok((office, id))
}
