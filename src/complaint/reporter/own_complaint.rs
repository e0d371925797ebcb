//! The reporter's view of the own complaint, and messages to the office. Times are given as days,
//! staff as roles without names.

use actix_web::{delete, get, post};
use chrono::NaiveDate;
use serde::Serialize;

use super::context::ReporterContext;
use super::next_steps::{self, OwnNext};
use crate::complaint::answer;
use crate::complaint::breach::views::{BreachNotice, notices};
use crate::complaint::file::is_answered;
use crate::complaint::identity::Identity;
use crate::complaint::intake;
use crate::complaint::papers::form::Category;
use crate::complaint::papers::history::{Access, ReporterStep};
use crate::complaint::papers::message::{Author, MessageView, ReporterMessage};
use crate::complaint::papers::of_staff::{Answer, PaperKind, Signature};
use crate::complaint::printed::signed_answer;
use crate::complaint::sop::{QUESTION_TIMEOUT, Stage};
use crate::complaint::store;
use crate::complaint::store::messages::NewMessage;
use crate::complaint::store::{disclosures, letters, messages, openings, papers, timeline};
use crate::complaint::view_builder;
use crate::error::{Code, Error, FieldError, OrNotFound as _, Result, fault};
use crate::identity::signed_in::today;
use crate::typesetting::Typesetter;
use crate::web::body::Validate;
use crate::web::page::{PageQuery, page_size};
use crate::web::{
    Body, Cursor, Format, FormatQuery, JsonOrPdf, Page, PdfFile, Provided, Query, Reply,
    RequestedFormat,
};

/// National channels for reports beside this office. Every reporter gets the same text at every
/// stage, so the text reveals nothing about a complaint.
const OTHER_CHANNELS: &str = "Selain melalui kantor ini, Anda selalu dapat melapor melalui kanal nasional: KPK Whistleblower's System (https://kws.kpk.go.id), \
     Ombudsman Republik Indonesia (https://www.ombudsman.go.id), dan SP4N-LAPOR! (https://www.lapor.go.id).";

/// The reporter's own complaint.
#[derive(Serialize, utoipa::ToSchema)]
pub struct OwnComplaint {
    /// Public number of the complaint.
    #[schema(example = "WBS-2026-7K3F9QX")]
    pub public_number: String,
    /// Category of the complaint.
    pub category: Category,
    /// Present stage.
    pub stage: Stage,
    /// Day of receipt.
    #[schema(value_type = String, format = Date, example = "2026-07-06")]
    pub received_on: NaiveDate,
    /// Steps taken so far, in days.
    pub timeline: Vec<ReporterStep>,
    /// Reason why the complaint is out of scope; null otherwise.
    pub reason: Option<String>,
    /// Whether an answer can be read.
    #[schema(example = false)]
    pub answered: bool,
    /// Day on which you acknowledged the answer.
    #[schema(value_type = Option<String>, format = Date)]
    pub acknowledged_on: Option<NaiveDate>,
    /// Tasks that can be taken next, with actor, due date and the reason when you may not take
    /// them. You may write to the office at every stage.
    pub next: Vec<OwnNext>,
    /// Day until which the office waits for your answer to a question. Afterwards the settlement
    /// continues without your answer. Null while the office does not wait.
    #[schema(value_type = Option<String>, format = Date, example = "2026-07-20")]
    pub awaited_until: Option<NaiveDate>,
    /// Breaches of confidentiality that affect the complaint, newest first (pelanggaran
    /// kerahasiaan).
    pub breach_notices: Vec<BreachNotice>,
    /// Other channels for a report (kanal nasional): the same text for every reporter, at every
    /// stage.
    #[schema(
        example = "Selain melalui kantor ini, Anda selalu dapat melapor melalui kanal nasional."
    )]
    pub other_channels: &'static str,
}

/// Access log of a complaint.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct AccessLog {
    /// Entries, newest first.
    pub items: Vec<Access>,
}

/// The letter of answer as the reporter reads it.
#[derive(Serialize, utoipa::ToSchema)]
pub struct OwnAnswer {
    /// Subject and text of the letter.
    #[serde(flatten)]
    pub letter: Answer,
    /// Number, signer and date of the letter.
    pub signature: Signature,
}

/// Read my complaint (melihat pengaduan saya).
///
/// Gives the stage and the steps taken so far, in days.
#[utoipa::path(tag = "reporter", responses((status = 200, body = OwnComplaint)), security(("reporter" = [])))]
#[get("/complaints/mine")]
pub async fn read_own_complaint(context: ReporterContext) -> Result<Reply<OwnComplaint>> {
    let view = context.read(async |c, found, services| {
        let timeline =
            timeline::list_for_reporter(c, &services.keys.case_ref(context.case())).await?;
        let reason = if found.stage == Stage::OutOfScope {
            let key = services.case_key(found.id, &found.wrapped).await?;
            view_builder::text(
                &papers::list(c, found.id).await?,
                PaperKind::OutOfScope,
                &key,
            )?
            .map(|paper| paper.text)
        } else {
            None
        };
        let calendar = context
            .request_time()
            .calendars
            .version(c, found.office, found.calendar_version)
            .await?;
        let next = next_steps::own_next_steps(&found, &calendar, context.request_time().now);
        Ok(OwnComplaint {
            public_number: found.public_number,
            category: found.category,
            stage: found.stage,
            received_on: found.received_on,
            timeline,
            reason,
            answered: is_answered(found.stage),
            acknowledged_on: found.acknowledged_on,
            next,
            awaited_until: (found.stage == Stage::WaitingForReporter)
                .then(|| today(found.stage_since + QUESTION_TIMEOUT)),
            breach_notices: notices(c, context.case()).await?,
            other_channels: OTHER_CHANNELS,
        })
    });
    view.await.map(Reply::ok)
}

/// List the messages of my complaint (percakapan).
///
/// Messages of both sides, oldest first.
#[utoipa::path(tag = "reporter", params(PageQuery), responses((status = 200, body = Page<MessageView>)), security(("reporter" = [])))]
#[get("/complaints/mine/messages")]
pub async fn list_own_messages(
    context: ReporterContext,
    query: Query<PageQuery>,
    cursor: Provided<Cursor>,
) -> Result<Reply<Page<MessageView>>> {
    let (limit, case) = (page_size(query.0.limit)?, context.case());
    let after = cursor
        .0
        .read(query.0.cursor.as_deref(), "own_messages", &case)?;
    let rows = context
        .read_with_key(async |c, key| messages::list(c, key, case, None, after, limit + 1).await);
    Ok(Reply::page(cursor.0.page(
        rows.await?,
        limit,
        "own_messages",
        &case,
        |message| message.seq,
    )?))
}

/// Write to the office (menulis pesan kepada kantor).
///
/// The office can read the message from its next release time on. You may also write after the
/// answer and after the complaint is closed. After 100 messages in a row without a message of the
/// office, one message a day is accepted until the office writes; further messages are refused with
/// `conflict`.
#[utoipa::path(tag = "reporter", request_body = ReporterMessage, responses((status = 201, body = MessageView)), security(("reporter" = [])), extensions(("x-problem-codes" = json!(["conflict"]))))]
#[post("/complaints/mine/messages")]
pub async fn write_to_office(
    context: ReporterContext,
    form: Body<ReporterMessage>,
) -> Result<Reply<MessageView>> {
    let mut act = context.begin().await?;
    let new = NewMessage {
        case: act.case(),
        author: Author::Reporter,
        on: act.day(),
        surfaces_at: act.surfaces_at(),
        asks: false,
        text: &form.0.text,
    };
    let (services, connection) = act.parts();
    let key = store::key_of(connection, new.case, services).await?;
    let message = messages::add(connection, &key, &new).await?;
    let reply = Reply::created("/api/v1/complaints/mine/messages", message);
    act.commit("reporter_wrote", reply).await
}

impl Validate for Identity {
    fn errors(&self) -> Vec<FieldError> {
        let mut faults = Self::field_errors(self, "");
        if self.is_empty() {
            faults.push(fault(
                "",
                "empty",
                "Isi sedikitnya satu data.",
                "Fill in at least one field.",
            ));
        }
        faults
    }
}

/// Declare my identity (menyatakan identitas).
///
/// Replaces an identity that you declared before. A declaration cannot be withdrawn. The identity
/// is sealed apart from the complaint; the handlers of the complaint cannot open it.
#[utoipa::path(tag = "reporter", request_body = Identity, responses((status = 204)), security(("reporter" = [])))]
#[post("/complaints/mine/identity")]
pub async fn declare_identity(
    context: ReporterContext,
    identity: Body<Identity>,
) -> Result<Reply<()>> {
    let mut act = context.begin().await?;
    intake::store_identity(&mut act, &identity.0).await?;
    act.commit("reporter_wrote", Reply::no_content()).await
}

/// Read the answer (surat jawaban).
///
/// Available when the office has delivered the answer, as JSON or as the letter itself.
#[utoipa::path(tag = "reporter", params(FormatQuery), responses((status = 200, content((OwnAnswer = "application/json"), (PdfFile = "application/pdf")))), security(("reporter" = [])), extensions(("x-problem-codes" = json!(["not_found"]))))]
#[get("/complaints/mine/answer")]
pub async fn read_own_answer(
    context: ReporterContext,
    format: RequestedFormat,
    typesetter: Provided<Typesetter>,
) -> Result<JsonOrPdf<OwnAnswer>> {
    let found = context.read(async |c, found, services| {
        if !is_answered(found.stage) {
            return Err(Error::new(Code::NotFound));
        }
        let key = services.case_key(found.id, &found.wrapped).await?;
        let answer = view_builder::answer(&papers::list(c, found.id).await?, &key)?;
        let answer = answer.or_not_found()?;
        let stored_letter = if format.0 == Format::Pdf {
            letters::read(c, &key, found.id, answer.draft).await?
        } else {
            None
        };
        let signed = answer.signature.map(|signature| OwnAnswer {
            letter: answer.letter,
            signature,
        });
        signed
            .map(|signed| {
                (
                    signed,
                    stored_letter,
                    found.public_number,
                    found.received_on,
                )
            })
            .or_not_found()
    });
    let (answer, stored_letter, public_number, received_on) = found.await?;
    if let Some(stored_letter) = stored_letter {
        return Ok(JsonOrPdf::Pdf(answer::to_pdf(
            stored_letter,
            &answer.signature.number,
        )));
    }
    match format.0 {
        Format::Json => Ok(JsonOrPdf::Json(Reply::ok(answer))),
        Format::Pdf => {
            let paper = signed_answer(
                &answer.letter,
                &answer.signature,
                &public_number,
                received_on,
            )?;
            typesetter
                .0
                .pdf_response(paper, context.request())
                .await
                .map(JsonOrPdf::Pdf)
        }
    }
}

/// Read the access log (catatan akses).
///
/// Lists the days on which staff opened your complaint, with their roles, and the disclosures of
/// parts of your identity or of the original of an attachment.
#[utoipa::path(tag = "reporter", responses((status = 200, body = AccessLog)), security(("reporter" = [])))]
#[get("/complaints/mine/access-log")]
pub async fn read_access_log(context: ReporterContext) -> Result<Reply<AccessLog>> {
    let items = context.read_with_key(async |c, key| {
        let disclosure = disclosures::list_opened(c, context.case(), key)
            .await?
            .into_iter();
        let opened = disclosure.map(|disclosure| {
            let disclosed = disclosure.original.is_none().then_some(disclosure.fields);
            Access {
                on: disclosure.on,
                role: disclosure.role.code().to_owned(),
                people: 1,
                disclosed,
                original: disclosure.original,
            }
        });
        let mut items: Vec<_> = opened
            .chain(openings::list(c, context.case()).await?)
            .collect();
        items.sort_by_key(|access| std::cmp::Reverse(access.on));
        Ok(items)
    });
    Ok(Reply::ok(AccessLog {
        items: items.await?,
    }))
}

/// End the session (menutup sesi).
///
/// The token is invalid afterwards.
#[utoipa::path(tag = "reporter", responses((status = 204)), security(("reporter" = [])))]
#[delete("/complaints/mine/session")]
pub async fn end_complaint_session(context: ReporterContext) -> Result<Reply<()>> {
    context.end_session().await?;
    Ok(Reply::no_content())
}
