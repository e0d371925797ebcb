//! `POST /mails/{id}/redelivery`.

use actix_web::{HttpRequest, post};
use uuid::Uuid;

use super::mails::MailView;
use crate::clock::Clock;
use crate::database::Database;
use crate::error::Result;
use crate::identity::journal::{Act, Subject, record};
use crate::identity::signed_in::Administrator;
use crate::mail::redelivery::renew;
use crate::web::{At, IdempotentWrite, Provided, Reply};

/// Send a mail again that was given up (kirim ulang surel).
///
/// The same mail, to the address the account has now; it is tried as often as a new one. One that was sent or still waits is refused, and so is one whose code
/// has expired, was used, or gave way to a newer one. For administrators.
#[utoipa::path(tag = "identity", params(("id" = Uuid, Path, description = "The mail")), responses((status = 200, description = "The mail, waiting again", body = MailView)),
    extensions(("x-roles" = json!(["admin"])), ("x-problem-codes" = json!(["conflict"]))))]
#[post("/mails/{id}/redelivery")]
pub async fn redeliver_mail(
    who: Administrator,
    request: HttpRequest,
    at: At<Uuid>,
    database: Provided<Database>,
    clock: Provided<Clock>,
) -> Result<Reply<MailView>> {
    let mut work =
        IdempotentWrite::begin(&database.0, &request, who.0.user.0, clock.0.now()).await?;
    let now = work.now();
    let mail = renew(&mut work, who.0.office, at.0, now).await?;
    record(
        &mut work,
        &who.0,
        Act {
            subject: Subject::Mail,
            id: at.0,
            task: "redeliver_mail",
            note: None,
        },
        now,
    )
    .await?;
    work.finish(Reply::ok(MailView::try_from(mail)?)).await
}
