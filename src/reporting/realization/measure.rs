//! Computes the row of a file: minutes from the ledger, everything else from the stored facts.
//! Pure.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::row::{
    BillingRealization, Deficiency, NoticeRealization, RealizationRow, RoundRealization,
    StepRealization,
};
use crate::casework::ledger::{self, ClockEntry, StepTime};
use crate::certification::auditors::TeamRole;
use crate::certification::cost::{Channel, CostKind, CostLine};
use crate::certification::deficiency::DeficiencyItem;
use crate::certification::facts::{ApplicationKind, BusinessScale};
use crate::certification::form::Product;
use crate::certification::notice::NoticeContent;
use crate::certification::schemes::SchemeCode;
use crate::certification::sop::{SOP, Stage};
use crate::ids::ApplicationId;
use crate::sop::table::{Party, StandardTime};
use crate::sop::working_time::{Calendar, WIB};

/// The stored facts of a file, as far as the record needs them.
#[derive(Debug, Clone)]
pub struct ApplicationFacts {
    /// The id.
    pub id: ApplicationId,
    /// The application number.
    pub number: Option<String>,
    /// When the application was received.
    pub received_at: DateTime<Utc>,
    /// Organisation of the account.
    pub customer: String,
    /// Company of the form.
    pub company: String,
    /// Regency and province of the site.
    pub site: (Option<String>, Option<String>),
    /// The scheme.
    pub scheme: SchemeCode,
    /// The kind of application.
    pub kind: ApplicationKind,
    /// Products of the form.
    pub products: Vec<Product>,
    /// Scope of the form.
    pub scope: Option<String>,
    /// Scale of the business.
    pub scale: Option<BusinessScale>,
    /// The current stage.
    pub stage: Stage,
    /// The staff that did a step.
    pub officers: Vec<String>,
    /// The ledger.
    pub turns: Vec<ClockEntry>,
    /// The deficiency sheets, in order.
    pub sheets: Vec<Vec<DeficiencyItem>>,
    /// The signed notice.
    pub notice: Option<SignedNotice>,
    /// The payable or paid e-billing; else the newest.
    pub billing: Option<BillingRealization>,
    /// The note of a rejection, withdrawal or expiry.
    pub remark: Option<String>,
    /// The version of the calendar that measures the file.
    pub calendar_version: i32,
}

/// A signed notice.
#[derive(Debug, Clone)]
pub struct SignedNotice {
    /// The number of the letter.
    pub number: String,
    /// When it was signed.
    pub at: DateTime<Utc>,
    /// When it was sent.
    pub sent_at: Option<DateTime<Utc>>,
    /// The content.
    pub content: NoticeContent,
}

/// Computes the row of `kept` at `now`; `no` is its number in the report.
pub fn realization_row(
    kept: ApplicationFacts,
    calendar: &Calendar,
    now: DateTime<Utc>,
    no: i64,
) -> RealizationRow {
    let steps = steps(&kept.turns, calendar, now);
    let minutes = |party: Party| {
        steps
            .iter()
            .filter(|step| step.party == party)
            .filter_map(|step| step.used_minutes)
            .sum::<i64>()
    };
    let (office_minutes, office_standard_minutes) = (minutes(Party::Office), office_standard());
    let local = |at: DateTime<Utc>| at.with_timezone(&WIB).date_naive();
    RealizationRow {
        no,
        application_id: kept.id,
        number: kept.number,
        letter_date: None,
        received_at: kept.received_at,
        customer: kept.customer,
        company: kept.company,
        regency: kept.site.0,
        province: kept.site.1,
        scheme: kept.scheme,
        kind: kept.kind,
        products: kept.products,
        scope: kept.scope,
        business_scale: kept.scale,
        stage: kept.stage,
        age_days: (!SOP.is_over(kept.stage))
            .then(|| (local(now) - local(kept.received_at)).num_days()),
        officers: kept.officers,
        customer_minutes: minutes(Party::Customer),
        office_minutes,
        office_standard_minutes,
        office_difference_minutes: office_minutes - office_standard_minutes,
        deficiency_rounds: kept.sheets.iter().filter(|items| !items.is_empty()).count(),
        deficiency_items: kept.sheets.iter().map(Vec::len).sum(),
        deficiencies: deficiencies(kept.sheets),
        steps,
        notice: kept.notice.map(notice),
        billing: kept.billing,
        satisfaction: None,
        remark: kept.remark,
        calendar_version: kept.calendar_version,
    }
}

/// The office's share of the standard time, in minutes.
pub fn office_standard() -> i64 {
    let office = SOP
        .rows
        .iter()
        .filter(|row| row.actor.party() == Party::Office);
    office
        .filter_map(|row| row.within)
        .map(|StandardTime(minutes)| i64::from(minutes))
        .sum()
}

/// Measures every numbered step from the ledger.
pub fn steps(
    turns: &[ClockEntry],
    calendar: &Calendar,
    now: DateTime<Utc>,
) -> Vec<StepRealization> {
    let spent = ledger::step_times(turns, calendar, now);
    let numbered = SOP
        .rows
        .iter()
        .filter_map(|row| Some((row.no?, row.actor.party(), row.within?)));
    let step = |(no, party, StandardTime(standard)): (u8, Party, StandardTime)| {
        let rounds: Vec<StepTime> = spent
            .iter()
            .filter(|spent| spent.step == no)
            .copied()
            .collect();
        step(no, party, i64::from(standard), &rounds)
    };
    numbered.map(step).collect()
}

fn step(no: u8, party: Party, standard: i64, rounds: &[StepTime]) -> StepRealization {
    let measured: Vec<_> = rounds.iter().map(|spent| round(spent, standard)).collect();
    let reached = !measured.is_empty();
    let running = measured.iter().any(|round| !round.ended);
    let used = measured.iter().map(|round| round.used_minutes).sum::<i64>();
    let budget = standard * i64::try_from(measured.len()).unwrap_or(i64::MAX);
    let late = measured.iter().any(|round| round.on_time == Some(false));
    StepRealization {
        step: no,
        party,
        started_at: rounds.iter().map(|spent| spent.started_at).min(),
        ended_at: if running {
            None
        } else {
            rounds.iter().filter_map(|spent| spent.ended_at).max()
        },
        used_minutes: reached.then_some(used),
        standard_minutes: reached.then_some(budget),
        difference_minutes: reached.then_some(used - budget),
        on_time: (reached && (late || !running)).then_some(!late),
        rounds: measured,
    }
}

/// A running round counts as late once its standard time is used up; before that, `on_time` is
/// still open.
fn round(spent: &StepTime, standard: i64) -> RoundRealization {
    let (ended, kept) = (
        spent.running_since.is_none(),
        spent.used <= TimeDelta::minutes(standard),
    );
    RoundRealization {
        round: spent.round,
        used_minutes: spent.used.num_minutes(),
        ended,
        on_time: (ended || !kept).then_some(kept),
    }
}

fn deficiencies(sheets: Vec<Vec<DeficiencyItem>>) -> Vec<Deficiency> {
    let mut counts: BTreeMap<String, Deficiency> = BTreeMap::new();
    for DeficiencyItem {
        requirement, title, ..
    } in sheets.into_iter().flatten()
    {
        let known = counts.entry(requirement.clone()).or_insert(Deficiency {
            requirement,
            title,
            rounds: 0,
        });
        known.rounds += 1;
    }
    let mut all: Vec<_> = counts.into_values().collect();
    all.sort_by(|a, b| {
        b.rounds
            .cmp(&a.rounds)
            .then_with(|| a.requirement.cmp(&b.requirement))
    });
    all
}

fn notice(
    SignedNotice {
        number,
        at: signed_at,
        sent_at,
        content,
    }: SignedNotice,
) -> NoticeRealization {
    let (lead, members): (Vec<_>, Vec<_>) = content
        .team
        .into_iter()
        .partition(|member| member.role == TeamRole::Lead);
    let sum = |of: fn(&CostLine) -> bool| {
        content
            .cost_lines
            .iter()
            .filter(|line| of(line))
            .map(CostLine::amount)
            .sum()
    };
    let travels = |line: &CostLine| line.channel != Channel::PnbpBilling && is_travel(line.kind);
    NoticeRealization {
        number,
        signed_at,
        sent_at,
        team_lead: lead.into_iter().next().map(|lead| lead.name),
        team_members: members.into_iter().map(|member| member.name).collect(),
        audit_dates: content.audit_dates,
        pnbp_amount: sum(|line| line.channel == Channel::PnbpBilling),
        travel_amount: sum(travels),
        other_amount: sum(|line| line.channel != Channel::PnbpBilling && !is_travel(line.kind)),
    }
}

fn is_travel(kind: CostKind) -> bool {
    matches!(
        kind,
        CostKind::TravelPerDiem | CostKind::TravelLodging | CostKind::TravelTransport
    )
}
