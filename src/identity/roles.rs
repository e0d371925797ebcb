//! Giving and removing roles. Roles without access to complaints are changed by one administrator,
//! the others by two: the first proposes and the second confirms. Administrators cannot change
//! their own roles.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::journal::{Subject, record};
use super::proposal::{Effect, Proposal, effect};
use super::signed_in::{SignedIn, today};
use super::store::{acting, proposals, roles as store, users};
use super::watchers;
use crate::error::{Code, Error, FieldError, Result, fault};
use crate::ids::{CustomerId, UserId};
use crate::sop::role::{Role, Roles};
use crate::web::body::duplicate_errors;

/// One step towards the requested roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RoleAction {
    /// Give the role; one administrator is enough.
    Give(Role),
    /// Give the role that another administrator proposed.
    Confirm(Role, UserId),
    /// Propose to give the role.
    Propose(Role),
    /// Propose to remove the role.
    ProposeTaking(Role),
    /// Remove the role.
    Take(Role),
    /// Drop a proposal that is no longer wanted or no longer counts.
    Withdraw(Role),
}

impl RoleAction {
    /// The journal note: `+treasurer`, `?internal_auditor`, `?-internal_auditor`, `-head`,
    /// `!identity_custodian`.
    fn note(self) -> String {
        match self {
            Self::Give(role) | Self::Confirm(role, _) => format!("+{}", role.code()),
            Self::Propose(role) => format!("?{}", role.code()),
            Self::ProposeTaking(role) => format!("?-{}", role.code()),
            Self::Take(role) => format!("-{}", role.code()),
            Self::Withdraw(role) => format!("!{}", role.code()),
        }
    }
}

/// The steps by which administrator `by` changes the roles `held` to `wanted`, given the open
/// `proposals`: the value of each is true if the role is to be given, false if taken.
pub fn decide(
    held: Roles,
    proposals: &[(Role, Proposal<bool>)],
    wanted: Roles,
    by: UserId,
) -> Vec<RoleAction> {
    Role::all()
        .flat_map(|role| {
            let open = proposals.iter().find(|(about, _)| *about == role);
            let open = open.map(|(_, proposal)| proposal);
            let gives = wanted.has(role);
            let step = if gives == held.has(role) {
                None
            } else if open.is_none() && !role.is_given_by_two() {
                Some(if gives {
                    RoleAction::Give(role)
                } else {
                    RoleAction::Take(role)
                })
            } else {
                match (effect(open, &gives, by), gives) {
                    (Effect::Waits, _) => return vec![],
                    (Effect::Proposes, true) => Some(RoleAction::Propose(role)),
                    (Effect::Proposes, false) => Some(RoleAction::ProposeTaking(role)),
                    (Effect::Confirms(first), true) => Some(RoleAction::Confirm(role, first)),
                    (Effect::Confirms(_), false) => Some(RoleAction::Take(role)),
                }
            };
            let withdrawn = open.map(|_| RoleAction::Withdraw(role));
            withdrawn.into_iter().chain(step).collect()
        })
        .collect()
}

/// Validates `wanted`: a customer has only the role `customer`, and staff never has it.
pub fn field_errors(wanted: &[Role], customer: Option<CustomerId>) -> Vec<FieldError> {
    let places = wanted.iter().enumerate();
    let twice = duplicate_errors(wanted, |role| *role, |i| format!("/roles/{i}"));
    let misplaced: Vec<_> = match customer {
        Some(_) => places
            .filter(|(_, role)| **role != Role::Customer)
            .map(|(i, _)| {
                fault(
                    format!("/roles/{i}"),
                    "not_for_customers",
                    "Pelanggan tidak dapat memegang peran kantor.",
                    "A customer cannot hold a role of the office.",
                )
            })
            .collect(),
        None => places
            .filter(|(_, role)| **role == Role::Customer)
            .map(|(i, _)| {
                fault(
                    format!("/roles/{i}"),
                    "not_for_staff",
                    "Pegawai tidak dapat menjadi pelanggan.",
                    "Staff cannot be a customer.",
                )
            })
            .collect(),
    };
    misplaced.into_iter().chain(twice).collect()
}

/// Changes the roles of `user` to `wanted`, as far as the administrator `caller` may do alone.
///
/// # Errors
/// `forbidden` for one's own roles, or when `caller` is no longer an administrator; `conflict` when
/// no administrator, custodian or internal auditor would be left.
pub async fn set(
    connection: &mut PgConnection,
    caller: &SignedIn,
    user: UserId,
    wanted: Roles,
    now: DateTime<Utc>,
) -> Result<()> {
    store::lock(connection).await?;
    must_still_be_admin(connection, caller).await?;
    if caller.user == user {
        return Err(Error::new(Code::Forbidden).detail(
            "Peran sendiri diubah oleh administrator lain.",
            "Another administrator must change your own roles.",
        ));
    }
    let steps = decide(
        store::find_roles(connection, user).await?,
        &proposals::list_roles(connection, user).await?,
        wanted,
        caller.user,
    );
    for role in IRREPLACEABLE.into_iter().filter(|role| {
        steps.contains(&RoleAction::Take(*role))
            || steps.contains(&RoleAction::ProposeTaking(*role))
    }) {
        must_not_be_last(connection, caller, user, role).await?;
    }
    for step in &steps {
        apply_action(connection, *step, user, caller.user, now).await?;
    }
    if steps
        .iter()
        .any(|step| matches!(step, RoleAction::Confirm(..)))
    {
        watchers::notify(connection, caller, user, "give_roles", now).await?;
    }
    if steps
        .iter()
        .any(|step| matches!(step, RoleAction::Take(role) if role.is_given_by_two()))
    {
        watchers::notify(connection, caller, user, "take_roles", now).await?;
    }
    if steps
        .iter()
        .any(|step| matches!(step, RoleAction::ProposeTaking(_)))
    {
        watchers::notify(connection, caller, user, "propose_taking_roles", now).await?;
    }
    if steps.is_empty() {
        return Ok(());
    }
    users::bump_version(connection, user).await?;
    let note = steps
        .iter()
        .map(|step| step.note())
        .collect::<Vec<_>>()
        .join(" ");
    record(
        connection,
        caller,
        Subject::User(user).act("set_user_roles").note(Some(&note)),
        now,
    )
    .await
}

/// Checks again, under the lock of `store::lock`, that `caller` is an administrator: two
/// administrators could remove each other's role at the same time.
///
/// # Errors
/// `forbidden`.
pub async fn must_still_be_admin(connection: &mut PgConnection, caller: &SignedIn) -> Result<()> {
    if store::is_admin(connection, caller.user).await? {
        Ok(())
    } else {
        Err(Error::new(Code::Forbidden))
    }
}

/// Roles that must always have a holder: only administrators can appoint others, and alarms go to
/// custodians and internal auditors.
pub const IRREPLACEABLE: [Role; 3] = [Role::Admin, Role::IdentityCustodian, Role::InternalAuditor];

/// Refuses to remove the last active holder of `role`; a successor must be appointed first.
///
/// # Errors
/// `conflict`.
pub async fn must_not_be_last(
    connection: &mut PgConnection,
    caller: &SignedIn,
    user: UserId,
    role: Role,
) -> Result<()> {
    let holders = store::active_holders(connection, caller.office, role).await?;
    if !holders.contains(&user) || holders.len() > 1 {
        return Ok(());
    }
    Err(Error::new(Code::Conflict).detail(
        format!(
            "Harus selalu ada pemegang aktif peran {}: angkat penggantinya lebih dahulu.",
            role.office_term()
        ),
        format!(
            "There must always be an active holder of the role `{}`: appoint a successor first.",
            role.code()
        ),
    ))
}

/// True if `user` holds a role that two administrators give, or has a confirmed appointment that
/// has not ended.
pub async fn is_guarded(
    connection: &mut PgConnection,
    user: UserId,
    now: DateTime<Utc>,
) -> Result<bool> {
    Ok(store::find_roles(connection, user)
        .await?
        .iter()
        .any(Role::is_given_by_two)
        || acting::is_appointed(connection, user, today(now)).await?)
}

async fn apply_action(
    connection: &mut PgConnection,
    step: RoleAction,
    user: UserId,
    by: UserId,
    now: DateTime<Utc>,
) -> Result<()> {
    match step {
        RoleAction::Give(role) => store::give(connection, user, role, Some(by), None, now).await,
        RoleAction::Confirm(role, first) => {
            store::give(connection, user, role, Some(by), Some(first), now).await
        }
        RoleAction::Propose(role) => {
            proposals::propose_role(connection, user, role, true, by, now).await
        }
        RoleAction::ProposeTaking(role) => {
            proposals::propose_role(connection, user, role, false, by, now).await
        }
        RoleAction::Take(role) => store::take(connection, user, role).await,
        RoleAction::Withdraw(role) => proposals::withdraw_role(connection, user, role).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: UserId = UserId(uuid::Uuid::from_u128(1));
    const OTHER: UserId = UserId(uuid::Uuid::from_u128(2));

    fn set_of(roles: &[Role]) -> Roles {
        roles.iter().copied().collect()
    }

    fn proposed(proposed_by: UserId, is_valid: bool) -> Vec<(Role, Proposal<bool>)> {
        vec![(
            Role::IdentityCustodian,
            Proposal {
                value: true,
                proposed_by,
                is_valid,
            },
        )]
    }

    #[test]
    fn one_administrator_gives_and_takes_ordinary_roles() {
        let steps = decide(
            set_of(&[Role::Treasurer]),
            &[],
            set_of(&[Role::PjiStaff]),
            ONE,
        );
        assert_eq!(
            steps,
            [
                RoleAction::Give(Role::PjiStaff),
                RoleAction::Take(Role::Treasurer)
            ]
        );
    }

    #[test]
    fn no_role_of_two_is_given_by_one_administrator_however_often_they_ask() {
        for role in Role::all().filter(|role| role.is_given_by_two()) {
            assert_eq!(
                decide(Roles::NONE, &[], set_of(&[role]), ONE),
                [RoleAction::Propose(role)]
            );
            let own = [(
                role,
                Proposal {
                    value: true,
                    proposed_by: ONE,
                    is_valid: true,
                },
            )];
            assert_eq!(decide(Roles::NONE, &own, set_of(&[role]), ONE), []);
        }
    }

    #[test]
    fn a_second_administrator_makes_it_so() {
        let steps = decide(
            Roles::NONE,
            &proposed(ONE, true),
            set_of(&[Role::IdentityCustodian]),
            OTHER,
        );
        assert_eq!(
            steps,
            [
                RoleAction::Withdraw(Role::IdentityCustodian),
                RoleAction::Confirm(Role::IdentityCustodian, ONE)
            ]
        );
    }

    #[test]
    fn the_word_of_somebody_who_is_no_administrator_any_more_counts_for_nothing() {
        let steps = decide(
            Roles::NONE,
            &proposed(ONE, false),
            set_of(&[Role::IdentityCustodian]),
            OTHER,
        );
        assert_eq!(
            steps,
            [
                RoleAction::Withdraw(Role::IdentityCustodian),
                RoleAction::Propose(Role::IdentityCustodian)
            ]
        );
    }

    #[test]
    fn leaving_a_proposed_role_out_withdraws_it() {
        assert_eq!(
            decide(Roles::NONE, &proposed(ONE, true), Roles::NONE, OTHER),
            [RoleAction::Withdraw(Role::IdentityCustodian)]
        );
    }

    #[test]
    fn a_role_of_two_is_taken_by_two_and_asking_for_it_again_withdraws_the_proposal() {
        for role in Role::all().filter(|role| role.is_given_by_two()) {
            let (held, taking) = (set_of(&[role]), |by, is_valid| {
                [(
                    role,
                    Proposal {
                        value: false,
                        proposed_by: by,
                        is_valid,
                    },
                )]
            });
            assert_eq!(
                decide(held, &[], Roles::NONE, ONE),
                [RoleAction::ProposeTaking(role)]
            );
            assert_eq!(decide(held, &taking(ONE, true), Roles::NONE, ONE), []);
            assert_eq!(
                decide(held, &taking(ONE, true), Roles::NONE, OTHER),
                [RoleAction::Withdraw(role), RoleAction::Take(role)]
            );
            assert_eq!(
                decide(held, &taking(ONE, false), Roles::NONE, OTHER),
                [RoleAction::Withdraw(role), RoleAction::ProposeTaking(role)]
            );
            assert_eq!(
                decide(held, &taking(ONE, true), held, OTHER),
                [RoleAction::Withdraw(role)]
            );
        }
    }

    #[test]
    fn customers_and_staff_do_not_mix() {
        let customer = Some(CustomerId(uuid::Uuid::nil()));
        assert_eq!(field_errors(&[Role::Customer], customer), []);
        assert_eq!(
            field_errors(&[Role::Customer, Role::Head], customer)[0].pointer,
            "/roles/1"
        );
        assert_eq!(
            field_errors(&[Role::Customer], None)[0].code,
            "not_for_staff"
        );
    }
}
