//! A handler asks. The request is refused at once when nobody could decide it: no custodian is ever done without.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::expiry::expire;
use super::forms::Request;
use super::freezing;
use super::notify;
use super::views::{DisclosureView, RequestedDisclosure};
use crate::casework::desk::Desk;
use crate::casework::workflow::Asking;
use crate::complaint::audit_events;
use crate::complaint::identity::pickup::new_pickup;
use crate::complaint::papers::disclosure_file::{Asked, Original};
use crate::complaint::sealing::case_key::CaseKey;
use crate::complaint::services::ComplaintServices;
use crate::complaint::store::attachments;
use crate::complaint::store::disclosures::{self as store, NewDisclosure, OfCase};
use crate::complaint::store::viewer::Viewer;
use crate::complaint::views::Reads;
use crate::error::{Code, Error, Result, fault};
use crate::ids::{AttachmentId, ComplaintId, DisclosureId};
use crate::sop::role::{Role, Roles};
use crate::web::IdempotentWrite;

/// The role under which somebody reads what the reporter wrote, if they do by themselves: team staff read it by leave, and ask for nothing.
fn role_of(roles: Roles) -> Option<Role> {
    Reads::under(roles).filter(|_| Reads::of(roles, false) == Reads::All)
}

/// The complaint, if its content is theirs to read.
///
/// # Errors
/// `not_found`.
pub(super) async fn must_read(
    connection: &mut PgConnection,
    viewer: &Viewer,
    case: ComplaintId,
) -> Result<(OfCase, Role)> {
    let found = store::case(connection, case, viewer)
        .await?
        .ok_or_else(|| Error::new(Code::NotFound))?;
    let role = role_of(found.roles).ok_or_else(|| Error::new(Code::NotFound))?;
    Ok((found, role))
}

/// Makes a request.
///
/// # Errors
/// `not_found`; `disclosures_frozen` while a breach is open; `invalid_content` for an attachment that is none of the complaint's or has not surfaced;
/// `conflict` when one is live, when the identity is gone, or when there is no custodian to decide.
pub(super) async fn ask(
    desk: &Desk,
    case: ComplaintId,
    form: Request,
) -> Result<RequestedDisclosure> {
    let (services, who, now) = (
        ComplaintServices::of(desk.request())?,
        desk.who(),
        desk.request_time().now,
    );
    let mut work = IdempotentWrite::without_idempotency(desk.database(), now).await?;
    let viewer = Viewer::enter(&mut work, Asking::Person(who), None, &services.keys).await?;
    freezing::hold(&mut work, who).await?;
    if !store::lock_case(&mut work, case).await? {
        return Err(Error::new(Code::NotFound));
    }
    let (found, role) = must_read(&mut work, &viewer, case).await?;
    freezing::must_not_be(found.frozen)?;
    let Request {
        fields,
        original,
        purpose,
        reason,
    } = form;
    // The original is part of the complaint and lives as long as it does, which may be longer than the identity.
    if found.identity_gone && original.is_none() {
        return Err(gone());
    }
    let key = services.open(case, &found.wrapped).await?;
    let original = match original {
        Some(attachment) => Some(surfaced(&mut work, &key, case, attachment, now).await?),
        None => None,
    };
    let needed = if purpose.needs_two() { 2 } else { 1 };
    let deciders = notify::deciders(&mut work, &services, desk, case, &[who.user]).await?;
    if deciders.len() < needed {
        audit_events::act_with(
            &mut work,
            desk,
            &services,
            case,
            "disclosure_without_custodian",
            Some(purpose.code()),
        )
        .await?;
        work.commit().await?;
        return Err(nobody_decides(needed));
    }
    expire(&mut work, &services, now, Some(case)).await?;
    let (code, public) = new_pickup();
    let told = original.map_or_else(
        || purpose.code().to_owned(),
        |original| format!("{} {}", purpose.code(), original.in_the_trail()),
    );
    let fields = fields.unwrap_or_default();
    let asked = Asked {
        requester: who.user,
        role,
        purpose,
        fields,
        original,
        reason,
        pickup: hex::encode(public),
    };
    let id = DisclosureId::random();
    store::add(
        &mut work,
        &key,
        &NewDisclosure {
            id,
            case,
            office: found.office,
            tag: &viewer.person,
            asked: &asked,
            at: now,
        },
    )
    .await?;
    notify::waits(&mut work, (found.office, case), &deciders, now).await?;
    audit_events::act_with(
        &mut work,
        desk,
        &services,
        case,
        "request_disclosure",
        Some(&told),
    )
    .await?;
    let disclosure = shown(&mut work, &viewer, &key, case, id).await?;
    work.commit().await?;
    Ok(RequestedDisclosure {
        disclosure,
        opening_code: code.shown().to_string(),
    })
}

/// The attachment, if the office knows of it by now.
async fn surfaced(
    connection: &mut PgConnection,
    key: &CaseKey,
    case: ComplaintId,
    attachment: AttachmentId,
    now: DateTime<Utc>,
) -> Result<Original> {
    let unknown = || {
        let at = "/original";
        Error::invalid(vec![fault(
            at,
            "unknown_value",
            "Bukan lampiran pengaduan ini.",
            "It is no attachment of this complaint.",
        )])
    };
    let found = attachments::find(connection, key, case, attachment, Some(now))
        .await?
        .ok_or_else(unknown)?;
    Ok(Original {
        attachment,
        seq: found.seq,
    })
}

/// A request as it now is.
pub(super) async fn shown(
    connection: &mut PgConnection,
    viewer: &Viewer,
    key: &CaseKey,
    case: ComplaintId,
    id: DisclosureId,
) -> Result<DisclosureView> {
    let stored = store::find(connection, case, id, &viewer.person)
        .await?
        .ok_or_else(|| Error::new(Code::NotFound))?;
    DisclosureView::of(stored, key)
}

/// The identity is no more.
pub(super) fn gone() -> Error {
    Error::new(Code::Conflict).detail(
        "Identitas sudah dihapus sesuai masa simpan; tidak ada yang dapat dibuka.",
        "The identity was deleted when its time was over; there is nothing to open.",
    )
}

fn nobody_decides(needed: usize) -> Error {
    Error::new(Code::Conflict).detail(
        format!("Perlu {needed} penjaga identitas yang bukan Anda dan tidak terkait perkara; mintalah administrator menunjuknya."),
        format!("It takes {needed} identity custodian(s) other than you and not concerned by the case; ask the administrators to appoint them."),
    )
}
