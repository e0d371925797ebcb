//! The letter of answer: drafted without quoting the complaint, signed under a random number,
//! acknowledged with a receipt.

use chrono::{DateTime, Datelike as _, NaiveDate, NaiveTime, Utc};

use crate::casework::desk::{Desk, OpenFile};
use crate::casework::number_pattern::ROMAN_MONTHS;
use crate::complaint::file::Complaint;
use crate::complaint::intake::random_symbols;
use crate::complaint::papers::of_staff::{Answer, PaperKind, Signature};
use crate::complaint::printed::{AnswerLetter, answer_letter};
use crate::complaint::quotation::ReporterTexts;
use crate::complaint::receipt::{Receipt, ReceiptKind};
use crate::complaint::sop::{Stage, Task};
use crate::complaint::store::{self, letters, papers};
use crate::complaint::{read_transaction, view_builder};
use crate::error::{Error, OrNotFound as _, Result};
use crate::identity::signed_in::today;
use crate::ids::ComplaintId;
use crate::letters::pdf::file_name;
use crate::letters::{LetterKind, LetterOwner, NewLetter, SigningRequest, issue, supersede};
use crate::secrecy::sha256;
use crate::sop::gate::Principal;
use crate::sop::role::Role;
use crate::sop::working_time::WIB;
use crate::typesetting::{Document, LetterEnding};
use crate::web::Pdf;

/// Adds the next draft to the file.
///
/// # Errors
/// `invalid_content` when the draft quotes the complaint and `quotes_accepted` is false.
pub async fn draft(file: &mut OpenFile<Task>, letter: Answer, quotes_accepted: bool) -> Result<()> {
    refuse_quotation(file, &letter, quotes_accepted).await?;
    file.begin_draft();
    let (now, author) = (file.now(), file.signed_in()?.user);
    let (header, connection) = file.parts();
    papers::add(
        connection,
        header,
        PaperKind::Answer,
        Some(author),
        &letter,
        now,
    )
    .await
}

/// Signs the newest draft, issues the letter and returns the next stage. The signature holds the
/// digest of the draft, so the signed text is the drafted text.
///
/// # Errors
/// Errors of the signature provider.
pub async fn sign(file: &mut OpenFile<Task>, signing: &SigningRequest) -> Result<Stage> {
    signing.prepare(LetterKind::ComplaintAnswer, None).await?;
    let (now, caller) = (file.now(), file.signed_in()?.clone());
    let (header, connection) = file.parts();
    let stored = papers::list(connection, header.file.id).await?;
    let drafted = view_builder::answer(&stored, &header.file.key)?
        .ok_or_else(|| Error::internal("a complaint to be signed has no draft"))?;
    let day = today(now);
    let title = if header.roles.has(Role::Head) {
        Role::Head
    } else {
        Role::ExternalHandler
    }
    .office_term();
    let capacity = caller.acting.map_or_else(
        || title.to_owned(),
        |acting| format!("{} {title}", acting.kind.in_letters()),
    );
    let signature = Signature {
        number: format!(
            "R/{}/BSKJI/BSPJI-Palembang/{}/{}",
            random_symbols(),
            ROMAN_MONTHS[day.month0() as usize],
            day.year()
        ),
        capacity,
        signer: caller.name,
        signed_on: day,
        content_sha256: hex::encode(sha256(
            &serde_json::to_vec(&drafted.letter).map_err(Error::internal)?,
        )),
    };
    papers::add(
        connection,
        header,
        PaperKind::Signature,
        Some(caller.user),
        &signature,
        now,
    )
    .await?;
    let earlier = letters::ids(connection, header).await?;
    let new = NewLetter {
        owner: LetterOwner::Complaint {
            number: signature.number,
        },
        signer: signature.signer,
        capacity: signature.capacity,
        at: midnight(day),
    };
    let letter = issue(connection, signing, new, |ending| {
        printed(&header.file, &drafted.letter, title, ending)
    })
    .await?;
    letters::add(connection, header, &letter).await?;
    for superseded in earlier {
        supersede(connection, superseded, now).await?;
    }
    Ok(Stage::AnswerSigned)
}

fn printed(
    file: &Complaint,
    letter: &Answer,
    title: &str,
    ending: &LetterEnding,
) -> Result<Document> {
    answer_letter(
        &AnswerLetter {
            public_number: &file.public_number,
            received_on: file.received_on,
            letter,
            title,
        },
        ending,
    )
}

/// The beginning of a day in Palembang: signature and certificate show the day and not the minute.
fn midnight(day: NaiveDate) -> DateTime<Utc> {
    let midnight = day.and_time(NaiveTime::MIN).and_local_timezone(WIB);
    midnight.single().map_or_else(
        || day.and_time(NaiveTime::MIN).and_utc(),
        |midnight| midnight.to_utc(),
    )
}

/// Issues the receipt for the answer.
///
/// # Errors
/// `not_found` when there is no answer.
pub async fn receipt(file: &mut OpenFile<Task>) -> Result<Receipt> {
    let day = today(file.now());
    let services = file.services().clone();
    let (header, connection) = file.parts();
    let stored = papers::list(connection, header.file.id).await?;
    let answer = view_builder::answer(&stored, &header.file.key)?.or_not_found()?;
    let said = serde_json::to_vec(&answer.letter).map_err(Error::internal)?;
    Receipt::issue(
        services.keys.signer(),
        ReceiptKind::Answer,
        &header.file.public_number,
        day,
        &header.file.channel,
        &said,
    )
}

/// Refuses a letter that quotes the reporter word for word, unless the drafter accepted it.
async fn refuse_quotation(
    file: &mut OpenFile<Task>,
    letter: &Answer,
    accepted: bool,
) -> Result<()> {
    if accepted {
        file.note("quotes_accepted");
        return Ok(());
    }
    let reported = ReporterTexts::read(file).await?;
    let parts = [(&letter.subject, "/subject"), (&letter.body, "/body")];
    let faults: Vec<_> = parts
        .into_iter()
        .filter_map(|(text, pointer)| reported.quotation_error(text, pointer))
        .collect();
    if faults.is_empty() {
        Ok(())
    } else {
        Err(Error::invalid(faults))
    }
}

/// Reads the letter made from `draft`, for a person that may read the answer.
pub async fn read_letter(
    desk: &Desk,
    case: ComplaintId,
    draft: i16,
    number: &str,
) -> Result<Option<Pdf>> {
    let letter = read_transaction::read(desk, async |c, viewer, services| {
        let found = store::find(c, case, viewer, Principal::User(desk.signed_in()), services)
            .await?
            .or_not_found()?;
        let key = services.case_key(found.id, &found.wrapped).await?;
        letters::read(c, &key, case, draft).await
    });
    Ok(letter.await?.map(|letter| to_pdf(letter, number)))
}

/// Makes the response. It has no `ETag`: an `ETag` would be a digest of the letter that caches
/// store.
pub fn to_pdf(letter: letters::SignedLetter, number: &str) -> Pdf {
    Pdf::new(file_name(number), None, letter.pdf)
}
