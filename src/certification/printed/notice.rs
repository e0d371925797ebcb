//! The audit notice (surat pemberitahuan audit) as a document: the letter, with the cost as its
//! enclosure.

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::{Value, json};

use super::words;
use crate::certification::billing::BillingView;
use crate::certification::form::ApplicationForm;
use crate::certification::notice::{Mark, NoticeContent, NoticeView};
use crate::error::Result;
use crate::identity::signed_in::today;
use crate::typesetting::{
    Document, LetterEnding, SignatureBlock, Signer, Template, day_in_words, moment_in_words,
    rupiah, rupiah_in_words,
};

/// The data of the letter, without its ending.
#[derive(Debug, Clone)]
pub struct AuditNotice<'a> {
    /// The drafted, initialled and signed content.
    pub content: &'a NoticeContent,
    /// Date of the draft; the date of a draft's PDF.
    pub drafted_on: NaiveDate,
    /// The initials (paraf); printed on a draft only.
    pub initials: Vec<&'a Mark>,
    /// The kode billing, if there is one. Without it, the letter states that the code is sent at
    /// dispatch.
    pub billing: Option<Billing<'a>>,
}

/// A kode billing, as printed in the letter.
#[derive(Debug, Clone, Copy)]
pub struct Billing<'a> {
    /// The code, fifteen digits.
    pub code: &'a str,
    /// Amount in whole rupiah.
    pub amount: i64,
    /// Last moment to pay.
    pub expires_at: DateTime<Utc>,
}

/// Builds the letter with the given ending.
pub fn audit_notice(letter: &AuditNotice<'_>, ending: &LetterEnding) -> Result<Document> {
    let AuditNotice {
        content,
        drafted_on,
        initials,
        billing,
    } = letter;
    let (date, name) = match ending {
        LetterEnding::Draft | LetterEnding::Issued => (
            *drafted_on,
            format!("{}-konsep-pemberitahuan-audit", content.application_number),
        ),
        LetterEnding::Signed(end) => (end.date, end.number.clone()),
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
        ending,
        &body,
    )
}

/// Builds the letter in its current state: a draft, or signed without a verification link, with
/// space for a signature in ink. Missing parts of an old draft are taken from `application`.
pub fn current_document(
    notice: &NoticeView,
    application: &ApplicationForm,
    billing: Option<&BillingView>,
) -> Result<Document> {
    let ending = notice
        .signature
        .as_ref()
        .zip(notice.number.as_ref())
        .map_or(LetterEnding::Draft, |(mark, number)| {
            let signer = Signer::new(&mark.capacity, &mark.name);
            LetterEnding::Signed(Box::new(SignatureBlock {
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
    audit_notice(&letter, &ending)
}
