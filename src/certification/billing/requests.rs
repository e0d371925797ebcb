//! Requests of billing codes at the payment office, and questions about their payment, as jobs: the
//! engine repeats what failed. A request keeps its transaction number, so that a lost answer makes
//! no second code. Off in manual mode.

use chrono::{DateTime, TimeDelta, Utc};
use graphile_worker::{IntoTaskHandlerResult, TaskHandler, WorkerContext, WorkerOptions};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::BillingView;
use super::booking::book;
use super::new_code::NewCode;
use super::payment::{MAX_TEXT, PaymentSource, is_ntpn, is_plausible};
use super::store::reports::ReportedPayment;
use super::store::requests::{NewRequest, RequestRow};
use super::store::{self, Ending, NewBilling};
use crate::casework::announce::{About, NotificationKind};
use crate::casework::desk::{OpenFile, take_as_service};
use crate::casework::worker::JobContext;
use crate::casework::workflow::RequestTime;
use crate::certification::announcing::alert_treasurers;
use crate::certification::cost::CostLine;
use crate::certification::sop::Task;
use crate::error::{Code, Error, Result};
use crate::gateways::payment_office::simponi_text::{NOTE, PAYER, simponi_text};
use crate::gateways::payment_office::{
    CodeRequest, PaymentOffice, PaymentOfficeFailure, RequestedLine, StatusPayment,
};
use crate::ids::{ApplicationId, AuditNoticeId, OfficeId};
use crate::jobs::{Job, queue};
use crate::sop::gate::Principal;
use crate::text::foreign_line;
use crate::web::Reply;

/// How long after its issue the payment office is asked about a code: beyond its validity, because a
/// payment may be reported late.
const ASKED_FOR: TimeDelta = TimeDelta::days(30);
/// How long after a refusal the code is requested again.
const REFUSED_AGAIN: TimeDelta = TimeDelta::days(1);
/// Codes asked about in one statement.
const PAGE: i64 = 100;

/// Job: requests a billing code.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct RequestBillingCode {
    /// The request.
    pub request: Uuid,
}

impl Job for RequestBillingCode {
    const NAME: &'static str = "request_billing_code";
    const QUEUE: Option<&'static str> = Some("payment_office");

    fn key(&self) -> String {
        format!("{}:{}", Self::NAME, self.request)
    }
}

/// Job: asks the payment office about unpaid codes, because a push may have been lost.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct CheckPayments;

impl TaskHandler for RequestBillingCode {
    const IDENTIFIER: &'static str = <Self as Job>::NAME;

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        let (Some(desk), Some(office)) = (
            context.get_ext::<JobContext>(),
            context.get_ext::<PaymentOffice>(),
        ) else {
            return Err("the worker has no desk".to_owned());
        };
        request_code(desk, office, self.request)
            .await
            .map_err(|error| error.to_string())
    }
}

impl TaskHandler for CheckPayments {
    const IDENTIFIER: &'static str = "check_payments";

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        let (Some(desk), Some(office)) = (
            context.get_ext::<JobContext>(),
            context.get_ext::<PaymentOffice>(),
        ) else {
            return Err("the worker has no desk".to_owned());
        };
        check_payments(desk, office)
            .await
            .map_err(|error| error.to_string())
    }
}

/// Registers the jobs of e-billing with the job engine.
///
/// # Errors
/// When the timetable cannot be parsed.
pub fn define(options: WorkerOptions, office: PaymentOffice) -> Result<WorkerOptions> {
    options
        .add_extension(office)
        .define_job::<RequestBillingCode>()
        .define_job::<CheckPayments>()
        // The queue keeps two runs apart; the key lets a run that waits stand for the next one.
        .with_cron("7,22,37,52 * * * * check_payments ?queue=check_payments&job_key=check_payments")
        .map_err(|error| Error::internal(error.to_string()))
}

/// Queues the request `new` at the payment office.
pub async fn request(
    connection: &mut sqlx::PgConnection,
    new: NewRequest<'_>,
    now: DateTime<Utc>,
) -> Result<()> {
    let request = store::requests::add(connection, new, now).await?;
    queue(connection, &RequestBillingCode { request }, now).await
}

/// Requests a code that is to replace `old`.
pub async fn request_replacement(
    file: &mut OpenFile<Task>,
    old: &BillingView,
    reason: &str,
    by: Uuid,
) -> Result<()> {
    let (office, now) = (file.header().office, file.now());
    let new = NewRequest {
        office,
        application: old.application_id,
        notice: store::notice_of(file, old.id).await?,
        lines: &old.lines,
        payer: &old.payer.text,
        note: &old.note.text,
        replace_reason: Some(reason),
        by,
    };
    request(file, new, now).await
}

/// The request of an application whose code step 8 may send.
///
/// # Errors
/// `conflict` while the payment office has not answered, if it refused, or if the code has expired.
pub async fn issued_for(
    connection: &mut sqlx::PgConnection,
    application: ApplicationId,
    (amount, needed): (i64, NewCode),
    now: DateTime<Utc>,
) -> Result<Option<RequestRow>> {
    let newest = store::requests::newest_of(connection, application).await?;
    let Some(request) = newest.filter(|request| request.amount == amount) else {
        return Ok(None);
    };
    let failure = request.failure.as_deref().unwrap_or("-");
    let (id, en) = match request.status.as_str() {
        "issued" if request.expires_at.is_some_and(|end| end > now) => return Ok(Some(request)),
        // The letter can be sent with the earlier code.
        "issued" | "refused" if needed == NewCode::Optional => return Ok(None),
        "issued" => (
            "Kode billing yang diminta sudah kedaluwarsa dan diminta lagi dalam seperempat jam; tunggu, atau isi kodenya sendiri.".to_owned(),
            "The requested billing code has expired and is requested again within a quarter of an hour; wait, or enter a code yourself.".to_owned(),
        ),
        "waiting" => (
            format!("Kode billing sudah diminta tetapi belum diterima ({failure}); tunggu, atau isi kodenya sendiri."),
            format!("The billing code was requested and has not come yet ({failure}); wait, or enter a code yourself."),
        ),
        "refused" => (
            format!("Permintaan kode billing ditolak ({failure}) dan diulang sehari kemudian; tunggu, atau isi kodenya sendiri."),
            format!("The request of a billing code was refused ({failure}) and is made again a day later; wait, or enter a code yourself."),
        ),
        _ => return Ok(None),
    };
    Err(Error::new(Code::Conflict).detail(id, en))
}

/// Requests anew what step 8 waits for: a code that expired before the letter was sent, and once a
/// day a code that was refused. The transaction number is a new one.
async fn request_again(desk: &JobContext, now: DateTime<Utc>) -> Result<()> {
    let mut transaction = desk.database.begin().await?;
    let before = now - REFUSED_AGAIN;
    for id in store::requests::list_stale(&mut transaction, now, before).await? {
        if let Some(request) = store::requests::renew(&mut transaction, id, now).await? {
            queue(&mut transaction, &RequestBillingCode { request }, now).await?;
        }
    }
    transaction.commit().await
}

async fn request_code(desk: &JobContext, office: &PaymentOffice, id: Uuid) -> Result<()> {
    let find = async || {
        desk.database
            .read(async |c| store::requests::find(c, id).await)
            .await
    };
    let Some(request) = find().await? else {
        return Ok(());
    };
    if request.status == "waiting" {
        let asked = CodeRequest {
            trx_id: request.id.to_string(),
            at: desk.clock.now(),
            amount: request.amount,
            payer: simponi_text(&request.payer, PAYER),
            note: simponi_text(&request.note, NOTE),
            lines: request.lines.iter().map(requested_line).collect(),
        };
        let answer = office.request_code(&asked).await;
        let mut transaction = desk.database.begin().await?;
        match &answer {
            Ok(issued) => store::requests::answered(&mut transaction, id, issued).await?,
            Err(failure) => store::requests::failed(&mut transaction, id, failure).await?,
        }
        if let Err(PaymentOfficeFailure::Refused(_)) = &answer {
            let about = About::Application(ApplicationId(request.application_id));
            let of = (OfficeId(request.office_id), about);
            let kind = NotificationKind::BillingCodeRefused;
            alert_treasurers(&mut transaction, of, kind, desk.clock.now()).await?;
        }
        transaction.commit().await?;
        if let Err(PaymentOfficeFailure::Passing(code)) = answer {
            return Err(Error::internal(code));
        }
    }
    match find().await? {
        Some(request) if request.status == "issued" && request.replace_reason.is_some() => {
            issue_replacement(desk, office, request).await
        }
        Some(_) | None => Ok(()),
    }
}

fn requested_line(line: &CostLine) -> RequestedLine {
    RequestedLine {
        quantity: line.quantity.decimal(),
        unit: line.unit.clone(),
        unit_amount: line.unit_amount,
        amount: line.amount(),
    }
}

/// Puts the code that came in the place of the old one, unless that was paid meanwhile or is not due
/// any more.
async fn issue_replacement(
    desk: &JobContext,
    office: &PaymentOffice,
    request: RequestRow,
) -> Result<()> {
    let application = ApplicationId(request.application_id);
    let at = RequestTime {
        now: desk.clock.now(),
        calendars: desk.calendars.clone(),
    };
    let taken =
        take_as_service::<Task>(&desk.database, &at, (), application, Task::IssueBilling).await;
    let mut file = match taken {
        Ok(file) => file,
        // The letter was withdrawn meanwhile: step 8 of the next one uses the code.
        Err(Error::Refused(refused)) if refused.code == Code::OutOfOrder => return Ok(()),
        Err(error) => return Err(error),
    };
    let (now, stage) = (file.now(), file.header().stage);
    let last = store::last(&mut file, Principal::System, application, now).await?;
    let unpaid = last.filter(|old| !old.is_settled());
    // Read again under the lock: a person may have entered another code, or a notice that was sent
    // meanwhile bills another amount.
    let again = store::requests::find(&mut file, request.id).await?;
    let is_open = again.is_some_and(|again| again.status == "issued")
        && store::billed_by_notice(&mut file, application).await? == Some(request.amount);
    let (Some(old), true, Some(issued_at), Some(expires_at), Some(code)) = (
        unpaid,
        is_open,
        request.issued_at,
        request.expires_at,
        &request.code,
    ) else {
        drop(file);
        let mut transaction = desk.database.begin().await?;
        store::requests::drop_one(&mut transaction, request.id).await?;
        return transaction.commit().await;
    };
    let reason = request.replace_reason.as_deref();
    store::end_current(&mut file, application, Ending::Replaced, reason, now).await?;
    let new = NewBilling {
        office: OfficeId(request.office_id),
        application,
        notice: AuditNoticeId(request.notice_id),
        by: request.requested_by,
        code,
        valid: (issued_at, expires_at),
        account_code: office.account(),
        lines: &request.lines,
        payer: &request.payer,
        note: &request.note,
        request: Some(request.id),
        replaces: Some(old.id),
    };
    store::add(&mut file, &new, now).await?;
    store::requests::used(&mut file, request.id).await?;
    if let Some(reason) = reason {
        file.note(reason);
    }
    drop(
        file.hand_over_without_view(stage, Reply::no_content())
            .await?,
    );
    Ok(())
}

async fn check_payments(desk: &JobContext, office: &PaymentOffice) -> Result<()> {
    if !office.is_connected() {
        return Ok(());
    }
    let at = RequestTime {
        now: desk.clock.now(),
        calendars: desk.calendars.clone(),
    };
    request_again(desk, at.now).await?;
    let (mut after, mut failure) = (None, None);
    'codes: loop {
        let page = desk
            .database
            .read(async |c| {
                store::unpaid_at_payment_office(c, at.now - ASKED_FOR, after, PAGE).await
            })
            .await?;
        let Some((last, _, _)) = page.last() else {
            break;
        };
        after = Some(last.0);
        for (_, code, trx_id) in &page {
            match office.status(trx_id).await {
                Ok(Some(paid)) => {
                    // One code that cannot be booked keeps no other from being asked about.
                    if let Err(error) = book_status(desk, &at, code, paid).await {
                        tracing::error!(%error, "a payment found by a status call could not be booked");
                        failure.get_or_insert(error);
                    }
                }
                Ok(None) | Err(PaymentOfficeFailure::Refused(_)) => {}
                Err(passing) => {
                    failure.get_or_insert_with(|| Error::internal(passing.code().to_owned()));
                    // Each further question would last as long as this one.
                    if passing.is_out_of_reach() {
                        break 'codes;
                    }
                }
            }
        }
    }
    // The engine repeats the job for the failed ones.
    failure.map_or(Ok(()), Err)
}

async fn book_status(
    desk: &JobContext,
    at: &RequestTime,
    code: &str,
    paid: StatusPayment,
) -> Result<()> {
    if !is_ntpn(&paid.ntpn) || !is_plausible(paid.paid_at, at.now) {
        return Err(Error::internal("a status call gave an implausible payment"));
    }
    let line = |text: Option<String>| foreign_line(&text?, MAX_TEXT);
    let reported = ReportedPayment {
        code: code.to_owned(),
        ntpn: paid.ntpn.to_ascii_uppercase(),
        ntb: line(paid.ntb),
        amount: None,
        bank: line(paid.bank),
        channel: line(paid.channel),
        book_date: None,
        paid_at: paid.paid_at,
    };
    book(&desk.database, at, PaymentSource::StatusCall, &reported).await?;
    Ok(())
}

/// The code of a request as a billing of step 8.
pub fn billing_form(request: &RequestRow, account: Option<&str>) -> Option<super::BillingForm> {
    Some(super::BillingForm {
        code: request.code.clone()?,
        issued_at: request.issued_at?,
        expires_at: request.expires_at,
        account_code: account.map(str::to_owned),
    })
}
