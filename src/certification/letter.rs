//! The audit notice as a letter: signed and issued at step 7, withdrawn beside the steps. What is set in type is exactly what was initialled.

use super::notice::canonical::canonical;
use super::notice::drafting::{at_hand, must_fit_what_was_paid};
use super::notice::{Mark, NoticeView, store};
use super::printed::{AuditNotice, audit_notice};
use super::sop::{Stage, Task};
use crate::casework::desk::OpenFile;
use crate::casework::register::{Series, take_number};
use crate::error::{Code, Error, Result};
use crate::identity::signed_in::today;
use crate::letters::{self, Belongs, LetterKind, NewLetter, SigningRequest};
use crate::sop::role::Role;
use crate::typesetting::{Document, LetterEnding};

/// What the public page of the letter calls it: whose audit it is, nobody needs to know.
const SUBJECT: &str = "Pemberitahuan audit";

/// Signs the notice under the next number of the register, and issues the letter. Gives the stage the file goes to.
///
/// # Errors
/// `conflict` when what was initialled is not what would be signed, or not all that would be printed, or another amount was paid meanwhile; what the provider
/// says.
pub async fn sign(file: &mut OpenFile<Task>, pen: &SigningRequest) -> Result<Stage> {
    let notice = at_hand(file).await?;
    if !notice.content.is_whole() {
        return Err(Error::new(Code::Conflict).detail(
            "Konsep ini dibuat sebelum alamat dan lingkupnya ikut diparaf: kembalikan, lalu buat konsep baru.",
            "This draft is from before its address and what it certifies were initialled too: return it and draft it anew.",
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
            "The content is not what was initialled.",
        ));
    }
    must_fit_what_was_paid(file, notice.content.billing_total).await?;
    let mark = Mark::of(
        file.signed_in()?,
        Role::Head.office_term(),
        &hash,
        file.now(),
    );
    let (office, now, application) = (file.header().office, file.now(), file.header().file.id);
    pen.prepare(LetterKind::AuditNotice, Some(application))
        .await?;
    let number = take_number(file, office, Series::AuditNotice, now).await?;
    store::sign(file, notice.id, &mark, &number).await?;
    let of = Belongs::Application {
        id: application,
        draft: notice.draft,
        number,
        subject: SUBJECT.to_owned(),
    };
    let new = NewLetter {
        of,
        signer: mark.name,
        capacity: mark.capacity,
        at: now,
    };
    let letter = letters::issue(file, pen, new, |finish| printed(&notice, finish)).await?;
    letters::supersede_of_application(file, application, letter.id, now).await?;
    Ok(Stage::NoticeSigned)
}

/// The notice as a paper to be set: what was initialled, and nothing else of the file.
fn printed(notice: &NoticeView, finish: &LetterEnding) -> Result<Document> {
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
        finish,
    )
}

/// Withdraws the signed notice, whether the customer has it already or not: its number stays taken and is void. The file goes back to where the next draft is
/// made; what was billed stays as it is.
///
/// # Errors
/// `conflict` when it was withdrawn before.
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
            "This letter is void already.",
        ));
    }
    Ok(())
}

/// The letter of a file that leaves the road, when it was signed already, is void.
///
/// # Errors
/// When the server refuses.
pub async fn void_unsent(file: &mut OpenFile<Task>, reason: &str) -> Result<()> {
    let (letter, by, now) = (
        (file.header().file.id, file.header().draft),
        file.signed_in()?.user,
        file.now(),
    );
    letters::void(file, letter, by, reason, now).await.map(drop)
}
