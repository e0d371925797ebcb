//! `GET|POST /number-patterns`: the patterns of register numbers. A change adds a new version and
//! applies to numbers taken from then on.

use actix_web::{HttpRequest, get, post};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::desk::Desk;
use super::journal::{add_office_act, reason_error};
use super::number_pattern::Pattern;
use super::register::{self, Series, StoredPattern};
use crate::error::{Error, FieldError, Result};
use crate::identity::Staff;
use crate::identity::{AllowedRoles, Restricted};
use crate::sop::role::{Role, codes};
use crate::web::body::Validate;
use crate::web::{Body, IdempotentWrite, Reply};

/// The roles that set the patterns of letter numbers.
#[derive(Debug)]
pub struct PatternEditors;

impl AllowedRoles for PatternEditors {
    const ROLES: &'static [Role] = &[Role::Admin];
}

/// A new version of a pattern.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NumberPatternForm {
    /// The register.
    pub series: Series,
    /// Text with placeholders: `{seq}` (or `{seq:5}`, zero-padded), `{year}`, `{month}`,
    /// `{month_roman}`. Must contain `{seq}` and `{year}`.
    #[schema(
        example = "B/{seq}/BSKJI/BSPJI-Palembang/PA/{month_roman}/{year}",
        pattern = "^.*(\\{seq(:[0-9]+)?\\}.*\\{year\\}|\\{year\\}.*\\{seq(:[0-9]+)?\\}).*$",
        min_length = 1,
        max_length = 120
    )]
    pub pattern: String,
    /// The reason for the change: the decree.
    #[schema(
        example = "Permenperin 25/2019 tentang Tata Naskah Dinas",
        min_length = 1,
        max_length = 500
    )]
    pub reason: String,
}

impl Validate for NumberPatternForm {
    fn errors(&self) -> Vec<FieldError> {
        let mut faults = Pattern::parse(&self.pattern).err().unwrap_or_default();
        faults.extend(reason_error(&self.reason));
        faults
    }
}

/// A pattern in force (pola nomor).
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct NumberPatternView {
    /// The register.
    pub series: Series,
    /// The version; 0 is the built-in default, used until the office adds a pattern.
    #[schema(example = 1)]
    pub version: i32,
    /// The pattern.
    #[schema(example = "B/{seq}/BSKJI/BSPJI-Palembang/PA/{month_roman}/{year}")]
    pub pattern: String,
    /// The number 1 of today in this pattern.
    #[schema(example = "B/1/BSKJI/BSPJI-Palembang/PA/VII/2026")]
    pub sample: String,
    /// The reason for this version.
    pub reason: Option<String>,
    /// When this version came into force.
    pub created_at: Option<DateTime<Utc>>,
}

/// The patterns in force.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct NumberPatterns {
    /// One for each register.
    pub items: Vec<NumberPatternView>,
}

fn view(series: Series, kept: StoredPattern, now: DateTime<Utc>) -> Result<NumberPatternView> {
    let pattern = Pattern::parse(&kept.pattern)
        .map_err(|_| Error::internal("a stored number pattern does not pass today's checks"))?;
    let StoredPattern {
        version,
        pattern: text,
        reason,
        created_at,
    } = kept;
    Ok(NumberPatternView {
        series,
        version,
        pattern: text,
        sample: pattern.format(1, now),
        reason,
        created_at,
    })
}

/// List the number patterns (pola nomor surat).
///
/// The pattern in force for each register.
#[utoipa::path(tag = "letters", responses((status = 200, body = NumberPatterns)))]
#[get("/number-patterns")]
pub async fn list_number_patterns(desk: Desk, _: Staff) -> Result<Reply<NumberPatterns>> {
    let now = desk.request_time().now;
    let items = desk.database().read(async |c| {
        let mut items = Vec::new();
        for series in Series::all() {
            items.push(view(
                series,
                register::pattern(c, desk.signed_in().office, series).await?,
                now,
            )?);
        }
        Ok(items)
    });
    Ok(Reply::ok(NumberPatterns {
        items: items.await?,
    }))
}

/// Add a number pattern (pola nomor baru).
///
/// Applies to numbers taken from now on; numbers already taken stay as they are. The reply shows a
/// sample.
#[utoipa::path(
    tag = "letters", request_body = NumberPatternForm, responses((status = 201, body = NumberPatternView)),
    extensions(("x-roles" = json!(codes(PatternEditors::ROLES))), ("x-problem-codes" = json!(["overtaken"])))
)]
#[post("/number-patterns")]
pub async fn add_number_pattern(
    desk: Restricted<PatternEditors, Desk>,
    form: Body<NumberPatternForm>,
    request: HttpRequest,
) -> Result<Reply<NumberPatternView>> {
    let desk = desk.0;
    let NumberPatternForm {
        series,
        pattern,
        reason,
    } = form.0;
    let mut work = IdempotentWrite::begin(
        desk.database(),
        &request,
        desk.signed_in().user.0,
        desk.request_time().now,
    )
    .await?;
    let (now, office) = (work.now(), desk.signed_in().office);
    let version = register::add_pattern(
        &mut work,
        (office, desk.signed_in().user),
        series,
        (&pattern, &reason),
        now,
    )
    .await?;
    add_office_act(&mut work, desk.signed_in(), "add_number_pattern", &reason).await?;
    let kept = StoredPattern {
        version,
        pattern,
        reason: Some(reason),
        created_at: Some(now),
    };
    work.finish(Reply::created(
        "/api/v1/number-patterns",
        view(series, kept, now)?,
    ))
    .await
}
