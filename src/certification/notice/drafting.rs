//! The actions on the notice at steps 6 to 8: draft, initial, return, dispatch. Each writes to the
//! taken file; the step hands the file over.

use chrono::NaiveDate;
use sqlx::PgConnection;

use super::agreement::{self, DraftDecision};
use super::canonical::canonical;
use super::store::{self, Initial, NewDraft, VisibleDrafts};
use super::{Mark, NoticeContent, NoticeForm, NoticeView, Returned};
use crate::casework::desk::OpenFile;
use crate::casework::workflow::{FileHeader, RequestTime};
use crate::certification::audit_time;
use crate::certification::auditors::Span;
use crate::certification::auditors::bookings::{self, Firmness};
use crate::certification::billing::new_code::NewCode;
use crate::certification::billing::store::requests::NewRequest;
use crate::certification::billing::store::{Ending, NewBilling};
use crate::certification::billing::{self, BillingForm, BillingView, requests};
use crate::certification::confirmation;
use crate::certification::cost::check::PriceBasis;
use crate::certification::cost::{self, Channel, billed};
use crate::certification::sop::{Stage, Task};
use crate::certification::tariffs::examples::ExampleTariffs;
use crate::certification::team::{self, TeamNeed, team_errors};
use crate::error::{Code, Error, FieldError, Result, Text, fault, text};
use crate::gateways::payment_office::PaymentOffice;
use crate::identity::signed_in::today;
use crate::ids::AuditNoticeId;
use crate::sop::gate::Principal;
use crate::sop::role::Role;

/// Drafts the notice, or returns the file to step 4 if the customer must confirm again. Returns the
/// next stage.
pub async fn draft(file: &mut OpenFile<Task>, form: NoticeForm) -> Result<Stage> {
    let (office, now) = (file.header().office, file.now());
    let (id, calendars) = (file.header().file.id, file.request_time().calendars.clone());
    let agreed = confirmation::latest(file, id).await?;
    let spans = Vec::from_iter(span_of(&form.audit_dates));
    let time = audit_time::store::latest(file, id).await?;
    let need = TeamNeed::of(&file.header().file.form, time.as_ref());
    let known = team::store::of_team(file, &form.team, &spans).await?;
    let faults = team_errors(&form.team, &known, &need, &spans, "/team");
    if !faults.is_empty() && form.team != agreed.proposal.proposed_team {
        return Err(Error::invalid(faults));
    }
    if let Some(fault) = faults.first() {
        // The agreed team itself no longer keeps the rules: a competence ended, a member retired.
        file.note(format!("Tim yang disepakati: {}", fault.detail.id));
        return Ok(Stage::Verified);
    }
    if known.iter().any(|member| member.is_related) {
        file.note(NOT_IMPARTIAL.0);
        return Ok(Stage::Verified);
    }
    let mut others = paid_amount_errors(file, &form).await?;
    let application = file.header().file.form.clone();
    let basis = PriceBasis::read(file, office, (id, &application), now).await?;
    let accepted = &agreed.proposal.cost_estimate;
    others.extend(basis.errors(&form.cost_lines, accepted, "/cost_lines"));
    let calendar = calendars.newest(file, office).await?;
    let agreement = match agreement::decide_draft(&form, &agreed, &calendar, today(now), others)? {
        DraftDecision::Keeps(proof) => proof,
        DraftDecision::AskAgain(why) => {
            file.note(why.reason().id);
            return Ok(Stage::Verified);
        }
    };
    let caller = file.signed_in()?.clone();
    bookings::book_team(
        file,
        &caller,
        (id, Firmness::Firm),
        &form.team,
        &spans,
        ("/team", now),
    )
    .await?;
    if let Some(reason) = &form.reason {
        file.note(reason.as_str());
    }
    let by = caller.user;
    let number = file.header().file.number.clone().unwrap_or_default();
    let content = NoticeContent::of(form, &number, &file.header().file.form, &known);
    let (text, hash) = canonical(&content)?;
    let new = NewDraft {
        id: AuditNoticeId::at(now),
        draft: file.begin_draft(),
        content: &text,
        hash,
        by,
        agreement,
    };
    let (header, connection) = file.parts();
    store::add(connection, header, &new, now).await?;
    Ok(Stage::NoticeDrafted)
}

/// Why a team with a member that is related to the customer leads back to step 4.
const NOT_IMPARTIAL: (&str, &str) = (
    "Anggota tim berhubungan dengan pelanggan: konfirmasi ulang.",
    "A member of the team is related to the customer: confirm again.",
);

/// The first and the last of `days`.
fn span_of(days: &[NaiveDate]) -> Option<Span> {
    Some((*days.first()?, *days.last()?))
}

/// Initials the draft (paraf). Returns the next stage: `NoticeInitialled` once both initials are
/// given.
///
/// # Errors
/// `conflict` if the draft already has this paraf; `stale_version` if the caller saw other content.
pub async fn initial(
    file: &mut OpenFile<Task>,
    which: Initial,
    seen: Option<&str>,
) -> Result<Stage> {
    let notice = current_notice(file).await?;
    if seen.is_some_and(|seen| seen != notice.content_sha256) {
        return Err(Error::new(Code::StaleVersion));
    }
    let (already, other, title) = match which {
        Initial::Letter => (&notice.letter_initial, &notice.cost_initial, Role::SsLead),
        Initial::Cost => (&notice.cost_initial, &notice.letter_initial, Role::PjiLead),
    };
    if already.is_some() {
        return Err(Error::new(Code::Conflict)
            .detail("Sudah diparaf.", "This paraf has already been given."));
    }
    let mark = Mark::of(
        file.signed_in()?,
        title.office_term(),
        &notice.content_sha256,
        file.now(),
    );
    let stage = if other.is_some() {
        Stage::NoticeInitialled
    } else {
        Stage::NoticeDrafted
    };
    store::initial(file, notice.id, which, &mark).await?;
    Ok(stage)
}

/// Returns the draft with a reason.
pub async fn send_back(file: &mut OpenFile<Task>, reason: &str) -> Result<()> {
    let notice = current_notice(file).await?;
    file.note(reason);
    let returned = Returned {
        reason: reason.to_owned(),
        at: file.now(),
    };
    store::send_back(file, notice.id, &returned).await
}

/// Sends the signed notice, with a billing unless an earlier one is kept. A new code, from the form
/// or from the payment office, replaces the earlier one; a notice without e-billing lines cancels
/// it.
///
/// # Errors
/// `invalid_content` if the billing is invalid, missing, or not due; `conflict` if another amount
/// was paid since the notice was drafted; `example_tariff`.
pub async fn dispatch(
    file: &mut OpenFile<Task>,
    form: Option<BillingForm>,
    office: &PaymentOffice,
    examples: ExampleTariffs,
) -> Result<()> {
    let notice = current_notice(file).await?;
    let (now, earlier) = (file.now(), earlier_billing(file).await?);
    let (application, total) = (file.header().file.id, notice.content.billing_total);
    match_paid_amount(earlier.as_ref(), total)?;
    let needed = NewCode::of(total, earlier.as_ref());
    let requested = if form.is_none() && needed != NewCode::Refused {
        requests::issued_for(file, application, (total, needed), now).await?
    } else {
        None
    };
    let form = form.or_else(|| {
        let requested = requested.as_ref()?;
        requests::billing_form(requested, office.account())
    });
    match (needed, form) {
        (NewCode::Needed | NewCode::Optional, Some(form)) => {
            let faults = form.errors_at(now);
            if !faults.is_empty() {
                return Err(Error::invalid(faults));
            }
            let owner = file.header().office;
            examples.check(file, owner, now).await?;
            let last = billing::store::last(file, Principal::System, application, now).await?;
            billing::store::end_current(file, application, Ending::Replaced, None, now).await?;
            let new = NewBilling {
                office: file.header().office,
                application,
                notice: notice.id,
                by: file.signed_in()?.user.0,
                code: &form.code,
                valid: (form.issued_at, form.expires_at()),
                account_code: form.account_code.as_deref(),
                lines: &billed(&notice.content.cost_lines),
                payer: &notice.content.company,
                note: &notice.content.billing_note(),
                request: requested.as_ref().map(|request| request.id),
                replaces: last.map(|last| last.id),
            };
            billing::store::add(file, &new, now).await?;
            if let Some(request) = &requested {
                billing::store::requests::used(file, request.id).await?;
            }
            billing::store::requests::drop_open(file, application).await?;
        }
        (NewCode::Needed, None) => {
            return Err(Error::invalid(vec![fault(
                "/billing",
                "missing_field",
                "Kode billing wajib diisi.",
                "The billing code is required.",
            )]));
        }
        (NewCode::Refused, Some(_)) => {
            let (id, en) = (
                "Tidak ada biaya yang ditagih lewat e-billing, atau kode sebelumnya masih berlaku atau sudah dibayar.",
                "No cost line is paid by e-billing, or the earlier code is still valid or has been paid.",
            );
            return Err(Error::invalid(vec![fault(
                "/billing",
                "nothing_to_bill",
                id,
                en,
            )]));
        }
        (NewCode::Refused, None) if total == 0 => {
            billing::store::end_current(file, application, Ending::Cancelled, None, now).await?;
        }
        (NewCode::Optional | NewCode::Refused, None) => {}
    }
    store::dispatch(file, notice.id, now).await
}

/// Requests the code of a notice that was just signed, if the service is connected to the payment
/// office and a code is needed; step 8 sends it.
///
/// Requests none while example tariffs are in force where none may be: step 8 then refuses.
pub async fn request_billing_code(
    file: &mut OpenFile<Task>,
    office: &PaymentOffice,
    examples: ExampleTariffs,
) -> Result<()> {
    if !office.is_connected() {
        return Ok(());
    }
    let (of, now) = (file.header().office, file.now());
    match examples.check(file, of, now).await {
        Err(refusal) if refusal.code() == Some(Code::ExampleTariff) => return Ok(()),
        checked => checked?,
    }
    let notice = current_notice(file).await?;
    let earlier = earlier_billing(file).await?;
    let lines = billed(&notice.content.cost_lines);
    let needed = NewCode::of(notice.content.billing_total, earlier.as_ref());
    if lines.is_empty() || needed == NewCode::Refused {
        return Ok(());
    }
    let new = NewRequest {
        office: file.header().office,
        application: file.header().file.id,
        notice: notice.id,
        lines: &lines,
        payer: &notice.content.company,
        note: &notice.content.billing_note(),
        replace_reason: None,
        by: file.signed_in()?.user.0,
    };
    requests::request(file, new, now).await
}

/// Refuses a notice that bills another amount than was paid: a payment may arrive while the notice
/// is drafted, initialled and signed.
///
/// # Errors
/// `conflict` if the paid amount differs from `total`, the amount the notice bills.
fn match_paid_amount(earlier: Option<&BillingView>, total: i64) -> Result<()> {
    let Some(paid) = earlier.filter(|earlier| earlier.is_paid() && earlier.amount != total) else {
        return Ok(());
    };
    let (id, en) = (
        format!(
            "Sementara itu sudah dibayar Rp{} dengan kode {}: kembalikan atau batalkan surat ini dan buat konsep sejumlah itu.",
            paid.amount, paid.code
        ),
        format!(
            "IDR {} has meanwhile been paid under code {}: return or withdraw this notice and draft one with that amount.",
            paid.amount, paid.code
        ),
    );
    Err(Error::new(Code::Conflict).detail(id, en))
}

/// Refuses to sign a notice of `total` rupiah if another amount was paid. Called before the notice
/// takes its number.
///
/// # Errors
/// `conflict` if the paid amount differs from `total`.
pub async fn check_paid_amount(file: &mut OpenFile<Task>, total: i64) -> Result<()> {
    match_paid_amount(earlier_billing(file).await?.as_ref(), total)
}

/// The current billing of the file, left by a withdrawn notice, if there is one.
async fn earlier_billing(file: &mut OpenFile<Task>) -> Result<Option<BillingView>> {
    let (id, now) = (file.header().file.id, file.now());
    billing::store::current(file, Principal::System, id, now).await
}

/// Errors if a draft does not bill the amount that was already paid.
async fn paid_amount_errors(
    file: &mut OpenFile<Task>,
    form: &NoticeForm,
) -> Result<Vec<FieldError>> {
    let paid = earlier_billing(file).await?.filter(BillingView::is_paid);
    let differs =
        paid.filter(|paid| paid.amount != cost::total(&form.cost_lines, Channel::PnbpBilling));
    let fault = differs.map(|paid| {
        let (id, en) = (
            format!(
                "Bagian e-billing sudah dibayar Rp{} dan harus tetap sejumlah itu.",
                paid.amount
            ),
            format!(
                "IDR {} has already been paid by e-billing; the amount must stay the same.",
                paid.amount
            ),
        );
        fault("/cost_lines", "paid_otherwise", id, en)
    });
    Ok(fault.into_iter().collect())
}

/// The newest draft of the taken file. Step 6 makes the first one.
pub async fn current_notice(file: &mut OpenFile<Task>) -> Result<NoticeView> {
    let id = file.header().file.id;
    store::newest(file, id, VisibleDrafts::All)
        .await?
        .ok_or_else(|| Error::internal("a file beyond step 6 has no notice"))
}

/// Refuses a notice that no longer keeps to the agreement: its first day has come, it was drafted
/// under older rules, or a member is by now related to the customer.
///
/// # Errors
/// `conflict` or `impartiality`; the message names the step that corrects the notice.
pub async fn must_hold(
    connection: &mut PgConnection,
    header: &FileHeader<Task>,
    at: &RequestTime,
) -> Result<()> {
    let calendar = at.calendars.newest(connection, header.office).await?;
    let agreed = confirmation::latest(connection, header.file.id).await?;
    let Some(notice) = store::newest(connection, header.file.id, VisibleDrafts::All).await? else {
        return Ok(());
    };
    let terms = agreement::NoticeTerms::from(&notice.content);
    let why = agreement::deviation(&terms, &agreed, today(at.now))
        .map(agreement::Deviation::reason)
        .or_else(|| {
            let days = text(
                "Hari audit bukan yang disepakati dengan pelanggan.",
                "The days of the audit are not those agreed with the customer.",
            );
            (!agreement::date_errors(&terms, &agreed, &calendar).is_empty()).then_some(days)
        });
    let (code, Text { id, en }) = if let Some(why) = why {
        (Code::Conflict, why)
    } else {
        let content = &notice.content;
        let people: Vec<_> = content.team.iter().map(|one| one.auditor_id.0).collect();
        let first = content.audit_dates.first().copied();
        let first = first.unwrap_or_else(|| today(at.now));
        let customer = header.file.customer;
        if !team::store::any_is_related(connection, &people, customer, first).await? {
            return Ok(());
        }
        (Code::Impartiality, text(NOT_IMPARTIAL.0, NOT_IMPARTIAL.1))
    };
    let (back_id, back_en) = if header.stage == Stage::NoticeSigned {
        (
            "Kepala Balai membatalkan suratnya, lalu langkah 6 mengembalikannya ke langkah 4.",
            "The head withdraws the letter; step 6 then leads back to step 4.",
        )
    } else {
        (
            "Kembalikan konsepnya; langkah 6 mengembalikannya ke langkah 4.",
            "Return the draft; step 6 then leads back to step 4.",
        )
    };
    Err(Error::new(code).detail(format!("{id} {back_id}"), format!("{en} {back_en}")))
}
