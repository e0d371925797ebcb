//! Making, changing and revoking keys. Everybody keeps their own; an administrator sees all of the office and can revoke any.

use std::collections::BTreeSet;

use chrono::{NaiveDate, TimeDelta};
use serde::Deserialize;
use sqlx::PgConnection;
use uuid::Uuid;

use super::key::new_key;
use crate::error::{Code, Error, FieldError, Result, fault};
use crate::identity::journal::{Act, Subject, record};
use crate::identity::organisation::fault_of_line;
use crate::identity::scope::Scope;
use crate::identity::signed_in::{SignedIn, today};
use crate::identity::store::integrations::{self as store, New, Row};
use crate::identity::store::mail_tokens::language;
use crate::ids::IntegrationId;
use crate::mail::{self, MailKind, NewMail};
use crate::sop::role::Role;
use crate::web::IdempotentWrite;
use crate::web::body::Validate;
use crate::web::idempotent_write::Seen;
use crate::web::problem::Language;

/// Keys one person may have in force.
const AT_ONCE: i64 = 20;
/// How long a key may be good.
const LONGEST: TimeDelta = TimeDelta::days(366);

/// A key to make.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IntegrationForm {
    /// What it is for, as its owner will know it again (nama).
    #[schema(example = "Sistem ERP PT Karet Musi", min_length = 1, max_length = 120)]
    pub name: String,
    /// What it may read (cakupan).
    #[schema(min_items = 1)]
    pub scopes: Vec<Scope>,
    /// The last day on which it is good (WIB), at most a year away (berlaku sampai dengan).
    #[schema(example = "2027-06-30")]
    pub last_day: NaiveDate,
}

impl Validate for IntegrationForm {
    fn errors(&self) -> Vec<FieldError> {
        fault_of_line(&self.name, "/name", 120)
            .into_iter()
            .chain(faults_of_scopes(&self.scopes))
            .collect()
    }
}

/// What to change of a key; what is not given stays.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IntegrationChange {
    /// What it is for.
    #[schema(example = "Sistem ERP PT Karet Musi", min_length = 1, max_length = 120)]
    pub name: Option<String>,
    /// What it may read.
    #[schema(min_items = 1)]
    pub scopes: Option<Vec<Scope>>,
    /// The last day on which it is good (WIB).
    #[schema(example = "2027-06-30")]
    pub last_day: Option<NaiveDate>,
}

impl Validate for IntegrationChange {
    fn errors(&self) -> Vec<FieldError> {
        let name = self
            .name
            .as_deref()
            .and_then(|name| fault_of_line(name, "/name", 120));
        let nothing = self.name.is_none() && self.scopes.is_none() && self.last_day.is_none();
        let nothing =
            nothing.then(|| fault("", "empty", "Tidak ada yang diubah.", "Nothing to change."));
        name.into_iter()
            .chain(
                self.scopes
                    .as_deref()
                    .map(faults_of_scopes)
                    .unwrap_or_default(),
            )
            .chain(nothing)
            .collect()
    }
}

fn faults_of_scopes(scopes: &[Scope]) -> Vec<FieldError> {
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

fn fault_of_day(last_day: NaiveDate, today: NaiveDate) -> Option<FieldError> {
    if last_day < today {
        Some(fault(
            "/last_day",
            "in_the_past",
            "Sudah lewat.",
            "It is in the past.",
        ))
    } else if last_day - today > LONGEST {
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

/// Makes a key with the rights of `who` and tells them by mail. Gives its row and the key, which is shown this once.
///
/// # Errors
/// `invalid_content` for a day that will not do; `conflict` when there are too many.
pub async fn create(
    work: &mut IdempotentWrite,
    who: &SignedIn,
    form: &IntegrationForm,
) -> Result<(Row, String)> {
    let now = work.now();
    if let Some(fault) = fault_of_day(form.last_day, today(now)) {
        return Err(Error::invalid(vec![fault]));
    }
    if store::count_in_force(work, who.user, today(now)).await? >= AT_ONCE {
        return Err(Error::new(Code::Conflict).detail(
            "Paling banyak 20 kunci; cabut yang tidak dipakai.",
            "At most 20 keys; revoke what is not used.",
        ));
    }
    let (id, (key, digest)) = (IntegrationId::at(now), new_key());
    let scopes = codes(&form.scopes);
    let new = New {
        id,
        office: who.office,
        owner: who.user,
        name: &form.name,
        scopes: &scopes,
        digest: &digest,
        last_day: form.last_day,
    };
    store::add(work, &new, now).await?;
    let language = Language::of_tag(&language(work, who.user).await?);
    let data = serde_json::json!({"day": form.last_day.format("%d-%m-%Y").to_string()});
    let kind = MailKind::IntegrationCreated;
    mail::queue(
        work,
        &NewMail {
            id: Uuid::new_v4(),
            office: who.office,
            user: who.user,
            kind,
            language,
            data,
            useless_from: None,
        },
        now,
    )
    .await?;
    note(work, who, id, "create_integration", Some(&scopes.join(" "))).await?;
    Ok((visible(work, who, id).await?, key))
}

/// Changes a key of one's own.
///
/// # Errors
/// `not_found`; `forbidden` when it is another's; `stale_version`; `conflict` when it is revoked; `invalid_content` for a day that will not do.
pub async fn change(
    work: &mut IdempotentWrite,
    who: &SignedIn,
    id: IntegrationId,
    seen: &Seen,
    form: &IntegrationChange,
) -> Result<Row> {
    store::lock(work, id).await?;
    let row = visible(work, who, id).await?;
    if row.owner_id != who.user.0 {
        return Err(Error::new(Code::Forbidden).detail(
            "Hanya pemiliknya yang mengubah kunci.",
            "Only its owner changes a key.",
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
        .and_then(|day| fault_of_day(day, today(work.now())))
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
    note(work, who, id, "change_integration", Some(&scopes.join(" "))).await?;
    visible(work, who, id).await
}

/// Revokes a key: one's own, or as an administrator any of the office. The next request with it is refused. Revoked before, nothing happens.
///
/// # Errors
/// `not_found`.
pub async fn revoke(work: &mut IdempotentWrite, who: &SignedIn, id: IntegrationId) -> Result<()> {
    visible(work, who, id).await?;
    let now = work.now();
    if store::revoke(work, id, who.user, now).await? {
        note(work, who, id, "revoke_integration", None).await?;
    }
    Ok(())
}

/// A key that `who` may see: their own, or as an administrator any of the office.
///
/// # Errors
/// `not_found`.
pub async fn visible(
    connection: &mut PgConnection,
    who: &SignedIn,
    id: IntegrationId,
) -> Result<Row> {
    let found = store::find(connection, who.office, id).await?;
    found
        .filter(|row| row.owner_id == who.user.0 || who.roles.has(Role::Admin))
        .ok_or_else(|| Error::new(Code::NotFound))
}

async fn note(
    work: &mut IdempotentWrite,
    who: &SignedIn,
    id: IntegrationId,
    task: &'static str,
    note: Option<&str>,
) -> Result<()> {
    let now = work.now();
    record(
        work,
        who,
        Act {
            subject: Subject::Integration,
            id: id.0,
            task,
            note,
        },
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
