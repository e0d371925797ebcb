//! Read operations on applications and their parts. Each applies the same visibility rule.

use actix_web::{HttpResponse, get, web};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;

use super::billing;
use super::confirmation::{self, Confirmation, Confirmations};
use super::deficiency::{self, DeficiencySheet, DeficiencySheets};
use super::file::ApplicationRecord;
use super::notice::store::VisibleDrafts;
use super::notice::{self, NoticeView};
use super::printed::{
    self, ApplicationLetter, application_letter, audit_confirmation, deficiency_sheet,
};
use super::schemes::{Scheme, SchemeCode, SchemeSummary, SchemeView};
use super::snapshot::{self, Changes, SnapshotView, Snapshots};
use super::sop::Task;
use super::steps::AtApplication;
use super::store;
use super::store::lists::{self, ApplicationCursor, ApplicationFilter, MAX_TEXT};
use super::timeline::{self, Timeline};
use super::views::{ApplicationSummary, ApplicationView};
use crate::casework::desk::Desk;
use crate::casework::documents::{DocumentView, download as document, store as documents};
use crate::error::{Code, Error, Result};
use crate::gateways::document_store::DocumentStore;
use crate::ids::ApplicationId;
use crate::letters::pdf;
use crate::sop::gate::Principal;
use crate::typesetting::{Document, Typesetter};
use crate::web::page::{PageQuery, page_size};
use crate::web::params::invalid_parameter;
use crate::web::{
    Cursor, Format, FormatQuery, JsonOrPdf, NegotiatedFormat, Page, PathParam, PdfFile, Provided,
    Query, Reply,
};

/// List the applications (daftar permohonan).
///
/// Applications you may see, newest first.
#[utoipa::path(tag = "certification", params(ApplicationFilter), responses((status = 200, body = Page<ApplicationSummary>)))]
#[get("/applications")]
pub async fn list_applications(
    desk: Desk,
    query: Query<ApplicationFilter>,
    cursor: Provided<Cursor>,
) -> Result<Reply<Page<ApplicationSummary>>> {
    let filter = query.0;
    let limit = page_size(filter.limit)?;
    if filter
        .text
        .as_ref()
        .is_some_and(|text| text.chars().count() > MAX_TEXT)
    {
        return Err(invalid_parameter(
            "text",
            "Paling banyak 100 karakter.",
            "At most 100 characters.",
        ));
    }
    let bound = filter.for_cursor();
    let after = cursor
        .0
        .read(filter.cursor.as_deref(), "applications", &bound)?;
    let at = (desk.request_time().now, &desk.request_time().calendars);
    let (rows, count) = desk
        .database()
        .read(async |c| {
            let rows = lists::list(c, desk.signed_in(), &filter, after, limit + 1, at).await?;
            let count = if filter.count == Some(true) {
                Some(lists::count(c, desk.signed_in(), &filter).await?)
            } else {
                None
            };
            Ok((rows, count))
        })
        .await?;
    let page = cursor
        .0
        .page(rows, limit, "applications", &bound, ApplicationCursor::of)?;
    Ok(Reply::page(Page { count, ..page }))
}

/// The applications that wait for the caller, at most `limit`, longest waiting first.
pub async fn waiting(desk: &Desk, limit: i64) -> Result<Vec<ApplicationSummary>> {
    let at = (desk.request_time().now, &desk.request_time().calendars);
    desk.database()
        .read(async |c| lists::waiting(c, desk.signed_in(), limit, at).await)
        .await
}

/// Read an application (permohonan).
///
/// Stage, clock, and the next steps with their actors. As PDF (`?format=pdf`, or `Accept:
/// application/pdf`) the application letter (surat permohonan) under the company's name: marked
/// KONSEP before submission, afterwards as submitted, unchanged by later rounds.
#[utoipa::path(tag = "certification", params(AtApplication, FormatQuery), responses((status = 200, content((ApplicationView = "application/json"), (PdfFile = "application/pdf")))))]
#[get("/applications/{id}")]
pub async fn read_application(
    desk: Desk,
    at: PathParam<AtApplication>,
    wanted: NegotiatedFormat,
    typesetter: Provided<Typesetter>,
) -> Result<JsonOrPdf<ApplicationView>> {
    let (view, version) = desk.view::<Task>(at.0.id).await?;
    match wanted.0 {
        Format::Json => Ok(JsonOrPdf::Json(Reply::ok(view).version(version))),
        Format::Pdf => {
            let document = application_letter_document(
                &desk,
                at.0.id,
                view.number.as_deref().zip(view.submitted_at),
            )
            .await?;
            typesetter
                .0
                .pdf_response(document, desk.request())
                .await
                .map(JsonOrPdf::Pdf)
        }
    }
}

/// The application letter as submitted, or the letter of the current draft.
async fn application_letter_document(
    desk: &Desk,
    id: ApplicationId,
    submitted: Option<(&str, DateTime<Utc>)>,
) -> Result<Document> {
    if let Some((number, at)) = submitted {
        let first = desk
            .database()
            .read(async |c| snapshot::of_round(c, id, 1).await)
            .await?;
        return application_letter(&ApplicationLetter::submitted(number, &first, at));
    }
    let record = find_visible(desk, id).await?;
    let latest = desk
        .database()
        .read(async |c| documents::latest(c, id).await)
        .await?;
    let documented = latest
        .iter()
        .map(|document| document.requirement.as_str())
        .collect();
    application_letter(&ApplicationLetter::draft(
        &record.form,
        documented,
        record.created_at,
    ))
}

/// Read the timeline (riwayat).
///
/// Every act with actor and capacity, and each step's actual time against its standard time.
#[utoipa::path(tag = "certification", params(AtApplication), responses((status = 200, body = Timeline)))]
#[get("/applications/{id}/timeline")]
pub async fn read_timeline(desk: Desk, at: PathParam<AtApplication>) -> Result<Reply<Timeline>> {
    let record = find_visible(&desk, at.0.id).await?;
    desk.database()
        .read(async |c| timeline::read(c, record, desk.request_time()).await)
        .await
        .map(Reply::ok)
}

/// List the deficiency sheets (lembar kekurangan dokumen).
///
/// One sheet for each round; a sheet without items says "nihil".
#[utoipa::path(tag = "certification", params(AtApplication), responses((status = 200, body = DeficiencySheets)))]
#[get("/applications/{id}/deficiency-sheets")]
pub async fn list_deficiency_sheets(
    desk: Desk,
    at: PathParam<AtApplication>,
) -> Result<Reply<DeficiencySheets>> {
    let items = read_visible(&desk, at.0.id, async |c, id| {
        deficiency::store::sheets(c, id).await
    })
    .await?;
    Ok(Reply::ok(DeficiencySheets { items }))
}

/// List the confirmation sheets (lembar konfirmasi audit).
///
/// Every proposal with the customer's answer.
#[utoipa::path(tag = "certification", params(AtApplication), responses((status = 200, body = Confirmations)))]
#[get("/applications/{id}/audit-confirmations")]
pub async fn list_audit_confirmations(
    desk: Desk,
    at: PathParam<AtApplication>,
) -> Result<Reply<Confirmations>> {
    let items = read_visible(&desk, at.0.id, async |c, id| {
        confirmation::store::list(c, id).await
    })
    .await?;
    Ok(Reply::ok(Confirmations { items }))
}

/// List the snapshots (berkas beku tiap putaran).
///
/// The submitted content, frozen at each submission.
#[utoipa::path(tag = "certification", params(AtApplication), responses((status = 200, body = Snapshots)))]
#[get("/applications/{id}/snapshots")]
pub async fn list_snapshots(desk: Desk, at: PathParam<AtApplication>) -> Result<Reply<Snapshots>> {
    let items = snapshots(&desk, at.0.id).await?;
    Ok(Reply::ok(Snapshots { items }))
}

/// A round of an application, in the path.
#[derive(Debug, Clone, Copy, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Path)]
pub struct AtRound {
    /// Id of the application.
    pub id: ApplicationId,
    /// Number of the later round, from 2 on.
    #[param(example = 2, minimum = 2, maximum = 32767)]
    pub round: i16,
}

/// Compare two rounds (perbedaan antar putaran).
///
/// Changes from the previous round to this one.
#[utoipa::path(tag = "certification", params(AtRound), responses((status = 200, body = Changes)))]
#[get("/applications/{id}/snapshots/{round}/changes")]
pub async fn compare_snapshots(desk: Desk, at: PathParam<AtRound>) -> Result<Reply<Changes>> {
    let all = snapshots(&desk, at.0.id).await?;
    let later = all
        .iter()
        .position(|view| view.round == at.0.round)
        .filter(|place| *place > 0)
        .ok_or_else(|| Error::new(Code::NotFound))?;
    Ok(Reply::ok(snapshot::changes(&all[later - 1], &all[later])))
}

/// Documents of an application.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Documents {
    /// Every version, by row of the checklist.
    pub items: Vec<DocumentView>,
}

/// List the documents (daftar dokumen).
///
/// Every version for every row of the checklist.
#[utoipa::path(tag = "documents", params(AtApplication), responses((status = 200, body = Documents)))]
#[get("/applications/{id}/documents")]
pub async fn list_documents(desk: Desk, at: PathParam<AtApplication>) -> Result<Reply<Documents>> {
    let stored = read_visible(&desk, at.0.id, async |c, id| documents::list(c, id).await).await?;
    Ok(Reply::ok(Documents {
        items: stored.iter().map(DocumentView::from).collect(),
    }))
}

/// A version of a document, in the path.
#[derive(Debug, Clone, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Path)]
pub struct AtVersion {
    /// Id of the application.
    pub id: ApplicationId,
    /// Code of the checklist row.
    #[param(example = "P01")]
    pub requirement: String,
    /// Version number, from 1 on.
    #[param(example = 1, minimum = 1)]
    pub version: i32,
}

/// Download a document (mengunduh dokumen).
///
/// Sent as an attachment; supports ranges and `If-None-Match`.
#[utoipa::path(
    tag = "documents", params(AtVersion),
    responses(
        (status = 200, description = "The bytes", content(
            (Vec<u8> = "application/pdf"), (Vec<u8> = "image/jpeg"), (Vec<u8> = "image/png"),
            (Vec<u8> = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
            (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        )),
        (status = 206, description = "A range of the bytes", content(
            (Vec<u8> = "application/pdf"), (Vec<u8> = "image/jpeg"), (Vec<u8> = "image/png"),
            (Vec<u8> = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
            (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        )),
    ),
    extensions(("x-problem-codes" = json!(["range_not_satisfiable"])))
)]
#[get("/applications/{id}/documents/{requirement}/versions/{version}")]
pub async fn download_document(
    desk: Desk,
    at: PathParam<AtVersion>,
    store: Provided<DocumentStore>,
) -> Result<HttpResponse> {
    let AtVersion {
        id,
        requirement,
        version,
    } = at.0;
    let stored = read_visible(&desk, id, async |c, id| {
        documents::find(c, id, &requirement, version).await
    })
    .await?;
    document::send(&store.0, &stored, desk.request()).await
}

/// Read the audit notice (surat pemberitahuan audit).
///
/// The newest draft; for customers the newest sent notice, even while a withdrawn notice is drafted
/// anew. As PDF (`?format=pdf`, or `Accept: application/pdf`) the letter with team and cost: marked
/// KONSEP before signature, afterwards byte for byte as signed.
#[utoipa::path(tag = "audit notice", params(AtApplication, FormatQuery), responses((status = 200, content((NoticeView = "application/json"), (PdfFile = "application/pdf")))))]
#[get("/applications/{id}/audit-notice")]
pub async fn read_audit_notice(
    desk: Desk,
    at: PathParam<AtApplication>,
    wanted: NegotiatedFormat,
    typesetter: Provided<Typesetter>,
) -> Result<JsonOrPdf<NoticeView>> {
    find_visible(&desk, at.0.id).await?;
    let drafts = if desk.signed_in().customer.is_none() {
        VisibleDrafts::All
    } else {
        VisibleDrafts::Sent
    };
    let found = desk
        .database()
        .read(async |c| notice::store::newest(c, at.0.id, drafts).await)
        .await?;
    let notice = found.ok_or_else(|| Error::new(Code::NotFound))?;
    if wanted.0 == Format::Pdf {
        if let Some(letter) = &notice.letter {
            return pdf::signed_pdf(&desk, letter).await.map(JsonOrPdf::Pdf);
        }
        let (id, now) = (at.0.id, desk.request_time().now);
        let read = async |c: &mut PgConnection| {
            Ok((
                snapshot::of_round(c, id, 1).await?,
                billing::store::current(c, Principal::User(desk.signed_in()), id, now).await?,
            ))
        };
        let (snapshot, billing) = desk.database().read(read).await?;
        let document =
            printed::notice::current_document(&notice, &snapshot.form, billing.as_ref())?;
        return typesetter
            .0
            .pdf_response(document, desk.request())
            .await
            .map(JsonOrPdf::Pdf);
    }
    Ok(JsonOrPdf::Json(Reply::ok(notice).read_only()))
}

/// Read a billing (e-billing).
///
/// With its payments, as JSON or as the billing sheet (`?format=pdf`, or
/// `Accept: application/pdf`). The sheet of a code that must not be paid says so and names the code
/// to pay instead.
#[utoipa::path(tag = "e-billing", params(billing::AtBilling, FormatQuery), responses((status = 200, content((billing::BillingView = "application/json"), (PdfFile = "application/pdf")))))]
#[get("/billings/{id}")]
pub async fn read_billing(
    desk: Desk,
    at: PathParam<billing::AtBilling>,
    wanted: NegotiatedFormat,
    typesetter: Provided<Typesetter>,
) -> Result<JsonOrPdf<billing::BillingView>> {
    let view = billing::http::find_billing(&desk, at.0.id).await?;
    if wanted.0 == Format::Json {
        return Ok(JsonOrPdf::Json(Reply::ok(view).read_only()));
    }
    let (caller, now) = (Principal::User(desk.signed_in()), desk.request_time().now);
    let read = async |c: &mut PgConnection| {
        Ok((
            store::find(c, view.application_id, caller).await?,
            billing::store::current(c, caller, view.application_id, now).await?,
        ))
    };
    let (application, current) = desk.database().read(read).await?;
    let application = application.ok_or_else(|| Error::new(Code::NotFound))?;
    let document = printed::billing_sheet(
        &view,
        current.as_ref(),
        application.number.as_deref().unwrap_or_default(),
        &application.form,
        now,
    )?;
    typesetter
        .0
        .pdf_response(document, desk.request())
        .await
        .map(JsonOrPdf::Pdf)
}

/// List the signed audit notices (daftar surat pemberitahuan audit).
///
/// Notices of the applications you may see, newest first.
#[utoipa::path(tag = "audit notice", params(PageQuery), responses((status = 200, body = Page<notice::store::NoticeSummary>)))]
#[get("/audit-notices")]
pub async fn list_audit_notices(
    desk: Desk,
    query: Query<PageQuery>,
    cursor: Provided<Cursor>,
) -> Result<Reply<Page<notice::store::NoticeSummary>>> {
    let limit = page_size(query.0.limit)?;
    let after = cursor
        .0
        .read(query.0.cursor.as_deref(), "audit-notices", &())?;
    let rows = desk
        .database()
        .read(async |c| notice::store::list_signed(c, desk.signed_in(), after, limit + 1).await)
        .await?;
    cursor
        .0
        .page(rows, limit, "audit-notices", &(), |row| {
            (row.signed_at, row.id.0)
        })
        .map(Reply::page)
}

/// The schemes.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Schemes {
    /// In the order of the printed SOP.
    pub items: Vec<SchemeSummary>,
}

/// List the schemes (daftar skema sertifikasi).
///
/// The six services of the office.
#[utoipa::path(tag = "schemes", responses((status = 200, body = Schemes)), security(()))]
#[get("/schemes")]
pub async fn list_schemes() -> Reply<Schemes> {
    Reply::ok(Schemes {
        items: Scheme::all().map(SchemeSummary::from).collect(),
    })
}

/// Read a scheme (skema dan daftar periksa dokumen).
///
/// The checklist with the condition of each row: the documents an applicant needs before applying.
#[utoipa::path(tag = "schemes", params(("code" = SchemeCode, Path, description = "Code of the scheme", example = "product_sni")), responses((status = 200, body = SchemeView)), security(()), extensions(("x-problem-codes" = json!(["not_found"]))))]
#[get("/schemes/{code}")]
pub async fn read_scheme(code: web::Path<String>) -> Result<Reply<SchemeView>> {
    let code: SchemeCode = code.parse().map_err(|_| Error::new(Code::NotFound))?;
    let scheme = Scheme::of(code);
    Ok(Reply::ok(SchemeView::from(scheme)).version(scheme.version.into()))
}

/// The application, or `not_found` if the caller may not see it.
pub(super) async fn find_visible(desk: &Desk, id: ApplicationId) -> Result<ApplicationRecord> {
    let found = desk
        .database()
        .read(async |c| store::find(c, id, Principal::User(desk.signed_in())).await)
        .await?;
    found.ok_or_else(|| Error::new(Code::NotFound))
}

/// Runs `read` if the caller may see the application; otherwise `not_found`.
async fn read_visible<T>(
    desk: &Desk,
    id: ApplicationId,
    read: impl AsyncFnOnce(&mut PgConnection, ApplicationId) -> Result<T>,
) -> Result<T> {
    let principal = Principal::User(desk.signed_in());
    desk.database()
        .read(async |c| {
            store::find(c, id, principal)
                .await?
                .ok_or_else(|| Error::new(Code::NotFound))?;
            read(c, id).await
        })
        .await
}

async fn snapshots(desk: &Desk, id: ApplicationId) -> Result<Vec<SnapshotView>> {
    let rows = read_visible(desk, id, async |c, id| store::snapshots(c, id).await).await?;
    Ok(rows
        .into_iter()
        .map(|(round, at, content)| SnapshotView { round, at, content })
        .collect())
}

/// Read a deficiency sheet (lembar kekurangan dokumen).
///
/// The sheet of one round, as JSON or PDF (`?format=pdf`, or `Accept: application/pdf`).
#[utoipa::path(tag = "certification", params(AtRound, FormatQuery), responses((status = 200, content((DeficiencySheet = "application/json"), (PdfFile = "application/pdf")))))]
#[get("/applications/{id}/deficiency-sheets/{round}")]
pub async fn read_deficiency_sheet(
    desk: Desk,
    at: PathParam<AtRound>,
    wanted: NegotiatedFormat,
    typesetter: Provided<Typesetter>,
) -> Result<JsonOrPdf<DeficiencySheet>> {
    let record = find_visible(&desk, at.0.id).await?;
    let sheets = desk
        .database()
        .read(async |c| deficiency::store::sheets(c, at.0.id).await)
        .await?;
    let sheet = sheets
        .into_iter()
        .find(|sheet| sheet.round == at.0.round)
        .ok_or_else(|| Error::new(Code::NotFound))?;
    match wanted.0 {
        Format::Json => Ok(JsonOrPdf::Json(Reply::ok(sheet).read_only())),
        Format::Pdf => {
            let snapshot = desk
                .database()
                .read(async |c| snapshot::of_round(c, at.0.id, sheet.round).await)
                .await?;
            let document = deficiency_sheet(
                &sheet,
                record.number.as_deref().unwrap_or_default(),
                &snapshot.form,
            )?;
            typesetter
                .0
                .pdf_response(document, desk.request())
                .await
                .map(JsonOrPdf::Pdf)
        }
    }
}

/// Path of a proposal of an application.
#[derive(Debug, Clone, Copy, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Path)]
pub struct AtProposal {
    /// Id of the application.
    pub id: ApplicationId,
    /// Number of the proposal, from 1 on.
    #[param(example = 1, minimum = 1, maximum = 32_767)]
    pub seq: i16,
}

/// Read a confirmation sheet (lembar konfirmasi audit).
///
/// One proposal with its answer, as JSON or PDF (`?format=pdf`, or `Accept: application/pdf`). The
/// PDF of an unanswered proposal can be filled in by hand. It names the proposed team, because the
/// customer may object to members.
#[utoipa::path(tag = "certification", params(AtProposal, FormatQuery), responses((status = 200, content((Confirmation = "application/json"), (PdfFile = "application/pdf")))))]
#[get("/applications/{id}/audit-confirmations/{seq}")]
pub async fn read_audit_confirmation(
    desk: Desk,
    at: PathParam<AtProposal>,
    wanted: NegotiatedFormat,
    typesetter: Provided<Typesetter>,
) -> Result<JsonOrPdf<Confirmation>> {
    let record = find_visible(&desk, at.0.id).await?;
    let sheets = desk
        .database()
        .read(async |c| confirmation::store::list(c, at.0.id).await)
        .await?;
    let sheet = sheets
        .into_iter()
        .find(|sheet| sheet.seq == at.0.seq)
        .ok_or_else(|| Error::new(Code::NotFound))?;
    match wanted.0 {
        Format::Json => Ok(JsonOrPdf::Json(Reply::ok(sheet).read_only())),
        Format::Pdf => {
            let read = async |c: &mut PgConnection| {
                Ok((
                    snapshot::of_round(c, at.0.id, sheet.round).await?,
                    confirmation::store::team_names(c, at.0.id, sheet.seq).await?,
                ))
            };
            let (snapshot, names) = desk.database().read(read).await?;
            let document = audit_confirmation(
                &sheet,
                record.number.as_deref().unwrap_or_default(),
                &snapshot.form,
                &names,
            )?;
            typesetter
                .0
                .pdf_response(document, desk.request())
                .await
                .map(JsonOrPdf::Pdf)
        }
    }
}
