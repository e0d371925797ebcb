//! Renaming a member of staff. Complaints are screened for staff names, so a rename takes two
//! administrators: the first proposes the name, and the second, who must not be the renamed person,
//! confirms it. Former and proposed names are screened for too (`roster`).

use super::journal::{Act, Subject, record};
use super::roles::must_still_be_admin;
use super::signed_in::SignedIn;
use super::store::names::{self as store, NameProposal};
pub use super::store::names::{UnrecordedChange, list_unrecorded, mark_recorded};
use super::store::users;
use super::watchers;
use crate::error::{Code, Error, Result};
use crate::ids::UserId;
use crate::web::IdempotentWrite;

/// The next step of a rename.
#[derive(Debug, PartialEq, Eq)]
enum RenameAction {
    /// Nothing: the name is unchanged, or the proposal waits for another administrator.
    Nothing,
    /// Drop the proposal; the name stays.
    Withdraw,
    /// Store the name as a proposal for another administrator.
    Propose,
    /// Change the name: another administrator proposed it.
    Confirm,
}

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
    let proposal = store::proposal(work, id).await?;
    // Customers are renamed directly, because complaints are never about customers.
    let step = if row.customer_id.is_some() && wanted != row.display_name {
        RenameAction::Confirm
    } else {
        decide(&row.display_name, proposal.as_ref(), wanted, caller.user)
    };
    let task = match step {
        RenameAction::Nothing => return Ok(wanted == row.display_name),
        RenameAction::Withdraw => "withdraw_name",
        RenameAction::Propose => "propose_name",
        RenameAction::Confirm if caller.user == id && row.customer_id.is_none() => {
            return Err(Error::new(Code::Forbidden).detail(
                "Nama sendiri dikukuhkan oleh administrator lain.",
                "Another administrator must confirm your own name.",
            ));
        }
        RenameAction::Confirm => "rename_user",
    };
    store::withdraw(work, id).await?;
    if step == RenameAction::Propose {
        store::propose(work, id, wanted, caller.user, now).await?;
    }
    if row.customer_id.is_none() {
        watchers::notify(work, caller, id, task, now).await?;
    }
    record(
        work,
        caller,
        Act {
            subject: Subject::User,
            id: id.0,
            task,
            note: None,
        },
        now,
    )
    .await?;
    Ok(step != RenameAction::Propose)
}

fn decide(name: &str, proposal: Option<&NameProposal>, wanted: &str, by: UserId) -> RenameAction {
    match proposal {
        Some(_) if wanted == name => RenameAction::Withdraw,
        None if wanted == name => RenameAction::Nothing,
        Some(first) if first.display_name == wanted && first.proposed_by == by => {
            RenameAction::Nothing
        }
        Some(first) if first.display_name == wanted && first.is_valid => RenameAction::Confirm,
        Some(_) | None => RenameAction::Propose,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: UserId = UserId(uuid::Uuid::from_u128(1));
    const OTHER: UserId = UserId(uuid::Uuid::from_u128(2));

    /// Row 19.
    #[test]
    fn a_name_is_changed_by_two_and_never_by_one() {
        let proposed = |by, is_valid| NameProposal {
            display_name: "Ratna".to_owned(),
            proposed_by: by,
            is_valid,
        };
        let decided =
            |proposal: Option<NameProposal>, wanted| decide("Sari", proposal.as_ref(), wanted, ONE);
        assert_eq!(decided(None, "Sari"), RenameAction::Nothing);
        assert_eq!(decided(None, "Ratna"), RenameAction::Propose);
        assert_eq!(
            decided(Some(proposed(ONE, true)), "Ratna"),
            RenameAction::Nothing
        );
        assert_eq!(
            decided(Some(proposed(OTHER, true)), "Ratna"),
            RenameAction::Confirm
        );
        assert_eq!(
            decided(Some(proposed(OTHER, false)), "Ratna"),
            RenameAction::Propose,
            "whose author is no administrator any more"
        );
        assert_eq!(
            decided(Some(proposed(OTHER, true)), "Dewi"),
            RenameAction::Propose,
            "another name begins anew"
        );
        assert_eq!(
            decided(Some(proposed(OTHER, true)), "Sari"),
            RenameAction::Withdraw
        );
    }
}
