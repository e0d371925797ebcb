//! Random rows for tests: any course of an application, as the ledger would record it.

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use uuid::Uuid;

use super::measure::{self, ApplicationFacts, SignedNotice};
use super::row::{BillingRealization, PaymentRealization, RealizationRow};
use crate::casework::ledger::ClockEntry;
use crate::certification::auditors::TeamRole;
use crate::certification::billing::BillingStatus;
use crate::certification::billing::account::PaymentAccount;
use crate::certification::cost::{Channel, CostKind, CostLine};
use crate::certification::deficiency::{DeficiencyItem, ItemResult};
use crate::certification::facts::ApplicationKind;
use crate::certification::notice::{NamedMember, NoticeContent};
use crate::certification::quantity::Quantity;
use crate::certification::schemes::SchemeCode;
use crate::certification::sop::{SOP, Stage};
use crate::error::Text;
use crate::ids::{ApplicationId, AuditorId};
use crate::sop::office_hours;
use crate::sop::working_time::Calendar;

/// The time at which all samples are measured.
pub fn now() -> DateTime<Utc> {
    "2026-10-05T05:00:00Z".parse().unwrap()
}

fn calendar() -> Calendar {
    office_hours::default_calendar()
}

/// The stages of the ordinary course with one deficiency round, in order.
const ROAD: [Stage; 13] = [
    Stage::Draft,
    Stage::Submitted,
    Stage::Filed,
    Stage::Deficient,
    Stage::AwaitingCustomer,
    Stage::Completed,
    Stage::Confirmed,
    Stage::NoticeDrafted,
    Stage::NoticeInitialled,
    Stage::Confirmed,
    Stage::NoticeDrafted,
    Stage::NoticeSigned,
    Stage::NoticeSent,
];

prop_compose! {
    /// A row of a random course.
    pub fn any_row()(
        ago in 3_i64..400 * 24 * 60,
        minutes in proptest::collection::vec(0_i64..2000, 13),
        places in 2_usize..=13,
        aside in 0_u8..10,
        scheme in 0_usize..6,
        kind in 0_usize..8,
        missing in proptest::collection::vec(0_u8..4, 0..4),
        money in (1_i64..50_000_000, any::<bool>(), proptest::option::weighted(0.2, 1_i64..50_000_000), -10_i64..10),
        province in proptest::option::of("[=a-z ]{0,12}"),
    ) -> RealizationRow {
        let begun = now() - TimeDelta::minutes(ago);
        let mut at = begun;
        let mut turns = Vec::new();
        let (mut stage, mut round, mut received_at) = (Stage::Draft, 0, begun);
        for (next, minutes) in ROAD.into_iter().zip(minutes).take(places) {
            if stage != next || turns.is_empty() {
                at = (at + TimeDelta::minutes(minutes)).min(now());
            }
            round += i16::from(next == Stage::Submitted || next == Stage::Completed);
            if next == Stage::Submitted { received_at = at; }
            turns.push(ClockEntry { at, step: SOP.waiting_at(next).and_then(|row| row.no), round });
            stage = next;
        }
        if aside == 0 && !SOP.is_over(stage) {
            stage = Stage::Withdrawn;
            turns.push(ClockEntry { at: now(), step: None, round });
        }
        let signed = [Stage::NoticeSigned, Stage::NoticeSent].contains(&stage);
        let (amount, paid, other, days) = money;
        let expires_at = now() + TimeDelta::days(days);
        let payment = |amount, on_ended_code| PaymentRealization {
            code: "820260706123456".into(), ntpn: "A1B2C3D4E5F6G7H8".into(), amount, paid_at: now(), on_ended_code,
        };
        let payments: Vec<_> = paid.then(|| payment(amount, false)).into_iter().chain(other.map(|other| payment(other, true))).collect();
        let account = PaymentAccount::of(amount, payments.iter().map(|payment| payment.amount).sum());
        let billing = (stage == Stage::NoticeSent).then(|| BillingRealization {
            code: "820260706123456".into(), amount, currency: "IDR", expires_at,
            status: if account.outstanding == 0 { BillingStatus::Paid } else if now() > expires_at { BillingStatus::Expired } else { BillingStatus::Issued },
            ntpn: paid.then(|| "A1B2C3D4E5F6G7H8".into()), paid_at: paid.then(now), account, payments,
        });
        let sheet = missing.iter().collect::<std::collections::BTreeSet<_>>().into_iter().zip(1..).map(|(code, no)| DeficiencyItem {
            no, requirement: format!("P0{code}"), title: Text::new(format!("Dokumen {code}"), format!("Document {code}")),
            result: ItemResult::Missing, note: "Belum ada.".into(),
        });
        let kept = ApplicationFacts {
            id: ApplicationId(Uuid::new_v4()), number: Some("P-2026-00001".into()), received_at,
            customer: "PT Tirta Musi".into(), company: "=cmd".into(), site: (None, province), scheme: SchemeCode::ALL[scheme], kind: ApplicationKind::ALL[kind],
            products: Vec::new(), scope: None, scale: None, stage, officers: vec!["Dewi".into()], turns, sheets: vec![sheet.collect(), Vec::new()],
            notice: signed.then(|| SignedNotice { number: "B/1".into(), at: now(), sent_at: None, content: notice(amount) }), billing, remark: None, calendar_version: 1,
        };
        measure::realization_row(kept, &calendar(), now(), 1)
    }
}

fn notice(amount: i64) -> NoticeContent {
    let member = |name: &str, role| NamedMember {
        auditor_id: AuditorId(Uuid::nil()),
        name: name.into(),
        role,
    };
    let line = |kind, channel, unit_amount| CostLine {
        kind,
        description: "-".into(),
        quantity: Quantity::ONE,
        unit: "OH".into(),
        unit_amount,
        channel,
        legal_basis: "-".into(),
        tariff_code: None,
        reason: Some("-".into()),
    };
    NoticeContent {
        application_number: "P-2026-00001".into(),
        company: "=cmd".into(),
        address: vec!["Palembang".into()],
        site: None,
        scheme: SchemeCode::QualityIso9001,
        certification_type: None,
        products: Vec::new(),
        scope: Some("Produksi air minum dalam kemasan".into()),
        kind: ApplicationKind::Initial,
        team: vec![
            member("Sri", TeamRole::Lead),
            member("Bambang", TeamRole::Auditor),
        ],
        audit_dates: vec!["2026-08-03".parse().unwrap(), "2026-08-04".parse().unwrap()],
        cost_lines: vec![
            line(CostKind::Tariff, Channel::PnbpBilling, amount),
            line(CostKind::TravelTransport, Channel::DirectByClient, 5),
        ],
        billing_total: amount,
        direct_total: 5,
        currency: "IDR".into(),
        reason: None,
    }
}
