//! The audit notice (surat pemberitahuan audit): its content, the canonical form that initials and
//! signature cover, and its view. The SQL is in `store`.

pub(crate) mod agreement;
pub mod canonical;
pub(crate) mod drafting;
pub(crate) mod store;

use std::borrow::Cow;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::auditors::{TeamMember, TeamRole};
use super::cost::{self, Channel, CostLine};
use super::facts::{ApplicationKind, CertificationType};
use super::form::{ApplicationForm, Product, Site, check_number, check_text};
use super::schemes::{Scheme, SchemeCode};
use super::team::Candidate;
use super::team::rules::{MAX_AUDIT_DAYS, MAX_MEMBERS};
use crate::error::{FieldError, fault};
use crate::identity::SignedIn;
use crate::ids::{AppointmentId, AuditNoticeId, AuditorId, UserId};
use crate::letters::LetterView;
use crate::web::body::Validate;

/// The form for a draft of the notice.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NoticeForm {
    /// Audit team: members that were proposed to the customer, in the proposed roles.
    #[schema(min_items = 1, max_items = 50)]
    pub team: Vec<TeamMember>,
    /// Audit days: from the day the customer chose, without skipping a working day, as many as
    /// `audit_days` of the proposal.
    #[schema(example = json!(["2026-07-20", "2026-07-21"]), min_items = 1, max_items = 60)]
    pub audit_dates: Vec<NaiveDate>,
    /// Cost lines: in each way of payment no more than the customer accepted.
    #[schema(min_items = 1, max_items = 100)]
    pub cost_lines: Vec<CostLine>,
    /// Why the audit is on a non-working day, or less than ten working days away; required in these
    /// cases. Shown to the users that initial and sign.
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
        let mut faults = cost::errors(&self.cost_lines, "/cost_lines");
        check_number(&mut faults, "/team", self.team.len(), MAX_MEMBERS);
        if !(1..=usize::from(MAX_AUDIT_DAYS)).contains(&self.audit_dates.len()) {
            faults.push(fault(
                "/audit_dates",
                "wrong_value",
                format!("Isi 1 sampai {MAX_AUDIT_DAYS} tanggal."),
                format!("1 to {MAX_AUDIT_DAYS} dates."),
            ));
        }
        if !self.audit_dates.is_sorted_by(|a, b| a < b) {
            faults.push(fault(
                "/audit_dates",
                "not_in_order",
                "Tanggal harus berurutan dan tidak berulang.",
                "Dates must be in order and must not repeat.",
            ));
        }
        if let Some(reason) = &self.reason {
            check_text(&mut faults, "/reason", reason);
        }
        faults
    }
}

/// A member of the team, as named in the letter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub(crate) struct NamedMember {
    /// The auditor.
    pub auditor_id: AuditorId,
    /// Name with titles.
    #[schema(example = "Ir. Sri Wahyuni, M.T.")]
    pub name: String,
    /// Role in the team.
    pub role: TeamRole,
}

/// The content of the letter, without the parts that the signature adds. Initials and signature
/// cover its canonical JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub(crate) struct NoticeContent {
    /// Number of the application.
    #[schema(example = "P-2026-00001")]
    pub application_number: String,
    /// The addressed company.
    #[schema(example = "PT Tirta Musi Sejahtera")]
    pub company: String,
    /// Postal address, line by line. Old drafts, made before the address was part of the initialled
    /// content, have none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(example = json!(["Jl. Perindustrian II No. 12, Palembang"]))]
    pub address: Vec<String>,
    /// Site of the audit. Missing in old drafts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<Site>,
    /// Code of the scheme.
    pub scheme: SchemeCode,
    /// Type of certification, if the application states one. Missing in old drafts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certification_type: Option<CertificationType>,
    /// Products to certify, under `product_sni`. Missing in old drafts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub products: Vec<Product>,
    /// Scope to certify, under the other schemes. Missing in old drafts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "Produksi air minum dalam kemasan")]
    pub scope: Option<String>,
    /// Kind of application.
    pub kind: ApplicationKind,
    /// Audit team.
    pub team: Vec<NamedMember>,
    /// Audit days.
    #[schema(example = json!(["2026-07-20", "2026-07-21"]), min_items = 1, max_items = 60)]
    pub audit_dates: Vec<NaiveDate>,
    /// Cost lines.
    pub cost_lines: Vec<CostLine>,
    /// Amount under the kode billing, in whole rupiah.
    #[schema(example = 9_000_000)]
    pub billing_total: i64,
    /// Amount the customer pays directly, in whole rupiah.
    #[schema(example = 1_500_000)]
    pub direct_total: i64,
    /// Always `IDR`.
    #[schema(example = "IDR")]
    pub currency: String,
    /// Why the audit is on a non-working day or at short notice. Initialled and signed with the
    /// rest, but not printed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "Hari audit diminta pelanggan karena jadwal produksi.")]
    pub reason: Option<String>,
}

impl NoticeContent {
    /// Builds the content from a draft, the application and the office's auditors.
    pub(crate) fn of(
        form: NoticeForm,
        number: &str,
        application: &ApplicationForm,
        known: &[Candidate],
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

    /// The note of its billing: the service and the number of the application.
    pub(crate) fn billing_note(&self) -> String {
        format!(
            "{} {}",
            Scheme::of(self.scheme).title.id,
            self.application_number
        )
    }

    /// True if the content has everything that the letter prints. Old drafts lack the address, or
    /// the products and the scope.
    pub(crate) fn is_complete(&self) -> bool {
        !self.address.is_empty() && (self.scope.is_some() || !self.products.is_empty())
    }

    /// The content, with the missing parts of an old draft filled in from its application. For
    /// display only: the initialled and signed content must be complete itself.
    pub(crate) fn completed_from(&self, application: &ApplicationForm) -> Cow<'_, Self> {
        if self.is_complete() {
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

/// A paraf or a signature: the user, the capacity, the time, and the hash of the content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub(crate) struct Mark {
    /// The user.
    pub by: UserId,
    /// Name of the user at that time.
    #[schema(example = "Dr. Ahmad Fauzi")]
    pub name: String,
    /// Capacity of the user; names the acting appointment (Plh., Plt.), if there is one.
    #[schema(example = "Plh. Kepala Balai")]
    pub capacity: String,
    /// The acting appointment, if there is one.
    pub acting_appointment: Option<AppointmentId>,
    /// Time.
    pub at: DateTime<Utc>,
    /// SHA-256 of the canonical content, in hex.
    #[schema(example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    pub content_sha256: String,
}

impl Mark {
    /// The mark of `caller` on `content_sha256` in the office of `title`.
    pub(crate) fn of(
        caller: &SignedIn,
        title: &str,
        content_sha256: &str,
        at: DateTime<Utc>,
    ) -> Self {
        let acting = caller
            .acting
            .as_ref()
            .filter(|acting| acting.role.office_term() == title);
        let capacity = acting.map_or_else(
            || title.to_owned(),
            |acting| format!("{} {title}", acting.kind.in_letters()),
        );
        Self {
            by: caller.user,
            name: caller.name.clone(),
            capacity,
            acting_appointment: acting.map(|acting| acting.appointment),
            at,
            content_sha256: content_sha256.to_owned(),
        }
    }
}

/// The return of a draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub(crate) struct Returned {
    /// Reason of the return.
    #[schema(example = "Biaya transport belum sesuai SBM.")]
    pub reason: String,
    /// Time of the return.
    pub at: DateTime<Utc>,
}

/// The status of a notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum NoticeStatus {
    /// Drafted (konsep).
    Drafted,
    /// Both initials are given.
    Initialled,
    /// Returned for a new draft.
    Returned,
    /// Signed and numbered.
    Signed,
    /// Sent to the customer.
    Sent,
}

/// An audit notice.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct NoticeView {
    /// Id of the notice.
    pub id: AuditNoticeId,
    /// Number of the draft, from 1 on.
    #[schema(example = 1)]
    pub draft: i16,
    /// Status.
    pub status: NoticeStatus,
    /// Number of the letter; null before signature.
    #[schema(example = "B/1/BSKJI/BSPJI-Palembang/PA/VII/2026")]
    pub number: Option<String>,
    /// Content of the letter.
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
    /// The return of the draft, if it was returned.
    pub returned: Option<Returned>,
    /// The signature.
    pub signature: Option<Mark>,
    /// When it was sent to the customer.
    pub sent_at: Option<DateTime<Utc>>,
    /// The issued letter with its digest and status; null before signature.
    pub letter: Option<LetterView>,
}

impl NoticeView {
    /// The status of a notice with these marks.
    pub(crate) fn status(
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

    /// The content of a draft made before addresses were part of it.
    const OLD: &str = r#"{"application_number":"P-2026-00001","audit_dates":["2026-08-03"],"billing_total":0,"company":"PT Tirta Musi","cost_lines":[],"currency":"IDR","direct_total":0,"kind":"initial","scheme":"quality_iso9001","team":[]}"#;

    #[test]
    fn an_old_draft_is_read_as_it_was_written_and_is_not_whole() {
        let old: NoticeContent = serde_json::from_str(OLD).unwrap();
        assert_eq!(
            canonical(&old).unwrap().0,
            OLD,
            "its hash is what was initialled"
        );
        assert!(!old.is_complete());
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
        assert!(whole.is_complete() && whole.site.is_some() && whole.scope.is_some());
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
