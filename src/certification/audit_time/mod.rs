//! Audit time: calculated from the table of IAF MD 5, or set by hand with a reason where another
//! rule holds (products, ISO 22000, SMK3, green industry). A pure calculation; the record is kept
//! with the file.

pub(crate) mod md5;
pub(crate) mod store;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::auditors::TechnicalCode;
use super::facts::{ApplicationKind, CertificationType};
use super::form::{ApplicationForm, check_line, check_number, check_text};
use super::quantity::Quantity;
use super::schemes::SchemeCode;
use crate::error::{FieldError, Text, fault};
use crate::web::body::{Validate, duplicate_errors};

/// Maximum number of entries in each list.
const MAX_ENTRIES: usize = 50;
/// The largest audit time in days; more is a typing error.
const MAX_DAYS: u32 = 1000;
/// The largest reduction in per cent (IAF MD 5).
pub(crate) const MAX_REDUCTION: i32 = 30;
/// The smallest share of the time on site, in per cent (IAF MD 5).
pub(crate) const MIN_ON_SITE: u8 = 80;

/// The rule that gives the audit time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum AuditTimeRule {
    /// The table of IAF MD 5.
    IafMd5,
    /// Set by hand, with a reason.
    ByHand,
}

/// Complexity (environment) or risk (occupational health and safety) of the activities.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Complexity {
    /// Tinggi.
    High,
    /// Sedang.
    Medium,
    /// Rendah.
    Low,
    /// Terbatas; only for environmental management.
    Limited,
}

impl Complexity {
    /// The Indonesian word.
    pub(crate) fn office_term(self) -> &'static str {
        match self {
            Self::High => "Tinggi",
            Self::Medium => "Sedang",
            Self::Low => "Rendah",
            Self::Limited => "Terbatas",
        }
    }
}

/// People that work alike: a shift, a group with the same hours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PersonnelGroup {
    /// Name of the group.
    #[schema(example = "Gilir 1", min_length = 1, max_length = 200)]
    pub name: String,
    /// Number of people.
    #[schema(example = 30, minimum = 1, maximum = 1_000_000)]
    pub people: u32,
    /// Working hours a day; 8 is full time.
    #[schema(example = 8, minimum = 1, maximum = 8)]
    pub hours_a_day: u8,
    /// Share of the people that counts, in per cent. Less than 100, for instance for repeated work
    /// in several shifts, needs a reason.
    #[serde(default = "whole")]
    #[schema(example = 100, minimum = 1, maximum = 100)]
    pub counted_percent: u8,
    /// Why not all of them count.
    #[serde(default)]
    #[schema(example = json!(null), min_length = 1, max_length = 4000)]
    pub reason: Option<String>,
}

const fn whole() -> u8 {
    100
}

/// The ground of an adjustment of the audit time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum AdjustmentCode {
    /// A complicated site, several buildings or places.
    ComplicatedSite,
    /// Interpreters are needed.
    Language,
    /// Much regulation.
    Regulation,
    /// Complex processes or many different activities.
    ComplexProcesses,
    /// Outsourced processes.
    Outsourcing,
    /// High risk of the activities.
    HighRisk,
    /// Design or other demanding requirements within the scope.
    WideScope,
    /// A mature management system.
    MatureSystem,
    /// The office knows the organisation from other certificates.
    KnownOrganisation,
    /// Simple or automated processes, low risk.
    SimpleProcesses,
    /// Few requirements, for instance no design.
    NarrowScope,
    /// A small site for the number of people.
    SmallSite,
    /// An audit combined with another one.
    CombinedAudit,
    /// Another ground, named in the reason.
    Other,
}

impl AdjustmentCode {
    /// The Indonesian words.
    pub(crate) fn office_term(self) -> &'static str {
        match self {
            Self::ComplicatedSite => "Lokasi rumit",
            Self::Language => "Perlu penerjemah",
            Self::Regulation => "Banyak peraturan",
            Self::ComplexProcesses => "Proses kompleks",
            Self::Outsourcing => "Proses dialihdayakan",
            Self::HighRisk => "Risiko tinggi",
            Self::WideScope => "Lingkup luas",
            Self::MatureSystem => "Sistem sudah matang",
            Self::KnownOrganisation => "Organisasi sudah dikenal",
            Self::SimpleProcesses => "Proses sederhana",
            Self::NarrowScope => "Lingkup sempit",
            Self::SmallSite => "Lokasi kecil",
            Self::CombinedAudit => "Audit gabungan",
            Self::Other => "Alasan lain",
        }
    }
}

/// An adjustment of the audit time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Adjustment {
    /// The ground.
    pub code: AdjustmentCode,
    /// Per cent of the time; a reduction is negative.
    #[schema(example = -10, minimum = -30, maximum = 100)]
    pub percent: i32,
    /// The reason.
    #[schema(
        example = "Sertifikat ISO 14001 dari kantor ini sejak 2021.",
        min_length = 1,
        max_length = 4000
    )]
    pub reason: String,
}

/// The inputs of the audit time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "rule": "iaf_md5",
    "personnel": [{"name": "Gilir 1", "people": 30, "hours_a_day": 8}, {"name": "Paruh waktu", "people": 18, "hours_a_day": 4}],
    "adjustments": [{"code": "known_organisation", "percent": -10, "reason": "Sertifikat ISO 14001 dari kantor ini sejak 2021."}]
}))]
pub(crate) struct AuditTimeForm {
    /// `iaf_md5` for ISO 9001, ISO 14001 and ISO 45001, `by_hand` for every other rule.
    pub rule: AuditTimeRule,
    /// The people within the scope; required by `iaf_md5`.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub personnel: Vec<PersonnelGroup>,
    /// Required by `iaf_md5` for ISO 14001 and ISO 45001.
    #[serde(default)]
    pub complexity: Option<Complexity>,
    /// Adjustments; together they reduce the time by at most 30 per cent.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub adjustments: Vec<Adjustment>,
    /// The time set by hand, in auditor-days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<f64>, example = 4.5, minimum = 0.5, maximum = 1000, multiple_of = 0.5)]
    pub man_days: Option<Quantity>,
    /// Why the time is set by hand, and by which rule.
    #[serde(default)]
    #[schema(example = json!(null), min_length = 1, max_length = 4000)]
    pub reason: Option<String>,
    /// Share of the time on site, in per cent.
    #[serde(default = "whole")]
    #[schema(example = 100, minimum = 80, maximum = 100)]
    pub on_site_percent: u8,
    /// Technical codes that the team must cover, for instance `IAF 3`.
    #[serde(default)]
    #[schema(example = json!(["IAF 3"]), max_items = 50)]
    pub technical_codes: Vec<TechnicalCode>,
}

impl Validate for AuditTimeForm {
    fn errors(&self) -> Vec<FieldError> {
        let mut faults = Vec::new();
        for (pointer, number) in [
            ("/personnel", self.personnel.len()),
            ("/adjustments", self.adjustments.len()),
            ("/technical_codes", self.technical_codes.len()),
        ] {
            check_number(&mut faults, pointer, number, MAX_ENTRIES);
        }
        for (i, group) in self.personnel.iter().enumerate() {
            group.check(&mut faults, &format!("/personnel/{i}"));
        }
        for (i, one) in self.adjustments.iter().enumerate() {
            check_text(
                &mut faults,
                &format!("/adjustments/{i}/reason"),
                &one.reason,
            );
            if one.percent == 0 || !(-MAX_REDUCTION..=100).contains(&one.percent) {
                faults.push(wrong_value(
                    format!("/adjustments/{i}/percent"),
                    "Isi -30 sampai 100, bukan 0.",
                    "-30 to 100, and not 0.",
                ));
            }
        }
        faults.extend(duplicate_errors(
            &self.adjustments,
            |one| one.code,
            |i| format!("/adjustments/{i}/code"),
        ));
        if self.adjustment_percent() < -MAX_REDUCTION {
            faults.push(wrong_value(
                "/adjustments".to_owned(),
                "Pengurangan seluruhnya paling banyak 30 %.",
                "All reductions together are at most 30 per cent.",
            ));
        }
        for (i, code) in self.technical_codes.iter().enumerate() {
            check_line(&mut faults, &format!("/technical_codes/{i}"), &code.0);
        }
        if self.man_days > Quantity::of(MAX_DAYS) {
            faults.push(wrong_value(
                "/man_days".to_owned(),
                "Paling banyak 1.000 hari.",
                "At most 1,000 days.",
            ));
        }
        if let Some(reason) = &self.reason {
            check_text(&mut faults, "/reason", reason);
        }
        if !(MIN_ON_SITE..=100).contains(&self.on_site_percent) {
            faults.push(wrong_value(
                "/on_site_percent".to_owned(),
                "Sedikitnya 80 % waktu audit di lokasi.",
                "At least 80 per cent of the time is on site.",
            ));
        }
        faults
    }
}

impl PersonnelGroup {
    fn check(&self, faults: &mut Vec<FieldError>, pointer: &str) {
        check_line(faults, &format!("{pointer}/name"), &self.name);
        for (name, fits) in [
            ("people", (1..=1_000_000).contains(&self.people)),
            ("hours_a_day", (1..=8).contains(&self.hours_a_day)),
            ("counted_percent", (1..=100).contains(&self.counted_percent)),
        ] {
            if !fits {
                faults.push(wrong_value(
                    format!("{pointer}/{name}"),
                    "Nilainya di luar batas.",
                    "The value is out of bounds.",
                ));
            }
        }
        match &self.reason {
            Some(reason) => check_text(faults, &format!("{pointer}/reason"), reason),
            None if self.counted_percent < 100 => faults.push(missing(
                format!("{pointer}/reason"),
                "Isi alasan mengapa tidak semua orang dihitung.",
                "Give the reason why not all people count.",
            )),
            None => {}
        }
    }
}

fn wrong_value(pointer: String, id: &'static str, en: &'static str) -> FieldError {
    fault(pointer, "wrong_value", id, en)
}

fn missing(pointer: impl Into<String>, id: &'static str, en: &'static str) -> FieldError {
    fault(pointer, "missing_field", id, en)
}

fn does_not_fit(pointer: &str, id: &'static str, en: &'static str) -> FieldError {
    fault(pointer, "does_not_fit", id, en)
}

/// The calculated audit time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub(crate) struct AuditTimeResult {
    /// People in full-time equivalents, rounded up; null without personnel.
    #[schema(example = 39)]
    pub effective_personnel: Option<u32>,
    /// Days of the table for an initial audit; null if set by hand.
    pub table_days: Option<Quantity>,
    /// The share of it for this kind of application: `1`, `1/3` or `2/3`.
    #[schema(example = "1/3")]
    pub share: String,
    /// The sum of the adjustments in per cent.
    #[schema(example = -10)]
    pub adjustment_percent: i32,
    /// The audit time in auditor-days, to the half day.
    pub man_days: Quantity,
    /// The part of it on site, to the half day.
    pub on_site_days: Quantity,
    /// Version of the table; null if set by hand.
    #[schema(example = 1)]
    pub table_version: Option<u16>,
    /// Source of the table; null if set by hand.
    pub table_source: Option<Text>,
}

/// The recorded audit time of an application.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub(crate) struct AuditTime {
    /// Number of the record within the application, from 1 on.
    #[schema(example = 1)]
    pub seq: i16,
    /// The inputs.
    pub form: AuditTimeForm,
    /// The result.
    pub result: AuditTimeResult,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
    /// Name of the user that recorded it.
    #[schema(example = "Dewi Lestari")]
    pub recorded_by: String,
}

/// Per cents of people times hours: a full-time person that counts wholly.
const FULL_TIME: u64 = 8 * 100;

impl AuditTimeForm {
    /// The people in full-time equivalents, rounded up.
    pub(crate) fn effective_personnel(&self) -> u32 {
        let parts: u64 = self
            .personnel
            .iter()
            .map(|one| {
                u64::from(one.people) * u64::from(one.hours_a_day) * u64::from(one.counted_percent)
            })
            .sum();
        u32::try_from(parts.div_ceil(FULL_TIME)).unwrap_or(u32::MAX)
    }

    fn adjustment_percent(&self) -> i32 {
        self.adjustments
            .iter()
            .fold(0, |sum, one| sum.saturating_add(one.percent))
    }

    /// Calculates the audit time of `application`.
    ///
    /// # Errors
    /// Every input that does not fit the application or the rule.
    pub(crate) fn calculate(
        &self,
        application: &ApplicationForm,
    ) -> std::result::Result<AuditTimeResult, Vec<FieldError>> {
        match self.rule {
            AuditTimeRule::IafMd5 => self.by_table(application),
            AuditTimeRule::ByHand => self.by_hand(),
        }
    }

    fn by_table(
        &self,
        application: &ApplicationForm,
    ) -> std::result::Result<AuditTimeResult, Vec<FieldError>> {
        let column = Column::of(application);
        let share = share(application.kind);
        let mut faults = Vec::new();
        if column.is_none() || share.is_none() {
            faults.push(does_not_fit(
                "/rule",
                "Tabel IAF MD 5 tidak berlaku untuk skema atau jenis ini: isi by_hand dengan alasannya.",
                "The table of IAF MD 5 is not for this scheme or kind: use by_hand with the reason.",
            ));
        }
        if self.man_days.is_some() {
            faults.push(does_not_fit(
                "/man_days",
                "Hari dihitung dari tabel: kosongkan.",
                "The days come from the table: leave it out.",
            ));
        }
        if let Some(column) = column {
            faults.extend(column.complexity_error(self.complexity));
        }
        let people = self.effective_personnel();
        if people == 0 {
            faults.push(missing(
                "/personnel",
                "Isi jumlah orang.",
                "Give the number of people.",
            ));
        }
        let complexity = self.complexity.filter(|_| column != Some(Column::Quality));
        let table = md5::half_days(people, complexity);
        if table.is_none() {
            faults.push(does_not_fit(
                "/personnel",
                "Di atas 10.700 orang tabelnya berakhir: isi by_hand dengan alasannya.",
                "The table ends at 10,700 people: use by_hand with the reason.",
            ));
        }
        let (Some(table), Some(share), true) = (table, share, faults.is_empty()) else {
            return Err(faults);
        };
        let adjustment = self.adjustment_percent();
        let man_days = adjusted(table, share, adjustment);
        Ok(AuditTimeResult {
            effective_personnel: Some(people),
            table_days: Some(Quantity::clamped(table)),
            share: if share == (1, 1) {
                "1".to_owned()
            } else {
                format!("{}/{}", share.0, share.1)
            },
            adjustment_percent: adjustment,
            man_days,
            on_site_days: on_site(man_days, self.on_site_percent),
            table_version: Some(md5::VERSION),
            table_source: Some(md5::SOURCE.into()),
        })
    }

    fn by_hand(&self) -> std::result::Result<AuditTimeResult, Vec<FieldError>> {
        let mut faults = Vec::new();
        if self.reason.is_none() {
            faults.push(missing(
                "/reason",
                "Isi alasan dan aturan yang dipakai.",
                "Give the reason and the rule that was used.",
            ));
        }
        if !self.adjustments.is_empty() {
            faults.push(does_not_fit(
                "/adjustments",
                "Hari yang diisi sendiri tidak disesuaikan lagi.",
                "Days that are set by hand are not adjusted.",
            ));
        }
        match self.man_days {
            Some(man_days) if faults.is_empty() => Ok(AuditTimeResult {
                effective_personnel: (!self.personnel.is_empty())
                    .then(|| self.effective_personnel()),
                table_days: None,
                share: "1".to_owned(),
                adjustment_percent: 0,
                man_days,
                on_site_days: on_site(man_days, self.on_site_percent),
                table_version: None,
                table_source: None,
            }),
            Some(_) => Err(faults),
            None => {
                faults.push(missing(
                    "/man_days",
                    "Isi jumlah hari-orang.",
                    "Give the number of auditor-days.",
                ));
                Err(faults)
            }
        }
    }
}

/// A column group of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Quality,
    Environment,
    Safety,
}

impl Column {
    /// The column for the application; `None` if another rule gives its audit time.
    fn of(application: &ApplicationForm) -> Option<Self> {
        match application.scheme {
            SchemeCode::QualityIso9001 => Some(Self::Quality),
            SchemeCode::EnvironmentIso14001 => Some(Self::Environment),
            SchemeCode::OhsIso45001 => (application.facts.certification_type
                != Some(CertificationType::Smk3))
            .then_some(Self::Safety),
            SchemeCode::ProductSni | SchemeCode::GreenIndustry | SchemeCode::FoodSafetyIso22000 => {
                None
            }
        }
    }

    fn complexity_error(self, complexity: Option<Complexity>) -> Option<FieldError> {
        match (self, complexity) {
            (Self::Quality, Some(_)) | (Self::Safety, Some(Complexity::Limited)) => {
                Some(does_not_fit(
                    "/complexity",
                    "Tidak ada pada tabel skema ini.",
                    "The table of this scheme does not have it.",
                ))
            }
            (Self::Environment | Self::Safety, None) => Some(missing(
                "/complexity",
                "Isi kompleksitas atau risiko kegiatan.",
                "Give the complexity or risk of the activities.",
            )),
            (Self::Quality, None) | (Self::Environment | Self::Safety, Some(_)) => None,
        }
    }
}

/// The share of the initial time for this kind of application; `None` if it is set by hand.
fn share(kind: ApplicationKind) -> Option<(u32, u32)> {
    match kind {
        ApplicationKind::Initial => Some((1, 1)),
        ApplicationKind::Surveillance => Some((1, 3)),
        ApplicationKind::Recertification => Some((2, 3)),
        ApplicationKind::ScopeExtension
        | ApplicationKind::ScopeReduction
        | ApplicationKind::Transfer
        | ApplicationKind::Special
        | ApplicationKind::Reinstatement => None,
    }
}

/// `table` half days, in the share of this kind, adjusted by `percent`, rounded to the nearest half
/// day, but never below the largest reduction.
fn adjusted(table: u32, (part, whole): (u32, u32), percent: i32) -> Quantity {
    let scaled = |percent: u32| table * part * percent;
    let unit = whole * 100;
    let kept = u32::try_from(100 + percent).unwrap_or_default();
    let nearest = (2 * scaled(kept) + unit) / (2 * unit);
    let floor = scaled(100 - MAX_REDUCTION.unsigned_abs()).div_ceil(unit);
    Quantity::clamped(nearest.max(floor))
}

/// The part of `time` on site, rounded up to the half day.
fn on_site(time: Quantity, percent: u8) -> Quantity {
    Quantity::clamped((time.halves() * u32::from(percent)).div_ceil(100))
}

#[cfg(test)]
mod tests;
