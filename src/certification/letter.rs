//! The audit notice as a letter: signed and issued at step 7, withdrawn by `void_audit_notice`. The
//! signed content is exactly the initialled content.

use super::notice::canonical::canonical;
use super::notice::drafting::{check_paid_amount, current_notice};
use super::notice::{Mark, NoticeView, store};
use super::printed::{AuditNotice, audit_notice};
use super::sop::{Stage, Task};
use crate::casework::desk::OpenFile;
use crate::casework::register::{Series, take_number};
use crate::error::{Code, Error, Result};
use crate::identity::signed_in::today;
use crate::letters::{self, LetterKind, LetterOwner, NewLetter, SigningRequest};
use crate::sop::role::Role;
use crate::typesetting::{Document, LetterEnding};

/// The letter's subject on its public page. It does not name the audited company.
const SUBJECT: &str = "Pemberitahuan audit";

/// Signs the notice under the next number of the register and issues the letter. Returns the next
/// stage.
///
/// # Errors
/// `conflict` if the content differs from the initialled content, if the draft lacks printed
/// content, or if another amount was paid meanwhile; otherwise the provider's error.
pub async fn sign(file: &mut OpenFile<Task>, signing: &SigningRequest) -> Result<Stage> {
    let notice = current_notice(file).await?;
    if !notice.content.is_complete() {
        return Err(Error::new(Code::Conflict).detail(
            "Konsep ini dibuat sebelum alamat dan lingkupnya ikut diparaf: kembalikan, lalu buat konsep baru.",
            "This draft predates the rule that its address and scope are initialled too: return it and make a new draft.",
        ));
    }
    let hash = hex::encode(canonical(&notice.content)?.1);
    let initialled = [&notice.letter_initial, &notice.cost_initial]
        .into_iter()
        .flatten();
    if hash != notice.content_sha256
        || initialled
            .filter(|mark| mark.content_sha256 == hash)
            .count()
            != 2
    {
        return Err(Error::new(Code::Conflict).detail(
            "Isi surat bukan yang diparaf.",
            "The content differs from the initialled content.",
        ));
    }
    check_paid_amount(file, notice.content.billing_total).await?;
    let mark = Mark::of(
        file.signed_in()?,
        Role::Head.office_term(),
        &hash,
        file.now(),
    );
    let (office, now, application) = (file.header().office, file.now(), file.header().file.id);
    signing
        .prepare(LetterKind::AuditNotice, Some(application))
        .await?;
    let number = take_number(file, office, Series::AuditNotice, now).await?;
    store::sign(file, notice.id, &mark, &number).await?;
    let owner = LetterOwner::Application {
        id: application,
        draft: notice.draft,
        number,
        subject: SUBJECT.to_owned(),
    };
    let new = NewLetter {
        owner,
        signer: mark.name,
        capacity: mark.capacity,
        at: now,
    };
    let letter = letters::issue(file, signing, new, |ending| {
        letter_document(&notice, ending)
    })
    .await?;
    letters::supersede_earlier(file, application, letter.id, now).await?;
    Ok(Stage::NoticeSigned)
}

/// The letter as a document: only the initialled content, nothing else of the file.
fn letter_document(notice: &NoticeView, ending: &LetterEnding) -> Result<Document> {
    let initials = [&notice.letter_initial, &notice.cost_initial]
        .into_iter()
        .flatten()
        .collect();
    audit_notice(
        &AuditNotice {
            content: &notice.content,
            drafted_on: today(notice.drafted_at),
            initials,
            billing: None,
        },
        ending,
    )
}

/// Withdraws the signed notice, sent or not: its number stays in use and is void. The next draft
/// follows; the billing is left unchanged.
///
/// # Errors
/// `conflict` if the letter is already void.
pub async fn withdraw(file: &mut OpenFile<Task>, reason: &str) -> Result<()> {
    let (letter, by, now) = (
        (file.header().file.id, file.header().draft),
        file.signed_in()?.user,
        file.now(),
    );
    file.note(reason);
    if !letters::void(file, letter, by, reason, now).await? {
        return Err(Error::new(Code::Conflict).detail(
            "Surat ini sudah dibatalkan.",
            "This letter is already void.",
        ));
    }
    Ok(())
}

/// Voids the signed letter of a withdrawn application, if there is one.
pub async fn void_unsent(file: &mut OpenFile<Task>, reason: &str) -> Result<()> {
    let (letter, by, now) = (
        (file.header().file.id, file.header().draft),
        file.signed_in()?.user,
        file.now(),
    );
    letters::void(file, letter, by, reason, now).await.map(drop)
}
