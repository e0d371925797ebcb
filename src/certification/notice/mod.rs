//! The audit notice (surat pemberitahuan audit): what it says, the canonical form that initials and signature bind to, and how it is shown.
//! Pure; the SQL is in `store`.

pub mod agreement;
pub mod canonical;
pub mod drafting;
pub mod store;

use std::borrow::Cow;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::auditors::{Auditor, TeamMember, TeamRole};
use super::cost::{self, Channel, CostLine};
use super::facts::{ApplicationKind, CertificationType};
use super::form::{ApplicationForm, Product, Site, text};
use super::schemes::SchemeCode;
use crate::error::{FieldError, fault};
use crate::identity::SignedIn;
use crate::ids::{AppointmentId, AuditNoticeId, AuditorId, UserId};
use crate::letters::LetterView;
use crate::web::body::Validate;

/// The most days an audit takes.
const DAYS: usize = 60;

/// A draft of the notice.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NoticeForm {
    /// Who comes: members who were proposed to the customer, in the role they were proposed in.
    pub team: Vec<TeamMember>,
    /// On which days: from the one the customer chose, without leaving out a working day, as many as `audit_days` of the proposal.
    #[schema(example = json!(["2026-07-20", "2026-07-21"]))]
    pub audit_dates: Vec<NaiveDate>,
    /// What it costs: no more than the customer accepted.
    pub cost_lines: Vec<CostLine>,
    /// Why the audit is on a day that is no working day, or less than ten working days away; needed for these. Who initials and signs reads it.
    #[serde(default)]
    #[schema(
        example = "Hari audit diminta pelanggan karena jadwal produksi.",
        min_length = 1,
        max_length = 4000
    )]
    pub reason: Option<String>,
}

impl Validate for NoticeForm {
    fn errors(&self) -> Vec<FieldError> {
        let mut faults = cost::faults(&self.cost_lines, "/cost_lines");
        if self.audit_dates.is_empty() || self.audit_dates.len() > DAYS {
            faults.push(fault(
                "/audit_dates",
                "wrong_value",
                "Isi 1 sampai 60 tanggal.",
                "1 to 60 dates.",
            ));
        }
        if !self.audit_dates.is_sorted_by(|a, b| a < b) {
            faults.push(fault(
                "/audit_dates",
                "not_in_order",
                "Tanggal harus berurutan dan tidak berulang.",
                "Dates must be in order and not repeat.",
            ));
        }
        if let Some(reason) = &self.reason {
            text(&mut faults, "/reason", reason);
        }
        faults
    }
}

/// A member of the team as the letter names them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct NamedMember {
    /// The auditor.
    pub auditor_id: AuditorId,
    /// Name with titles.
    #[schema(example = "Ir. Sri Wahyuni, M.T.")]
    pub name: String,
    /// In which role.
    pub role: TeamRole,
}

/// What the letter says: all of it, but for what the signature itself adds. Its canonical JSON is what is initialled and signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct NoticeContent {
    /// Number of the application.
    #[schema(example = "P-2026-00001")]
    pub application_number: String,
    /// Whom it is to.
    #[schema(example = "PT Tirta Musi Sejahtera")]
    pub company: String,
    /// Where it goes, line by line. Drafts from before it was initialled too have none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(example = json!(["Jl. Perindustrian II No. 12, Palembang"]))]
    pub address: Vec<String>,
    /// Where the audit is. As with the address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<Site>,
    /// Which service.
    pub scheme: SchemeCode,
    /// The form of certification, where the application states one. As with the address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certification_type: Option<CertificationType>,
    /// The products to certify, under product schemes. As with the address.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub products: Vec<Product>,
    /// The scope to certify, under the other schemes. As with the address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "Produksi air minum dalam kemasan")]
    pub scope: Option<String>,
    /// What was asked for.
    pub kind: ApplicationKind,
    /// Who comes.
    pub team: Vec<NamedMember>,
    /// On which days.
    #[schema(example = json!(["2026-07-20", "2026-07-21"]))]
    pub audit_dates: Vec<NaiveDate>,
    /// What it costs.
    pub cost_lines: Vec<CostLine>,
    /// Whole rupiah in the kode billing.
    #[schema(example = 9_000_000)]
    pub billing_total: i64,
    /// Whole rupiah the customer pays directly.
    #[schema(example = 1_500_000)]
    pub direct_total: i64,
    /// Always `IDR`.
    #[schema(example = "IDR")]
    pub currency: String,
    /// Why the audit is on a day that is no working day, or at short notice. It is initialled and signed with the rest, and not printed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "Hari audit diminta pelanggan karena jadwal produksi.")]
    pub reason: Option<String>,
}

impl NoticeContent {
    /// From a draft, the application and the office's auditors.
    #[must_use]
    pub fn of(
        form: NoticeForm,
        number: &str,
        application: &ApplicationForm,
        known: &[Auditor],
    ) -> Self {
        let name = |id: AuditorId| {
            known
                .iter()
                .find(|auditor| auditor.id == id)
                .map(|auditor| auditor.name.clone())
                .unwrap_or_default()
        };
        let team = form.team.iter().map(|member| NamedMember {
            auditor_id: member.auditor_id,
            name: name(member.auditor_id),
            role: member.role,
        });
        Self {
            application_number: number.to_owned(),
            company: application.company.name.clone(),
            address: application.postal_address(),
            site: application.site.clone(),
            scheme: application.scheme,
            certification_type: application.facts.certification_type,
            products: application.products.clone(),
            scope: application.scope.clone(),
            kind: application.kind,
            team: team.collect(),
            audit_dates: form.audit_dates,
            billing_total: cost::total(&form.cost_lines, Channel::PnbpBilling),
            direct_total: cost::total(&form.cost_lines, Channel::DirectByClient),
            cost_lines: form.cost_lines,
            currency: "IDR".to_owned(),
            reason: form.reason,
        }
    }

    /// Whether it says everything that the letter prints. Drafts from before the address, or the products and the scope, were initialled too do not.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        !self.address.is_empty() && (self.scope.is_some() || !self.products.is_empty())
    }

    /// The same, whole: what an old draft lacks is taken from its application. To be shown only; what is initialled and signed is whole itself.
    #[must_use]
    pub fn completed_from(&self, application: &ApplicationForm) -> Cow<'_, Self> {
        if self.is_whole() {
            return Cow::Borrowed(self);
        }
        let (address, site) = if self.address.is_empty() {
            (application.postal_address(), application.site.clone())
        } else {
            (self.address.clone(), self.site.clone())
        };
        Cow::Owned(Self {
            address,
            site,
            certification_type: application.facts.certification_type,
            products: application.products.clone(),
            scope: application.scope.clone(),
            ..self.clone()
        })
    }
}

/// A paraf or a signature: who, in which capacity, when, and the hash of what they saw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Mark {
    /// Who.
    pub by: UserId,
    /// Their name, as it was.
    #[schema(example = "Dr. Ahmad Fauzi")]
    pub name: String,
    /// In which capacity; says so when they acted for the office holder.
    #[schema(example = "Plh. Kepala Balai")]
    pub capacity: String,
    /// The appointment under which they acted.
    pub acting_appointment: Option<AppointmentId>,
    /// When.
    pub at: DateTime<Utc>,
    /// SHA-256 of the canonical content, in hex.
    #[schema(example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    pub content_sha256: String,
}

impl Mark {
    /// `who` puts their name under `content_sha256` in the office of `title`.
    #[must_use]
    pub fn of(who: &SignedIn, title: &str, content_sha256: &str, at: DateTime<Utc>) -> Self {
        let acting = who
            .acting
            .as_ref()
            .filter(|acting| acting.role.office_term() == title);
        let capacity = acting.map_or_else(
            || title.to_owned(),
            |acting| format!("{} {title}", acting.kind.in_letters()),
        );
        Self {
            by: who.user,
            name: who.name.clone(),
            capacity,
            acting_appointment: acting.map(|acting| acting.appointment),
            at,
            content_sha256: content_sha256.to_owned(),
        }
    }
}

/// A draft that was sent back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Returned {
    /// Why.
    #[schema(example = "Biaya transport belum sesuai SBM.")]
    pub reason: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// How far a notice is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NoticeStatus {
    /// Konsep.
    Drafted,
    /// Both initials are on it.
    Initialled,
    /// Sent back.
    Returned,
    /// Signed and numbered.
    Signed,
    /// Sent to the customer.
    Sent,
}

/// An audit notice.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct NoticeView {
    /// Its id.
    pub id: AuditNoticeId,
    /// Which draft this is.
    #[schema(example = 1)]
    pub draft: i16,
    /// How far it is.
    pub status: NoticeStatus,
    /// Its number, once signed.
    #[schema(example = "B/1/BSKJI/BSPJI-Palembang/PA/VII/2026")]
    pub number: Option<String>,
    /// What it says.
    pub content: NoticeContent,
    /// SHA-256 of the canonical content (RFC 8785), in hex.
    #[schema(example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    pub content_sha256: String,
    /// When it was drafted.
    pub drafted_at: DateTime<Utc>,
    /// Paraf for the letter.
    pub letter_initial: Option<Mark>,
    /// Paraf for the cost.
    pub cost_initial: Option<Mark>,
    /// Why it was sent back, if it was.
    pub returned: Option<Returned>,
    /// The signature.
    pub signature: Option<Mark>,
    /// When it was sent.
    pub sent_at: Option<DateTime<Utc>>,
    /// The letter it became, once signed: its digest, and whether it holds.
    pub letter: Option<LetterView>,
}

impl NoticeView {
    /// How far a notice with these marks is.
    #[must_use]
    pub fn status(
        letter: Option<&Mark>,
        cost: Option<&Mark>,
        returned: Option<&Returned>,
        signature: Option<&Mark>,
        sent: bool,
    ) -> NoticeStatus {
        match (returned, signature, letter, cost) {
            (Some(_), _, _, _) => NoticeStatus::Returned,
            (None, Some(_), _, _) if sent => NoticeStatus::Sent,
            (None, Some(_), _, _) => NoticeStatus::Signed,
            (None, None, Some(_), Some(_)) => NoticeStatus::Initialled,
            (None, None, _, _) => NoticeStatus::Drafted,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::canonical::canonical;
    use super::*;

    /// As drafts were written before they said where they go.
    const OLD: &str = r#"{"application_number":"P-2026-00001","audit_dates":["2026-08-03"],"billing_total":0,"company":"PT Tirta Musi","cost_lines":[],"currency":"IDR","direct_total":0,"kind":"initial","scheme":"quality_iso9001","team":[]}"#;

    #[test]
    fn an_old_draft_is_read_as_it_was_written_and_is_not_whole() {
        let old: NoticeContent = serde_json::from_str(OLD).unwrap();
        assert_eq!(
            canonical(&old).unwrap().0,
            OLD,
            "its hash is what was initialled"
        );
        assert!(!old.is_whole());
        let application: ApplicationForm = serde_json::from_value(json!({
            "scheme": "quality_iso9001", "kind": "initial", "company": {"name": "PT Tirta Musi"},
            "site": {"name": "Pabrik", "address": "Jl. Ki Marogan No. 8", "regency": "Kota Palembang", "province": "Sumatera Selatan"},
            "scope": "Produksi air minum dalam kemasan",
        }))
        .unwrap();
        let whole = old.completed_from(&application);
        assert_eq!(
            whole.address,
            ["Jl. Ki Marogan No. 8", "Kota Palembang, Sumatera Selatan"]
        );
        assert!(whole.is_whole() && whole.site.is_some() && whole.scope.is_some());
        assert_eq!(
            whole
                .completed_from(&ApplicationForm {
                    site: None,
                    ..application
                })
                .address,
            whole.address,
            "what it says itself stays"
        );
    }
}
