//! What happens to the notice at steps 6 to 8: drafted, initialled, signed or sent back, dispatched. Each takes the open file and writes; the step hands over.

use sqlx::PgConnection;

use super::agreement::{self, Judgement};
use super::canonical::canonical;
use super::store::{self, Drafts, Initial, NewDraft};
use super::{Mark, NoticeContent, NoticeForm, NoticeView, Returned};
use crate::casework::desk::OpenFile;
use crate::casework::workflow::{FileHeader, RequestTime};
use crate::certification::auditors::{self, team_faults};
use crate::certification::billing::standing::NewCode;
use crate::certification::billing::{self, BillingForm, BillingStatus, BillingView};
use crate::certification::confirmation;
use crate::certification::cost::{self, Channel};
use crate::certification::sop::{Stage, Task};
use crate::error::{Code, Error, FieldError, Result, Text, fault, text};
use crate::identity::signed_in::today;
use crate::ids::AuditNoticeId;
use crate::sop::role::Role;

/// Drafts the notice, or finds that the customer must be asked again. Gives the stage the file goes to.
///
/// # Errors
/// `invalid_content` with every fault.
pub async fn draft(file: &mut OpenFile<Task>, form: NoticeForm) -> Result<Stage> {
    let (office, scheme, now) = (
        file.header().office,
        file.header().file.form.scheme,
        file.now(),
    );
    let (id, calendars) = (file.header().file.id, file.request_time().calendars.clone());
    let agreed = confirmation::latest(file, id).await?;
    let known = auditors::store::known(file, office, &form.team).await?;
    let faults = team_faults(&form.team, &known, scheme, "/team");
    if !faults.is_empty() {
        return Err(Error::invalid(faults));
    }
    let others = paid_otherwise(file, &form).await?;
    let calendar = calendars.newest(file, office).await?;
    let kept = match agreement::judge(&form, &agreed, &calendar, today(now), others)? {
        Judgement::Keeps(kept) => kept,
        Judgement::AskAgain(why) => {
            file.note(why.reason().id);
            return Ok(Stage::Verified);
        }
    };
    if let Some(reason) = &form.reason {
        file.note(reason.as_str());
    }
    let by = file.signed_in()?.user;
    let number = file.header().file.number.clone().unwrap_or_default();
    let content = NoticeContent::of(form, &number, &file.header().file.form, &known);
    let (text, hash) = canonical(&content)?;
    let new = NewDraft {
        id: AuditNoticeId::at(now),
        draft: file.begin_draft(),
        content: &text,
        hash,
        by,
        kept,
    };
    let (header, connection) = file.parts();
    store::add(connection, header, &new, now).await?;
    Ok(Stage::NoticeDrafted)
}

/// Puts a paraf on the draft. Gives the stage the file goes to: on, once both are there.
///
/// # Errors
/// `conflict` when it bears this paraf already; `stale_version` when the caller saw another content.
pub async fn initial(
    file: &mut OpenFile<Task>,
    which: Initial,
    seen: Option<&str>,
) -> Result<Stage> {
    let notice = at_hand(file).await?;
    if seen.is_some_and(|seen| seen != notice.content_sha256) {
        return Err(Error::new(Code::StaleVersion));
    }
    let (already, other, title) = match which {
        Initial::Letter => (&notice.letter_initial, &notice.cost_initial, Role::SsLead),
        Initial::Cost => (&notice.cost_initial, &notice.letter_initial, Role::PjiLead),
    };
    if already.is_some() {
        return Err(
            Error::new(Code::Conflict).detail("Sudah diparaf.", "It bears this paraf already.")
        );
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

/// Sends the draft back.
///
/// # Errors
/// When the server refuses.
pub async fn send_back(file: &mut OpenFile<Task>, reason: &str) -> Result<()> {
    let notice = at_hand(file).await?;
    file.note(reason);
    let returned = Returned {
        reason: reason.to_owned(),
        at: file.now(),
    };
    store::send_back(file, notice.id, &returned).await
}

/// Sends the signed notice, with its billing unless an earlier one stands. A new code supersedes the earlier one, and so does a notice that bills nothing.
///
/// # Errors
/// `invalid_content` when the billing is wrong, missing, or not due; `conflict` when another amount was paid since the notice was drafted.
pub async fn dispatch(file: &mut OpenFile<Task>, form: Option<BillingForm>) -> Result<()> {
    let notice = at_hand(file).await?;
    let (now, earlier) = (file.now(), earlier_billing(file).await?);
    let (application, total) = (file.header().file.id, notice.content.billing_total);
    must_match_what_was_paid(earlier.as_ref(), total)?;
    match (NewCode::of(total, earlier.as_ref()), form) {
        (NewCode::Needed | NewCode::Optional, Some(form)) => {
            let faults = form.faults(now);
            if !faults.is_empty() {
                return Err(Error::invalid(faults));
            }
            let to = billing::store::Belongs {
                office: file.header().office,
                application,
                notice: notice.id,
                by: file.signed_in()?.user.0,
            };
            billing::store::supersede(file, application, now).await?;
            let lines: Vec<_> = notice
                .content
                .cost_lines
                .into_iter()
                .filter(|line| line.channel == Channel::PnbpBilling)
                .collect();
            billing::store::add(file, to, &form, &lines, now).await?;
        }
        (NewCode::Needed, None) => {
            return Err(Error::invalid(vec![fault(
                "/billing",
                "missing_field",
                "Kode billing wajib diisi.",
                "The billing is needed.",
            )]));
        }
        (NewCode::Refused, Some(_)) => {
            let (id, en) = (
                "Tidak ada biaya yang ditagih lewat e-billing, atau kode sebelumnya masih berlaku atau sudah dibayar.",
                "No line is paid by e-billing, or the earlier code still stands or was paid.",
            );
            return Err(Error::invalid(vec![fault(
                "/billing",
                "nothing_to_bill",
                id,
                en,
            )]));
        }
        (NewCode::Refused, None) if total == 0 => {
            billing::store::supersede(file, application, now).await?
        }
        (NewCode::Optional | NewCode::Refused, None) => {}
    }
    store::dispatch(file, notice.id, now).await
}

/// A payment may come while the notice is being drafted, initialled and signed: a notice of another amount does not go on.
///
/// # Errors
/// `conflict` when another amount was paid than `total`, what the notice bills.
fn must_match_what_was_paid(earlier: Option<&BillingView>, total: i64) -> Result<()> {
    let Some(paid) = earlier.filter(|earlier| is_paid(earlier) && earlier.amount != total) else {
        return Ok(());
    };
    let (id, en) = (
        format!(
            "Sementara itu sudah dibayar Rp{} dengan kode {}: kembalikan atau batalkan surat ini dan buat konsep sejumlah itu.",
            paid.amount, paid.code
        ),
        format!(
            "Meanwhile IDR {} was paid under code {}: return or withdraw this notice and draft one of that amount.",
            paid.amount, paid.code
        ),
    );
    Err(Error::new(Code::Conflict).detail(id, en))
}

/// The same, before a notice of `total` rupiah is signed and takes its number.
///
/// # Errors
/// `conflict` when another amount was paid.
pub async fn must_fit_what_was_paid(file: &mut OpenFile<Task>, total: i64) -> Result<()> {
    must_match_what_was_paid(earlier_billing(file).await?.as_ref(), total)
}

/// Whether its amount has come in, under its own code or another.
fn is_paid(billing: &BillingView) -> bool {
    matches!(billing.status, BillingStatus::Paid | BillingStatus::Settled)
}

/// The billing of a withdrawn notice of this file, when it had one.
async fn earlier_billing(file: &mut OpenFile<Task>) -> Result<Option<BillingView>> {
    let (who, id, now) = (file.signed_in()?.clone(), file.header().file.id, file.now());
    billing::store::standing(file, &who, id, now).await
}

/// What was paid is not undone here: a draft after it must come to the same.
async fn paid_otherwise(file: &mut OpenFile<Task>, form: &NoticeForm) -> Result<Vec<FieldError>> {
    let paid = earlier_billing(file).await?.filter(is_paid);
    let differs =
        paid.filter(|paid| paid.amount != cost::total(&form.cost_lines, Channel::PnbpBilling));
    let fault = differs.map(|paid| {
        let (id, en) = (
            format!(
                "Bagian e-billing sudah dibayar Rp{} dan harus tetap sejumlah itu.",
                paid.amount
            ),
            format!(
                "The part by e-billing was paid with IDR {} and must stay at that.",
                paid.amount
            ),
        );
        fault("/cost_lines", "paid_otherwise", id, en)
    });
    Ok(fault.into_iter().collect())
}

/// The newest draft of the file at hand.
///
/// # Errors
/// Our own fault when there is none.
pub async fn at_hand(file: &mut OpenFile<Task>) -> Result<NoticeView> {
    let id = file.header().file.id;
    store::newest(file, id, Drafts::All)
        .await?
        .ok_or_else(|| Error::internal("a file beyond step 6 has no notice"))
}

/// Refuses to go on with a notice that does not keep to the agreement any more: its day is over, or it was drafted under other rules.
///
/// # Errors
/// `conflict`, with the way back.
pub async fn must_hold(
    connection: &mut PgConnection,
    header: &FileHeader<Task>,
    at: &RequestTime,
) -> Result<()> {
    let calendar = at.calendars.newest(connection, header.office).await?;
    let agreed = confirmation::latest(connection, header.file.id).await?;
    let Some(notice) = store::newest(connection, header.file.id, Drafts::All).await? else {
        return Ok(());
    };
    let terms = agreement::Terms::from(&notice.content);
    let why = agreement::uncovered(&terms, &agreed, today(at.now))
        .map(agreement::Uncovered::reason)
        .or_else(|| {
            let days = text(
                "Hari audit bukan yang disepakati dengan pelanggan.",
                "The days of the audit are not those agreed with the customer.",
            );
            (!agreement::day_faults(&terms, &agreed, &calendar).is_empty()).then_some(days)
        });
    let Some(Text { id, en }) = why else {
        return Ok(());
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
    Err(Error::new(Code::Conflict).detail(format!("{id} {back_id}"), format!("{en} {back_en}")))
}
