//! Auditors of the office as people: competences, days on which they are not free, and relations to
//! customers. `team` composes audit teams of them.

pub(crate) mod bookings;
mod calendar;
pub(crate) mod http;
pub(crate) mod store;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::form::{check_line, check_number, check_text};
use super::schemes::SchemeCode;
use crate::error::{FieldError, fault};
use crate::ids::{AuditorId, CustomerId, UserId};
use crate::web::body::{Validate, duplicate_errors};

/// Maximum number of entries in each list of a record.
const MAX_ENTRIES: usize = 100;

/// Role of a person in an audit.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
    strum::IntoStaticStr,
    strum::EnumString,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum TeamRole {
    /// Ketua tim.
    Lead,
    /// Auditor.
    Auditor,
    /// Petugas pengambil contoh (PPC).
    SamplingOfficer,
    /// Tenaga ahli.
    Expert,
    /// Pengamat.
    Observer,
    /// Evaluator (tim teknis): reviews the result later, outside the team.
    Evaluator,
    /// Pengambil keputusan: decides on the certificate later, outside the team.
    Decider,
}

impl TeamRole {
    /// Roles outside the team: these people do not audit, and their days are not booked.
    pub const fn is_outside(self) -> bool {
        matches!(self, Self::Evaluator | Self::Decider)
    }

    /// The roles of which a competence qualifies for this one; empty for a role that needs none.
    pub const fn qualifications(self) -> &'static [Self] {
        match self {
            Self::Lead => &[Self::Lead],
            Self::Auditor => &[Self::Auditor, Self::Lead],
            Self::SamplingOfficer => &[Self::SamplingOfficer],
            Self::Expert => &[Self::Expert],
            Self::Observer | Self::Evaluator | Self::Decider => &[],
        }
    }
}

/// A member of an audit team.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TeamMember {
    /// The auditor.
    pub auditor_id: AuditorId,
    /// Role in the team.
    pub role: TeamRole,
}

/// The first and the last day of a period.
pub type Span = (NaiveDate, NaiveDate);

/// A standard (`SNI 3553:2023`) or a technical code (`IAF 3`, `EA 14`, `ICS 67.160.20`).
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(transparent)]
#[schema(value_type = String, example = "IAF 3", min_length = 1, max_length = 200)]
pub struct TechnicalCode(pub String);

/// A competence of an auditor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Competence {
    /// The scheme.
    pub scheme: SchemeCode,
    /// `lead`, `auditor`, `sampling_officer` or `expert`. A lead may also be an auditor.
    pub role: TeamRole,
    /// Standards or technical codes of the competence. Empty: every code of the scheme.
    #[serde(default)]
    #[schema(example = json!(["SNI 3553:2023"]), max_items = 100)]
    pub codes: Vec<TechnicalCode>,
    /// The first day.
    #[schema(example = "2026-01-01")]
    pub valid_from: NaiveDate,
    /// The last day; left out if the competence has no end.
    #[serde(default)]
    #[schema(example = "2028-12-31")]
    pub valid_to: Option<NaiveDate>,
}

impl Competence {
    /// True if the competence is for `role` under `scheme` and is valid on every day of `span`.
    pub fn qualifies(&self, scheme: SchemeCode, role: TeamRole, span: Span) -> bool {
        self.scheme == scheme
            && role.qualifications().contains(&self.role)
            && self.valid_from <= span.0
            && self.valid_to.is_none_or(|last| span.1 <= last)
    }

    /// True if the competence covers `code`, which is compared without case, spaces and
    /// punctuation.
    pub fn covers(&self, code: &str) -> bool {
        self.codes.is_empty() || self.codes.iter().any(|own| folded(&own.0) == folded(code))
    }
}

fn folded(code: &str) -> String {
    code.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_uppercase)
        .collect()
}

/// The reason why a person is not free.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
    strum::IntoStaticStr,
    strum::EnumString,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum UnavailableKind {
    /// Cuti.
    Leave,
    /// Tugas lain.
    OtherWork,
}

/// Days on which an auditor is not free.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Unavailability {
    /// The reason.
    pub kind: UnavailableKind,
    /// The first day.
    #[schema(example = "2026-07-20")]
    pub first_day: NaiveDate,
    /// The last day, included.
    #[schema(example = "2026-07-24")]
    pub last_day: NaiveDate,
    /// A remark.
    #[serde(default)]
    #[schema(example = "Cuti tahunan", min_length = 1, max_length = 200)]
    pub note: Option<String>,
}

/// The kind of a relation between an auditor and a customer.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
    strum::IntoStaticStr,
    strum::EnumString,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum RelationKind {
    /// Konsultan pelanggan.
    ConsultedFor,
    /// Pegawai pelanggan.
    WorkedFor,
    /// Hubungan keluarga.
    Family,
    /// Kepentingan keuangan.
    Financial,
}

/// A relation between an auditor and a customer. It bars audits that begin within two years after
/// its last day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Relation {
    /// The customer.
    pub customer_id: CustomerId,
    /// The kind.
    pub kind: RelationKind,
    /// The last day; left out while the relation lasts.
    #[serde(default)]
    #[schema(example = "2025-06-30")]
    pub until: Option<NaiveDate>,
    /// A remark.
    #[serde(default)]
    #[schema(
        example = "Konsultan penerapan ISO 9001",
        min_length = 1,
        max_length = 200
    )]
    pub note: Option<String>,
}

/// An auditor, as the keeper of the list enters it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AuditorForm {
    /// Name with titles, as letters print it.
    #[schema(example = "Ir. Sri Wahyuni, M.T.", min_length = 1, max_length = 200)]
    pub name: String,
    /// Nomor Induk Pegawai, 18 digits; left out for people that are not civil servants.
    #[serde(default)]
    #[schema(example = "197803122005012003", pattern = "^[0-9]{18}$")]
    pub nip: Option<String>,
    /// The account of the person, a member of staff; left out without one.
    #[serde(default)]
    pub user_id: Option<UserId>,
    /// Competences.
    #[schema(min_items = 1, max_items = 100)]
    pub competences: Vec<Competence>,
    /// Days of leave and of other work.
    #[serde(default)]
    #[schema(max_items = 100)]
    pub unavailable: Vec<Unavailability>,
    /// Relations to customers.
    #[serde(default)]
    #[schema(max_items = 100)]
    pub relations: Vec<Relation>,
    /// From this day on the person joins no team.
    #[serde(default)]
    #[schema(example = json!(null))]
    pub retired_on: Option<NaiveDate>,
}

impl Validate for AuditorForm {
    fn errors(&self) -> Vec<FieldError> {
        let mut faults = Vec::new();
        check_line(&mut faults, "/name", &self.name);
        if let Some(nip) = &self.nip
            && !(nip.len() == 18 && nip.bytes().all(|byte| byte.is_ascii_digit()))
        {
            faults.push(fault(
                "/nip",
                "not_digits",
                "NIP terdiri dari 18 angka.",
                "A NIP has 18 digits.",
            ));
        }
        if self.competences.is_empty() {
            faults.push(fault(
                "/competences",
                "wrong_value",
                "Sebutkan sedikitnya satu kompetensi.",
                "Name at least one competence.",
            ));
        }
        for (pointer, number) in [
            ("/competences", self.competences.len()),
            ("/unavailable", self.unavailable.len()),
            ("/relations", self.relations.len()),
        ] {
            check_number(&mut faults, pointer, number, MAX_ENTRIES);
        }
        for (i, competence) in self.competences.iter().enumerate() {
            competence.check(&mut faults, &format!("/competences/{i}"));
        }
        faults.extend(self.unavailability_errors());
        for (i, relation) in self.relations.iter().enumerate() {
            if let Some(note) = &relation.note {
                check_line(&mut faults, &format!("/relations/{i}/note"), note);
            }
        }
        faults.extend(duplicate_errors(
            &self.relations,
            |relation| (relation.customer_id, relation.kind),
            |i| format!("/relations/{i}"),
        ));
        faults
    }
}

impl AuditorForm {
    fn unavailability_errors(&self) -> Vec<FieldError> {
        let mut faults = Vec::new();
        for (i, one) in self.unavailable.iter().enumerate() {
            if let Some(note) = &one.note {
                check_line(&mut faults, &format!("/unavailable/{i}/note"), note);
            }
            check_order(
                &mut faults,
                &format!("/unavailable/{i}/last_day"),
                one.first_day,
                one.last_day,
            );
            let overlaps = self.unavailable[..i]
                .iter()
                .any(|other| other.first_day <= one.last_day && one.first_day <= other.last_day);
            if overlaps {
                faults.push(fault(
                    format!("/unavailable/{i}"),
                    "overlapping_periods",
                    "Masa ini tumpang tindih dengan yang lain.",
                    "The period overlaps another one.",
                ));
            }
        }
        faults
    }
}

impl Competence {
    fn check(&self, faults: &mut Vec<FieldError>, pointer: &str) {
        if self.role.qualifications().is_empty() {
            faults.push(fault(
                format!("{pointer}/role"),
                "wrong_value",
                "Peran ini tidak memerlukan kompetensi.",
                "This role needs no competence.",
            ));
        }
        check_number(
            faults,
            &format!("{pointer}/codes"),
            self.codes.len(),
            MAX_ENTRIES,
        );
        for (i, code) in self.codes.iter().enumerate() {
            check_line(faults, &format!("{pointer}/codes/{i}"), &code.0);
        }
        if let Some(last) = self.valid_to {
            check_order(
                faults,
                &format!("{pointer}/valid_to"),
                self.valid_from,
                last,
            );
        }
    }
}

fn check_order(faults: &mut Vec<FieldError>, pointer: &str, first: NaiveDate, last: NaiveDate) {
    if last < first {
        faults.push(fault(
            pointer,
            "before_first_day",
            "Hari terakhir mendahului hari pertama.",
            "The last day is before the first.",
        ));
    }
}

/// A person's own statement about one customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeclarationForm {
    /// The customer.
    pub customer_id: CustomerId,
    /// The conflict; left out to declare that there is none.
    #[serde(default)]
    pub conflict: Option<RelationKind>,
    /// The last day of the conflict; left out while it lasts.
    #[serde(default)]
    #[schema(example = "2025-06-30")]
    pub until: Option<NaiveDate>,
    /// The statement.
    #[schema(
        example = "Saya tidak mempunyai hubungan dengan pelanggan ini.",
        min_length = 1,
        max_length = 4000
    )]
    pub statement: String,
}

impl Validate for DeclarationForm {
    fn errors(&self) -> Vec<FieldError> {
        let mut faults = Vec::new();
        check_text(&mut faults, "/statement", &self.statement);
        if self.conflict.is_none() && self.until.is_some() {
            faults.push(fault(
                "/until",
                "does_not_fit",
                "Tanpa benturan kepentingan tidak ada hari terakhir.",
                "Without a conflict there is no last day.",
            ));
        }
        faults
    }
}

/// A declaration, as stored.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Declaration {
    /// The customer.
    pub customer_id: CustomerId,
    /// The conflict; null if the person declared that there is none.
    pub conflict: Option<RelationKind>,
    /// The last day of the conflict; null while it lasts.
    pub until: Option<NaiveDate>,
    /// The statement.
    #[schema(example = "Saya tidak mempunyai hubungan dengan pelanggan ini.")]
    pub statement: String,
    /// The user that entered it: the person, or the keeper of the list for a person without an
    /// account.
    pub declared_by: UserId,
    /// When it was entered.
    pub declared_at: DateTime<Utc>,
}

/// An auditor in the list.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct AuditorSummary {
    /// Id of the auditor.
    pub id: AuditorId,
    /// Name with titles.
    #[schema(example = "Ir. Sri Wahyuni, M.T.")]
    pub name: String,
    /// Competences.
    pub competences: Vec<Competence>,
    /// From this day on the person joins no team.
    pub retired_on: Option<NaiveDate>,
    /// When the auditor was added.
    pub created_at: DateTime<Utc>,
}

/// An auditor.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct AuditorView {
    /// Id of the auditor.
    pub id: AuditorId,
    /// Name with titles.
    #[schema(example = "Ir. Sri Wahyuni, M.T.")]
    pub name: String,
    /// Nomor Induk Pegawai.
    #[schema(example = "197803122005012003")]
    pub nip: Option<String>,
    /// The account of the person.
    pub user_id: Option<UserId>,
    /// Competences.
    pub competences: Vec<Competence>,
    /// Days of leave and of other work, in order.
    pub unavailable: Vec<Unavailability>,
    /// Relations to customers.
    pub relations: Vec<Relation>,
    /// The person's latest own declaration about each customer.
    pub declarations: Vec<Declaration>,
    /// From this day on the person joins no team.
    pub retired_on: Option<NaiveDate>,
    /// When the auditor was added.
    pub created_at: DateTime<Utc>,
}

/// A stored auditor with everything of the record.
#[derive(Debug)]
pub struct AuditorRecord {
    pub(super) id: AuditorId,
    pub(super) form: AuditorForm,
    pub(super) declarations: Vec<Declaration>,
    pub(super) version: i64,
    pub(super) created_at: DateTime<Utc>,
}

impl AuditorRecord {
    /// True if a declaration that counts was entered with the account of the record.
    pub(super) fn has_own_declaration(&self) -> bool {
        self.form.user_id.is_some_and(|user| {
            let mut declarations = self.declarations.iter();
            declarations.any(|one| one.declared_by == user)
        })
    }
}

impl From<AuditorRecord> for AuditorView {
    fn from(record: AuditorRecord) -> Self {
        let form = record.form;
        Self {
            id: record.id,
            name: form.name,
            nip: form.nip,
            user_id: form.user_id,
            competences: form.competences,
            unavailable: form.unavailable,
            relations: form.relations,
            declarations: record.declarations,
            retired_on: form.retired_on,
            created_at: record.created_at,
        }
    }
}
