//! SQL for letters. A letter row is written once; only its validity can change later.

pub(crate) mod attempts;

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::letter::{IssuedLetter, LetterKind, LetterOwner, LetterStatus, NewLetter};
use super::views::{LetterView, PublicLetter};
use crate::error::{Code, Error, OnConstraint as _, Result};
use crate::identity::SignedIn;
use crate::identity::signed_in::today;
use crate::ids::{ApplicationId, LetterId, OfficeId, UserId};

/// The office's name and city for the signature.
pub struct Office {
    /// Name of the office.
    pub name: String,
    /// City of the office.
    pub city: String,
}

/// Loads the office.
pub async fn load_office(connection: &mut PgConnection, id: OfficeId) -> Result<Office> {
    Ok(
        sqlx::query_as!(Office, "select name, city from office where id = $1", id.0)
            .fetch_one(connection)
            .await?,
    )
}

/// Stores a letter, and the PDF if the letter belongs to an application.
///
/// # Errors
/// `conflict` if the number is already in use.
pub async fn add(
    connection: &mut PgConnection,
    (office, provider): (OfficeId, &str),
    new: &NewLetter,
    issued: &IssuedLetter,
    token: &[u8; 32],
) -> Result<()> {
    let (application, draft, register, subject) = match &new.owner {
        LetterOwner::Application {
            id,
            draft,
            number,
            subject,
        } => (
            Some(id.0),
            Some(*draft),
            Some(number),
            Some(subject.as_str()),
        ),
        LetterOwner::Complaint { .. } => (None, None, None, None),
    };
    let number_in_use = || {
        Error::new(Code::Conflict).detail(
            "Nomor surat ini sudah terpakai: periksa pola nomor.",
            "This letter number is already in use: check the number pattern.",
        )
    };
    sqlx::query!(
        r#"
        insert into letter (id, office_id, kind, application_id, draft, number, number_year, number_sequence, subject, signer_title, on_date, signed_at, token_digest, sha256,
                            size, provider)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
        "#,
        issued.id.0,
        office.0,
        new.kind().code(),
        application,
        draft,
        new.number(),
        register.map(|number| number.year),
        register.map(|number| number.sequence),
        subject,
        new.capacity,
        today(new.at),
        application.map(|_| new.at),
        token.as_slice(),
        issued.sha256.as_slice(),
        i32::try_from(issued.pdf.len()).map_err(Error::internal)?,
        provider,
    )
    .execute(&mut *connection)
    .await
    .on_constraint("letter_number_is_unique", number_in_use)?;
    if application.is_some() {
        sqlx::query!(
            "insert into letter_file (letter_id, bytes) values ($1, $2)",
            issued.id.0,
            issued.pdf
        )
        .execute(connection)
        .await?;
    }
    Ok(())
}

/// The signed PDF of an application's letter.
///
/// # Errors
/// `not_found` if the letter has no stored PDF.
pub async fn load_pdf(connection: &mut PgConnection, id: LetterId) -> Result<Vec<u8>> {
    Ok(
        sqlx::query_scalar!("select bytes from letter_file where letter_id = $1", id.0)
            .fetch_one(connection)
            .await?,
    )
}

/// Voids the letter of this draft. Returns false if there is none or it is already void. The number
/// stays in use.
pub async fn void(
    connection: &mut PgConnection,
    (application, draft): (ApplicationId, i16),
    by: UserId,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<bool> {
    let voided = sqlx::query!(
        r#"
        update letter
        set voided_at = $4,
            voided_by = $3,
            void_reason = $5
        where application_id = $1
          and draft = $2
          and voided_at is null
        "#,
        application.0,
        draft,
        by.0,
        now,
        reason,
    );
    Ok(voided.execute(connection).await?.rows_affected() > 0)
}

/// Marks all earlier letters of the application as superseded by letter `by`.
pub async fn supersede_earlier(
    connection: &mut PgConnection,
    application: ApplicationId,
    by: LetterId,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "update letter set superseded_on = $3 where application_id = $1 and id <> $2 and superseded_on is null",
        application.0,
        by.0,
        today(now),
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Marks one letter as superseded.
pub async fn supersede(
    connection: &mut PgConnection,
    id: LetterId,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "update letter set superseded_on = $2 where id = $1 and superseded_on is null",
        id.0,
        today(now)
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The key by which the public finds a letter.
#[derive(Debug, Clone, Copy)]
pub enum LetterLookup<'a> {
    /// Digest of the token in its QR code.
    Token(&'a [u8; 32]),
    /// SHA-256 of its PDF.
    Sha256(&'a [u8; 32]),
}

/// Finds the public data of a letter.
pub async fn find_public(
    connection: &mut PgConnection,
    lookup: LetterLookup<'_>,
) -> Result<Option<PublicLetter>> {
    let (token, sha256) = match lookup {
        LetterLookup::Token(digest) => (Some(digest.as_slice()), None),
        LetterLookup::Sha256(digest) => (None, Some(digest.as_slice())),
    };
    let row = sqlx::query!(
        r#"
        select number, on_date, subject, signer_title, sha256, voided_at is not null as "voided!", superseded_on is not null as "superseded!"
        from letter
        where token_digest = $1
           or sha256 = $2
        "#,
        token,
        sha256,
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| PublicLetter {
        number: row.number,
        date: row.on_date,
        subject: row.subject,
        signer_title: row.signer_title,
        sha256: hex::encode(row.sha256),
        status: LetterStatus::of(row.voided, row.superseded),
    }))
}

/// A letter of an application, as selected.
struct LetterRow {
    id: Uuid,
    kind: String,
    application_id: Option<Uuid>,
    number: String,
    subject: Option<String>,
    signer_title: String,
    on_date: NaiveDate,
    signed_at: Option<DateTime<Utc>>,
    sha256: Vec<u8>,
    size: i32,
    provider: String,
    voided: bool,
    void_reason: Option<String>,
    superseded: bool,
}

impl LetterRow {
    fn view(self) -> Result<LetterView> {
        let incomplete = || Error::internal("a letter of an application lacks what it must have");
        Ok(LetterView {
            id: LetterId(self.id),
            kind: LetterKind::from_code(&self.kind).ok_or_else(incomplete)?,
            application_id: ApplicationId(self.application_id.ok_or_else(incomplete)?),
            number: self.number,
            subject: self.subject.ok_or_else(incomplete)?,
            signer_title: self.signer_title,
            date: self.on_date,
            signed_at: self.signed_at.ok_or_else(incomplete)?,
            sha256: hex::encode(self.sha256),
            size: self.size,
            provider: self.provider,
            status: LetterStatus::of(self.voided, self.superseded),
            void_reason: self.void_reason,
        })
    }
}

/// At most `limit` letters after `after` of the applications that `viewer` may see, newest first.
pub async fn list(
    connection: &mut PgConnection,
    viewer: &SignedIn,
    after: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<LetterView>> {
    let (at, id) = after.unzip();
    let rows = sqlx::query_as!(
        LetterRow,
        r#"
        select l.id, l.kind, l.application_id, l.number, l.subject, l.signer_title, l.on_date, l.signed_at, l.sha256, l.size, l.provider,
               l.voided_at is not null as "voided!", l.void_reason, l.superseded_on is not null as "superseded!"
        from letter l
        join application a on a.id = l.application_id
        where l.office_id = $1
          and may_see(a, $1, null, $2)
          and ($3::timestamptz is null or (l.signed_at, l.id) < ($3, $4))
        order by l.signed_at desc, l.id desc
        limit $5
        "#,
        viewer.office.0,
        &viewer.roles.codes(),
        at,
        id,
        limit,
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(LetterRow::view).collect()
}

/// The letter with this id, if `viewer` may see its application.
pub async fn find(
    connection: &mut PgConnection,
    viewer: &SignedIn,
    id: LetterId,
) -> Result<Option<LetterView>> {
    let row = sqlx::query_as!(
        LetterRow,
        r#"
        select l.id, l.kind, l.application_id, l.number, l.subject, l.signer_title, l.on_date, l.signed_at, l.sha256, l.size, l.provider,
               l.voided_at is not null as "voided!", l.void_reason, l.superseded_on is not null as "superseded!"
        from letter l
        join application a on a.id = l.application_id
        where l.id = $1
          and may_see(a, $2, null, $3)
        "#,
        id.0,
        viewer.office.0,
        &viewer.roles.codes(),
    )
    .fetch_optional(connection)
    .await?;
    row.map(LetterRow::view).transpose()
}

/// The letter made from this draft. The caller must have checked that the user may see the
/// application.
pub async fn find_by_draft(
    connection: &mut PgConnection,
    application: ApplicationId,
    draft: i16,
) -> Result<Option<LetterView>> {
    let row = sqlx::query_as!(
        LetterRow,
        r#"
        select l.id, l.kind, l.application_id, l.number, l.subject, l.signer_title, l.on_date, l.signed_at, l.sha256, l.size, l.provider,
               l.voided_at is not null as "voided!", l.void_reason, l.superseded_on is not null as "superseded!"
        from letter l
        where l.application_id = $1
          and l.draft = $2
        "#,
        application.0,
        draft,
    )
    .fetch_optional(connection)
    .await?;
    row.map(LetterRow::view).transpose()
}
