//! What reporters see of their own complaint, and what they write to it. Days and no minutes; roles and no names.

use actix_web::{delete, get, post};
use chrono::NaiveDate;
use serde::Serialize;

use super::counter::Counter;
use super::other_channels::OTHER_CHANNELS;
use super::own_next::{self, OwnNext};
use crate::casework::workflow::Asking;
use crate::complaint::answer::letter;
use crate::complaint::breach::reporter::{BreachNotice, notices};
use crate::complaint::cabinet::slots::next_surfacing;
use crate::complaint::file::is_answered;
use crate::complaint::identity::Identity;
use crate::complaint::intake;
use crate::complaint::papers::form::Category;
use crate::complaint::papers::history::{Access, ReporterStep};
use crate::complaint::papers::message::{Author, MessageView, ReporterMessage};
use crate::complaint::papers::of_staff::{Answer, Kind, Signature};
use crate::complaint::printed::signed_answer;
use crate::complaint::showing;
use crate::complaint::sop::{QUESTION_WAITS, Stage};
use crate::complaint::store;
use crate::complaint::store::messages::NewMessage;
use crate::complaint::store::{disclosures, letters, messages, openings, outbox, papers, timeline};
use crate::error::{Code, Error, Fault, Result, fault};
use crate::identity::signed_in::today;
use crate::typesetting::Typesetter;
use crate::web::body::Check;
use crate::web::page::{PageQuery, size};
use crate::web::{
    Body, Cursor, Format, InFormat, Page, PdfFile, Provided, Query, Reply, Shown, Wanted,
};

/// The reporter's own complaint.
#[derive(Serialize, utoipa::ToSchema)]
pub struct OwnComplaint {
    /// The number to call it by.
    #[schema(example = "WBS-2026-7K3F9QX")]
    pub public_number: String,
    /// What it is about.
    pub category: Category,
    /// Where it is.
    pub stage: Stage,
    /// The day it was received on.
    #[schema(value_type = String, format = Date, example = "2026-07-06")]
    pub received_on: NaiveDate,
    /// What happened so far.
    pub timeline: Vec<ReporterStep>,
    /// Why it is out of scope, if it is.
    pub reason: Option<String>,
    /// Whether there is an answer to read.
    #[schema(example = false)]
    pub answered: bool,
    /// The day you acknowledged the answer.
    #[schema(value_type = Option<String>, format = Date)]
    pub acknowledged_on: Option<NaiveDate>,
    /// What may be done next, by whom, until which day, and why not by you. Writing to the office is open to you at every stage.
    pub next: Vec<OwnNext>,
    /// The day until which the office waits for a message of yours, because it asked you something; then it goes on without. Null while it does not wait.
    #[schema(value_type = Option<String>, format = Date, example = "2026-07-20")]
    pub awaited_until: Option<NaiveDate>,
    /// Breaches of confidentiality that affect it, newest first (pelanggaran kerahasiaan).
    pub breach_notices: Vec<BreachNotice>,
    /// Where else you can report (kanal nasional): the same for every reporter, at every stage.
    #[schema(
        example = "Selain melalui kantor ini, Anda selalu dapat melapor melalui kanal nasional."
    )]
    pub other_channels: &'static str,
}

/// Who opened it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct AccessLog {
    /// Newest first.
    pub items: Vec<Access>,
}

/// The letter of answer as the reporter reads it.
#[derive(Serialize, utoipa::ToSchema)]
pub struct OwnAnswer {
    /// What it says.
    #[serde(flatten)]
    pub letter: Answer,
    /// Its number, who signed it and when.
    pub signature: Signature,
}

/// Read my complaint (melihat pengaduan saya).
///
/// Where it is and what happened so far, in days.
#[utoipa::path(tag = "reporter", responses((status = 200, body = OwnComplaint)), security(("reporter" = [])))]
#[get("/complaints/mine")]
pub async fn read_own_complaint(counter: Counter) -> Result<Reply<OwnComplaint>> {
    let view = counter.read(async |c, tools| {
        let viewer =
            store::viewer::Viewer::enter(c, Asking::Reporter, Some(counter.case()), &tools.keys)
                .await?;
        let found = store::find(c, counter.case(), &viewer, Asking::Reporter, tools)
            .await?
            .ok_or_else(|| Error::new(Code::NotFound))?;
        let timeline = timeline::in_days(c, &tools.keys.case_ref(counter.case())).await?;
        let reason = if found.stage == Stage::OutOfScope {
            let key = tools.open(found.id, &found.wrapped).await?;
            showing::text(&papers::list(c, found.id).await?, Kind::OutOfScope, &key)?
                .map(|paper| paper.text)
        } else {
            None
        };
        let calendar = counter
            .desktop()
            .calendars
            .version(c, found.office, found.calendar_version)
            .await?;
        let next = own_next::next(&found, &calendar, counter.desktop().now);
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
                .then(|| today(found.stage_since + QUESTION_WAITS)),
            breach_notices: notices(c, counter.case()).await?,
            other_channels: OTHER_CHANNELS,
        })
    });
    view.await.map(Reply::ok)
}

/// List the messages of my complaint (percakapan).
///
/// Both sides, oldest first.
#[utoipa::path(tag = "reporter", params(PageQuery), responses((status = 200, body = Page<MessageView>)), security(("reporter" = [])))]
#[get("/complaints/mine/messages")]
pub async fn list_own_messages(
    counter: Counter,
    query: Query<PageQuery>,
    cursor: Provided<Cursor>,
) -> Result<Reply<Page<MessageView>>> {
    let (limit, case) = (size(query.0.limit)?, counter.case());
    let after = cursor
        .0
        .read(query.0.cursor.as_deref(), "own_messages", &case)?;
    let rows = counter.read(async |c, tools| {
        let key = store::key_of(c, case, tools).await?;
        messages::list(c, &key, case, None, after, limit + 1).await
    });
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
/// The office sees it from its next surfacing time on. Also possible after the answer, and after the complaint is closed. After 100 messages in a row that
/// the office has not answered there is room for one a day until it writes; others are refused with `conflict`.
#[utoipa::path(tag = "reporter", request_body = ReporterMessage, responses((status = 201, body = MessageView)), security(("reporter" = [])), extensions(("x-problem-codes" = json!(["conflict"]))))]
#[post("/complaints/mine/messages")]
pub async fn write_to_office(
    counter: Counter,
    form: Body<ReporterMessage>,
) -> Result<Reply<MessageView>> {
    let mut work = counter.begin().await?;
    let (at, tools) = (counter.desktop(), counter.cabinet());
    let key = store::key_of(&mut work, counter.case(), tools).await?;
    let (_, surfaces_at) = next_surfacing(&mut work, at, tools).await?;
    let new = NewMessage {
        case: counter.case(),
        author: Author::Reporter,
        on: today(at.now),
        surfaces_at,
        asks: false,
        text: &form.0.text,
    };
    let message = messages::add(&mut work, &key, &new).await?;
    outbox::wait(&mut work, counter.case(), "reporter_wrote", None, at, tools).await?;
    work.finish(Reply::created("/api/v1/complaints/mine/messages", message))
        .await
}

impl Check for Identity {
    fn faults(&self) -> Vec<Fault> {
        let mut faults = Self::faults(self, "");
        if self.is_empty() {
            faults.push(fault(
                "",
                "empty",
                "Isi sedikitnya satu data.",
                "Say at least one thing.",
            ));
        }
        faults
    }
}

/// Say who I am (menyatakan identitas).
///
/// Replaces what was said before; it cannot be taken back. It is sealed apart from the complaint: nobody who handles it can open it.
#[utoipa::path(tag = "reporter", request_body = Identity, responses((status = 204)), security(("reporter" = [])))]
#[post("/complaints/mine/identity")]
pub async fn declare_identity(counter: Counter, identity: Body<Identity>) -> Result<Reply<()>> {
    let mut work = counter.begin().await?;
    intake::declare(
        &mut work,
        counter.case(),
        &identity.0,
        counter.desktop(),
        counter.cabinet(),
    )
    .await?;
    work.finish(Reply::nothing()).await
}

/// Read the answer (surat jawaban).
///
/// Once the office has sent it; as JSON or as the letter itself (`?format=pdf`, or `Accept: application/pdf`).
#[utoipa::path(tag = "reporter", params(InFormat), responses((status = 200, content((OwnAnswer = "application/json"), (PdfFile = "application/pdf")))), security(("reporter" = [])), extensions(("x-problem-codes" = json!(["not_found"]))))]
#[get("/complaints/mine/answer")]
pub async fn read_own_answer(
    counter: Counter,
    wanted: Wanted,
    typesetter: Provided<Typesetter>,
) -> Result<Shown<OwnAnswer>> {
    let found = counter.read(async |c, tools| {
        let viewer =
            store::viewer::Viewer::enter(c, Asking::Reporter, Some(counter.case()), &tools.keys)
                .await?;
        let found = store::find(c, counter.case(), &viewer, Asking::Reporter, tools)
            .await?
            .filter(|record| is_answered(record.stage));
        let found = found.ok_or_else(|| Error::new(Code::NotFound))?;
        let key = tools.open(found.id, &found.wrapped).await?;
        let answer = showing::answer(&papers::list(c, found.id).await?, &key)?;
        let answer = answer.ok_or_else(|| Error::new(Code::NotFound))?;
        let kept = if wanted.0 == Format::Pdf {
            letters::read(c, &key, found.id, answer.draft).await?
        } else {
            None
        };
        let signed = answer.signature.map(|signature| OwnAnswer {
            letter: answer.letter,
            signature,
        });
        signed
            .map(|signed| (signed, kept, found.public_number, found.received_on))
            .ok_or_else(|| Error::new(Code::NotFound))
    });
    let (answer, kept, public_number, received_on) = found.await?;
    if let Some(kept) = kept {
        return Ok(Shown::Pdf(letter::sent(kept, &answer.signature.number)));
    }
    match wanted.0 {
        Format::Json => Ok(Shown::Json(Reply::ok(answer))),
        Format::Pdf => {
            let paper = signed_answer(
                &answer.letter,
                &answer.signature,
                &public_number,
                received_on,
            )?;
            typesetter
                .0
                .print(paper, counter.request())
                .await
                .map(Shown::Pdf)
        }
    }
}

/// Read the access log (catatan akses).
///
/// On which days people of which role opened your complaint, and when part of your identity or the original of an attachment was disclosed.
#[utoipa::path(tag = "reporter", responses((status = 200, body = AccessLog)), security(("reporter" = [])))]
#[get("/complaints/mine/access-log")]
pub async fn read_access_log(counter: Counter) -> Result<Reply<AccessLog>> {
    let items = counter.read(async |c, tools| {
        let key = store::key_of(c, counter.case(), tools).await?;
        let told = disclosures::told(c, counter.case(), &key)
            .await?
            .into_iter();
        let opened = told.map(|told| {
            let disclosed = told.original.is_none().then_some(told.fields);
            Access {
                on: told.on,
                role: told.role.code().to_owned(),
                people: 1,
                disclosed,
                original: told.original,
            }
        });
        let mut items: Vec<_> = opened
            .chain(openings::list(c, counter.case()).await?)
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
/// The token opens nothing any more.
#[utoipa::path(tag = "reporter", responses((status = 204)), security(("reporter" = [])))]
#[delete("/complaints/mine/session")]
pub async fn end_complaint_session(counter: Counter) -> Result<Reply<()>> {
    counter.leave().await?;
    Ok(Reply::nothing())
}
