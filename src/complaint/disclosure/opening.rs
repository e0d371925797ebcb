//! The requester opens what was granted: with their code, once, while they still handle the complaint. In the same transaction the fields are deleted and the
//! reporter is told, so that neither happens without the other.

use super::asking::must_read;
use super::forms::AtDisclosure;
use super::notice;
use super::views::OpenedDisclosure;
use crate::casework::desk::Desk;
use crate::casework::workflow::Asking;
use crate::complaint::cabinet::Cabinet;
use crate::complaint::disclosure_file::State;
use crate::complaint::message::Author;
use crate::complaint::pickup::open_pickup;
use crate::complaint::record;
use crate::complaint::store::disclosures as store;
use crate::complaint::store::messages::{self, NewMessage};
use crate::complaint::store::viewer::Viewer;
use crate::error::{Code, Error, Result, fault};
use crate::identity::signed_in::today;
use crate::web::Work;

/// Opens the granted fields.
///
/// # Errors
/// `not_found` for everybody but the requester, and for a requester who may not know of the complaint any more; `conflict` when there is nothing to open;
/// `invalid_content` for a wrong code, which is counted and uses nothing up.
pub(super) async fn open(desk: &Desk, at: AtDisclosure, code: &str) -> Result<OpenedDisclosure> {
    let (cabinet, who, now) = (Cabinet::of(desk.request())?, desk.who(), desk.desktop().now);
    let mut work = Work::unkept(desk.database(), now).await?;
    let viewer = Viewer::enter(&mut work, Asking::Person(who), None, &cabinet.keys).await?;
    // First the lock, then the question: whoever was barred while this waited is refused.
    if !store::lock_case(&mut work, at.id).await? {
        return Err(Error::new(Code::NotFound));
    }
    let (found, _) = must_read(&mut work, &viewer, who, at.id).await?;
    if !store::lock(&mut work, at.id, at.disclosure).await? {
        return Err(Error::new(Code::NotFound));
    }
    let stored = store::find(&mut work, at.id, at.disclosure, &viewer.person).await?.filter(|stored| stored.requester == who.user);
    let stored = stored.ok_or_else(|| Error::new(Code::NotFound))?;
    if stored.state != State::Granted || stored.expires_at.is_none_or(|end| end <= now) {
        return Err(nothing_to_open());
    }
    let key = cabinet.open(at.id, &found.wrapped).await?;
    let (asked, decided) = (stored.asked(&key)?, stored.decided(&key)?);
    let sealed = stored.fields(&key).ok_or_else(|| Error::internal("granted fields cannot be opened: moved or changed"))?;
    let Some(fields) = open_pickup(code, at.disclosure, &sealed) else {
        store::count_wrong_code(&mut work, at.disclosure).await?;
        record::act(&mut work, desk, &cabinet, at.id, "wrong_opening_code").await?;
        work.keep().await?;
        return Err(wrong_code());
    };
    store::open(&mut work, at.disclosure, now).await?;
    if decided.withheld.is_none() {
        let text = notice::words(&fields.fields().collect::<Vec<_>>(), asked.purpose, asked.role);
        let new = NewMessage { case: at.id, author: Author::Office, on: today(now), surfaces_at: now, asks: false, text: &text };
        messages::add(&mut work, &key, &new).await?;
    }
    record::act_with(&mut work, desk, &cabinet, at.id, "open_disclosure", decided.withheld.is_some().then_some("notice withheld")).await?;
    work.keep().await?;
    Ok(OpenedDisclosure { fields })
}

/// One refusal, whether it was not decided, denied, opened before, or is too late.
fn nothing_to_open() -> Error {
    Error::new(Code::Conflict).detail(
        "Tidak ada yang dapat dibuka: belum disetujui, ditolak, sudah pernah dibuka, atau waktunya habis.",
        "There is nothing to open: not granted, denied, opened before, or its time is over.",
    )
}

/// One refusal, whether it is no code or another's.
fn wrong_code() -> Error {
    Error::invalid(vec![fault("/opening_code", "wrong_code", "Kode ini tidak membuka permintaan ini.", "This code does not open this request.")])
}
