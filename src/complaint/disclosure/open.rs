//! Opens a grant. The requester uses the opening code once, while they still handle the complaint.
//! One transaction uses up the grant and notifies the reporter, so that neither happens without the
//! other; only a withheld notice is left out.

use super::forms::AtDisclosure;
use super::notify::{identity_text, original_text};
use super::request::{check_not_frozen, find_readable};
use super::views::OpenedDisclosure;
use crate::casework::desk::Desk;
use crate::complaint::act::{Lock, StaffAct, StaffEvent};
use crate::complaint::attachment::download::Download;
use crate::complaint::identity::Disclosed;
use crate::complaint::identity::pickup::open_pickup;
use crate::complaint::papers::disclosure_file::{
    DisclosedOriginal, DisclosureDecisions, DisclosureRequest, State,
};
use crate::complaint::papers::message::Author;
use crate::complaint::sealing::case_key::CaseKey;
use crate::complaint::store::attachments;
use crate::complaint::store::disclosures as store;
use crate::complaint::store::messages::{self, NewMessage};
use crate::error::{Code, Error, OrNotFound as _, Result, fault};
use crate::identity::signed_in::today;
use crate::web::Reply;

/// A grant claimed with the right code, in the transaction that uses it up.
struct ClaimedGrant<'a> {
    act: StaffAct<'a>,
    key: CaseKey,
    request: DisclosureRequest,
    decisions: DisclosureDecisions,
    fields: Disclosed,
}

/// Opens the granted fields.
///
/// # Errors
/// `not_found` for all but the requester, and for a requester that may not know of the complaint
/// any more; `disclosures_frozen` while a breach is open; `conflict` when there is nothing to open,
/// or an original was requested; `invalid_content` for a wrong code, which is recorded and does not
/// use up the grant.
pub(super) async fn open(
    desk: &Desk,
    at: AtDisclosure,
    code: &str,
) -> Result<Reply<OpenedDisclosure>> {
    let is_identity = |request: &DisclosureRequest| {
        if request.original.is_none() {
            Ok(())
        } else {
            Err(is_an_original())
        }
    };
    let grant = claim_grant(desk, at, code, is_identity).await?;
    let notice_text = identity_text(
        &grant.fields.fields().collect::<Vec<_>>(),
        grant.request.purpose,
        grant.request.role,
    );
    let fields = grant.use_up(at, &notice_text, None).await?;
    Ok(Reply::ok(OpenedDisclosure { fields }))
}

/// Opens the granted original. All its bytes are authenticated before the grant is used up.
///
/// # Errors
/// As `open`; `conflict` when fields of an identity were requested; internal error when the file
/// was changed.
pub(super) async fn open_original(desk: &Desk, at: AtDisclosure, code: &str) -> Result<Download> {
    let is_original =
        |request: &DisclosureRequest| request.original.map(|_| ()).ok_or_else(is_an_identity);
    let mut grant = claim_grant(desk, at, code, is_original).await?;
    let original = grant.request.original.ok_or_else(is_an_identity)?;
    let found = attachments::find(&mut grant.act, &grant.key, at.id, original.attachment, None)
        .await?
        .ok_or_else(nothing_to_open)?;
    let bytes = attachments::read_original(&mut grant.act, &grant.key, &found).await?;
    let notice_text = original_text(original, grant.request.purpose, grant.request.role);
    grant.use_up(at, &notice_text, Some(original)).await?;
    Ok(Download::original(&found.meta, bytes))
}

/// Claims the grant if the caller requested it, its kind matches and the code is right.
async fn claim_grant<'a>(
    desk: &'a Desk,
    at: AtDisclosure,
    code: &str,
    is_of_kind: impl FnOnce(&DisclosureRequest) -> Result<()>,
) -> Result<ClaimedGrant<'a>> {
    let mut act = StaffAct::begin_unstored(desk, Lock::DisclosuresOf(at.id)).await?;
    let (user, now) = (desk.signed_in().user, act.now());
    let (viewer, services, connection) = act.parts();
    let (found, _) = find_readable(connection, viewer, at.id).await?;
    if !store::lock(connection, at.id, at.disclosure).await? {
        return Err(Error::new(Code::NotFound));
    }
    let stored = store::find(connection, at.id, at.disclosure, &viewer.person)
        .await?
        .filter(|stored| stored.requester == user);
    let stored = stored.or_not_found()?;
    check_not_frozen(stored.frozen)?;
    let key = services.case_key(at.id, &found.wrapped).await?;
    let (request, decisions) = (stored.open_request(&key)?, stored.open_decisions(&key)?);
    is_of_kind(&request)?;
    if stored.state != State::Granted || stored.expires_at.is_none_or(|end| end <= now) {
        return Err(nothing_to_open());
    }
    let sealed = stored
        .granted_fields(&key)
        .ok_or_else(|| Error::internal("granted fields cannot be opened: moved or changed"))?;
    let Some(fields) = open_pickup(code, at.disclosure, &sealed) else {
        let event = StaffEvent::on_case(at.id, "wrong_opening_code");
        return act.refuse(event, wrong_code()).await;
    };
    Ok(ClaimedGrant {
        act,
        key,
        request,
        decisions,
        fields,
    })
}

impl ClaimedGrant<'_> {
    /// Uses up the grant, sends `notice_text` to the reporter unless withheld, and records the
    /// opening in the audit trail. Returns the fields. The reply given to `commit` is neither stored
    /// nor sent: the handler replies with the fields.
    async fn use_up(
        mut self,
        at: AtDisclosure,
        notice_text: &str,
        original: Option<DisclosedOriginal>,
    ) -> Result<Disclosed> {
        let now = self.act.now();
        store::mark_opened(&mut self.act, at.disclosure, now).await?;
        if self.decisions.withheld.is_none() {
            let new = NewMessage {
                case: at.id,
                author: Author::Office,
                on: today(now),
                surfaces_at: now,
                asks: false,
                text: notice_text,
            };
            messages::add(&mut self.act, &self.key, &new).await?;
        }
        let withheld = self
            .decisions
            .withheld
            .is_some()
            .then(|| "notice withheld".to_owned());
        let detail = original
            .map(DisclosedOriginal::audit_label)
            .into_iter()
            .chain(withheld)
            .collect::<Vec<_>>()
            .join(", ");
        let detail = Some(detail.as_str()).filter(|detail| !detail.is_empty());
        let event = StaffEvent::on_case(at.id, "open_disclosure").with_detail(detail);
        self.act.commit(event, Reply::no_content()).await?;
        Ok(self.fields)
    }
}

/// The refusal is the same for an undecided, denied, opened and expired request.
fn nothing_to_open() -> Error {
    Error::new(Code::Conflict).detail(
        "Tidak ada yang dapat dibuka: belum disetujui, ditolak, sudah pernah dibuka, atau waktunya habis.",
        "There is nothing to open: not granted, denied, opened before, or expired.",
    )
}

fn is_an_original() -> Error {
    Error::new(Code::Conflict).detail(
        "Yang diminta berkas asli lampiran: ambillah dengan POST …/original.",
        "The request is for the original of an attachment: fetch it with POST …/original.",
    )
}

fn is_an_identity() -> Error {
    Error::new(Code::Conflict).detail(
        "Yang diminta data identitas: bukalah dengan POST …/opening.",
        "The request is for parts of an identity: open them with POST …/opening.",
    )
}

/// The refusal is the same for a malformed code and the code of another request.
fn wrong_code() -> Error {
    Error::invalid(vec![fault(
        "/opening_code",
        "wrong_code",
        "Kode ini tidak membuka permintaan ini.",
        "This code does not open this request.",
    )])
}
