//! The SOPs of the service in one list, with their task and stage types erased.

use serde::Serialize;
use serde_json::json;

use crate::error::{Error, Result};
use crate::sop::codes::{StageCode, TaskCode};
use crate::sop::render::{self, SopView};
use crate::sop::rights::{RightsSubject, permitted_stages};
use crate::sop::table::{Sop, Stage, Task};
use crate::typesetting::{Compiler, Template};
use crate::{certification, complaint};

/// Every SOP. A new workflow is added here.
pub(crate) static SOPS: &[&dyn Procedure] = &[&certification::sop::SOP, &complaint::sop::SOP];

/// An SOP without its type parameters.
pub trait Procedure: Sync {
    /// `cert` or `wbs`.
    fn code(&'static self) -> &'static str;

    /// As data.
    fn view(&'static self) -> SopView;

    /// As a page of Markdown.
    fn markdown(&'static self) -> String;

    /// As a Mermaid diagram.
    fn mermaid(&'static self) -> String;

    /// As a poster for A3 (SVG).
    fn poster(&'static self, compiler: &Compiler) -> Result<String>;

    /// Its section of the rights matrix.
    fn matrix(&'static self) -> String;

    /// The tasks that `subject` may do, as the permit check answers.
    fn rights_of(&'static self, subject: RightsSubject) -> Vec<TaskRight>;
}

/// A task and the stages at which a role may do it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct TaskRight {
    /// The printed step it is, or is part of; null for a side row outside a step.
    #[schema(required, example = 3)]
    pub step: Option<u8>,
    /// The task code, as in `next` and in the timeline of a file.
    #[schema(value_type = TaskCode)]
    pub task: &'static str,
    /// The stages (tahap) at which it may be done.
    #[schema(value_type = Vec<StageCode>)]
    pub stages: Vec<&'static str>,
}

impl<T: Task> Procedure for Sop<T> {
    fn code(&'static self) -> &'static str {
        self.code
    }

    fn view(&'static self) -> SopView {
        render::view(self)
    }

    fn markdown(&'static self) -> String {
        render::markdown(self)
    }

    fn mermaid(&'static self) -> String {
        render::mermaid(self)
    }

    fn poster(&'static self, compiler: &Compiler) -> Result<String> {
        let data = json!({"sop": render::view(self), "poster": render::poster(self)});
        compiler
            .draw(Template::Poster, &data)
            .map_err(Error::internal)
    }

    fn matrix(&'static self) -> String {
        render::matrix(self)
    }

    fn rights_of(&'static self, subject: RightsSubject) -> Vec<TaskRight> {
        let right = |task: T| {
            let row = self.row(task);
            TaskRight {
                step: row.no.or(row.part_of),
                task: task.code(),
                stages: permitted_stages(self, subject, task)
                    .map(Stage::code)
                    .collect(),
            }
        };
        T::all()
            .map(right)
            .filter(|right| !right.stages.is_empty())
            .collect()
    }
}

/// The rights matrix of every SOP, for review.
pub fn rights() -> String {
    let head = "# Hak (rights)\n\n\
                Made by asking the gate about every task, stage and role; do not edit. ✔: a holder of that role alone may do the task to a file at that stage,\n\
                if they may see the file and four eyes do not forbid it. A task and stage that stand on no line are open to nobody. `system` is the service itself.\n";
    SOPS.iter()
        .fold(head.to_owned(), |page, sop| page + "\n" + &sop.matrix())
}
