//! The one gate. `permit` says yes or no to "may this person do this task to a file at this stage"; a yes is a `Permit`, and nothing else makes one.

use super::role::Roles;
use super::table::{Actor, Row, Sop, Task};
use crate::ids::UserId;

/// Who asks at the gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// A person with an account.
    Person(UserId),
    /// The reporter of the file, who has none.
    Reporter,
    /// The service itself.
    Service,
}

/// Who asks, and how they stand to this file.
#[derive(Debug, Clone)]
pub struct AuthContext<'a, T: Task> {
    /// Who it is.
    pub who: Who,
    /// The roles they hold today, acting ones included.
    pub roles: Roles,
    /// Whether they may know that the file exists.
    pub sees: bool,
    /// The tasks they have done on the draft at hand: what four eyes are about.
    pub done_by_caller: &'a [T],
    /// The tasks anybody has done on it.
    pub done_by_anyone: &'a [T],
}

/// Why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal<T: Task> {
    /// They may not know that the file exists (404).
    Unseen,
    /// The step is another's (403).
    NotYours(T),
    /// They drafted or initialled what they would now sign (403).
    FourEyes(T),
    /// The file is not at a stage where this can be done, or it is done already (409).
    OutOfOrder(T),
}

impl<T: Task> Refusal<T> {
    /// The stable code: the problem code of the reply, and of a refused entry under `next`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Unseen => "not_found",
            Self::NotYours(_) => "not_your_step",
            Self::FourEyes(_) => "four_eyes",
            Self::OutOfOrder(_) => "out_of_order",
        }
    }
}

/// Proof that the gate said yes. The store's stage-changing statement asks for it.
#[must_use]
#[derive(Debug)]
pub struct Permit<T: Task> {
    row: &'static Row<T>,
    by: Who,
    from: T::Stage,
}

impl<T: Task> Permit<T> {
    /// The row that allows it.
    #[must_use]
    pub fn row(&self) -> &'static Row<T> {
        self.row
    }

    /// Who was let through.
    #[must_use]
    pub fn by(&self) -> Who {
        self.by
    }

    /// The stage the file was at when asked.
    #[must_use]
    pub fn from(&self) -> T::Stage {
        self.from
    }

    /// `to`, if the row declares it from here.
    #[must_use]
    pub fn outcome(&self, to: T::Stage) -> Option<T::Stage> {
        self.row
            .targets(self.from)
            .is_some_and(|targets| targets.contains(&to))
            .then_some(to)
    }

    /// The only stage the row leads to from here, when it does not branch.
    #[must_use]
    pub fn only_outcome(&self) -> Option<T::Stage> {
        match self.row.targets(self.from) {
            Some(&[to]) => Some(to),
            Some(_) | None => None,
        }
    }
}

impl<T: Task> Sop<T> {
    /// Asks the gate.
    ///
    /// # Errors
    /// The refusal, the most secret first: unseen, not yours, four eyes, out of order.
    pub fn permit(
        &'static self,
        task: T,
        stage: T::Stage,
        who: &AuthContext<'_, T>,
    ) -> Result<Permit<T>, Refusal<T>> {
        let row = self.row(task);
        if !who.sees {
            return Err(Refusal::Unseen);
        }
        if !is_actor(row.actor, who) {
            return Err(Refusal::NotYours(task));
        }
        let alone = !row.never_by_all.is_empty()
            && row
                .never_by_all
                .iter()
                .all(|done| who.done_by_caller.contains(done));
        if alone
            || row
                .never_by
                .iter()
                .any(|done| who.done_by_caller.contains(done))
        {
            return Err(Refusal::FourEyes(task));
        }
        if row.targets(stage).is_none() || row.once && who.done_by_anyone.contains(&task) {
            return Err(Refusal::OutOfOrder(task));
        }
        Ok(Permit {
            row,
            by: who.who,
            from: stage,
        })
    }
}

fn is_actor<T: Task>(actor: Actor, who: &AuthContext<'_, T>) -> bool {
    match actor {
        Actor::Person(roles) => {
            matches!(who.who, Who::Person(_)) && roles.iter().any(|role| who.roles.has(*role))
        }
        Actor::Reporter => who.who == Who::Reporter,
        Actor::System => who.who == Who::Service,
    }
}
