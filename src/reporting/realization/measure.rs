//! From what is kept of a file to its row: minutes from the ledger, everything else from what was written with the journal. Pure.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::row::{
    BillingRealization, Deficiency, NoticeRealization, RealizationRow, RoundRealization,
    StepRealization,
};
use crate::casework::ledger::{self, Spent, Turn};
use crate::certification::auditors::TeamRole;
use crate::certification::cost::{Channel, CostKind, CostLine};
use crate::certification::facts::{ApplicationKind, BusinessScale};
use crate::certification::form::Product;
use crate::certification::notice::NoticeContent;
use crate::certification::schemes::SchemeCode;
use crate::certification::sop::{SOP, Stage};
use crate::certification::verification::DeficiencyItem;
use crate::ids::ApplicationId;
use crate::sop::table::{Party, Within};
use crate::sop::working_time::{Calendar, WIB};

/// What is kept of a file, as far as the record asks for it.
#[derive(Debug, Clone)]
pub struct Kept {
    /// Its id.
    pub id: ApplicationId,
    /// Its number.
    pub number: Option<String>,
    /// When it was sent in.
    pub received_at: DateTime<Utc>,
    /// Organisation of the account.
    pub customer: String,
    /// Company of the form.
    pub company: String,
    /// Regency and province of the site.
    pub site: (Option<String>, Option<String>),
    /// Which service.
    pub scheme: SchemeCode,
    /// What was asked for.
    pub kind: ApplicationKind,
    /// Products of the form.
    pub products: Vec<Product>,
    /// Scope of the form.
    pub scope: Option<String>,
    /// Scale of the business.
    pub scale: Option<BusinessScale>,
    /// Where it is.
    pub stage: Stage,
    /// Who of the office did a step.
    pub officers: Vec<String>,
    /// Its ledger.
    pub turns: Vec<Turn>,
    /// Its deficiency sheets, in order.
    pub sheets: Vec<Vec<DeficiencyItem>>,
    /// Its signed notice.
    pub notice: Option<Signed>,
    /// Its e-billing that is to be paid, or was; else its newest.
    pub billing: Option<BillingRealization>,
    /// What was said when its road ended aside.
    pub remark: Option<String>,
    /// The version of its calendar.
    pub calendar_version: i32,
}

/// A signed notice as kept.
#[derive(Debug, Clone)]
pub struct Signed {
    /// Its number.
    pub number: String,
    /// When it was signed.
    pub at: DateTime<Utc>,
    /// When it was sent.
    pub sent_at: Option<DateTime<Utc>>,
    /// What it says.
    pub content: NoticeContent,
}

/// The row of `kept` at `now`, the `no`-th of its report.
#[must_use]
pub fn row(kept: Kept, calendar: &Calendar, now: DateTime<Utc>, no: i64) -> RealizationRow {
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
#[must_use]
pub fn office_standard() -> i64 {
    let office = SOP
        .rows
        .iter()
        .filter(|row| row.actor.party() == Party::Office);
    office
        .filter_map(|row| row.within)
        .map(|Within(minutes)| i64::from(minutes))
        .sum()
}

/// Every numbered step, measured from the ledger.
#[must_use]
pub fn steps(turns: &[Turn], calendar: &Calendar, now: DateTime<Utc>) -> Vec<StepRealization> {
    let spent = ledger::spent(turns, calendar, now);
    let numbered = SOP
        .rows
        .iter()
        .filter_map(|row| Some((row.no?, row.actor.party(), row.within?)));
    let step = |(no, party, Within(standard)): (u8, Party, Within)| {
        let rounds: Vec<Spent> = spent
            .iter()
            .filter(|spent| spent.step == no)
            .copied()
            .collect();
        step(no, party, i64::from(standard), &rounds)
    };
    numbered.map(step).collect()
}

fn step(no: u8, party: Party, standard: i64, rounds: &[Spent]) -> StepRealization {
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

/// A round that has used up its time is late while it still runs; one that has not may yet be.
fn round(spent: &Spent, standard: i64) -> RoundRealization {
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
        requirement,
        title_id,
        title_en,
        ..
    } in sheets.into_iter().flatten()
    {
        let known = counts.entry(requirement.clone()).or_insert(Deficiency {
            requirement,
            title_id,
            title_en,
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
    Signed {
        number,
        at: signed_at,
        sent_at,
        content,
    }: Signed,
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
