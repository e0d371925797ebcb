//! The letter of answer: drafted without the words of the complaint, signed under a random number, received against a receipt.

pub mod letter;

use chrono::{DateTime, Datelike as _, NaiveDate, NaiveTime, Utc};

use crate::casework::desk::OpenFile;
use crate::casework::number_pattern::ROMAN_MONTHS;
use crate::complaint::file::Complaint;
use crate::complaint::intake::symbols;
use crate::complaint::papers::of_staff::{Answer, Kind, Signature};
use crate::complaint::printed::{AnswerLetter, answer_letter};
use crate::complaint::quotation::Reported;
use crate::complaint::receipt::{Receipt, ReceiptKind};
use crate::complaint::sop::{Stage, Task};
use crate::complaint::store::{letters, papers};
use crate::complaint::view_builder;
use crate::error::{Code, Error, Result};
use crate::identity::signed_in::today;
use crate::letters::{Belongs, LetterKind, NewLetter, SigningRequest, issue, supersede};
use crate::secrecy::sha256;
use crate::sop::role::Role;
use crate::sop::working_time::WIB;
use crate::typesetting::{Document, LetterEnding};

/// Puts the next draft into the file.
///
/// # Errors
/// `invalid_content` when it quotes the complaint and nobody said it may.
pub async fn draft(file: &mut OpenFile<Task>, letter: Answer, quotes_accepted: bool) -> Result<()> {
    must_not_quote(file, &letter, quotes_accepted).await?;
    file.begin_draft();
    let (now, author) = (file.now(), file.signed_in()?.user);
    let (header, connection) = file.parts();
    papers::add(connection, header, Kind::Answer, Some(author), &letter, now).await
}

/// Signs the newest draft and issues the letter. What was drafted is what is signed: the signature holds its digest. Gives the stage the file goes to.
///
/// # Errors
/// Our own fault when there is no draft; what the provider says.
pub async fn sign(file: &mut OpenFile<Task>, pen: &SigningRequest) -> Result<Stage> {
    pen.prepare(LetterKind::ComplaintAnswer, None).await?;
    let (now, who) = (file.now(), file.signed_in()?.clone());
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
    let capacity = who.acting.map_or_else(
        || title.to_owned(),
        |acting| format!("{} {title}", acting.kind.in_letters()),
    );
    let signature = Signature {
        number: format!(
            "R/{}/BSKJI/BSPJI-Palembang/{}/{}",
            symbols(),
            ROMAN_MONTHS[day.month0() as usize],
            day.year()
        ),
        capacity,
        signer: who.name,
        signed_on: day,
        content_sha256: hex::encode(sha256(
            &serde_json::to_vec(&drafted.letter).map_err(Error::internal)?,
        )),
    };
    papers::add(
        connection,
        header,
        Kind::Signature,
        Some(who.user),
        &signature,
        now,
    )
    .await?;
    let earlier = letters::ids(connection, header).await?;
    let new = NewLetter {
        of: Belongs::Complaint {
            number: signature.number,
        },
        signer: signature.signer,
        capacity: signature.capacity,
        at: midnight(day),
    };
    let letter = issue(connection, pen, new, |finish| {
        printed(&header.file, &drafted.letter, title, finish)
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
    finish: &LetterEnding,
) -> Result<Document> {
    answer_letter(
        &AnswerLetter {
            public_number: &file.public_number,
            received_on: file.received_on,
            letter,
            title,
        },
        finish,
    )
}

/// The beginning of a day in Palembang: the signature and the certificate in the letter tell the day and no minute.
fn midnight(day: NaiveDate) -> DateTime<Utc> {
    let midnight = day.and_time(NaiveTime::MIN).and_local_timezone(WIB);
    midnight.single().map_or_else(
        || day.and_time(NaiveTime::MIN).and_utc(),
        |midnight| midnight.to_utc(),
    )
}

/// The receipt for the answer.
///
/// # Errors
/// `not_found` when there is no signed answer.
pub async fn receipt(file: &mut OpenFile<Task>) -> Result<Receipt> {
    let day = today(file.now());
    let services = file.services().clone();
    let (header, connection) = file.parts();
    let stored = papers::list(connection, header.file.id).await?;
    let answer = view_builder::answer(&stored, &header.file.key)?
        .ok_or_else(|| Error::new(Code::NotFound))?;
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

/// Refuses a letter that repeats what the reporter wrote word for word, unless somebody said that it must.
async fn must_not_quote(file: &mut OpenFile<Task>, letter: &Answer, accepted: bool) -> Result<()> {
    if accepted {
        file.note("quotes_accepted");
        return Ok(());
    }
    let reported = Reported::of(file).await?;
    let parts = [(&letter.subject, "/subject"), (&letter.body, "/body")];
    let faults: Vec<_> = parts
        .into_iter()
        .filter_map(|(text, pointer)| reported.quoted_in(text, pointer))
        .collect();
    if faults.is_empty() {
        Ok(())
    } else {
        Err(Error::invalid(faults))
    }
}
