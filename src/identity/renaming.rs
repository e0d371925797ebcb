//! Renaming a member of staff. Complaints are screened for staff names, so a rename takes two
//! administrators: the first proposes the name, and the second, who must not be the renamed person,
//! confirms it. Former and proposed names are screened for too (`roster`).

use super::journal::{Subject, record};
use super::proposal::{Effect, effect};
use super::roles::must_still_be_admin;
use super::signed_in::SignedIn;
pub use super::store::names::{UnrecordedChange, list_unrecorded, mark_recorded};
use super::store::{proposals, users};
use super::watchers;
use crate::error::{Code, Error, Result};
use crate::ids::UserId;
use crate::web::IdempotentWrite;

/// The task of a request that stores a proposal.
const PROPOSE: &str = "propose_name";

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
    let (open, is_staff) = (
        proposals::find_name(work, id).await?,
        row.customer_id.is_none(),
    );
    let task = if wanted == row.display_name {
        if open.is_none() {
            return Ok(true);
        }
        "withdraw_name"
    } else if !is_staff {
        // Customers are renamed directly, because complaints are never about customers.
        "rename_user"
    } else {
        match effect(open.as_ref(), wanted, caller.user) {
            Effect::Waits => return Ok(false),
            Effect::Proposes => PROPOSE,
            Effect::Confirms(_) if caller.user == id => {
                return Err(Error::new(Code::Forbidden).detail(
                    "Nama sendiri dikukuhkan oleh administrator lain.",
                    "Another administrator must confirm your own name.",
                ));
            }
            Effect::Confirms(_) => "rename_user",
        }
    };
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
