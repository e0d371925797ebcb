//! Planning an audit: the rules of audit teams, suggestions of teams, and the audit time.

use actix_web::{get, post};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::audit_time::{self, AuditTime};
use super::auditors::http::RosterReaders;
use super::printed::audit_time_sheet;
use super::store as applications;
use super::team::rules::{LIMITS, MAX_AUDIT_DAYS, ROLES, RoleRule, TeamLimit};
use super::team::store::{self, Audit};
use super::team::suggestion::{TeamSuggestion, suggest};
use super::team::{TeamNeed, audit_span, check_audit_days};
use super::views::AtApplication;
use crate::casework::desk::Desk;
use crate::error::{Code, Error, FieldError, OrNotFound as _, Result, fault};
use crate::identity::signed_in::today;
use crate::identity::{AllowedRoles as _, Restricted};
use crate::sop::gate::Principal;
use crate::sop::role::codes;
use crate::typesetting::Typesetter;
use crate::web::body::Validate;
use crate::web::{
    Body, Format, FormatQuery, JsonOrPdf, PathParam, PdfFile, Provided, Reply, RequestedFormat,
};

/// The most auditors that a suggestion names beside the lead.
const MAX_AUDITORS: u8 = 20;

/// The rules of audit teams.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct TeamRules {
    /// The number of people in each role.
    pub roles: &'static [RoleRule],
    /// The limits behind the warnings.
    pub limits: &'static [TeamLimit],
}

/// Read the rules of audit teams (aturan susunan tim).
///
/// The composition and the limits behind warnings, each with its basis.
#[utoipa::path(tag = "audit teams", responses((status = 200, body = TeamRules)), extensions(("x-roles" = json!(codes(RosterReaders::ROLES)))))]
#[get("/audit-team-rules")]
pub async fn read_team_rules(_: Restricted<RosterReaders, Desk>) -> Reply<TeamRules> {
    Reply::ok(TeamRules {
        roles: ROLES,
        limits: LIMITS,
    })
}

/// The audit for which a team is suggested.
#[derive(Debug, Clone, Copy, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SuggestionForm {
    /// The first day of the audit.
    #[schema(example = "2026-07-20")]
    pub first_day: NaiveDate,
    /// Length of the audit in days. Left out: from the recorded audit time.
    #[serde(default)]
    #[schema(example = 2, minimum = 1, maximum = 60)]
    pub audit_days: Option<u16>,
    /// Auditors beside the lead. Left out: from the recorded audit time and the days, else none.
    #[serde(default)]
    #[schema(example = 1, minimum = 0, maximum = 20)]
    pub auditors: Option<u8>,
}

impl Validate for SuggestionForm {
    fn errors(&self) -> Vec<FieldError> {
        let mut faults = Vec::new();
        check_audit_days(&mut faults, self.audit_days);
        if self.auditors.is_some_and(|number| number > MAX_AUDITORS) {
            faults.push(fault(
                "/auditors",
                "wrong_value",
                "Paling banyak 20 auditor.",
                "At most 20 auditors.",
            ));
        }
        faults
    }
}

impl SuggestionForm {
    /// The days and the number of auditors beside the lead, from `on_site` half days of audit time
    /// where they are left out.
    fn size(self, on_site: Option<u32>) -> Option<(u16, usize)> {
        let given = self.auditors.map(usize::from);
        let days = match (self.audit_days, on_site) {
            (Some(days), _) => days,
            (None, None) => return None,
            (None, Some(halves)) => {
                let people = u32::try_from(1 + given.unwrap_or(0)).unwrap_or(1);
                let days = u16::try_from(halves.div_ceil(2 * people));
                days.map_or(MAX_AUDIT_DAYS, |days| days.clamp(1, MAX_AUDIT_DAYS))
            }
        };
        let people = on_site.map(|halves| halves.div_ceil(2 * u32::from(days)));
        let more = people.map_or(0, |people| {
            usize::try_from(people.saturating_sub(1)).unwrap_or_default()
        });
        Some((
            days,
            given.unwrap_or_else(|| more.min(usize::from(MAX_AUDITORS))),
        ))
    }
}

/// Suggest an audit team (usulan tim audit).
///
/// The scarcest role first, then the person with the fewest audit days in twelve months: the same
/// facts give the same team. Every other person is listed with the reasons. Nothing is booked.
#[utoipa::path(
    tag = "audit teams", params(AtApplication), request_body = SuggestionForm, responses((status = 200, body = TeamSuggestion)),
    extensions(("x-roles" = json!(codes(RosterReaders::ROLES))), ("x-reply-kept" = json!(false)))
)]
#[post("/applications/{id}/team-suggestions")]
pub async fn suggest_team(
    desk: Desk,
    at: PathParam<AtApplication>,
    form: Body<SuggestionForm>,
) -> Result<Reply<TeamSuggestion>> {
    desk.database()
        .read(async |c| {
            let record = applications::find(c, at.0.id, Principal::User(desk.signed_in()))
                .await?
                .or_not_found()?;
            desk.signed_in().must_be_one_of(RosterReaders::ROLES)?;
            let time = audit_time::store::latest(c, at.0.id).await?;
            let need = TeamNeed::of(&record.form, time.as_ref());
            let Some(size) = form.0.size(need.on_site) else {
                return Err(Error::invalid(vec![fault(
                    "/audit_days",
                    "missing_field",
                    "Isi lama audit, atau catat waktu audit dahulu.",
                    "Give the number of days, or record the audit time first.",
                )]));
            };
            let calendar = desk
                .request_time()
                .calendars
                .newest(c, record.office)
                .await?;
            let span = audit_span(&calendar, form.0.first_day, Some(size.0));
            let audit = Audit {
                office: record.office,
                application: at.0.id,
                customer: record.customer,
                scheme: record.form.scheme,
                spans: &[span],
                today: today(desk.request_time().now),
            };
            let people = store::candidates(c, audit, None).await?;
            Ok(Reply::ok(suggest(&people, &need, span, size)))
        })
        .await
}

/// Read the audit time (waktu audit).
///
/// The latest record. As PDF it is a sheet for the file.
#[utoipa::path(tag = "audit teams", params(AtApplication, FormatQuery), responses((status = 200, content((AuditTime = "application/json"), (PdfFile = "application/pdf")))))]
#[get("/applications/{id}/audit-time")]
pub async fn read_audit_time(
    desk: Desk,
    at: PathParam<AtApplication>,
    wanted: RequestedFormat,
    typesetter: Provided<Typesetter>,
) -> Result<JsonOrPdf<AuditTime>> {
    let (record, time) = desk
        .database()
        .read(async |c| {
            let record = applications::find(c, at.0.id, Principal::User(desk.signed_in()))
                .await?
                .or_not_found()?;
            Ok((record, audit_time::store::latest(c, at.0.id).await?))
        })
        .await?;
    let time = time.ok_or_else(|| Error::new(Code::NotFound))?;
    match wanted.0 {
        Format::Json => Ok(JsonOrPdf::Json(Reply::ok(time).read_only())),
        Format::Pdf => {
            let number = record.number.as_deref().unwrap_or_default();
            let sheet = audit_time_sheet(&time, number, &record.form)?;
            typesetter
                .0
                .pdf_response(sheet, desk.request())
                .await
                .map(JsonOrPdf::Pdf)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_suggested_length_can_be_proposed() {
        let form = |auditors| SuggestionForm {
            first_day: NaiveDate::default(),
            audit_days: None,
            auditors,
        };
        assert_eq!(form(None).size(Some(5)), Some((3, 0)));
        assert_eq!(form(Some(1)).size(Some(5)), Some((2, 1)));
        assert_eq!(form(None).size(Some(200)), Some((MAX_AUDIT_DAYS, 1)));
        assert_eq!(form(Some(0)).size(Some(200)), Some((MAX_AUDIT_DAYS, 0)));
    }
}
