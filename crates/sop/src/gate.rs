//! The permit check. `Sop::permit` decides whether a caller may do a task to a file at a stage.
//! Only this check creates a `Permit`.

use uuid::Uuid;

use super::role::Roles;
use super::table::{Actor, Row, Sop, Task};

/// The caller of an act. `U` is what is known of a user: the id at the gate, the session and roles
/// elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Principal<U = Uuid> {
    /// A user with an account.
    User(U),
    /// The reporter of the file; a reporter has no account.
    Reporter,
    /// The service itself: a job.
    System,
}

impl<U> Principal<U> {
    /// The same caller, with `of` applied to the user.
    pub fn map<T>(self, of: impl FnOnce(U) -> T) -> Principal<T> {
        match self {
            Self::User(user) => Principal::User(of(user)),
            Self::Reporter => Principal::Reporter,
            Self::System => Principal::System,
        }
    }

    /// The user, unless the caller is the reporter or the service.
    pub fn user(self) -> Option<U> {
        match self {
            Self::User(user) => Some(user),
            Self::Reporter | Self::System => None,
        }
    }

    /// The same caller by reference.
    pub fn as_ref(&self) -> Principal<&U> {
        match self {
            Self::User(user) => Principal::User(user),
            Self::Reporter => Principal::Reporter,
            Self::System => Principal::System,
        }
    }
}

/// The caller and the caller's rights on one file.
#[derive(Debug, Clone)]
pub struct AuthContext<'a, T: Task> {
    /// The caller.
    pub caller: Principal,
    /// The roles the caller holds today, acting ones included.
    pub roles: Roles,
    /// True if the caller may know that the file exists.
    pub sees: bool,
    /// The tasks the caller did on the current draft (four eyes).
    pub done_by_caller: &'a [T],
    /// The tasks done on the current draft by anyone.
    pub done_by_anyone: &'a [T],
}

/// The reason a permit is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal<T: Task> {
    /// The caller may not know that the file exists (404).
    Unseen,
    /// The task belongs to another role (403).
    NotYours(T),
    /// Four eyes: the caller drafted or initialled this letter (403).
    FourEyes(T),
    /// The file is at another stage, or the task is done already (409).
    OutOfOrder(T),
}

impl<T: Task> Refusal<T> {
    /// The problem code of the reply, also shown in a refused entry of `next`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Unseen => "not_found",
            Self::NotYours(_) => "not_your_step",
            Self::FourEyes(_) => "four_eyes",
            Self::OutOfOrder(_) => "out_of_order",
        }
    }
}

/// Proof that the permit check passed. The store's statement that changes the stage requires it.
#[must_use]
#[derive(Debug)]
pub struct Permit<T: Task> {
    row: &'static Row<T>,
    by: Principal,
    from: T::Stage,
}

impl<T: Task> Permit<T> {
    /// The row that allows it.
    pub fn row(&self) -> &'static Row<T> {
        self.row
    }

    /// The caller that got the permit.
    pub fn by(&self) -> Principal {
        self.by
    }

    /// The stage of the file at the check.
    pub fn from(&self) -> T::Stage {
        self.from
    }

    /// `to`, if the row allows this move.
    pub fn outcome(&self, to: T::Stage) -> Option<T::Stage> {
        self.row
            .targets(self.from)
            .is_some_and(|targets| targets.contains(&to))
            .then_some(to)
    }

    /// The target stage, if the row has exactly one from here.
    pub fn only_outcome(&self) -> Option<T::Stage> {
        match self.row.targets(self.from) {
            Some(&[to]) => Some(to),
            Some(_) | None => None,
        }
    }
}

impl<T: Task> Sop<T> {
    /// Checks whether the caller may do `task` at `stage`.
    ///
    /// # Errors
    /// The refusal. The most confidential reason comes first: unseen, not yours, four eyes, out of
    /// order.
    pub fn permit(
        &'static self,
        task: T,
        stage: T::Stage,
        context: &AuthContext<'_, T>,
    ) -> Result<Permit<T>, Refusal<T>> {
        let row = self.row(task);
        if !context.sees {
            return Err(Refusal::Unseen);
        }
        if !is_actor(row.actor, context) {
            return Err(Refusal::NotYours(task));
        }
        let alone = !row.never_by_all.is_empty()
            && row
                .never_by_all
                .iter()
                .all(|done| context.done_by_caller.contains(done));
        if alone
            || row
                .never_by
                .iter()
                .any(|done| context.done_by_caller.contains(done))
        {
            return Err(Refusal::FourEyes(task));
        }
        if row.targets(stage).is_none() || row.once && context.done_by_anyone.contains(&task) {
            return Err(Refusal::OutOfOrder(task));
        }
        Ok(Permit {
            row,
            by: context.caller,
            from: stage,
        })
    }
}

fn is_actor<T: Task>(actor: Actor, context: &AuthContext<'_, T>) -> bool {
    match actor {
        Actor::Person(roles) => {
            matches!(context.caller, Principal::User(_))
                && roles.iter().any(|role| context.roles.has(*role))
        }
        Actor::Reporter => context.caller == Principal::Reporter,
        Actor::System => context.caller == Principal::System,
    }
}
