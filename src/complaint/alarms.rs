//! Alarms: what the audit trail holds that a custodian or the auditor must look into. They say what, on which day, and a reference; no complaint, and nothing
//! of one that the reader is barred from.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, get};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::audit_events;
use super::papers::breach_file::as_case;
use super::read_transaction::read_as;
use super::services::ComplaintServices;
use super::store::{breaches, conflicts};
use crate::audit::{Sighting, Wanted, sightings};
use crate::casework::desk::Desk;
use crate::casework::workflow::Asking;
use crate::error::{Error, Result};
use crate::sop::role::{Role, codes};
use crate::web::page::{PageQuery, size};
use crate::web::{Cursor, Page, Provided, Query, Reply};

/// Who looks into them.
pub(super) const WATCHERS: &[Role] = &[Role::IdentityCustodian, Role::InternalAuditor];

/// What is an alarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AlarmKind {
    /// A slip was used that had been used before: somebody else had it (kode aktivasi dipakai dua kali).
    ActivationReplayed,
    /// What lies in the vault of identities was moved, changed or forged (isi brankas diubah).
    VaultTamperedWith,
    /// A disclosure was asked for and there was no custodian to decide it (tidak ada penjaga identitas).
    DisclosureWithoutCustodian,
    /// A complaint is outside the office, and no external handler may know of it (tidak ada penangan eksternal).
    ComplaintWithoutHandler,
    /// The same, and no conflict officer may know of it (tidak ada petugas benturan kepentingan).
    ComplaintWithoutConflictOfficer,
    /// A breach of confidentiality was declared (pelanggaran kerahasiaan dinyatakan).
    BreachDeclared,
    /// The 72 hours for telling of a breach are over in twelve, and a notice is not recorded (batas 3 x 24 jam hampir habis).
    BreachNoticeNearlyDue,
    /// They are over, and a notice is not recorded (batas 3 x 24 jam terlampaui).
    BreachNoticeOverdue,
    /// A reporter says that they suffer reprisals, and nobody may know of it who protects reporters (tidak ada yang melindungi pelapor).
    RetaliationWithoutProtector,
    /// A new name was proposed for a member of staff (nama pegawai diusulkan diganti).
    NameProposed,
    /// The name of a member of staff was changed; complaints are screened for the former name too (nama pegawai diganti).
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

    /// The code under which it stands in the trail.
    #[must_use]
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
    /// What.
    pub kind: AlarmKind,
    /// The day (WIB).
    #[schema(value_type = String, format = Date, example = "2026-07-07")]
    pub on: NaiveDate,
    /// Reference of the case, or of the breach: the same for all events of one in the audit trail, and nothing that leads to it.
    #[schema(example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    pub object_ref: String,
}

impl Alarm {
    /// Of what was found; nothing when it is no alarm.
    fn of(found: Sighting) -> Option<Self> {
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

/// The desk of somebody who looks into alarms. As the first argument of a handler it refuses everybody else.
pub struct WatchersDesk(pub(super) Desk);

impl FromRequest for WatchersDesk {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let desk = Desk::from_request(request, payload).into_inner();
        ready(desk.and_then(|desk| desk.who().must_be_one_of(WATCHERS).map(|()| Self(desk))))
    }
}

/// List the alarms (tanda bahaya).
///
/// For custodians and internal auditors, newest first: a slip that was used twice, a vault of identities that was tampered with, a disclosure that nobody
/// could decide, a complaint outside the office that nobody free can handle or judge, a breach of confidentiality (`GET /breaches`) and the end of its 72
/// hours, a report of retaliation that nobody may read, a new name or address of a member of staff. Only what, the day and a reference: by design nothing leads from it to a complaint, not even for you.
/// None of complaints you are barred from, as long as they exist. What else happened to the same case the auditor finds with `GET /audit-trail?object_ref=`.
/// Reading it is written into the trail.
#[utoipa::path(tag = "audit trail", params(PageQuery), responses((status = 200, body = Page<Alarm>)), extensions(("x-roles" = json!(codes(WATCHERS)))))]
#[get("/audit-trail/alarms")]
pub async fn list_alarms(
    desk: WatchersDesk,
    query: Query<PageQuery>,
    cursor: Provided<Cursor>,
) -> Result<Reply<Page<Alarm>>> {
    let (limit, desk) = (size(query.0.limit)?, desk.0);
    let before = cursor.0.read(query.0.cursor.as_deref(), "alarms", &())?;
    let services = ComplaintServices::of(desk.request())?;
    let who = desk.who();
    // From which cases somebody is barred is the service's to know.
    let found = read_as(
        desk.database(),
        &services,
        Asking::Service,
        None,
        async |c, _, services| {
            let barred = conflicts::barring(c, &services.keys.person_tag(who.user)).await?;
            let hidden = breaches::hidden_from(c, who.office, &services.keys.person_tag(who.user))
                .await?
                .into_iter()
                .map(as_case);
            let but: Vec<_> = barred
                .into_iter()
                .chain(hidden)
                .map(|case| services.keys.case_ref(case).to_vec())
                .collect();
            let actions = AlarmKind::ALL.map(|kind| kind.code().to_owned());
            let found = sightings(
                c,
                who.office,
                Wanted {
                    actions: &actions,
                    but: &but,
                    before,
                },
                limit + 1,
            )
            .await?;
            audit_events::read_alarms(c, &desk, services).await?;
            Ok(found)
        },
    );
    let page = cursor
        .0
        .page(found.await?, limit, "alarms", &(), |sighting: &Sighting| {
            sighting.seq
        })?;
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
