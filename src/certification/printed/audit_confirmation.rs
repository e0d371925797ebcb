//! The confirmation sheet (lembar konfirmasi audit) as a document: with the customer's answer, or
//! with blanks to be filled in by hand.

use serde_json::{Value, json};

use super::words;
use crate::certification::confirmation::Confirmation;
use crate::certification::form::ApplicationForm;
use crate::error::Result;
use crate::identity::signed_in::today;
use crate::ids::AuditorId;
use crate::typesetting::{
    Document, LetterEnding, Template, day_in_words, moment_in_words, weekday_in_words,
};

/// Builds the sheet of application `number`. `application` is the form in the sheet's round.
/// `names` are the names of the proposed team, in the team's order, at the time of sending: the
/// customer may object to members and so must know their names.
pub fn audit_confirmation(
    sheet: &Confirmation,
    number: &str,
    application: &ApplicationForm,
    names: &[String],
) -> Result<Document> {
    let (proposal, answer) = (&sheet.proposal, sheet.answer.as_ref());
    let names = names
        .iter()
        .map(String::as_str)
        .chain(std::iter::repeat("-"));
    let objection = |id: AuditorId| {
        answer
            .and_then(|answer| answer.objections.iter().find(|one| one.auditor_id == id))
            .map(|one| one.reason.as_str())
    };
    let team = proposal
        .proposed_team
        .iter()
        .zip(names)
        .map(|(member, name)| json!({"name": name, "role": words::role(member.role), "objection": objection(member.auditor_id)}));
    let dates = proposal
        .proposed_dates
        .iter()
        .map(|day| json!({"date": weekday_in_words(*day), "chosen": answer.is_some_and(|answer| answer.chosen_date == *day)}));
    let answer = answer
        .zip(sheet.answered_at)
        .map(|(answer, at)| json!({"chosen": weekday_in_words(answer.chosen_date), "accepts": answer.accepts_cost, "cost_reason": answer.cost_reason, "at": moment_in_words(at)}));
    let body = json!({
        "application": number,
        "seq": sheet.seq,
        "company": application.company.name,
        "scheme": words::scheme(application.scheme, application.facts.certification_type),
        "products": application.products,
        "scope": application.scope,
        "kind": words::kind(application.kind),
        "sent": day_in_words(today(sheet.sent_at)),
        "answer_by": moment_in_words(proposal.answer_by),
        "audit_days": proposal.audit_days,
        "dates": dates.collect::<Vec<Value>>(),
        "team": team.collect::<Vec<Value>>(),
        "cost": words::cost(&proposal.cost_estimate),
        "answer": answer,
    });
    let day = today(sheet.answered_at.unwrap_or(sheet.sent_at));
    let name = format!("{number}-konfirmasi-audit-{}", sheet.seq);
    Document::new(
        Template::AuditConfirmation,
        "Lembar Konfirmasi Audit",
        day,
        &name,
        &LetterEnding::Issued,
        &body,
    )
}
