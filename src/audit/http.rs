//! `GET /audit-trail` and `GET /audit-trail/verification`, for internal auditors only. Each reading
//! is itself recorded in the trail.

use actix_web::get;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::auditor::{Auditor, READERS};
use super::chain::Breach;
use super::store::{self, EventFilter};
use super::views::{AuditEventView, AuditVerification};
use super::{read_anchors, verify};
use crate::error::Result;
use crate::gateways::document_store::DocumentStore;
use crate::sop::role::codes;
use crate::web::page::page_size;
use crate::web::params::invalid_parameter;
use crate::web::{Cursor, Page, Provided, Query, Reply};

/// Maximum length of an action code, in characters.
const MAX_ACTION_LENGTH: usize = 100;

/// Filter of the audit trail.
#[derive(Debug, Clone, Default, Serialize, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AuditFilter {
    /// Only events with this code.
    #[param(example = "read_audit_trail", max_length = 100)]
    pub action: Option<String>,
    /// Only events about this object: its reference, 64 hexadecimal digits.
    #[param(pattern = "^[0-9a-fA-F]{64}$")]
    pub object_ref: Option<String>,
    /// Only on or after this day (WIB).
    pub from: Option<NaiveDate>,
    /// Only on or before this day (WIB).
    pub to: Option<NaiveDate>,
    /// Page size, 1 to 200; default 20.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<i64>,
    /// `next_cursor` of the previous page.
    pub cursor: Option<String>,
}

impl AuditFilter {
    /// The filter to which a cursor is bound: without `limit` and `cursor`, which may differ from
    /// page to page.
    fn cursor_scope(&self) -> Self {
        Self {
            limit: None,
            cursor: None,
            ..self.clone()
        }
    }

    fn parse_object_ref(&self) -> Result<Option<Vec<u8>>> {
        let wrong = || {
            invalid_parameter(
                "object_ref",
                "64 angka heksadesimal.",
                "64 hexadecimal digits.",
            )
        };
        let parse = |text: &String| {
            hex::decode(text)
                .ok()
                .filter(|bytes| bytes.len() == 32)
                .ok_or_else(wrong)
        };
        self.object_ref.as_ref().map(parse).transpose()
    }

    fn check_action(&self) -> Result<()> {
        if self
            .action
            .as_ref()
            .is_some_and(|action| action.chars().count() > MAX_ACTION_LENGTH)
        {
            return Err(invalid_parameter(
                "action",
                "Paling banyak 100 karakter.",
                "At most 100 characters.",
            ));
        }
        Ok(())
    }
}

/// Read the audit trail (jejak audit).
///
/// Lists the acts in whistle-blowing cases with their authors, newest first. It holds no content of
/// complaints and no identity; for a reporter's act it holds only the day. Each reading is recorded
/// in the trail. For internal auditors.
#[utoipa::path(
    tag = "audit trail", params(AuditFilter), responses((status = 200, body = Page<AuditEventView>)),
    extensions(("x-roles" = json!(codes(READERS))))
)]
#[get("/audit-trail")]
pub async fn read_audit_trail(
    auditor: Auditor,
    query: Query<AuditFilter>,
    cursor: Provided<Cursor>,
) -> Result<Reply<Page<AuditEventView>>> {
    let filter = query.0;
    let limit = page_size(filter.limit)?;
    filter.check_action()?;
    let (bound, object) = (filter.cursor_scope(), filter.parse_object_ref()?);
    let before = cursor
        .0
        .read(filter.cursor.as_deref(), "audit-trail", &bound)?;
    let narrow = EventFilter {
        action: filter.action.as_deref(),
        object: object.as_deref(),
        from: filter.from,
        to: filter.to,
    };
    let mut transaction = auditor.database.begin().await?;
    let links = store::list(
        &mut transaction,
        auditor.caller.office,
        &narrow,
        before,
        limit + 1,
    )
    .await?;
    auditor
        .record_reading(
            &mut transaction,
            "read_audit_trail",
            &filter_text(&bound, before),
        )
        .await?;
    transaction.commit().await?;
    let page = cursor
        .0
        .page(links, limit, "audit-trail", &bound, |link| link.seq)?;
    Ok(Reply::page(
        page.map(|link| AuditEventView::of(link, &auditor.key)),
    ))
}

/// The filter as text, for the detail of the recorded event.
fn filter_text(filter: &AuditFilter, before: Option<i64>) -> String {
    let told = [
        filter
            .action
            .as_ref()
            .map(|action| format!("action={action}")),
        filter
            .object_ref
            .as_ref()
            .map(|object| format!("object_ref={object}")),
        filter.from.map(|from| format!("from={from}")),
        filter.to.map(|to| format!("to={to}")),
        before.map(|before| format!("before={before}")),
    ];
    told.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// Verify the audit trail (pemeriksaan jejak audit).
///
/// Checks every event from the first on, and compares the chain with the anchors outside the
/// database. The reply names the first event that was changed, is missing or was cut off. Each
/// verification is recorded in the trail. For internal auditors.
#[utoipa::path(
    tag = "audit trail", responses((status = 200, body = AuditVerification)), extensions(("x-roles" = json!(codes(READERS))))
)]
#[get("/audit-trail/verification")]
pub async fn verify_audit_trail(
    auditor: Auditor,
    documents: Provided<DocumentStore>,
) -> Result<Reply<AuditVerification>> {
    let anchors = read_anchors(&documents.0).await?;
    let verdict = auditor
        .database
        .read(async |c| verify(c, &auditor.key, &anchors).await)
        .await?;
    if let Some(reason) = verdict.reason {
        tracing::error!(
            first_broken_seq = verdict.first_broken_seq,
            reason = reason.description(),
            "the audit trail was tampered with"
        );
    }
    let mut transaction = auditor.database.begin().await?;
    auditor
        .record_reading(
            &mut transaction,
            "verify_audit_trail",
            verdict.reason.map_or("intact", Breach::description),
        )
        .await?;
    transaction.commit().await?;
    Ok(Reply::ok(AuditVerification::of(&verdict, &anchors)))
}
