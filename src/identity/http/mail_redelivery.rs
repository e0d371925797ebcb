//! `POST /mails/{id}/redelivery`.

use actix_web::{HttpRequest, post};
use uuid::Uuid;

use super::mails::MailView;
use crate::clock::Clock;
use crate::database::Database;
use crate::error::Result;
use crate::identity::journal::{Act, Subject, record};
use crate::identity::{Admins, Restricted};
use crate::mail::redelivery::requeue;
use crate::web::{IdempotentWrite, PathParam, Provided, Reply};

/// Send a failed mail again (kirim ulang surel).
///
/// Sends the same mail to the current address of the account, with as many attempts as for a new
/// mail. Refused for a mail that was sent or is still waiting, and for a mail with an expired, used
/// or replaced code. For administrators.
#[utoipa::path(tag = "identity", params(("id" = Uuid, Path, description = "The mail")), responses((status = 200, description = "The mail, queued again", body = MailView)),
    extensions(("x-roles" = json!(["admin"])), ("x-problem-codes" = json!(["conflict"]))))]
#[post("/mails/{id}/redelivery")]
pub async fn redeliver_mail(
    caller: Restricted<Admins>,
    request: HttpRequest,
    at: PathParam<Uuid>,
    database: Provided<Database>,
    clock: Provided<Clock>,
) -> Result<Reply<MailView>> {
    let mut work =
        IdempotentWrite::begin(&database.0, &request, caller.0.user.0, clock.0.now()).await?;
    let now = work.now();
    let mail = requeue(&mut work, caller.0.office, at.0, now).await?;
    record(
        &mut work,
        &caller.0,
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
