//! Changing the name of a member of staff. Complaints are screened for names, so a name is changed by two administrators: the first proposes it, and another
//! one, who does not bear it, makes it so. Every former name and a proposed one are screened for, too (`roster`).

use super::journal::{Act, Subject, record};
use super::roles::must_still_be_admin;
use super::signed_in::SignedIn;
use super::store::names::{self as store, Proposal};
pub use super::store::names::{Unnoted, unnoted, were_noted};
use super::store::users;
use super::watchers;
use crate::error::{Code, Error, Result};
use crate::ids::UserId;
use crate::web::IdempotentWrite;

/// What is to be done about the name of a member of staff.
#[derive(Debug, PartialEq, Eq)]
enum Step {
    /// Nothing: it is so, or waits for another administrator.
    Nothing,
    /// The proposal is dropped: the name stays.
    Withdraw,
    /// The name waits for another administrator.
    Propose,
    /// Another administrator proposed it: it is changed.
    Confirm,
}

/// Sees to it that `row` is called `wanted`, as far as the administrator `who` can, and says whether it is. Ask under the lock of roles.
///
/// # Errors
/// `forbidden` to confirm one's own name.
pub async fn rename(
    work: &mut IdempotentWrite,
    who: &SignedIn,
    row: &users::Row,
    wanted: &str,
) -> Result<bool> {
    let (id, now) = (UserId(row.id), work.now());
    must_still_be_admin(work, who).await?;
    let proposal = store::proposal(work, id).await?;
    // No complaint is about a customer.
    let step = if row.customer_id.is_some() && wanted != row.display_name {
        Step::Confirm
    } else {
        decide(&row.display_name, proposal.as_ref(), wanted, who.user)
    };
    let task = match step {
        Step::Nothing => return Ok(wanted == row.display_name),
        Step::Withdraw => "withdraw_name",
        Step::Propose => "propose_name",
        Step::Confirm if who.user == id && row.customer_id.is_none() => {
            return Err(Error::new(Code::Forbidden).detail(
                "Nama sendiri dikukuhkan oleh administrator lain.",
                "Another administrator must confirm your own name.",
            ));
        }
        Step::Confirm => "rename_user",
    };
    store::withdraw(work, id).await?;
    if step == Step::Propose {
        store::propose(work, id, wanted, who.user, now).await?;
    }
    if row.customer_id.is_none() {
        watchers::tell(work, who, id, task, now).await?;
    }
    record(
        work,
        who,
        Act {
            subject: Subject::User,
            id: id.0,
            task,
            note: None,
        },
        now,
    )
    .await?;
    Ok(step != Step::Propose)
}

fn decide(name: &str, proposal: Option<&Proposal>, wanted: &str, by: UserId) -> Step {
    match proposal {
        Some(_) if wanted == name => Step::Withdraw,
        None if wanted == name => Step::Nothing,
        Some(first) if first.display_name == wanted && first.by == by => Step::Nothing,
        Some(first) if first.display_name == wanted && first.stands => Step::Confirm,
        Some(_) | None => Step::Propose,
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
        let proposed = |by, stands| Proposal {
            display_name: "Ratna".to_owned(),
            by,
            stands,
        };
        let decided =
            |proposal: Option<Proposal>, wanted| decide("Sari", proposal.as_ref(), wanted, ONE);
        assert_eq!(decided(None, "Sari"), Step::Nothing);
        assert_eq!(decided(None, "Ratna"), Step::Propose);
        assert_eq!(decided(Some(proposed(ONE, true)), "Ratna"), Step::Nothing);
        assert_eq!(decided(Some(proposed(OTHER, true)), "Ratna"), Step::Confirm);
        assert_eq!(
            decided(Some(proposed(OTHER, false)), "Ratna"),
            Step::Propose,
            "whose author is no administrator any more"
        );
        assert_eq!(
            decided(Some(proposed(OTHER, true)), "Dewi"),
            Step::Propose,
            "another name begins anew"
        );
        assert_eq!(decided(Some(proposed(OTHER, true)), "Sari"), Step::Withdraw);
    }
}
