//! Alarms: events of the audit trail that a custodian or the internal auditor must investigate. An
//! alarm gives its kind, the day and a reference. It names no complaint, and alarms of complaints
//! from which the reader is barred are left out.

use actix_web::get;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::audit_events::{self, StaffEvent};
use super::papers::breach_file::as_case;
use super::read_transaction::read_as;
use super::services::ComplaintServices;
use super::store::{breaches, conflicts};
use crate::audit::{AlarmEvent, AlarmFilter, list_alarm_events};
use crate::casework::desk::Desk;
use crate::error::Result;
use crate::identity::{AllowedRoles, Restricted};
use crate::sop::gate::Principal;
use crate::sop::role::{Role, codes};
use crate::web::page::{PageQuery, page_size};
use crate::web::{Cursor, Page, Provided, Query, Reply};

/// Kind of alarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AlarmKind {
    /// An activation code was used a second time (kode aktivasi dipakai dua kali).
    ActivationReplayed,
    /// A record in the identity vault was moved, changed or forged (isi brankas diubah).
    VaultTamperedWith,
    /// A disclosure was requested and no custodian could decide it (tidak ada penjaga identitas).
    DisclosureWithoutCustodian,
    /// A complaint was referred outside the office, and no external handler may handle it (tidak
    /// ada penangan eksternal).
    ComplaintWithoutHandler,
    /// A complaint was referred outside the office, and no conflict officer may judge it (tidak ada
    /// petugas benturan kepentingan).
    ComplaintWithoutConflictOfficer,
    /// A breach of confidentiality was declared (pelanggaran kerahasiaan dinyatakan).
    BreachDeclared,
    /// A breach notice is not recorded and its 72-hour deadline is less than twelve hours away
    /// (batas 3 x 24 jam hampir habis).
    BreachNoticeNearlyDue,
    /// A breach notice is not recorded and its 72-hour deadline has passed (batas 3 x 24 jam
    /// terlampaui).
    BreachNoticeOverdue,
    /// A reporter reports retaliation, and no conflict officer may assess the report (tidak ada
    /// yang melindungi pelapor).
    RetaliationWithoutProtector,
    /// A new name was proposed for a member of staff (nama pegawai diusulkan diganti).
    NameProposed,
    /// The name of a member of staff was changed; complaints are screened for the former name too
    /// (nama pegawai diganti).
    NameChanged,
    /// The e-mail address of a member of staff was changed (surel pegawai diganti).
    AddressChanged,
}

impl AlarmKind {
    /// Every kind.
    pub const ALL: [Self; 12] = [
        Self::ActivationReplayed,
        Self::VaultTamperedWith,
        Self::DisclosureWithoutCustodian,
        Self::ComplaintWithoutHandler,
        Self::ComplaintWithoutConflictOfficer,
        Self::BreachDeclared,
        Self::BreachNoticeNearlyDue,
        Self::BreachNoticeOverdue,
        Self::RetaliationWithoutProtector,
        Self::NameProposed,
        Self::NameChanged,
        Self::AddressChanged,
    ];

    /// Action code in the audit trail.
    pub const fn code(self) -> &'static str {
        match self {
            Self::ActivationReplayed => "activation_replayed",
            Self::VaultTamperedWith => "vault_tampered_with",
            Self::DisclosureWithoutCustodian => "disclosure_without_custodian",
            Self::ComplaintWithoutHandler => "complaint_without_handler",
            Self::ComplaintWithoutConflictOfficer => "complaint_without_conflict_officer",
            Self::BreachDeclared => "breach_declared",
            Self::BreachNoticeNearlyDue => "breach_notice_nearly_due",
            Self::BreachNoticeOverdue => "breach_notice_overdue",
            Self::RetaliationWithoutProtector => "retaliation_without_protector",
            Self::NameProposed => "name_proposed",
            Self::NameChanged => "name_changed",
            Self::AddressChanged => "address_changed",
        }
    }
}

/// An alarm (tanda bahaya).
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Alarm {
    /// Kind of alarm.
    pub kind: AlarmKind,
    /// The day (WIB).
    #[schema(value_type = String, format = Date, example = "2026-07-07")]
    pub on: NaiveDate,
    /// Reference of the case or breach. All audit events of one case share the reference; it cannot
    /// be resolved to the case.
    #[schema(example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    pub object_ref: String,
}

impl Alarm {
    /// Alarm of an audit event; none when the action is no alarm.
    fn of(found: AlarmEvent) -> Option<Self> {
        let kind = AlarmKind::ALL
            .into_iter()
            .find(|kind| kind.code() == found.action)?;
        Some(Self {
            kind,
            on: found.on,
            object_ref: hex::encode(found.object),
        })
    }
}

/// Watchers: the roles that read alarms and manage breaches.
#[derive(Debug)]
pub struct Watchers;

impl AllowedRoles for Watchers {
    const ROLES: &'static [Role] = &[Role::IdentityCustodian, Role::InternalAuditor];
}

/// List the alarms (tanda bahaya).
///
/// For custodians and internal auditors, newest first: a reused activation code, a tampered
/// identity vault, a disclosure without a custodian, a referred complaint without a handler or
/// conflict officer, a breach of confidentiality (`GET /breaches`) and its 72-hour deadline, a
/// report of retaliation without a protector, a changed name or address of a staff member. An alarm
/// holds its kind, the day and a reference; by design the reference leads to no complaint, not even
/// for you. Alarms of existing complaints from which you are barred are left out. The auditor finds
/// the other events of the same case with `GET /audit-trail?object_ref=`. Each reading is recorded
/// in the audit trail.
#[utoipa::path(tag = "audit trail", params(PageQuery), responses((status = 200, body = Page<Alarm>)), extensions(("x-roles" = json!(codes(Watchers::ROLES)))))]
#[get("/audit-trail/alarms")]
pub async fn list_alarms(
    desk: Restricted<Watchers, Desk>,
    query: Query<PageQuery>,
    cursor: Provided<Cursor>,
) -> Result<Reply<Page<Alarm>>> {
    let (limit, desk) = (page_size(query.0.limit)?, desk.0);
    let before = cursor.0.read(query.0.cursor.as_deref(), "alarms", &())?;
    let services = ComplaintServices::of(desk.request())?;
    let caller = desk.signed_in();
    // Only the service's context may read which cases a person is barred from.
    let found = read_as(
        desk.database(),
        &services,
        Principal::System,
        None,
        async |c, _, services| {
            let barred =
                conflicts::cases_barred_to(c, &services.keys.person_tag(caller.user)).await?;
            let hidden =
                breaches::hidden_from(c, caller.office, &services.keys.person_tag(caller.user))
                    .await?
                    .into_iter()
                    .map(as_case);
            let but: Vec<_> = barred
                .into_iter()
                .chain(hidden)
                .map(|case| services.keys.case_ref(case).to_vec())
                .collect();
            let actions = AlarmKind::ALL.map(|kind| kind.code().to_owned());
            let found = list_alarm_events(
                c,
                caller.office,
                AlarmFilter {
                    actions: &actions,
                    except: &but,
                    before,
                },
                limit + 1,
            )
            .await?;
            let event = StaffEvent::on_trail("read_alarms");
            audit_events::record(c, &desk, services, event).await?;
            Ok(found)
        },
    );
    let page = cursor.0.page(
        found.await?,
        limit,
        "alarms",
        &(),
        |sighting: &AlarmEvent| sighting.seq,
    )?;
    Ok(Reply::page(Page {
        items: page.items.into_iter().filter_map(Alarm::of).collect(),
        next_cursor: page.next_cursor,
        count: page.count,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_has_one_name_in_json_and_in_the_trail() {
        for kind in AlarmKind::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.code());
        }
    }
}
