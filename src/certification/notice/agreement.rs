//! The rules that bind the audit notice between steps 4 and 8 to the agreement with the customer.
//! `decide_draft` is the only constructor of [`AgreementProof`], which `store::add` requires for
//! each draft; the desk calls `drafting::must_hold` before each task of `sop::KEEPS_AGREEMENT`. The
//! rules for proposals and answers are in `confirmation`.

use chrono::NaiveDate;

use super::{NoticeContent, NoticeForm};
use crate::casework::next::NextView;
use crate::certification::auditors::TeamMember;
use crate::certification::confirmation::Confirmation;
use crate::certification::cost::{self, Channel, CostLine};
use crate::certification::sop::KEEPS_AGREEMENT;
use crate::certification::team::rules::{MAX_DAYS_UNSTATED, NOTICE_WORKING_DAYS};
use crate::error::{Code, Error, FieldError, Result, Text, fault, text};
use crate::sop::table::Task as _;
use crate::sop::working_time::Calendar;

/// The terms of a notice that need the customer's agreement.
#[derive(Debug)]
pub struct NoticeTerms<'a> {
    team: Vec<TeamMember>,
    audit_dates: &'a [NaiveDate],
    cost_lines: &'a [CostLine],
}

impl<'a> From<&'a NoticeForm> for NoticeTerms<'a> {
    fn from(form: &'a NoticeForm) -> Self {
        Self {
            team: form.team.clone(),
            audit_dates: &form.audit_dates,
            cost_lines: &form.cost_lines,
        }
    }
}

impl<'a> From<&'a NoticeContent> for NoticeTerms<'a> {
    fn from(content: &'a NoticeContent) -> Self {
        let team = content.team.iter().map(|member| TeamMember {
            auditor_id: member.auditor_id,
            role: member.role,
        });
        Self {
            team: team.collect(),
            audit_dates: &content.audit_dates,
            cost_lines: &content.cost_lines,
        }
    }
}

/// Why a notice deviates from the customer's answer. The customer must confirm again (step 4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deviation {
    /// The customer did not accept the cost, or did not answer.
    CostNotAccepted,
    /// A cost has another way of payment than the customer accepted.
    PayerChanged,
    /// The cost in this way of payment exceeds the accepted cost.
    CostExceeded(Channel),
    /// The customer objected to a member of the team.
    MemberObjectedTo,
    /// A member was not proposed to the customer, or was proposed in another role.
    MemberNotShown,
    /// The day the customer chose is not in the future.
    DatePassed,
}

impl Deviation {
    /// The reason in both languages.
    pub fn reason(self) -> Text {
        match self {
            Self::CostNotAccepted => text(
                "Pelanggan belum menyetujui biaya: konfirmasi ulang.",
                "The customer has not accepted the cost: confirm again.",
            ),
            Self::PayerChanged => text(
                "Ada biaya dengan cara bayar lain daripada yang disetujui pelanggan: konfirmasi ulang.",
                "A cost is paid in another way than the customer accepted: confirm again.",
            ),
            Self::CostExceeded(channel) => {
                let Text { id, en } = channel.words();
                text(
                    format!("Biaya {id} melebihi yang disetujui pelanggan: konfirmasi ulang."),
                    format!("The cost {en} exceeds what the customer accepted: confirm again."),
                )
            }
            Self::MemberObjectedTo => text(
                "Anggota tim ditolak pelanggan: konfirmasi ulang.",
                "The customer objected to a member of the team: confirm again.",
            ),
            Self::MemberNotShown => text(
                "Anggota tim, atau perannya, tidak termasuk yang diusulkan kepada pelanggan: konfirmasi ulang.",
                "A member of the team, or their role, was not proposed to the customer: confirm again.",
            ),
            Self::DatePassed => text(
                "Tanggal audit yang dipilih pelanggan sudah tiba atau lewat: konfirmasi ulang.",
                "The audit date chosen by the customer has come or has passed: confirm again.",
            ),
        }
    }
}

/// The first deviation of `terms` from `agreed` on the day `today`, if there is one.
pub fn deviation(
    terms: &NoticeTerms<'_>,
    agreed: &Confirmation,
    today: NaiveDate,
) -> Option<Deviation> {
    let Some(answer) = agreed.answer.as_ref().filter(|answer| answer.accepts_cost) else {
        return Some(Deviation::CostNotAccepted);
    };
    let objected = |member: &TeamMember| {
        answer
            .objections
            .iter()
            .any(|objection| objection.auditor_id == member.auditor_id)
    };
    let accepted = &agreed.proposal.cost_estimate;
    let exceeded = Channel::ALL
        .into_iter()
        .find(|channel| cost::total(terms.cost_lines, *channel) > cost::total(accepted, *channel));
    if changes_payer(terms.cost_lines, accepted) {
        Some(Deviation::PayerChanged)
    } else if let Some(channel) = exceeded {
        Some(Deviation::CostExceeded(channel))
    } else if terms.team.iter().any(objected) {
        Some(Deviation::MemberObjectedTo)
    } else if !terms
        .team
        .iter()
        .all(|member| agreed.proposal.proposed_team.contains(member))
    {
        Some(Deviation::MemberNotShown)
    } else {
        (answer.chosen_date <= today).then_some(Deviation::DatePassed)
    }
}

/// True if a line is paid in another way than the same cost among the `accepted` lines. The same
/// cost has the same code on the price list or, by hand, the same kind and description.
fn changes_payer(lines: &[CostLine], accepted: &[CostLine]) -> bool {
    let is_same = |line: &CostLine, other: &CostLine| match (&line.tariff_code, &other.tariff_code)
    {
        (Some(code), Some(other)) => code == other,
        (None, None) => line.kind == other.kind && line.description == other.description,
        (Some(_), None) | (None, Some(_)) => false,
    };
    lines.iter().any(|line| {
        let mut same = accepted
            .iter()
            .filter(|other| is_same(line, other))
            .peekable();
        same.peek().is_some() && !same.any(|other| other.channel == line.channel)
    })
}

/// Validates the days of `terms`: they begin on the day the customer chose, skip no working day,
/// and have the agreed number.
pub fn date_errors(
    terms: &NoticeTerms<'_>,
    agreed: &Confirmation,
    calendar: &Calendar,
) -> Vec<FieldError> {
    let (days, mut faults) = (terms.audit_dates, Vec::new());
    if days.first().copied() != agreed.answer.as_ref().map(|answer| answer.chosen_date) {
        faults.push(fault(
            "/audit_dates/0",
            "not_agreed",
            "Hari pertama harus tanggal yang dipilih pelanggan.",
            "The first day must be the one the customer chose.",
        ));
    }
    let gap = days
        .windows(2)
        .position(|pair| calendar.has_working_day_between(pair[0], pair[1]));
    if let Some(gap) = gap {
        faults.push(fault(
            format!("/audit_dates/{}", gap + 1),
            "not_agreed",
            "Hari audit harus berurutan tanpa melewatkan hari kerja.",
            "Audit days must be consecutive: no working day may be skipped.",
        ));
    }
    let wrong_number = match agreed.proposal.audit_days {
        Some(agreed) if days.len() != usize::from(agreed) => Some((
            format!("Lama audit yang disepakati {agreed} hari."),
            format!("The agreed number of days is {agreed}."),
        )),
        None if days.len() > usize::from(MAX_DAYS_UNSTATED) => Some((
            format!(
                "Lama audit tidak disebutkan dalam usulan: paling banyak {MAX_DAYS_UNSTATED} hari."
            ),
            format!("The proposal states no number of days: at most {MAX_DAYS_UNSTATED}."),
        )),
        Some(_) | None => None,
    };
    faults.extend(wrong_number.map(|(id, en)| fault("/audit_dates", "not_agreed", id, en)));
    faults
}

/// Errors for a missing reason: it is required for an audit on a non-working day and for short
/// notice.
pub fn reason_errors(form: &NoticeForm, calendar: &Calendar, today: NaiveDate) -> Vec<FieldError> {
    if form.reason.is_some() {
        return Vec::new();
    }
    let mut faults = Vec::new();
    if let Some(day) = form
        .audit_dates
        .iter()
        .find(|day| !calendar.is_working_day(**day))
    {
        faults.push(fault(
            "/reason",
            "missing_field",
            format!("{day} bukan hari kerja: isi alasannya."),
            format!("{day} is not a working day: give a reason."),
        ));
    }
    let notice = form.audit_dates.first().map(|first| {
        calendar
            .working_days(today, *first)
            .take(NOTICE_WORKING_DAYS)
            .count()
    });
    if notice.is_some_and(|days| days < NOTICE_WORKING_DAYS) {
        faults.push(fault(
            "/reason",
            "missing_field",
            format!("Kurang dari {NOTICE_WORKING_DAYS} hari kerja sebelum audit: isi alasannya."),
            format!(
                "Fewer than {NOTICE_WORKING_DAYS} working days before the audit: give a reason."
            ),
        ));
    }
    faults
}

/// Proof that a draft was checked against the agreement.
#[derive(Debug)]
pub struct AgreementProof(());

/// The result of checking a draft.
#[derive(Debug)]
pub enum DraftDecision {
    /// The draft may be stored.
    Keeps(AgreementProof),
    /// The customer must confirm again (step 4).
    AskAgain(Deviation),
}

/// Checks a draft against the agreement. `others` are the caller's other validation errors,
/// reported together.
pub fn decide_draft(
    form: &NoticeForm,
    agreed: &Confirmation,
    calendar: &Calendar,
    today: NaiveDate,
    others: Vec<FieldError>,
) -> Result<DraftDecision> {
    let terms = NoticeTerms::from(form);
    if let Some(why) = deviation(&terms, agreed, today) {
        return Ok(DraftDecision::AskAgain(why));
    }
    let mut faults = date_errors(&terms, agreed, calendar);
    faults.extend(reason_errors(form, calendar, today));
    faults.extend(others);
    if faults.is_empty() {
        Ok(DraftDecision::Keeps(AgreementProof(())))
    } else {
        Err(Error::invalid(faults))
    }
}

/// Marks the tasks of `KEEPS_AGREEMENT` in `next` as refused if the first day of the audit has
/// come: such a notice can be neither signed nor sent.
pub fn disallow_past_audit(
    next: &mut [NextView],
    audit_begins: Option<NaiveDate>,
    today: NaiveDate,
) {
    if audit_begins.is_none_or(|day| day > today) {
        return;
    }
    for entry in next.iter_mut().filter(|entry| {
        entry.allowed && KEEPS_AGREEMENT.iter().any(|task| task.code() == entry.task)
    }) {
        entry.allowed = false;
        entry.refusal = Some(Code::Conflict.row().code);
        entry.reason = Some(Deviation::DatePassed.reason());
    }
}

#[cfg(test)]
mod tests;
