//! Renaming a member of staff. Complaints are screened for staff names, so a rename takes two
//! administrators: the first proposes the name, and the second, who must not be the renamed person,
//! confirms it. Former and proposed names are screened for too (`roster`).

use super::journal::{Subject, record};
use super::proposal::{Effect, Proposal, effect};
use super::roles::must_still_be_admin;
use super::signed_in::SignedIn;
pub use super::store::names::{UnrecordedChange, list_unrecorded, mark_recorded};
use super::store::{proposals, users};
use super::watchers;
use crate::error::{Code, Error, Result};
use crate::ids::UserId;
use crate::web::IdempotentWrite;

/// The task of dropping the proposal; the name stays.
const WITHDRAW: &str = "withdraw_name";
/// The task of storing the name as a proposal for another administrator.
const PROPOSE: &str = "propose_name";
/// The task of changing the name.
const RENAME: &str = "rename_user";

/// Renames an account to `wanted`, or stores or withdraws a proposal if that is all one
/// administrator may do. Returns true if `wanted` is the name now. The caller must hold the lock of
/// roles.
///
/// # Errors
/// `forbidden` when confirming one's own name.
pub async fn rename(
    work: &mut IdempotentWrite,
    caller: &SignedIn,
    row: &users::UserRow,
    wanted: &str,
) -> Result<bool> {
    let (id, now) = (UserId(row.id), work.now());
    must_still_be_admin(work, caller).await?;
    let open = proposals::find_name(work, id).await?;
    let (name, is_staff) = (row.display_name.as_str(), row.customer_id.is_none());
    let task = if is_staff || wanted == name {
        decide(name, open.as_ref(), wanted, caller.user)
    } else {
        // Customers are renamed directly, because complaints are never about customers.
        Some(RENAME)
    };
    let Some(task) = task else {
        return Ok(wanted == name);
    };
    if task == RENAME && is_staff && caller.user == id {
        return Err(Error::new(Code::Forbidden).detail(
            "Nama sendiri dikukuhkan oleh administrator lain.",
            "Another administrator must confirm your own name.",
        ));
    }
    proposals::withdraw_name(work, id).await?;
    if task == PROPOSE {
        proposals::propose_name(work, id, wanted, caller.user, now).await?;
    }
    if is_staff {
        watchers::notify(work, caller, id, task, now).await?;
    }
    record(work, caller, Subject::User(id).act(task), now).await?;
    Ok(task != PROPOSE)
}

/// The task of a request to rename a member of staff from `name` to `wanted`; none if the name is
/// unchanged, or if the proposal waits for another administrator.
fn decide(
    name: &str,
    open: Option<&Proposal<String>>,
    wanted: &str,
    by: UserId,
) -> Option<&'static str> {
    if wanted == name {
        return open.map(|_| WITHDRAW);
    }
    match effect(open, wanted, by) {
        Effect::Waits => None,
        Effect::Proposes => Some(PROPOSE),
        Effect::Confirms(_) => Some(RENAME),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: UserId = UserId(uuid::Uuid::from_u128(1));
    const OTHER: UserId = UserId(uuid::Uuid::from_u128(2));

    #[test]
    fn a_name_is_changed_by_two_and_never_by_one() {
        let proposed = |proposed_by, is_valid| {
            Some(Proposal {
                value: "Ratna".to_owned(),
                proposed_by,
                is_valid,
            })
        };
        let decided = |proposal: Option<Proposal<String>>, wanted| {
            decide("Sari", proposal.as_ref(), wanted, ONE)
        };
        assert_eq!(decided(None, "Sari"), None);
        assert_eq!(decided(None, "Ratna"), Some(PROPOSE));
        assert_eq!(decided(proposed(ONE, true), "Ratna"), None);
        assert_eq!(decided(proposed(OTHER, true), "Ratna"), Some(RENAME));
        assert_eq!(
            decided(proposed(OTHER, false), "Ratna"),
            Some(PROPOSE),
            "whose author is no administrator any more"
        );
        assert_eq!(
            decided(proposed(OTHER, true), "Dewi"),
            Some(PROPOSE),
            "another name begins anew"
        );
        assert_eq!(decided(proposed(OTHER, true), "Sari"), Some(WITHDRAW));
    }
}
