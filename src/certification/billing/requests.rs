//! Requests of billing codes at the payment office, and questions about their payment, as jobs: the
//! engine repeats what failed. A request keeps its transaction number, so that a lost answer makes
//! no second code. Off in manual mode.

use chrono::{DateTime, TimeDelta, Utc};
use graphile_worker::{IntoTaskHandlerResult, TaskHandler, WorkerContext, WorkerOptions};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::BillingView;
use super::booking::book;
use super::payment::{PaymentSource, is_ntpn};
use super::store::reports::ReportedPayment;
use super::store::requests::{NewRequest, RequestRow};
use super::store::{self, Ending, NewBilling};
use crate::casework::desk::{OpenFile, take_as_service};
use crate::casework::worker::JobContext;
use crate::casework::workflow::RequestTime;
use crate::certification::cost::CostLine;
use crate::certification::sop::Task;
use crate::error::{Code, Error, Result};
use crate::gateways::payment_office::simponi_text::{NOTE, PAYER, simponi_text};
use crate::gateways::payment_office::{
    CodeRequest, PaymentOffice, PaymentOfficeFailure, RequestedLine,
};
use crate::ids::{ApplicationId, AuditNoticeId, OfficeId};
use crate::jobs::{Job, queue};
use crate::sop::gate::Principal;
use crate::web::Reply;

/// How long after its issue the payment office is asked about a code: beyond its validity, because a
/// payment may be reported late.
const ASKED_FOR: TimeDelta = TimeDelta::days(30);
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
        .with_cron("7,22,37,52 * * * * check_payments")
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
/// `conflict` while the payment office has not answered.
pub async fn issued_for(
    connection: &mut sqlx::PgConnection,
    application: ApplicationId,
    amount: i64,
) -> Result<Option<RequestRow>> {
    let open = store::requests::open_of(connection, application).await?;
    let Some(request) = open.filter(|request| request.amount == amount) else {
        return Ok(None);
    };
    if request.code.is_some() {
        return Ok(Some(request));
    }
    let failure = request.failure.unwrap_or_else(|| "-".to_owned());
    Err(Error::new(Code::Conflict).detail(
        format!("Kode billing sudah diminta tetapi belum diterima ({failure}); tunggu, atau isi kodenya sendiri."),
        format!("The billing code was requested and has not come yet ({failure}); wait, or enter a code yourself."),
    ))
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

/// Puts the code that came in the place of the old one, unless that was paid meanwhile.
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
    let unpaid = last.filter(|old| !old.is_paid() && old.received <= old.refunded);
    // Read again under the lock: a person may have entered another code.
    let open = store::requests::open_of(&mut file, application).await?;
    let is_open = open.is_some_and(|open| open.id == request.id);
    let (Some(old), true, Some(issued_at), Some(expires_at), Some(code)) = (
        unpaid,
        is_open,
        request.issued_at,
        request.expires_at,
        &request.code,
    ) else {
        drop(file);
        let mut transaction = desk.database.begin().await?;
        store::requests::drop_open(&mut transaction, application).await?;
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
    let (mut after, mut failure) = (None, None);
    loop {
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
                Ok(Some(paid)) if is_ntpn(&paid.ntpn) => {
                    let reported = ReportedPayment {
                        code: code.clone(),
                        ntpn: paid.ntpn.to_ascii_uppercase(),
                        ntb: paid.ntb,
                        amount: None,
                        bank: paid.bank,
                        channel: paid.channel,
                        book_date: None,
                        paid_at: paid.paid_at,
                    };
                    book(&desk.database, &at, PaymentSource::StatusCall, &reported).await?;
                }
                Ok(_) => {}
                Err(error) => failure = Some(error),
            }
        }
    }
    // The others were asked about all the same; the engine repeats the job for the failed one.
    match failure {
        Some(PaymentOfficeFailure::Passing(code)) => Err(Error::internal(code)),
        Some(PaymentOfficeFailure::Refused(_)) | None => Ok(()),
    }
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
