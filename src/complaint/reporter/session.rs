//! The sessions of a case: at most ten at a time, each until the end of the day after its opening
//! at the latest, so that two days' tags find all of them.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Datelike as _, Days, NaiveDate, Utc};
use sqlx::PgConnection;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::complaint::sealing::keys::Keys;
use crate::complaint::store::sessions::{self as store, CaseSession, NewSession};
use crate::error::Result;
use crate::identity::signed_in::today;
use crate::ids::ComplaintId;
use crate::secrecy::{SealingKey, random_bytes};

/// Most sessions of a case at a time; a further one ends the one that was unused for longest.
const MOST: usize = 10;
/// Sealed column (`table|column`).
const SEALED: &str = "session|sealed";

/// Opens a session with `expires_at` and returns its token. Without a case the same work is done,
/// and nothing stays.
pub async fn open(
    connection: &mut PgConnection,
    keys: &Keys,
    found: Option<ComplaintId>,
    now: DateTime<Utc>,
    expires_at: DateTime<Utc>,
) -> Result<Zeroizing<String>> {
    let case = found.unwrap_or_else(ComplaintId::random);
    let token = Zeroizing::new(URL_SAFE_NO_PAD.encode(random_bytes::<32>()));
    let day = today(now);
    let known = list(connection, keys, case, day).await?;
    let (digest, seal) = keys.session(&token);
    let free: Vec<_> = keys
        .session_tags(case, day)
        .filter(|tag| known.iter().all(|session| session.slot_tag != tag))
        .collect();
    let [random] = random_bytes::<1>();
    // At most ten places are taken by sessions that have not ended.
    let slot_tag = free
        .get(usize::from(random) % free.len().max(1))
        .copied()
        .unwrap_or(digest);
    let new = NewSession {
        digest,
        sealed: seal.seal(SEALED, &content(case, day)),
        slot_tag,
    };
    let ended = known.into_iter().skip(MOST - 1);
    let ended: Vec<_> = ended.map(|session| session.digest).collect();
    store::end_all(connection, &ended).await?;
    if found.is_some() {
        store::open(connection, &new, expires_at).await?;
    } else {
        store::end(connection, &digest).await?;
    }
    Ok(token)
}

fn content(case: ComplaintId, day: NaiveDate) -> Vec<u8> {
    let day = day.num_days_from_ce().to_be_bytes();
    [case.0.as_bytes().as_slice(), &day].concat()
}

/// The case of a session; none when the session is older than it may be.
pub fn case_of(seal: &SealingKey, sealed: &[u8], now: DateTime<Utc>) -> Option<ComplaintId> {
    let content = seal.open(SEALED, sealed)?;
    let (case, day) = content.split_at_checked(16)?;
    let day = i32::from_be_bytes(day.try_into().ok()?);
    let age = today(now).num_days_from_ce() - day;
    let case = Uuid::from_slice(case).ok()?;
    (0..=1).contains(&age).then_some(ComplaintId(case))
}

/// Lists the sessions of a case, the last used first. Some may have expired.
pub async fn list(
    connection: &mut PgConnection,
    keys: &Keys,
    case: ComplaintId,
    day: NaiveDate,
) -> Result<Vec<CaseSession>> {
    let days = [Some(day), day.checked_sub_days(Days::new(1))];
    let tags = days
        .into_iter()
        .flatten()
        .flat_map(|day| keys.session_tags(case, day));
    let tags: Vec<_> = tags.map(|tag| tag.to_vec()).collect();
    store::list(connection, &tags).await
}
