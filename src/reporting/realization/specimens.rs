//! A sample record with invented data: for the gallery of documents, the pictures in the
//! documentation, and tests.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::chart::{self, ChartView};
use super::filter::Filter;
use super::formats::{Chart, Format};
use super::letter;
use super::measure::{self, ApplicationFacts};
use super::report_request::ReportRequest;
use super::row::{BillingRealization, PaymentRealization, RealizationRow};
use super::summary::{RealizationSummary, Sums};
use crate::casework::ledger::ClockEntry;
use crate::certification::billing::BillingStatus;
use crate::certification::billing::account::PaymentAccount;
use crate::certification::facts::ApplicationKind;
use crate::certification::schemes::SchemeCode;
use crate::certification::sop::{SOP, Stage};
use crate::error::Result;
use crate::ids::ApplicationId;
use crate::sop::office_hours::default_calendar;
use crate::sop::working_time::Calendar;
use crate::typesetting::Document;

/// The stages of the ordinary course.
const ROAD: [Stage; 11] = [
    Stage::Draft,
    Stage::Submitted,
    Stage::Filed,
    Stage::Verified,
    Stage::AwaitingCustomer,
    Stage::Completed,
    Stage::Confirmed,
    Stage::NoticeDrafted,
    Stage::NoticeInitialled,
    Stage::NoticeSigned,
    Stage::NoticeSent,
];
/// Typical minutes of each stage.
const USUAL_MINUTES: [u64; 11] = [0, 25, 11, 95, 21, 60, 70, 18, 9, 10, 9];

/// The time of the sample report: 1 September 2026, 09:00 WIB.
pub fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_788_228_000, 0).unwrap_or_default()
}

/// Rows of eight months, the same at each call.
pub fn rows() -> Vec<RealizationRow> {
    let calendar = default_calendar();
    (0..180)
        .map(|i| {
            measure::realization_row(
                kept(i, &calendar),
                &calendar,
                now(),
                i64::try_from(i).unwrap_or_default() + 1,
            )
        })
        .collect()
}

/// The sample letter.
pub fn letter() -> Result<Document> {
    letter::letter(&summary(), &report_request(), now())
}

/// The sample charts.
pub fn charts() -> [ChartView; 4] {
    let (summary, request) = (summary(), report_request());
    Chart::ALL.map(|chart| chart::chart(chart, &summary, &request))
}

fn summary() -> RealizationSummary {
    let mut sums = Sums::default();
    for row in rows() {
        sums.add(&row);
    }
    sums.summary()
}

/// The request of the sample letter.
pub fn report_request() -> ReportRequest {
    let filter = Filter {
        from: "2026-01-01".parse().ok(),
        to: "2026-08-31".parse().ok(),
        ..Filter::default()
    };
    ReportRequest {
        filter,
        format: Format::Pdf,
        chart: Chart::OnTime,
        english: false,
    }
}

/// A deterministic pseudo-random number.
fn pseudo_random(i: u64, salt: u64) -> u64 {
    let mixed =
        (i + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ salt.wrapping_mul(0xbf58_476d_1ce4_e5b9);
    (mixed ^ (mixed >> 29)).wrapping_mul(0x94d0_49bb_1331_11eb) >> 40
}

fn kept(i: u64, calendar: &Calendar) -> ApplicationFacts {
    let opened = now()
        - TimeDelta::hours(8)
        - TimeDelta::minutes(
            i64::try_from((180 - i) * 1890 + pseudo_random(i, 1) % 240).unwrap_or_default(),
        );
    // The newest files are still open.
    let places = if i < 150 {
        ROAD.len()
    } else {
        2 + usize::try_from(pseudo_random(i, 2) % 9).unwrap_or_default()
    };
    let (mut at, mut turns, mut stage) = (opened, Vec::new(), Stage::Draft);
    for (place, (next, usual)) in ROAD.into_iter().zip(USUAL_MINUTES).take(places).enumerate() {
        let minutes = usual * (40 + pseudo_random(i, 10 + place as u64) % 80) / 100;
        let late = if pseudo_random(i, 30 + place as u64).is_multiple_of(11) {
            usual
        } else {
            0
        };
        // Working time: steps advance only within office hours.
        at = calendar
            .add(
                at,
                TimeDelta::minutes(i64::try_from(minutes + late).unwrap_or_default()),
            )
            .unwrap_or(at);
        turns.push(ClockEntry {
            at,
            step: SOP.waiting_at(next).and_then(|row| row.no),
            round: i16::from(place > 0),
        });
        stage = next;
    }
    if pseudo_random(i, 3).is_multiple_of(19) && stage != Stage::NoticeSent {
        stage = Stage::Withdrawn;
        turns.push(ClockEntry {
            at: at + TimeDelta::minutes(30),
            step: None,
            round: 1,
        });
    }
    let province = ["Sumatera Selatan", "Jambi", "Riau"]
        [[0, 0, 0, 1, 2][usize::try_from(pseudo_random(i, 4) % 5).unwrap_or_default()]];
    let scheme = SchemeCode::ALL[[0, 0, 0, 0, 1, 1, 2, 3, 4, 5]
        [usize::try_from(pseudo_random(i, 5) % 10).unwrap_or_default()]];
    ApplicationFacts {
        id: ApplicationId(Uuid::from_u128(i.into())),
        number: Some(format!("P-2026-{:05}", i + 1)),
        received_at: turns.get(1).map_or(opened, |turn| turn.at),
        customer: "PT Contoh".to_owned(),
        company: "PT Contoh".to_owned(),
        site: (Some("Kota Palembang".to_owned()), Some(province.to_owned())),
        scheme,
        kind: if pseudo_random(i, 6).is_multiple_of(3) {
            ApplicationKind::Initial
        } else {
            ApplicationKind::Surveillance
        },
        products: Vec::new(),
        scope: None,
        scale: None,
        stage,
        officers: Vec::new(),
        turns,
        sheets: Vec::new(),
        notice: None,
        billing: (stage == Stage::NoticeSent).then(|| e_billing(i, at)),
        remark: None,
        calendar_version: 1,
    }
}

fn e_billing(i: u64, at: DateTime<Utc>) -> BillingRealization {
    let (paid, expires_at) = (
        !pseudo_random(i, 7).is_multiple_of(9),
        at + TimeDelta::days(7),
    );
    let (code, ntpn, paid_at) = (
        format!("8202607{i:08}"),
        format!("A1B2C3D4{i:08}"),
        at + TimeDelta::days(1),
    );
    let amount = 4_500_000 + i64::try_from(pseudo_random(i, 8) % 9).unwrap_or_default() * 500_000;
    let account = PaymentAccount::of(amount, if paid { amount } else { 0 });
    let payment = PaymentRealization {
        code: code.clone(),
        ntpn: ntpn.clone(),
        amount,
        paid_at,
        on_ended_code: false,
    };
    BillingRealization {
        code,
        amount,
        currency: "IDR",
        expires_at,
        status: if paid {
            BillingStatus::Paid
        } else if now() > expires_at {
            BillingStatus::Expired
        } else {
            BillingStatus::Issued
        },
        ntpn: paid.then_some(ntpn),
        paid_at: paid.then_some(paid_at),
        account,
        payments: paid.then_some(payment).into_iter().collect(),
    }
}
