//! A message of the office to the reporter. A question can make the settlement wait for the answer.

use actix_web::post;

use super::AtComplaint;
use crate::casework::desk::Desk;
use crate::complaint::papers::message::{Author, MessageView, OfficeMessage};
use crate::complaint::sop::{Stage, Task};
use crate::complaint::store::messages::{self, NewMessage};
use crate::error::{Error, Result, fault};
use crate::identity::signed_in::today;
use crate::web::{Body, PathParam, Reply};

/// Write to the reporter (menulis pesan kepada pelapor).
///
/// The reporter reads the message after opening the complaint with the receipt code; no
/// notification is sent. With `awaits_answer` the settlement waits. At a stage where it cannot
/// wait, as before the forwarding or after the answer, `awaits_answer` is refused with
/// `invalid_content`.
#[utoipa::path(tag = "complaints", params(AtComplaint), request_body = OfficeMessage, responses((status = 201, body = MessageView)))]
#[post("/complaints/{id}/messages")]
pub async fn write_to_reporter(
    desk: Desk,
    at: PathParam<AtComplaint>,
    form: Body<OfficeMessage>,
) -> Result<Reply<MessageView>> {
    let OfficeMessage {
        text,
        awaits_answer,
    } = form.0;
    let mut file = desk.take(at.0.id, Task::WriteToReporter).await?;
    if awaits_answer && !file.leads_to(Stage::WaitingForReporter) {
        return Err(cannot_await_answer());
    }
    let now = file.now();
    let (header, connection) = file.parts();
    let new = NewMessage {
        case: at.0.id,
        author: Author::Office,
        on: today(now),
        surfaces_at: now,
        asks: awaits_answer,
        text: &text,
    };
    let message = messages::add(connection, &header.file.key, &new).await?;
    let to = if awaits_answer {
        Stage::WaitingForReporter
    } else {
        header.stage
    };
    file.hand_over_without_view(
        to,
        Reply::created(format!("/api/v1/complaints/{}/messages", at.0.id), message),
    )
    .await
}

/// The refusal of `awaits_answer` at a stage that cannot wait: the reporter would read that the
/// office waits, without a date.
fn cannot_await_answer() -> Error {
    let id = "Pada tahap ini kantor tidak dapat menunggu jawaban pelapor. Kirim pesan tanpa awaits_answer.";
    let en = "At this stage the office cannot wait for an answer of the reporter. Send the message without awaits_answer.";
    Error::invalid(vec![fault("/awaits_answer", "nobody_waits", id, en)])
}
