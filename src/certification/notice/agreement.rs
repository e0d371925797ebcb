//! What must hold between steps 4 and 8: the audit notice keeps to what the customer agreed to. The rules stand here, beside the table. `judge` is the only
//! maker of [`Kept`], without which no draft is stored; the desk asks `drafting::must_hold` before each task of `sop::KEEPS_AGREEMENT`. Rules on proposals and
//! answers themselves are in `confirmation`.

use chrono::NaiveDate;

use super::{NoticeContent, NoticeForm};
use crate::casework::next::NextView;
use crate::certification::auditors::TeamMember;
use crate::certification::confirmation::Confirmation;
use crate::certification::cost::{self, CostLine};
use crate::certification::sop::KEEPS_AGREEMENT;
use crate::error::{Code, Error, FieldError, Result, Text, fault, text};
use crate::sop::table::Task as _;
use crate::sop::working_time::Calendar;

/// Working days from the day of the draft, itself not counted, to the first day of the audit. Less notice needs a reason.
pub const NOTICE_DAYS: usize = 10;

/// The most days that a proposal without `audit_days` stands for: one working week.
pub const DAYS_UNSAID: usize = 5;

/// The terms of a notice that were agreed with the customer.
#[derive(Debug)]
pub struct Terms<'a> {
    team: Vec<TeamMember>,
    audit_dates: &'a [NaiveDate],
    cost_lines: &'a [CostLine],
}

impl<'a> From<&'a NoticeForm> for Terms<'a> {
    fn from(form: &'a NoticeForm) -> Self {
        Self {
            team: form.team.clone(),
            audit_dates: &form.audit_dates,
            cost_lines: &form.cost_lines,
        }
    }
}

impl<'a> From<&'a NoticeContent> for Terms<'a> {
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

/// Why the customer's answer does not cover a notice: the customer must be asked again (step 4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Uncovered {
    /// The customer did not accept the cost, or did not answer.
    CostNotAccepted,
    /// It costs more than was accepted.
    Dearer,
    /// A member of the team was objected to.
    MemberObjectedTo,
    /// A member was not shown to the customer, or in another role.
    MemberNotShown,
    /// The day the customer chose is not in the future.
    DayOver,
}

impl Uncovered {
    /// Why, in both languages.
    #[must_use]
    pub fn reason(self) -> Text {
        match self {
            Self::CostNotAccepted => text(
                "Pelanggan belum menyetujui biaya: konfirmasi ulang.",
                "The customer did not accept the cost: ask again.",
            ),
            Self::Dearer => text(
                "Biaya melebihi yang disetujui pelanggan: konfirmasi ulang.",
                "It costs more than the customer accepted: ask again.",
            ),
            Self::MemberObjectedTo => text(
                "Anggota tim ditolak pelanggan: konfirmasi ulang.",
                "The customer objected to a member of the team: ask again.",
            ),
            Self::MemberNotShown => text(
                "Anggota tim, atau perannya, tidak termasuk yang diusulkan kepada pelanggan: konfirmasi ulang.",
                "A member of the team, or their role, was not proposed to the customer: ask again.",
            ),
            Self::DayOver => text(
                "Tanggal audit yang dipilih pelanggan sudah tiba atau lewat: konfirmasi ulang.",
                "The day the customer chose for the audit has come or is over: ask again.",
            ),
        }
    }
}

/// Why `agreed` does not cover `terms` on the day `today`; nothing when it does.
#[must_use]
pub fn uncovered(terms: &Terms<'_>, agreed: &Confirmation, today: NaiveDate) -> Option<Uncovered> {
    let Some(answer) = agreed.answer.as_ref().filter(|answer| answer.accepts_cost) else {
        return Some(Uncovered::CostNotAccepted);
    };
    let objected = |member: &TeamMember| {
        answer
            .objections
            .iter()
            .any(|objection| objection.auditor_id == member.auditor_id)
    };
    if cost::charged(terms.cost_lines) > cost::charged(&agreed.proposal.cost_estimate) {
        Some(Uncovered::Dearer)
    } else if terms.team.iter().any(objected) {
        Some(Uncovered::MemberObjectedTo)
    } else if !terms
        .team
        .iter()
        .all(|member| agreed.proposal.proposed_team.contains(member))
    {
        Some(Uncovered::MemberNotShown)
    } else {
        (answer.chosen_date <= today).then_some(Uncovered::DayOver)
    }
}

/// What is wrong with the days of `terms`: they begin on the day the customer chose, leave out no working day, and are as many as were agreed.
#[must_use]
pub fn day_faults(
    terms: &Terms<'_>,
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
            "The days of an audit follow each other; no working day lies between them.",
        ));
    }
    let wrong_number = match agreed.proposal.audit_days {
        Some(agreed) if days.len() != usize::from(agreed) => Some((
            format!("Yang disepakati {agreed} hari."),
            format!("Agreed on were {agreed} days."),
        )),
        None if days.len() > DAYS_UNSAID => Some((
            format!("Lama audit tidak disebutkan dalam usulan: paling banyak {DAYS_UNSAID} hari."),
            format!("The proposal did not say how many days: at most {DAYS_UNSAID}."),
        )),
        Some(_) | None => None,
    };
    faults.extend(wrong_number.map(|(id, en)| fault("/audit_dates", "not_agreed", id, en)));
    faults
}

/// What needs a reason and has none: a day that is no working day, and short notice.
#[must_use]
pub fn reason_faults(form: &NoticeForm, calendar: &Calendar, today: NaiveDate) -> Vec<FieldError> {
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
            format!("{day} is no working day: give a reason."),
        ));
    }
    let notice = form.audit_dates.first().map(|first| {
        calendar
            .working_days(today, *first)
            .take(NOTICE_DAYS)
            .count()
    });
    if notice.is_some_and(|days| days < NOTICE_DAYS) {
        faults.push(fault(
            "/reason",
            "missing_field",
            format!("Kurang dari {NOTICE_DAYS} hari kerja sebelum audit: isi alasannya."),
            format!("Less than {NOTICE_DAYS} working days before the audit: give a reason."),
        ));
    }
    faults
}

/// Proof that a draft keeps to the agreement.
#[derive(Debug)]
pub struct Kept(());

/// What becomes of a draft.
#[derive(Debug)]
pub enum Judgement {
    /// It may be stored.
    Keeps(Kept),
    /// The customer must be asked again.
    AskAgain(Uncovered),
}

/// Holds a draft against what was agreed. `others` are what else is wrong with it.
///
/// # Errors
/// `invalid_content` with every fault.
pub fn judge(
    form: &NoticeForm,
    agreed: &Confirmation,
    calendar: &Calendar,
    today: NaiveDate,
    others: Vec<FieldError>,
) -> Result<Judgement> {
    let terms = Terms::from(form);
    if let Some(why) = uncovered(&terms, agreed, today) {
        return Ok(Judgement::AskAgain(why));
    }
    let mut faults = day_faults(&terms, agreed, calendar);
    faults.extend(reason_faults(form, calendar, today));
    faults.extend(others);
    if faults.is_empty() {
        Ok(Judgement::Keeps(Kept(())))
    } else {
        Err(Error::invalid(faults))
    }
}

/// Lets `next` say what an attempt would be told: a notice whose day is over is neither signed nor sent.
pub fn refuse_when_over(next: &mut [NextView], audit_begins: Option<NaiveDate>, today: NaiveDate) {
    if audit_begins.is_none_or(|day| day > today) {
        return;
    }
    for entry in next.iter_mut().filter(|entry| {
        entry.allowed && KEEPS_AGREEMENT.iter().any(|task| task.code() == entry.task)
    }) {
        let Text { id, en } = Uncovered::DayOver.reason();
        entry.allowed = false;
        (entry.refusal, entry.reason_id, entry.reason_en) = (
            Some(Code::Conflict.row().code),
            Some(id.into_owned()),
            Some(en.into_owned()),
        );
    }
}

#[cfg(test)]
mod tests;
