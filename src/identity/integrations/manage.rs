//! Creating, changing and revoking integration keys. Users manage their own keys; administrators
//! see all keys of the office and can revoke any.

use std::collections::BTreeSet;

use chrono::{NaiveDate, TimeDelta};
use serde::Deserialize;
use sqlx::PgConnection;
use uuid::Uuid;

use super::new_key;
use crate::error::{Code, Error, FieldError, Result, fault};
use crate::identity::journal::{Subject, record};
use crate::identity::signed_in::{SignedIn, today};
use crate::identity::store::integrations::{self as store, IntegrationRow, NewKey};
use crate::identity::store::mail_tokens::language;
use crate::ids::IntegrationId;
use crate::mail::{self, MailKind, NewMail};
use crate::sop::role::Role;
use crate::web::IdempotentWrite;
use crate::web::body::Validate;
use crate::web::body::line_error;
use crate::web::idempotent_write::IfMatch;
use crate::web::problem::Language;
use crate::web::scope::Scope;

/// Maximum number of keys in force per person.
const MAX_KEYS: i64 = 20;
/// Maximum validity of a key.
const MAX_VALIDITY: TimeDelta = TimeDelta::days(366);

/// A new key.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IntegrationForm {
    /// Purpose of the key, for its owner to recognise it (nama).
    #[schema(example = "Sistem ERP PT Tirta Musi", min_length = 1, max_length = 120)]
    pub name: String,
    /// The operations that it may read (cakupan).
    #[schema(min_items = 1, max_items = 6)]
    pub scopes: Vec<Scope>,
    /// The last day on which it is valid (WIB), at most one year ahead (berlaku sampai dengan).
    #[schema(example = "2027-06-30")]
    pub last_day: NaiveDate,
}

impl Validate for IntegrationForm {
    fn errors(&self) -> Vec<FieldError> {
        line_error(&self.name, "/name", 120)
            .into_iter()
            .chain(scope_errors(&self.scopes))
            .collect()
    }
}

/// Changes of a key; fields that are not given stay unchanged.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IntegrationChange {
    /// Purpose of the key.
    #[schema(example = "Sistem ERP PT Tirta Musi", min_length = 1, max_length = 120)]
    pub name: Option<String>,
    /// The operations that it may read.
    #[schema(min_items = 1, max_items = 6)]
    pub scopes: Option<Vec<Scope>>,
    /// The last day on which it is valid (WIB).
    #[schema(example = "2027-06-30")]
    pub last_day: Option<NaiveDate>,
}

impl Validate for IntegrationChange {
    fn errors(&self) -> Vec<FieldError> {
        let name = self
            .name
            .as_deref()
            .and_then(|name| line_error(name, "/name", 120));
        let nothing = self.name.is_none() && self.scopes.is_none() && self.last_day.is_none();
        let nothing =
            nothing.then(|| fault("", "empty", "Tidak ada yang diubah.", "Nothing to change."));
        name.into_iter()
            .chain(self.scopes.as_deref().map(scope_errors).unwrap_or_default())
            .chain(nothing)
            .collect()
    }
}

fn scope_errors(scopes: &[Scope]) -> Vec<FieldError> {
    if scopes.is_empty() {
        return vec![fault(
            "/scopes",
            "empty",
            "Pilih sedikitnya satu cakupan.",
            "Choose at least one scope.",
        )];
    }
    let twice = scopes
        .iter()
        .enumerate()
        .filter(|(i, scope)| scopes[..*i].contains(scope));
    twice
        .map(|(i, _)| {
            fault(
                format!("/scopes/{i}"),
                "duplicate",
                "Sudah disebutkan.",
                "Named twice.",
            )
        })
        .collect()
}

fn last_day_error(last_day: NaiveDate, today: NaiveDate) -> Option<FieldError> {
    if last_day < today {
        Some(fault(
            "/last_day",
            "in_the_past",
            "Sudah lewat.",
            "It is in the past.",
        ))
    } else if last_day - today > MAX_VALIDITY {
        Some(fault(
            "/last_day",
            "too_late",
            "Paling lama satu tahun.",
            "At most one year.",
        ))
    } else {
        None
    }
}

/// Creates a key with the rights of `caller`, and informs them by mail. Returns its row and the
/// secret.
///
/// # Errors
/// `invalid_content` for an invalid last day; `conflict` when the caller has too many keys.
pub async fn create(
    work: &mut IdempotentWrite,
    caller: &SignedIn,
    form: &IntegrationForm,
) -> Result<(IntegrationRow, String)> {
    let now = work.now();
    if let Some(fault) = last_day_error(form.last_day, today(now)) {
        return Err(Error::invalid(vec![fault]));
    }
    if store::count_in_force(work, caller.user, today(now)).await? >= MAX_KEYS {
        return Err(Error::new(Code::Conflict).detail(
            "Paling banyak 20 kunci; cabut kunci yang tidak dipakai.",
            "At most 20 keys are allowed; revoke an unused one.",
        ));
    }
    let (id, (key, digest)) = (IntegrationId::at(now), new_key());
    let scopes = codes(&form.scopes);
    let new = NewKey {
        id,
        office: caller.office,
        owner: caller.user,
        name: &form.name,
        scopes: &scopes,
        digest: &digest,
        last_day: form.last_day,
    };
    store::add(work, &new, now).await?;
    let language = Language::from_tag(&language(work, caller.user).await?);
    let data = serde_json::json!({"day": form.last_day.format("%d-%m-%Y").to_string()});
    let kind = MailKind::IntegrationCreated;
    mail::queue(
        work,
        &NewMail {
            id: Uuid::new_v4(),
            office: caller.office,
            user: caller.user,
            kind,
            language,
            data,
            useless_from: None,
        },
        now,
    )
    .await?;
    record_act(
        work,
        caller,
        id,
        "create_integration",
        Some(&scopes.join(" ")),
    )
    .await?;
    Ok((find_visible(work, caller, id).await?, key))
}

/// Changes one of the caller's own keys.
///
/// # Errors
/// `not_found`; `forbidden` for another person's key; `stale_version`; `conflict` when it is
/// revoked; `invalid_content` for an invalid last day.
pub async fn change(
    work: &mut IdempotentWrite,
    caller: &SignedIn,
    id: IntegrationId,
    seen: &IfMatch,
    form: &IntegrationChange,
) -> Result<IntegrationRow> {
    store::lock(work, id).await?;
    let row = find_visible(work, caller, id).await?;
    if row.owner_id != caller.user.0 {
        return Err(Error::new(Code::Forbidden).detail(
            "Hanya pemiliknya yang dapat mengubah kunci.",
            "Only its owner can change a key.",
        ));
    }
    if !seen.admits(row.version) {
        return Err(Error::new(Code::StaleVersion));
    }
    if row.revoked_at.is_some() {
        return Err(
            Error::new(Code::Conflict).detail("Kunci ini sudah dicabut.", "This key is revoked.")
        );
    }
    if let Some(fault) = form
        .last_day
        .and_then(|day| last_day_error(day, today(work.now())))
    {
        return Err(Error::invalid(vec![fault]));
    }
    let scopes = form.scopes.as_deref().map_or(row.scopes, codes);
    store::change(
        work,
        id,
        form.name.as_deref().unwrap_or(&row.name),
        &scopes,
        form.last_day.unwrap_or(row.last_day),
    )
    .await?;
    record_act(
        work,
        caller,
        id,
        "change_integration",
        Some(&scopes.join(" ")),
    )
    .await?;
    find_visible(work, caller, id).await
}

/// Revokes one of the caller's own keys, or for administrators any key of the office. Has no effect
/// on a revoked key.
///
/// # Errors
/// `not_found`.
pub async fn revoke(
    work: &mut IdempotentWrite,
    caller: &SignedIn,
    id: IntegrationId,
) -> Result<()> {
    find_visible(work, caller, id).await?;
    let now = work.now();
    if store::revoke(work, id, caller.user, now).await? {
        record_act(work, caller, id, "revoke_integration", None).await?;
    }
    Ok(())
}

/// A key that the caller may see: their own, or for administrators any key of the office.
///
/// # Errors
/// `not_found`.
pub async fn find_visible(
    connection: &mut PgConnection,
    caller: &SignedIn,
    id: IntegrationId,
) -> Result<IntegrationRow> {
    let found = store::find(connection, caller.office, id).await?;
    found
        .filter(|row| row.owner_id == caller.user.0 || caller.roles.has(Role::Admin))
        .ok_or_else(|| Error::new(Code::NotFound))
}

async fn record_act(
    work: &mut IdempotentWrite,
    caller: &SignedIn,
    id: IntegrationId,
    task: &'static str,
    note: Option<&str>,
) -> Result<()> {
    let now = work.now();
    record(
        work,
        caller,
        Subject::Integration(id).act(task).note(note),
        now,
    )
    .await
}

fn codes(scopes: &[Scope]) -> Vec<String> {
    scopes
        .iter()
        .collect::<BTreeSet<_>>()
        .into_iter()
        .map(|scope| scope.code().to_owned())
        .collect()
}
