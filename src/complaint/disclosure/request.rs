//! Requests a disclosure. A request that no custodian could decide is refused at once: there is no
//! disclosure without a custodian.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::forms::Request;
use super::notify;
use super::views::{DisclosureView, RequestedDisclosure};
use crate::audit::{self, Event};
use crate::casework::desk::Desk;
use crate::complaint::act::{Lock, StaffAct, StaffEvent};
use crate::complaint::alarms::AlarmKind;
use crate::complaint::identity::pickup::new_pickup;
use crate::complaint::papers::disclosure_file::{DisclosedOriginal, DisclosureRequest};
use crate::complaint::sealing::case_key::CaseKey;
use crate::complaint::services::ComplaintServices;
use crate::complaint::store::attachments;
use crate::complaint::store::disclosures::{self as store, DisclosableCase, NewDisclosure};
use crate::complaint::store::viewer::Viewer;
use crate::complaint::views::ReadAccess;
use crate::error::{Code, Error, OrNotFound as _, Result, fault};
use crate::ids::{AttachmentId, ComplaintId, DisclosureId};
use crate::sop::gate::Principal;
use crate::sop::role::{Role, Roles};
use crate::web::Reply;

/// Role under which the viewer reads the content. Team staff, which read it only with permission of
/// their lead, cannot request a disclosure.
fn reading_role(roles: Roles) -> Option<Role> {
    ReadAccess::reading_role(roles)
        .filter(|_| ReadAccess::for_roles(roles, false) == ReadAccess::All)
}

/// Finds a complaint with content that the viewer may read.
///
/// # Errors
/// `not_found`.
pub(super) async fn find_readable(
    connection: &mut PgConnection,
    viewer: &Viewer,
    case: ComplaintId,
) -> Result<(DisclosableCase, Role)> {
    let found = store::find_case(connection, case, viewer)
        .await?
        .or_not_found()?;
    let role = reading_role(found.roles).or_not_found()?;
    Ok((found, role))
}

/// Creates a request.
///
/// # Errors
/// `not_found`; `disclosures_frozen` while a breach is open; `invalid_content` for an unknown or
/// unreleased attachment; `conflict` when the requester has a live request, when the identity was
/// deleted, or when no custodian could decide.
pub(super) async fn request(
    desk: &Desk,
    case: ComplaintId,
    form: Request,
) -> Result<Reply<RequestedDisclosure>> {
    let mut act = StaffAct::begin_unstored(desk, Lock::DisclosuresOf(case)).await?;
    let (user, now) = (desk.signed_in().user, act.now());
    let (viewer, services, connection) = act.parts();
    let (found, role) = find_readable(connection, viewer, case).await?;
    check_not_frozen(found.frozen)?;
    let Request {
        fields,
        original,
        purpose,
        reason,
    } = form;
    // An original lives as long as the complaint, which may be longer than the identity.
    if found.identity_gone && original.is_none() {
        return Err(identity_deleted());
    }
    let key = services.case_key(case, &found.wrapped).await?;
    let original = match original {
        Some(attachment) => Some(released_original(connection, &key, case, attachment, now).await?),
        None => None,
    };
    let needed = if purpose.needs_two_custodians() { 2 } else { 1 };
    let deciders = notify::eligible_custodians(connection, services, desk, case, &[user]).await?;
    if deciders.len() < needed {
        let event = StaffEvent::on_case(case, AlarmKind::DisclosureWithoutCustodian.code())
            .with_detail(purpose.code());
        return act.refuse(event, no_custodian(needed)).await;
    }
    expire(connection, services, now, Some(case)).await?;
    let (code, public) = new_pickup();
    let detail = original.map_or_else(
        || purpose.code().to_owned(),
        |original| format!("{} {}", purpose.code(), original.audit_label()),
    );
    let fields = fields.unwrap_or_default();
    let request = DisclosureRequest {
        requester: user,
        role,
        purpose,
        fields,
        original,
        reason,
        pickup: hex::encode(public),
    };
    let id = DisclosureId::random();
    store::add(
        connection,
        &key,
        &NewDisclosure {
            id,
            case,
            office: found.office,
            tag: &viewer.person,
            request: &request,
            at: now,
        },
    )
    .await?;
    notify::notify_custodians(connection, (found.office, case), &deciders, now).await?;
    let requested = RequestedDisclosure {
        disclosure: load_view(connection, viewer, &key, case, id).await?,
        opening_code: code.formatted().to_string(),
    };
    let event = StaffEvent::on_case(case, "request_disclosure").with_detail(detail.as_str());
    let place = format!("/api/v1/complaints/{case}/disclosures");
    act.commit(event, Reply::created(place, requested)).await
}

/// Finds the attachment if it has been released.
async fn released_original(
    connection: &mut PgConnection,
    key: &CaseKey,
    case: ComplaintId,
    attachment: AttachmentId,
    now: DateTime<Utc>,
) -> Result<DisclosedOriginal> {
    let unknown = || {
        let at = "/original";
        Error::invalid(vec![fault(
            at,
            "unknown_value",
            "Bukan lampiran pengaduan ini.",
            "This is no attachment of this complaint.",
        )])
    };
    let found = attachments::find(connection, key, case, attachment, Some(now))
        .await?
        .ok_or_else(unknown)?;
    Ok(DisclosedOriginal {
        attachment,
        seq: found.seq,
    })
}

/// Reads the view of a request.
pub(super) async fn load_view(
    connection: &mut PgConnection,
    viewer: &Viewer,
    key: &CaseKey,
    case: ComplaintId,
    id: DisclosureId,
) -> Result<DisclosureView> {
    let stored = store::find(connection, case, id, &viewer.person)
        .await?
        .or_not_found()?;
    DisclosureView::of(stored, key)
}

/// Refuses a frozen request with `disclosures_frozen`.
pub(super) fn check_not_frozen(frozen: bool) -> Result<()> {
    if frozen {
        Err(Error::new(Code::DisclosuresFrozen))
    } else {
        Ok(())
    }
}

/// The identity was deleted.
pub(super) fn identity_deleted() -> Error {
    Error::new(Code::Conflict).detail(
        "Identitas sudah dihapus sesuai masa simpan; tidak ada yang dapat dibuka.",
        "The identity was deleted after its retention period; there is nothing to open.",
    )
}

fn no_custodian(needed: usize) -> Error {
    Error::new(Code::Conflict).detail(
        format!("Diperlukan {needed} penjaga identitas selain Anda yang tidak terkait perkara; mintalah administrator menunjuknya."),
        format!("{needed} identity custodian(s) other than you and without a conflict of interest are needed; ask the administrators to appoint them."),
    )
}

/// Expires the requests that are due, of one complaint or of all visible to the caller, and records
/// each in the audit trail.
pub async fn expire(
    connection: &mut PgConnection,
    services: &ComplaintServices,
    now: DateTime<Utc>,
    of: Option<ComplaintId>,
) -> Result<()> {
    let expired = store::expire(connection, now, of).await?;
    let events: Vec<_> = expired
        .into_iter()
        .map(|(case, office)| {
            let object = services.keys.case_ref(case);
            Event::new(office, Principal::System, "expire_disclosure", object, now)
        })
        .collect();
    audit::append(connection, &services.audit, &events).await
}
