//! Two-way messages, the office's side. A question can make the settlement wait for the reporter.

use actix_web::post;

use super::AtComplaint;
use crate::casework::desk::Desk;
use crate::complaint::papers::message::{Author, MessageView, OfficeMessage};
use crate::complaint::sop::{Stage, Task};
use crate::complaint::store::messages::{self, NewMessage};
use crate::error::Result;
use crate::identity::signed_in::today;
use crate::web::{At, Body, Reply};

/// Write to the reporter (menulis pesan kepada pelapor).
///
/// The reporter reads it with their receipt code; nothing is sent to them. With `awaits_answer` the settlement waits.
#[utoipa::path(tag = "complaints", params(AtComplaint), request_body = OfficeMessage, responses((status = 201, body = MessageView)))]
#[post("/complaints/{id}/messages")]
pub async fn write_to_reporter(desk: Desk, at: At<AtComplaint>, form: Body<OfficeMessage>) -> Result<Reply<MessageView>> {
    let OfficeMessage { text, awaits_answer } = form.0;
    let mut file = desk.take(at.0.id, Task::WriteToReporter).await?;
    let waits = awaits_answer && file.leads_to(Stage::WaitingForReporter);
    let now = file.now();
    let (cover, connection) = file.parts();
    let new = NewMessage { case: at.0.id, author: Author::Office, on: today(now), surfaces_at: now, asks: awaits_answer, text: &text };
    let message = messages::add(connection, &cover.file.key, &new).await?;
    let to = if waits { Stage::WaitingForReporter } else { cover.stage };
    file.hand_over_quietly(to, Reply::created(format!("/api/v1/complaints/{}/messages", at.0.id), message)).await
}
