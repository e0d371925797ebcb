//! Who may do what and when, found by asking the gate about everybody, every task and every stage. It never reads a row's actor itself:
//! what it says is what the gate does.

use uuid::Uuid;

use super::gate::{AuthContext, Refusal, Who};
use super::role::{Role, Roles};
use super::table::{Sop, Stage as _, Task};
use crate::ids::UserId;

/// Somebody who asks: a person with one role, the reporter, or the service itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asker {
    /// A person who holds this role and no other.
    Holder(Role),
    /// The reporter of the file.
    Reporter,
    /// The service, when a date has passed.
    Service,
}

impl Asker {
    /// The holder of every role, then the reporter, then the service.
    pub fn all() -> impl Iterator<Item = Self> {
        Role::all()
            .map(Self::Holder)
            .chain([Self::Reporter, Self::Service])
    }

    /// The code of the role, or `reporter` or `system`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Holder(role) => role.code(),
            Self::Reporter => "reporter",
            Self::Service => "system",
        }
    }

    /// How they stand to a file they may see, having done `done` on it.
    #[must_use]
    pub fn standing<T: Task>(self, done: &[T]) -> AuthContext<'_, T> {
        let (who, roles) = match self {
            Self::Holder(role) => (Who::Person(UserId(Uuid::nil())), Roles::NONE.with(role)),
            Self::Reporter => (Who::Reporter, Roles::NONE),
            Self::Service => (Who::Service, Roles::NONE),
        };
        AuthContext {
            who,
            roles,
            sees: true,
            done_by_caller: done,
            done_by_anyone: &[],
        }
    }
}

/// Whether `who` may do `task` to a file at `stage` that they see and have not touched.
#[must_use]
pub fn may<T: Task>(sop: &'static Sop<T>, who: Asker, task: T, stage: T::Stage) -> bool {
    sop.permit(task, stage, &who.standing(&[])).is_ok()
}

/// The stages at which `who` may do `task`.
pub fn stages_open_to<T: Task>(
    sop: &'static Sop<T>,
    who: Asker,
    task: T,
) -> impl Iterator<Item = T::Stage> {
    T::Stage::all().filter(move |stage| may(sop, who, task, *stage))
}

/// Four eyes: every task that bars another, with the one it bars, on the same draft.
#[must_use]
pub fn barred_pairs<T: Task>(sop: &'static Sop<T>) -> Vec<(T, T)> {
    let pairs = T::all().flat_map(|done| T::all().map(move |task| (done, task)));
    pairs
        .filter(|(done, task)| bars(sop, *done, *task))
        .collect()
}

fn bars<T: Task>(sop: &'static Sop<T>, done: T, task: T) -> bool {
    let refused = |who: Asker, stage| {
        sop.permit(task, stage, &who.standing(&[done])).err() == Some(Refusal::FourEyes(task))
    };
    Asker::all().any(|who| stages_open_to(sop, who, task).any(|stage| refused(who, stage)))
}
