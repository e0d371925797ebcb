//! The requester opens what was granted: with their code, once, while they still handle the complaint. In the same transaction the grant is used up and the
//! reporter is told, so that neither happens without the other.

use super::asking::must_read;
use super::forms::AtDisclosure;
use super::freezing;
use super::notice;
use super::views::OpenedDisclosure;
use crate::casework::desk::Desk;
use crate::casework::workflow::Asking;
use crate::complaint::attachment::download::Download;
use crate::complaint::audit_events;
use crate::complaint::identity::Disclosed;
use crate::complaint::identity::pickup::open_pickup;
use crate::complaint::papers::disclosure_file::{Asked, Decided, Original, State};
use crate::complaint::papers::message::Author;
use crate::complaint::sealing::case_key::CaseKey;
use crate::complaint::sealing::sealed_file::Part;
use crate::complaint::services::ComplaintServices;
use crate::complaint::store::attachments;
use crate::complaint::store::disclosures as store;
use crate::complaint::store::messages::{self, NewMessage};
use crate::complaint::store::viewer::Viewer;
use crate::error::{Code, Error, Result, fault};
use crate::identity::signed_in::today;
use crate::web::IdempotentWrite;

/// A grant whose code was right, in the transaction in which it is used up.
struct Grant {
    work: IdempotentWrite,
    services: ComplaintServices,
    key: CaseKey,
    asked: Asked,
    decided: Decided,
    fields: Disclosed,
}

/// Opens the granted fields.
///
/// # Errors
/// `not_found` for everybody but the requester, and for a requester who may not know of the complaint any more; `disclosures_frozen` while a breach is open;
/// `conflict` when there is nothing to open, or when it is an original that was asked for; `invalid_content` for a wrong code, which is counted and uses
/// nothing up.
pub(super) async fn open(desk: &Desk, at: AtDisclosure, code: &str) -> Result<OpenedDisclosure> {
    let is_identity = |asked: &Asked| {
        if asked.original.is_none() {
            Ok(())
        } else {
            Err(is_an_original())
        }
    };
    let grant = claim(desk, at, code, is_identity).await?;
    let told = notice::words(
        &grant.fields.fields().collect::<Vec<_>>(),
        grant.asked.purpose,
        grant.asked.role,
    );
    let fields = grant.use_up(desk, at, &told, None).await?;
    Ok(OpenedDisclosure { fields })
}

/// Opens the original that was granted. Its bytes are proved whole before anything is used up.
///
/// # Errors
/// As `open`; `conflict` when it is parts of the identity that were asked for; our own fault when the file was tampered with.
pub(super) async fn open_original(desk: &Desk, at: AtDisclosure, code: &str) -> Result<Download> {
    let is_original = |asked: &Asked| asked.original.map(|_| ()).ok_or_else(is_an_identity);
    let mut grant = claim(desk, at, code, is_original).await?;
    let original = grant.asked.original.ok_or_else(is_an_identity)?;
    let found = attachments::find(
        &mut grant.work,
        &grant.key,
        at.id,
        original.attachment,
        None,
    )
    .await?
    .ok_or_else(nothing_to_open)?;
    let bytes = attachments::whole(&mut grant.work, &grant.key, &found, Part::Original).await?;
    let told = notice::words_of_original(original, grant.asked.purpose, grant.asked.role);
    grant.use_up(desk, at, &told, Some(original)).await?;
    Ok(Download::original(&found.meta, bytes))
}

/// The grant, if it is the caller's, is of the right kind, and the code is right.
async fn claim(
    desk: &Desk,
    at: AtDisclosure,
    code: &str,
    is_of_kind: impl FnOnce(&Asked) -> Result<()>,
) -> Result<Grant> {
    let (services, who, now) = (
        ComplaintServices::of(desk.request())?,
        desk.who(),
        desk.request_time().now,
    );
    let mut work = IdempotentWrite::without_idempotency(desk.database(), now).await?;
    let viewer = Viewer::enter(&mut work, Asking::Person(who), None, &services.keys).await?;
    freezing::hold(&mut work, who).await?;
    // First the lock, then the question: whoever was barred while this waited is refused.
    if !store::lock_case(&mut work, at.id).await? {
        return Err(Error::new(Code::NotFound));
    }
    let (found, _) = must_read(&mut work, &viewer, at.id).await?;
    if !store::lock(&mut work, at.id, at.disclosure).await? {
        return Err(Error::new(Code::NotFound));
    }
    let stored = store::find(&mut work, at.id, at.disclosure, &viewer.person)
        .await?
        .filter(|stored| stored.requester == who.user);
    let stored = stored.ok_or_else(|| Error::new(Code::NotFound))?;
    freezing::must_not_be(stored.frozen)?;
    let key = services.open(at.id, &found.wrapped).await?;
    let (asked, decided) = (stored.asked(&key)?, stored.decided(&key)?);
    is_of_kind(&asked)?;
    if stored.state != State::Granted || stored.expires_at.is_none_or(|end| end <= now) {
        return Err(nothing_to_open());
    }
    let sealed = stored
        .fields(&key)
        .ok_or_else(|| Error::internal("granted fields cannot be opened: moved or changed"))?;
    let Some(fields) = open_pickup(code, at.disclosure, &sealed) else {
        audit_events::act(&mut work, desk, &services, at.id, "wrong_opening_code").await?;
        work.commit().await?;
        return Err(wrong_code());
    };
    Ok(Grant {
        work,
        services,
        key,
        asked,
        decided,
        fields,
    })
}

impl Grant {
    /// Uses it up, tells the reporter `told` unless that is withheld, and writes it into the trail. Gives the fields.
    async fn use_up(
        mut self,
        desk: &Desk,
        at: AtDisclosure,
        told: &str,
        original: Option<Original>,
    ) -> Result<Disclosed> {
        let (work, now) = (&mut self.work, desk.request_time().now);
        store::open(work, at.disclosure, now).await?;
        if self.decided.withheld.is_none() {
            let new = NewMessage {
                case: at.id,
                author: Author::Office,
                on: today(now),
                surfaces_at: now,
                asks: false,
                text: told,
            };
            messages::add(work, &self.key, &new).await?;
        }
        let withheld = self
            .decided
            .withheld
            .is_some()
            .then(|| "notice withheld".to_owned());
        let detail = original
            .map(Original::in_the_trail)
            .into_iter()
            .chain(withheld)
            .collect::<Vec<_>>()
            .join(", ");
        let detail = Some(detail.as_str()).filter(|detail| !detail.is_empty());
        audit_events::act_with(work, desk, &self.services, at.id, "open_disclosure", detail)
            .await?;
        self.work.commit().await?;
        Ok(self.fields)
    }
}

/// One refusal, whether it was not decided, denied, opened before, or is too late.
fn nothing_to_open() -> Error {
    Error::new(Code::Conflict).detail(
        "Tidak ada yang dapat dibuka: belum disetujui, ditolak, sudah pernah dibuka, atau waktunya habis.",
        "There is nothing to open: not granted, denied, opened before, or its time is over.",
    )
}

fn is_an_original() -> Error {
    Error::new(Code::Conflict).detail(
        "Yang diminta berkas asli lampiran: ambillah dengan POST …/original.",
        "It is the original of an attachment that was asked for: fetch it with POST …/original.",
    )
}

fn is_an_identity() -> Error {
    Error::new(Code::Conflict).detail(
        "Yang diminta data identitas: bukalah dengan POST …/opening.",
        "It is parts of the identity that were asked for: open them with POST …/opening.",
    )
}

/// One refusal, whether it is no code or another's.
fn wrong_code() -> Error {
    Error::invalid(vec![fault(
        "/opening_code",
        "wrong_code",
        "Kode ini tidak membuka permintaan ini.",
        "This code does not open this request.",
    )])
}
