//! The audit notice (surat pemberitahuan audit) on paper: the letter, and as its enclosures team and cost.

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::{Value, json};

use super::words;
use crate::certification::billing::BillingView;
use crate::certification::form::ApplicationForm;
use crate::certification::notice::{Mark, NoticeContent, NoticeView};
use crate::error::Result;
use crate::identity::signed_in::today;
use crate::typesetting::{
    Document, Final, LetterEnding, Signer, Template, day_in_words, moment_in_words, rupiah,
    rupiah_in_words,
};

/// What the letter is made of, beside how it ends.
#[derive(Debug, Clone)]
pub struct AuditNotice<'a> {
    /// What was drafted, initialled and signed: the whole of what is printed, but for what follows.
    pub content: &'a NoticeContent,
    /// The day it was drafted on, which is the day of a draft's PDF.
    pub drafted_on: NaiveDate,
    /// The initials (paraf) on it; a draft shows them.
    pub initials: Vec<&'a Mark>,
    /// The kode billing, once there is one. A letter that is signed before its billing says that the code comes with its dispatch.
    pub billing: Option<Billing<'a>>,
}

/// A kode billing as the letter names it.
#[derive(Debug, Clone, Copy)]
pub struct Billing<'a> {
    /// Fifteen digits.
    pub code: &'a str,
    /// Whole rupiah.
    pub amount: i64,
    /// The last moment it can be paid.
    pub expires_at: DateTime<Utc>,
}

/// The audit notice as a paper to be set.
///
/// # Errors
/// Our own fault when it has no JSON form.
pub fn audit_notice(letter: &AuditNotice<'_>, finish: &LetterEnding) -> Result<Document> {
    let AuditNotice {
        content,
        drafted_on,
        initials,
        billing,
    } = letter;
    let (date, name) = match finish {
        LetterEnding::Draft | LetterEnding::Issued => (
            *drafted_on,
            format!("{}-konsep-pemberitahuan-audit", content.application_number),
        ),
        LetterEnding::Final(end) => (end.date, end.number.clone()),
    };
    let team: Vec<Value> = content
        .team
        .iter()
        .map(|member| json!({"name": member.name, "role": words::role(member.role)}))
        .collect();
    let initials: Vec<Value> =
        initials.iter().map(|mark| json!({"capacity": mark.capacity, "name": mark.name, "date": day_in_words(today(mark.at))})).collect();
    let body = json!({
        "application": content.application_number,
        "company": content.company,
        "address": content.address,
        "site": content.site.as_ref().map(|site| json!({"name": site.name, "address": site.address, "regency": site.regency, "province": site.province})),
        "scheme": words::scheme(content.scheme, content.certification_type),
        "products": content.products,
        "scope": content.scope,
        "kind": words::kind(content.kind),
        "team": team,
        "dates": words::days(&content.audit_dates),
        "cost": words::cost(&content.cost_lines),
        "billing_due": content.billing_total > 0,
        "billing": billing.map(|billing| json!({
            "code": billing.code,
            "amount": rupiah(billing.amount),
            "words": rupiah_in_words(billing.amount),
            "expires": moment_in_words(billing.expires_at),
        })),
        "initials": initials,
        "title": crate::sop::role::Role::Head.office_term(),
    });
    Document::new(
        Template::AuditNotice,
        "Surat Pemberitahuan Audit",
        date,
        &name,
        finish,
        &body,
    )
}

/// The audit notice as it stands: a draft, or signed as its mark says. Without a place to verify it, room is left for ink. What an old draft does not say
/// itself is taken from `application`.
///
/// # Errors
/// Our own fault when it has no JSON form.
pub fn as_it_stands(
    notice: &NoticeView,
    application: &ApplicationForm,
    billing: Option<&BillingView>,
) -> Result<Document> {
    let finish = notice
        .signature
        .as_ref()
        .zip(notice.number.as_ref())
        .map_or(LetterEnding::Draft, |(mark, number)| {
            let signer = Signer::of(&mark.capacity, &mark.name);
            LetterEnding::Final(Box::new(Final {
                number: number.clone(),
                date: today(mark.at),
                signer,
                verification: None,
            }))
        });
    let content = notice.content.completed_from(application);
    let letter = AuditNotice {
        content: &content,
        drafted_on: today(notice.drafted_at),
        initials: [&notice.letter_initial, &notice.cost_initial]
            .into_iter()
            .flatten()
            .collect(),
        billing: billing.map(|billing| Billing {
            code: &billing.code,
            amount: billing.amount,
            expires_at: billing.expires_at,
        }),
    };
    audit_notice(&letter, &finish)
}
