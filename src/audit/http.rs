//! `GET /audit-trail` and `GET /audit-trail/verification`: for the internal auditor alone. Each reading is itself an event of the trail.

use actix_web::get;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::auditor::{Auditor, READERS};
use super::breach::Breach;
use super::store::{self, Narrow};
use super::views::{AuditEventView, AuditVerification};
use super::{read_anchors, verify};
use crate::error::Result;
use crate::gateways::document_store::DocumentStore;
use crate::sop::role::codes;
use crate::web::page::size;
use crate::web::params::wrong_parameter;
use crate::web::{Cursor, Page, Provided, Query, Reply};

/// The longest code of an action.
const LONGEST_ACTION: usize = 100;

/// What the trail can be narrowed to.
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
    /// How many items, 1 to 200; 20 when not given.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<i64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

impl AuditFilter {
    /// What a cursor is bound to: the filter without what may differ from page to page.
    fn bound(&self) -> Self {
        Self {
            limit: None,
            cursor: None,
            ..self.clone()
        }
    }

    fn object(&self) -> Result<Option<Vec<u8>>> {
        let wrong = || {
            wrong_parameter(
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

    fn check(&self) -> Result<()> {
        if self
            .action
            .as_ref()
            .is_some_and(|action| action.chars().count() > LONGEST_ACTION)
        {
            return Err(wrong_parameter(
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
/// What was done in whistle-blowing and by whom, newest first. It holds no content and no identity; of what a reporter did it holds the day. Reading it
/// is written into it. For internal auditors.
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
    let limit = size(filter.limit)?;
    filter.check()?;
    let (bound, object) = (filter.bound(), filter.object()?);
    let before = cursor
        .0
        .read(filter.cursor.as_deref(), "audit-trail", &bound)?;
    let narrow = Narrow {
        action: filter.action.as_deref(),
        object: object.as_deref(),
        from: filter.from,
        to: filter.to,
    };
    let mut transaction = auditor.database.begin().await?;
    let links = store::list(
        &mut transaction,
        auditor.who.office,
        &narrow,
        before,
        limit + 1,
    )
    .await?;
    auditor
        .sign(
            &mut transaction,
            "read_audit_trail",
            &in_words(&bound, before),
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

/// The filter as it goes into the trail.
fn in_words(filter: &AuditFilter, before: Option<i64>) -> String {
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
/// Checks every event from the first on, and that the chain holds what the anchors outside the database say. A change, a gap or a cut end is named with its
/// first event. Verifying is written into the trail. For internal auditors.
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
            reason = reason.in_words(),
            "the audit trail was tampered with"
        );
    }
    let mut transaction = auditor.database.begin().await?;
    auditor
        .sign(
            &mut transaction,
            "verify_audit_trail",
            verdict.reason.map_or("intact", Breach::in_words),
        )
        .await?;
    transaction.commit().await?;
    Ok(Reply::ok(AuditVerification::of(&verdict, &anchors)))
}
