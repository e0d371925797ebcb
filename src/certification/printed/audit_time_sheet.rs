//! The sheet of the audit time (lembar perhitungan waktu audit) as a document.

use serde_json::{Value, json};

use super::words;
use crate::certification::audit_time::{AuditTime, AuditTimeRule};
use crate::certification::form::ApplicationForm;
use crate::error::Result;
use crate::identity::signed_in::today;
use crate::typesetting::{Document, LetterEnding, Template, day_in_words};

/// Builds the sheet of application `number`. The system issues it, so it bears no signature.
pub fn audit_time_sheet(
    time: &AuditTime,
    number: &str,
    application: &ApplicationForm,
) -> Result<Document> {
    let (form, result, day) = (&time.form, &time.result, today(time.recorded_at));
    let personnel = form.personnel.iter().map(|one| {
        json!({
            "name": one.name, "people": one.people, "hours": one.hours_a_day,
            "percent": one.counted_percent, "reason": one.reason,
        })
    });
    let adjustments = form.adjustments.iter().map(|one| {
        json!({"ground": one.code.office_term(), "percent": signed(one.percent), "reason": one.reason})
    });
    let body = json!({
        "application": number,
        "company": application.company.name,
        "scheme": words::scheme(application.scheme, application.facts.certification_type),
        "products": application.products,
        "scope": application.scope,
        "kind": words::kind(application.kind),
        "seq": time.seq,
        "recorded": day_in_words(day),
        "by": time.recorded_by,
        "by_table": form.rule == AuditTimeRule::IafMd5,
        "personnel": personnel.collect::<Vec<Value>>(),
        "complexity": form.complexity.map(crate::certification::audit_time::Complexity::office_term),
        "adjustments": adjustments.collect::<Vec<Value>>(),
        "reason": form.reason,
        "codes": form.technical_codes,
        "effective": result.effective_personnel,
        "table_days": result.table_days.map(|days| days.to_string()),
        "share": result.share,
        "adjustment": signed(result.adjustment_percent),
        "man_days": result.man_days.to_string(),
        "on_site": result.on_site_days.to_string(),
        "on_site_percent": form.on_site_percent,
        "source": result.table_source.as_ref().zip(result.table_version).map(|(source, version)| format!("{}; versi {version}", source.id)),
    });
    Document::new(
        Template::AuditTime,
        "Lembar Perhitungan Waktu Audit",
        day,
        &format!("{number}-waktu-audit-{}", time.seq),
        &LetterEnding::Issued,
        &body,
    )
}

/// The per cents with a sign.
fn signed(percent: i32) -> String {
    match percent {
        ..0 => format!("−{} %", percent.unsigned_abs()),
        0 => "0 %".to_owned(),
        1.. => format!("+{percent} %"),
    }
}
