//! The rights of each role, found by running the permit check for every role, task and stage. This
//! module never reads a row's actor itself: it reports what the check does.

use uuid::Uuid;

use super::gate::{AuthContext, Principal, Refusal};
use super::role::{Role, Roles};
use super::table::{Sop, Stage as _, Task};

/// A subject of the rights matrix: a person with one role, the reporter, or the service itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RightsSubject {
    /// A person with this role and no other.
    Holder(Role),
    /// The reporter of the file.
    Reporter,
    /// The service itself, in a job.
    System,
}

impl RightsSubject {
    /// The holder of every role, then the reporter, then the service.
    pub fn all() -> impl Iterator<Item = Self> {
        Role::all()
            .map(Self::Holder)
            .chain([Self::Reporter, Self::System])
    }

    /// The code of the role, or `reporter` or `system`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Holder(role) => role.code(),
            Self::Reporter => "reporter",
            Self::System => "system",
        }
    }

    /// The authorization context of a visible file on which the subject did `done`.
    pub fn auth_context<T: Task>(self, done: &[T]) -> AuthContext<'_, T> {
        let (caller, roles) = match self {
            Self::Holder(role) => (Principal::User(Uuid::nil()), Roles::NONE.with(role)),
            Self::Reporter => (Principal::Reporter, Roles::NONE),
            Self::System => (Principal::System, Roles::NONE),
        };
        AuthContext {
            caller,
            roles,
            sees: true,
            done_by_caller: done,
            done_by_anyone: &[],
        }
    }
}

/// True if `subject` may do `task` at `stage` to a visible file on which `subject` did no other
/// task.
pub fn is_permitted<T: Task>(
    sop: &'static Sop<T>,
    subject: RightsSubject,
    task: T,
    stage: T::Stage,
) -> bool {
    sop.permit(task, stage, &subject.auth_context(&[])).is_ok()
}

/// The stages at which `subject` may do `task`.
pub fn permitted_stages<T: Task>(
    sop: &'static Sop<T>,
    subject: RightsSubject,
    task: T,
) -> impl Iterator<Item = T::Stage> {
    T::Stage::all().filter(move |stage| is_permitted(sop, subject, task, *stage))
}

/// Four eyes: every pair of tasks of which the first bars the second on the same draft.
pub fn four_eyes_pairs<T: Task>(sop: &'static Sop<T>) -> Vec<(T, T)> {
    let pairs = T::all().flat_map(|done| T::all().map(move |task| (done, task)));
    pairs
        .filter(|(done, task)| bars(sop, *done, *task))
        .collect()
}

fn bars<T: Task>(sop: &'static Sop<T>, done: T, task: T) -> bool {
    let refused = |subject: RightsSubject, stage| {
        sop.permit(task, stage, &subject.auth_context(&[done]))
            .err()
            == Some(Refusal::FourEyes(task))
    };
    RightsSubject::all()
        .any(|subject| permitted_stages(sop, subject, task).any(|stage| refused(subject, stage)))
}
