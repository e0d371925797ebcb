//! The SOPs the service runs, each with its own tasks and stages forgotten, so that they can stand in one list.

use serde::Serialize;
use serde_json::json;

use crate::error::{Error, Result};
use crate::sop::render::{self, SopView};
use crate::sop::rights::{Asker, stages_open_to};
use crate::sop::table::{Sop, Stage, Task};
use crate::typesetting::{Press, Template};
use crate::{certification, complaint};

/// Every SOP. A new workflow joins by its line here.
pub static SOPS: &[&dyn Procedure] = &[&certification::sop::SOP, &complaint::sop::SOP];

/// An SOP whatever its tasks.
pub trait Procedure: Sync {
    /// `cert` or `wbs`.
    fn code(&'static self) -> &'static str;

    /// As data.
    fn view(&'static self) -> SopView;

    /// As a page of Markdown.
    fn markdown(&'static self) -> String;

    /// As a Mermaid diagram.
    fn mermaid(&'static self) -> String;

    /// As a poster for A3 (SVG), drawn by `press`.
    ///
    /// # Errors
    /// Our own fault when the template has one.
    fn poster(&'static self, press: &Press) -> Result<String>;

    /// Its section of the rights matrix.
    fn matrix(&'static self) -> String;

    /// What `who` may do in it, as the gate answers.
    fn rights_of(&'static self, who: Asker) -> Vec<TaskRight>;
}

/// A task somebody may do, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct TaskRight {
    /// The printed step it is, or is part of; null for a row beside the road.
    #[schema(required, example = 3)]
    pub step: Option<u8>,
    /// Its code, as in `next` and in the timeline of a file.
    #[schema(example = "verify_documents")]
    pub task: &'static str,
    /// The stages (tahap) at which it may be done.
    #[schema(example = json!(["filed", "completed"]))]
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

    fn poster(&'static self, press: &Press) -> Result<String> {
        let data = json!({"sop": render::view(self), "poster": render::poster(self)});
        press.draw(Template::Poster, &data).map_err(Error::internal)
    }

    fn matrix(&'static self) -> String {
        render::matrix(self)
    }

    fn rights_of(&'static self, who: Asker) -> Vec<TaskRight> {
        let right = |task: T| {
            let row = self.row(task);
            TaskRight {
                step: row.no.or(row.part_of),
                task: task.code(),
                stages: stages_open_to(self, who, task).map(Stage::code).collect(),
            }
        };
        T::all()
            .map(right)
            .filter(|right| !right.stages.is_empty())
            .collect()
    }
}

/// The rights matrix of every SOP, for review.
#[must_use]
pub fn rights() -> String {
    let head = "# Hak (rights)\n\n\
                Made by asking the gate about every task, stage and role; do not edit. ✔: a holder of that role alone may do the task to a file at that stage,\n\
                if they may see the file and four eyes do not forbid it. A task and stage that stand on no line are open to nobody. `system` is the service itself.\n";
    SOPS.iter()
        .fold(head.to_owned(), |page, sop| page + "\n" + &sop.matrix())
}
